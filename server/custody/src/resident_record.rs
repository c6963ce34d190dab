//! A resident as the vault keeps one: what is sealed and what stands open, and the digest that shows a change.
//!
//! Imports make a [`PlainResident`] from a row, rotation makes one from a stored record; both seal and digest it here.
//! To add a field: here, in `ResidentRecord` of the store, and in `docs/DATA.md`.

use crate::{
    Custody, Failure, Internal, Result,
    codes::PersonCode,
    keys::{
        KeyRing,
        set::{KeySet, LookupPurpose},
    },
    seal::SealLocation,
    stored::{maybe_stored_date, stored_date, stored_word},
};
use std::borrow::Cow;
use techo_model::{
    CalendarDate, ChainId, ResidentId, UnixMillis,
    eligibility::PresentedInsurance,
    resident::{ResidentProtection, ResidentRow, Sex},
    text::normalise,
};
use techo_store::vault::residents::ResidentRecord;
use uuid::Uuid;

/// What a municipality states about a resident, in clear. Has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainResident {
    name: String,
    kana: String,
    birth_date: CalendarDate,
    sex: Sex,
    postal_code: Option<String>,
    address: Option<String>,
    mail: Option<String>,
    phone: Option<String>,
    municipality: String,
    moved_in_on: Option<CalendarDate>,
    moved_out_on: Option<CalendarDate>,
    died_on: Option<CalendarDate>,
    is_protected: bool,
}

/// Codes of a resident under one key version, as far as the digest looks at them.
#[derive(Clone)]
pub struct ResidentCodes {
    /// The person.
    pub person: PersonCode,
    /// Alias of their My Number; none when no import stated one.
    pub my_number: Option<Uuid>,
    /// Stated guardians, in any order.
    pub guardians: Vec<Uuid>,
}

/// What a record has besides the statement.
#[derive(Clone, Copy)]
pub struct ResidentMeta {
    /// Key.
    pub id: ResidentId,
    /// Chain in the access log.
    pub chain: ChainId,
    /// First import.
    pub received_at: UnixMillis,
    /// Last change.
    pub changed_at: UnixMillis,
}

fn place<'a>(id: &'a ResidentId, column: &'static str) -> SealLocation<'a> {
    SealLocation { table: "resident", column, row: id.0.as_bytes() }
}

fn corrupt(column: &'static str, id: ResidentId) -> Internal {
    Internal::corrupt("resident", column, id.0)
}

/// Opens a resident's person code.
pub fn open_person(keys: &KeyRing, id: ResidentId, sealed: &[u8]) -> Result<PersonCode> {
    let opened = keys.open(place(&id, "person_code_sealed"), sealed)?;
    Ok(PersonCode::from_bytes(&opened).ok_or_else(|| corrupt("person_code_sealed", id))?)
}

/// Opens a resident's birth date.
pub fn open_birth(keys: &KeyRing, id: ResidentId, sealed: &[u8]) -> Result<CalendarDate> {
    let opened = keys.open_text(place(&id, "birth_sealed"), sealed)?;
    Ok(stored_date(&opened, "resident", "birth_sealed", id.0)?)
}

/// Opens a resident's sex.
pub fn open_sex(keys: &KeyRing, id: ResidentId, sealed: &[u8]) -> Result<Sex> {
    let opened = keys.open_text(place(&id, "sex_sealed"), sealed)?;
    Ok(stored_word(&opened, "resident", "sex_sealed", id.0)?)
}

/// Opens the number of a resident's chain.
pub fn open_chain(keys: &KeyRing, id: ResidentId, sealed: &[u8]) -> Result<ChainId> {
    let opened = keys.open(place(&id, "chain_sealed"), sealed)?;
    Ok(ChainId(Uuid::from_slice(&opened).map_err(|_| corrupt("chain_sealed", id))?))
}

impl From<&ResidentRow> for PlainResident {
    fn from(row: &ResidentRow) -> Self {
        Self {
            name: row.name.clone(),
            kana: row.kana.clone(),
            birth_date: row.birth_date,
            sex: row.sex,
            postal_code: row.postal_code.clone(),
            address: row.address.clone(),
            mail: row.mail.clone(),
            phone: row.phone.clone(),
            municipality: row.municipality.as_str().to_owned(),
            moved_in_on: row.moved_in_on,
            moved_out_on: row.moved_out_on,
            died_on: row.died_on,
            is_protected: row.protection == ResidentProtection::Protected,
        }
    }
}

impl PlainResident {
    /// Opens a stored record with whichever version sealed it.
    pub fn open(keys: &KeyRing, record: &ResidentRecord) -> Result<Self> {
        let text = |column, sealed: &[u8]| keys.open_text(place(&record.resident_id, column), sealed);
        let optional = |column, sealed: &Option<Vec<u8>>| {
            sealed.as_deref().map(|sealed| text(column, sealed)).transpose()
        };
        let id = record.resident_id;
        let day = |column, day: &Option<String>| maybe_stored_date(day.as_deref(), "resident", column, id.0);
        Ok(Self {
            name: text("name_sealed", &record.name_sealed)?,
            kana: text("kana_sealed", &record.kana_sealed)?,
            birth_date: open_birth(keys, id, &record.birth_sealed)?,
            sex: open_sex(keys, id, &record.sex_sealed)?,
            postal_code: optional("postal_code_sealed", &record.postal_code_sealed)?,
            address: optional("address_sealed", &record.address_sealed)?,
            mail: optional("mail_sealed", &record.mail_sealed)?,
            phone: optional("phone_sealed", &record.phone_sealed)?,
            municipality: record.municipality.clone(),
            moved_in_on: day("moved_in_on", &record.moved_in_on)?,
            moved_out_on: day("moved_out_on", &record.moved_out_on)?,
            died_on: day("died_on", &record.died_on)?,
            is_protected: record.is_protected,
        })
    }

    /// The first column of a stored record, codes included, that does not open or cannot be read, and why.
    pub(crate) fn unreadable_column(
        keys: &KeyRing,
        record: &ResidentRecord,
    ) -> Option<(Cow<'static, str>, Failure)> {
        let id = record.resident_id;
        let texts = [
            ("name_sealed", Some(&record.name_sealed)),
            ("kana_sealed", Some(&record.kana_sealed)),
            ("birth_sealed", Some(&record.birth_sealed)),
            ("sex_sealed", Some(&record.sex_sealed)),
            ("postal_code_sealed", record.postal_code_sealed.as_ref()),
            ("address_sealed", record.address_sealed.as_ref()),
            ("mail_sealed", record.mail_sealed.as_ref()),
            ("phone_sealed", record.phone_sealed.as_ref()),
        ];
        let text = |(column, sealed): (&'static str, Option<&Vec<u8>>)| {
            let opened = keys.open_text(place(&id, column), sealed?);
            opened.err().map(|error| (Cow::from(column), error.into()))
        };
        let person = || open_person(keys, id, &record.person_code_sealed).err();
        let chain = || open_chain(keys, id, &record.chain_sealed).err();
        let codes = || person().map(|error| ("person_code_sealed".into(), error));
        let chains = || chain().map(|error| ("chain_sealed".into(), error));
        let cells = || match Self::open(keys, record) {
            Err(Failure::Internal(Internal::Corrupt(cell))) => Some((cell.column.clone(), cell.into())),
            _ => None,
        };
        texts.into_iter().find_map(text).or_else(codes).or_else(chains).or_else(cells)
    }

    /// Who this is, as far as a counter must compare it with who stands there. No address: nobody there needs it, and it
    /// could be one that must not be known.
    pub fn presented(&self) -> PresentedInsurance {
        PresentedInsurance {
            name: self.name.clone(),
            kana: self.kana.clone(),
            birth_date: self.birth_date,
            sex: self.sex,
        }
    }

    /// Whether this person lived on a day.
    pub fn lived_on(&self, day: CalendarDate) -> bool {
        self.birth_date <= day && self.died_on.is_none_or(|died| day <= died)
    }

    /// Days on which a move was registered, and the present municipality.
    pub fn moves(&self) -> (Vec<CalendarDate>, String) {
        (self.moved_in_on.into_iter().chain(self.moved_out_on).collect(), self.municipality.clone())
    }

    /// By what somebody without card or code is found.
    pub(crate) fn demographics(&self, keys: &KeySet) -> [u8; 32] {
        keys.demographics(&self.kana, &self.birth_date.to_string())
    }

    /// Whether this is somebody alive whom what else is known of them fits: what is not known fits everybody. The postal code of
    /// somebody under 支援措置 fits whatever was asked: otherwise whoever tries codes out learns where they live.
    pub(crate) fn fits(&self, sex: Option<Sex>, postal_code: Option<&str>) -> bool {
        let same_sex = sex.is_none_or(|sex| self.sex == sex);
        let digits = |text: &str| normalise(text).chars().filter(char::is_ascii_digit).collect::<String>();
        let own = self.postal_code.as_deref().map(digits);
        let same_place = self.is_protected || postal_code.is_none_or(|code| own == Some(digits(code)));
        self.died_on.is_none() && same_sex && same_place
    }

    /// Keyed digest of everything that is stated, codes included.
    pub fn digest(&self, keys: &KeySet, codes: &ResidentCodes) -> Vec<u8> {
        let text = |value: &'_ Option<String>| value.clone().unwrap_or_default();
        let day = |day: Option<CalendarDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let mut guardians = codes.guardians.clone();
        guardians.sort_unstable();
        guardians.dedup();
        let texts: [&str; 12] = [
            &self.name,
            &self.kana,
            &self.birth_date.to_string(),
            self.sex.as_str(),
            &text(&self.postal_code),
            &text(&self.address),
            &self.municipality,
            &day(self.moved_in_on),
            &day(self.moved_out_on),
            &day(self.died_on),
            &text(&self.mail),
            &text(&self.phone),
        ];
        let (alias, protected) = (codes.my_number.unwrap_or_default(), [u8::from(self.is_protected)]);
        let mut parts: Vec<&[u8]> = vec![alias.as_bytes(), &protected];
        parts.extend(texts.iter().map(|text| text.as_bytes()));
        parts.extend(guardians.iter().map(|code| code.as_bytes().as_slice()));
        keys.lookup(LookupPurpose::Digest, &parts).to_vec()
    }

    /// The record to be stored, sealed and digested with the version that writes.
    pub fn record(self, custody: &Custody, codes: &ResidentCodes, standing: ResidentMeta) -> ResidentRecord {
        let keys = custody.keys.current();
        let seal = |column, value: &[u8]| {
            custody.keys.seal(&custody.environment, place(&standing.id, column), value)
        };
        let optional =
            |column, value: &Option<String>| value.as_ref().map(|text| seal(column, text.as_bytes()));
        ResidentRecord {
            resident_id: standing.id,
            person_lookup: keys.person_lookup(&codes.person).to_vec(),
            person_code_sealed: seal("person_code_sealed", codes.person.as_bytes()),
            chain_sealed: seal("chain_sealed", standing.chain.0.as_bytes()),
            name_sealed: seal("name_sealed", self.name.as_bytes()),
            kana_sealed: seal("kana_sealed", self.kana.as_bytes()),
            birth_sealed: seal("birth_sealed", self.birth_date.to_string().as_bytes()),
            sex_sealed: seal("sex_sealed", self.sex.as_str().as_bytes()),
            postal_code_sealed: optional("postal_code_sealed", &self.postal_code),
            address_sealed: optional("address_sealed", &self.address),
            mail_sealed: optional("mail_sealed", &self.mail),
            phone_sealed: optional("phone_sealed", &self.phone),
            digest: self.digest(keys, codes),
            demographics_lookup: Some(self.demographics(keys).to_vec()),
            municipality: self.municipality,
            moved_in_on: self.moved_in_on.map(|day| day.to_string()),
            moved_out_on: self.moved_out_on.map(|day| day.to_string()),
            died_on: self.died_on.map(|day| day.to_string()),
            is_protected: self.is_protected,
            received_at: standing.received_at,
            changed_at: standing.changed_at,
            key_version: keys.version(),
        }
    }
}
