//! Letters go out: page by page, each page in one transaction, so that a million letters need the memory of a hundred.

use super::{ActivationCode, LETTER_LIFE, secret_lookup, selector_lookup};
use crate::legal_age;
use qrcode::{EcLevel, QrCode, render::svg};
use techo_custody::{Custody, Internal, Result, keys::KeyRing, seal::SealLocation};
use techo_model::{
    CalendarDate, LetterId, ResidentId, UnixMillis,
    number::{MunicipalityCode, ResidentRecordCode},
};
use techo_store::{
    Tx,
    vault::letters::{LetterAddressee, LetterRecord},
};
use uuid::Uuid;

const PAGE: i64 = 100;

/// Who gets a letter.
#[derive(Clone, Debug)]
pub enum AddresseeSelection {
    /// Every living resident without an account.
    WithoutAccount,
    /// Those with these 住民票コード, an account or not: the way back for somebody who lost card and passkeys.
    Named(Vec<ResidentRecordCode>),
}

/// What the code of a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterUse {
    /// The first time.
    Enrol,
    /// The way back into an account.
    Recover,
}

impl LetterUse {
    /// Path of the page where the code is typed.
    pub fn path(self) -> &'static str {
        match self {
            Self::Enrol => "/enrol",
            Self::Recover => "/enrol/recover",
        }
    }
}

/// How a letter reaches its reader.
#[derive(Clone, PartialEq, Eq)]
pub enum LetterDelivery {
    /// By post, to the address as registered.
    ByPost {
        /// 郵便番号.
        postal_code: Option<String>,
        /// 住所.
        address: Option<String>,
    },
    /// 支援措置: into the person's own hand. Where they live is not even opened here, so that no paper can tell it.
    ByHand,
}

/// One letter, ready to be printed. Holds a name and a code: never logged, printed once.
#[derive(Clone)]
pub struct PrintedLetter {
    /// To whom.
    pub resident: ResidentId,
    /// 氏名.
    pub name: String,
    /// How it reaches them.
    pub delivery: LetterDelivery,
    /// What its code is for.
    pub code_use: LetterUse,
    /// The code, in groups of four.
    pub code: String,
    /// The address of the page where the code is typed, for whoever types it.
    pub start_url: String,
    /// The same page as a QR code with the code in its fragment, which no browser sends: an `svg` element.
    pub qr_svg: String,
    /// Last day on which the code works.
    pub expires_on: CalendarDate,
}

/// Letters of one municipality, page by page.
#[derive(Debug)]
pub struct LetterRun<'a> {
    custody: &'a Custody,
    municipality: String,
    portal_url: String,
    addressees: AddresseeSelection,
    after: ResidentId,
    unknown: u64,
    below_age: u64,
}

impl<'a> LetterRun<'a> {
    /// A run for this municipality, leading to this portal (`TECHO_PORTAL_URL`).
    pub fn new(
        custody: &'a Custody,
        municipality: &MunicipalityCode,
        addressees: AddresseeSelection,
        portal_url: &str,
    ) -> Self {
        Self {
            custody,
            municipality: municipality.as_str().to_owned(),
            portal_url: portal_url.trim_end_matches('/').to_owned(),
            addressees,
            after: ResidentId(Uuid::nil()),
            unknown: 0,
            below_age: 0,
        }
    }

    /// The next letters, kept in the vault before they are handed out; empty at the end. Nobody below the age of enrolment
    /// gets one.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn next_page(&mut self) -> Result<Vec<PrintedLetter>> {
        let vault = &self.custody.stores.vault;
        loop {
            let page = self.next_addressees().await?;
            if page.is_empty() {
                return Ok(Vec::new());
            }
            let mut tx = vault.begin().await?;
            let mut letters = Vec::with_capacity(page.len());
            for addressee in &page {
                if legal_age::is_of_enrol_age(self.custody, addressee.resident_id, &addressee.birth_sealed)? {
                    letters.push(self.issue(&mut tx, addressee).await?);
                } else {
                    self.below_age += 1;
                }
            }
            tx.commit().await?;
            if !letters.is_empty() {
                return Ok(letters);
            }
        }
    }

    /// How many got no letter because they are too young to enrol by themselves.
    pub fn below_age(&self) -> u64 {
        self.below_age
    }

    /// How many of the named are no living residents of the municipality.
    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    async fn next_addressees(&mut self) -> Result<Vec<LetterAddressee>> {
        let vault = &self.custody.stores.vault;
        match &mut self.addressees {
            AddresseeSelection::WithoutAccount => {
                let (place, today) = ((self.after, PAGE), self.custody.environment.today());
                let page = vault.residents_without_account(&self.municipality, place, today).await?;
                self.after = page.last().map_or(self.after, |last| last.resident_id);
                Ok(page)
            }
            AddresseeSelection::Named(numbers) => {
                let mut page = Vec::new();
                while let (true, Some(number)) = (page.is_empty(), numbers.pop()) {
                    match addressee(self.custody, &self.municipality, &number).await? {
                        Some(addressee) => page.push(addressee),
                        None => self.unknown += 1,
                    }
                }
                Ok(page)
            }
        }
    }

    async fn issue(&self, tx: &mut Tx, to: &LetterAddressee) -> Result<PrintedLetter> {
        let keys = &self.custody.keys;
        let expires_at = self.custody.environment.now().plus(LETTER_LIFE);
        let code = new_letter_code(self.custody, tx, to.resident_id, expires_at).await?.grouped();
        let place =
            SealLocation { table: "resident", column: "name_sealed", row: to.resident_id.0.as_bytes() };
        let sealed = (&to.postal_code_sealed, &to.address_sealed);
        let code_use = if to.has_account { LetterUse::Recover } else { LetterUse::Enrol };
        let start_url = format!("{}{}", self.portal_url, code_use.path());
        Ok(PrintedLetter {
            resident: to.resident_id,
            name: keys.open_text(place, &to.name_sealed)?,
            delivery: open_delivery(keys, to.resident_id, to.is_protected, sealed)?,
            code_use,
            qr_svg: qr_svg(&format!("{start_url}#code={code}"))?,
            code,
            start_url,
            // The code works until this very minute of that day; the day before is the last whole one.
            expires_on: expires_at.date_in_japan().plus_days(-1),
        })
    }
}

/// Keeps a new letter for somebody, in the place of their former one, and gives its code.
async fn new_letter_code(
    custody: &Custody,
    tx: &mut Tx,
    resident_id: ResidentId,
    expires_at: UnixMillis,
) -> Result<ActivationCode> {
    loop {
        let code = ActivationCode::random(&custody.environment);
        let record = LetterRecord {
            letter_id: LetterId(custody.environment.new_id()),
            resident_id,
            selector_lookup: selector_lookup(custody.keys.current(), &code),
            secret_lookup: secret_lookup(custody.keys.current(), &code),
            issued_at: custody.environment.now(),
            expires_at,
        };
        if custody.stores.vault.issue_letter(tx, &record).await? {
            return Ok(code);
        }
    }
}

async fn addressee(
    custody: &Custody,
    municipality: &str,
    number: &ResidentRecordCode,
) -> Result<Option<LetterAddressee>> {
    let keys = custody.keys.current();
    let lookup = keys.person_lookup(&keys.person_code(number));
    Ok(custody.stores.vault.addressee(municipality, &lookup, custody.environment.today()).await?)
}

/// How a letter reaches a resident; `sealed` is 郵便番号 and 住所.
pub(super) fn open_delivery(
    keys: &KeyRing,
    resident: ResidentId,
    is_protected: bool,
    sealed: (&Option<Vec<u8>>, &Option<Vec<u8>>),
) -> Result<LetterDelivery> {
    if is_protected {
        return Ok(LetterDelivery::ByHand);
    }
    let open = |column, sealed: &Option<Vec<u8>>| {
        let place = SealLocation { table: "resident", column, row: resident.0.as_bytes() };
        sealed.as_ref().map(|sealed| keys.open_text(place, sealed)).transpose()
    };
    Ok(LetterDelivery::ByPost {
        postal_code: open("postal_code_sealed", sealed.0)?,
        address: open("address_sealed", sealed.1)?,
    })
}

fn qr_svg(url: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(url, EcLevel::M)
        .map_err(|_| Internal::Unexpected("the portal's address is too long for a QR code"))?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(180, 180).build();
    // Without the XML declaration, so that it stands within a page.
    Ok(svg.find("<svg").map_or_else(String::new, |start| svg[start..].to_owned()))
}
