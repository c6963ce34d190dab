//! Residents: a municipality states who lives there.

use super::{Import, Outcome, Seen, Txs, batch::Intake};
use crate::{Result, codes::PersonCode, keys::set::Lookup, seal::Place};
use std::collections::HashMap;
use techo_exchange::rows::Residents;
use techo_model::{
    ResidentId, UnixMillis,
    number::ResidentRecordCode,
    resident::{Protection, ResidentRow},
};
use techo_store::vault::residents::{KnownResident, ResidentRecord};
use uuid::Uuid;

/// Takes rows of residents files in.
pub struct ResidentsIntake;

const OTHER_MUNICIPALITY: &str = "自治体コードが送信元の自治体と違います。";
const NUMBER_TAKEN: &str =
    "この個人番号は、別の住民票コードの人に登録されています。どちらかの番号を確かめてください。";

impl Intake for ResidentsIntake {
    type Format = Residents;
    type Key = ResidentRecordCode;

    fn key(row: &ResidentRow) -> ResidentRecordCode {
        row.record_code.clone()
    }

    async fn apply(import: &Import<'_>, txs: &mut Txs, rows: &[&ResidentRow]) -> Result<Vec<Outcome>> {
        let mut batch = Batch::load(import, txs, rows).await?;
        let outcomes = rows.iter().enumerate().map(|(i, row)| batch.decide(i, row)).collect();
        batch.write(txs).await?;
        Ok(outcomes)
    }
}

/// What is known about the people of a batch, and what is to be written about them.
struct Batch<'a> {
    import: &'a Import<'a>,
    people: Vec<PersonCode>,
    lookups: Vec<[u8; 32]>,
    aliases: Vec<Uuid>,
    known: HashMap<Vec<u8>, KnownResident>,
    owners: HashMap<Uuid, ResidentId>,
    new: Vec<ResidentRecord>,
    new_aliases: Vec<(Uuid, ResidentId)>,
    changed: Vec<ResidentRecord>,
    changed_aliases: Vec<(Uuid, ResidentId)>,
    guardians: Vec<(ResidentId, Vec<[u8; 32]>)>,
    now: UnixMillis,
}

impl<'a> Batch<'a> {
    async fn load(import: &'a Import<'a>, txs: &mut Txs, rows: &[&ResidentRow]) -> Result<Self> {
        let (keys, vault) = (import.domain.keys.current(), &import.domain.stores.vault);
        let people: Vec<_> = rows.iter().map(|row| keys.person_code(&row.record_code)).collect();
        let lookups: Vec<_> = people.iter().map(|person| keys.person_lookup(person)).collect();
        let aliases: Vec<_> = rows.iter().map(|row| keys.my_number_alias(&row.my_number)).collect();
        let known = vault.known_residents(&mut txs.vault, &lookups).await?;
        let owners = vault.my_number_owners(&mut txs.vault, &aliases).await?;
        Ok(Self {
            import,
            people,
            lookups,
            aliases,
            known: known.into_iter().map(|resident| (resident.person_lookup.clone(), resident)).collect(),
            owners: owners.into_iter().map(|owner| (owner.alias, owner.resident_id)).collect(),
            new: Vec::new(),
            new_aliases: Vec::new(),
            changed: Vec::new(),
            changed_aliases: Vec::new(),
            guardians: Vec::new(),
            now: import.domain.world.now(),
        })
    }

    fn decide(&mut self, i: usize, row: &ResidentRow) -> Outcome {
        if row.municipality.as_str() != self.import.sender.id {
            return Outcome::Rejected(OTHER_MUNICIPALITY);
        }
        let alias = self.aliases[i];
        let owner = self.owners.get(&alias).copied();
        let known = self.known.get(self.lookups[i].as_slice()).cloned();
        if owner.is_some() && owner != known.as_ref().map(|known| known.resident_id) {
            return Outcome::Rejected(NUMBER_TAKEN);
        }
        let digest = self.digest(alias, row);
        let Some(known) = known else {
            let id = ResidentId(self.import.domain.world.new_id());
            self.new.push(self.record(id, i, row, digest));
            self.new_aliases.push((alias, id));
            self.owners.insert(alias, id);
            self.guardians.push((id, self.guardian_lookups(row)));
            return Outcome::Inserted;
        };
        if known.digest == digest || self.import.seen == Seen::Before || !speaks_for(row, &known) {
            return Outcome::Unchanged;
        }
        if owner.is_none() {
            self.changed_aliases.push((alias, known.resident_id));
            self.owners.insert(alias, known.resident_id);
        }
        self.changed.push(self.record(known.resident_id, i, row, digest));
        self.guardians.push((known.resident_id, self.guardian_lookups(row)));
        Outcome::Updated
    }

    fn record(&self, id: ResidentId, i: usize, row: &ResidentRow, digest: Vec<u8>) -> ResidentRecord {
        let domain = self.import.domain;
        let place = |column| Place { table: "resident", column, row: id.0.as_bytes() };
        let seal = |column, value: &[u8]| domain.keys.seal(&domain.world, place(column), value);
        let seal_text =
            |column, value: &Option<String>| value.as_ref().map(|text| seal(column, text.as_bytes()));
        ResidentRecord {
            resident_id: id,
            person_lookup: self.lookups[i].to_vec(),
            person_code_sealed: seal("person_code_sealed", self.people[i].as_bytes()),
            chain_sealed: seal("chain_sealed", domain.world.opaque_id().as_bytes()),
            name_sealed: seal("name_sealed", row.name.as_bytes()),
            kana_sealed: seal("kana_sealed", row.kana.as_bytes()),
            birth_sealed: seal("birth_sealed", row.birth_date.to_string().as_bytes()),
            sex_sealed: seal("sex_sealed", row.sex.code().as_bytes()),
            postal_code_sealed: seal_text("postal_code_sealed", &row.postal_code),
            address_sealed: seal_text("address_sealed", &row.address),
            mail_sealed: seal_text("mail_sealed", &row.mail),
            phone_sealed: seal_text("phone_sealed", &row.phone),
            municipality: row.municipality.as_str().to_owned(),
            moved_in_on: row.moved_in_on.map(|date| date.to_string()),
            moved_out_on: row.moved_out_on.map(|date| date.to_string()),
            died_on: row.died_on.map(|date| date.to_string()),
            is_protected: row.protection == Protection::Protected,
            digest,
            received_at: self.now,
            changed_at: self.now,
            key_version: domain.keys.current().version(),
        }
    }

    fn guardian_lookups(&self, row: &ResidentRow) -> Vec<[u8; 32]> {
        let keys = self.import.domain.keys.current();
        row.guardians.iter().map(|code| keys.person_lookup(&keys.person_code(code))).collect()
    }

    fn digest(&self, alias: Uuid, row: &ResidentRow) -> Vec<u8> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default().into_bytes();
        let date = |value: Option<techo_model::CalendarDate>| {
            value.map(|d| d.to_string()).unwrap_or_default().into_bytes()
        };
        let mut parts = vec![
            alias.as_bytes().to_vec(),
            row.name.clone().into_bytes(),
            row.kana.clone().into_bytes(),
            row.birth_date.to_string().into_bytes(),
            row.sex.code().as_bytes().to_vec(),
            text(&row.postal_code),
            text(&row.address),
            row.municipality.as_str().as_bytes().to_vec(),
            date(row.moved_in_on),
            date(row.moved_out_on),
            date(row.died_on),
            vec![u8::from(row.protection == Protection::Protected)],
            text(&row.mail),
            text(&row.phone),
        ];
        parts.extend(self.guardian_lookups(row).into_iter().map(|lookup| lookup.to_vec()));
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        self.import.domain.keys.current().lookup(Lookup::Digest, &parts).to_vec()
    }

    async fn write(self, txs: &mut Txs) -> Result<()> {
        let (vault, tx) = (&self.import.domain.stores.vault, &mut txs.vault);
        let version = self.import.domain.keys.current().version();
        vault.insert_residents(tx, &self.new).await?;
        vault.insert_my_number_aliases(tx, &self.new_aliases, version).await?;
        for record in &self.changed {
            vault.update_resident(tx, record).await?;
        }
        for (alias, resident) in &self.changed_aliases {
            vault.put_my_number_alias(tx, *alias, *resident, version).await?;
        }
        for (resident, lookups) in
            self.guardians.iter().filter(|(id, l)| !l.is_empty() || self.is_changed(*id))
        {
            vault.put_guardians(tx, *resident, lookups).await?;
        }
        Ok(())
    }

    fn is_changed(&self, id: ResidentId) -> bool {
        self.changed.iter().any(|record| record.resident_id == id)
    }
}

/// After a move two municipalities have a file about the same person: the one where they moved in last speaks.
fn speaks_for(row: &ResidentRow, known: &KnownResident) -> bool {
    if row.municipality.as_str() == known.municipality {
        return true;
    }
    let arrived = row.moved_in_on.map(|date| date.to_string());
    row.moved_out_on.is_none() && arrived >= known.moved_in_on
}
