//! Residents: a municipality states who lives there.

use super::{Import, Outcome, Seen, Txs, batch::Intake};
use crate::{
    Result,
    resident_record::{PlainResident, ResidentCodes, Standing},
};
use std::collections::HashMap;
use techo_exchange::rows::Residents;
use techo_model::{ChainId, ResidentId, UnixMillis, number::ResidentRecordCode, resident::ResidentRow};
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
        let people: Vec<_> = rows.iter().map(|row| Stated::of(import, row)).collect();
        let mut batch = Batch::load(import, txs, &people).await?;
        let outcomes = rows.iter().zip(&people).map(|(row, stated)| batch.decide(row, stated)).collect();
        batch.write(txs).await?;
        Ok(outcomes)
    }
}

/// The codes of a row.
struct Stated {
    codes: ResidentCodes,
    lookup: [u8; 32],
    alias: Uuid,
}

impl Stated {
    fn of(import: &Import<'_>, row: &ResidentRow) -> Self {
        let keys = import.domain.keys.current();
        let person = keys.person_code(&row.record_code);
        let alias = keys.my_number_alias(&row.my_number);
        let guardians =
            row.guardians.iter().map(|code| keys.guardian_code(&keys.person_code(code))).collect();
        Self {
            lookup: keys.person_lookup(&person),
            codes: ResidentCodes { person, my_number: Some(alias), guardians },
            alias,
        }
    }
}

/// What is known about the people of a batch, and what is to be written about them.
struct Batch<'a> {
    import: &'a Import<'a>,
    known: HashMap<Vec<u8>, KnownResident>,
    owners: HashMap<Uuid, ResidentId>,
    new: Vec<ResidentRecord>,
    new_aliases: Vec<(Uuid, ResidentId)>,
    changed: Vec<ResidentRecord>,
    changed_aliases: Vec<(Uuid, ResidentId)>,
    guardians: Vec<(ResidentId, Vec<Uuid>)>,
    now: UnixMillis,
}

impl<'a> Batch<'a> {
    async fn load(import: &'a Import<'a>, txs: &mut Txs, people: &[Stated]) -> Result<Self> {
        let vault = &import.domain.stores.vault;
        let lookups: Vec<_> = people.iter().map(|stated| stated.lookup).collect();
        let aliases: Vec<_> = people.iter().map(|stated| stated.alias).collect();
        let known = vault.known_residents(&mut txs.vault, &lookups).await?;
        let owners = vault.my_number_owners(&mut txs.vault, &aliases).await?;
        Ok(Self {
            import,
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

    fn decide(&mut self, row: &ResidentRow, stated: &Stated) -> Outcome {
        if row.municipality.as_str() != self.import.sender.id {
            return Outcome::Rejected(OTHER_MUNICIPALITY);
        }
        let owner = self.owners.get(&stated.alias).copied();
        let known = self.known.get(stated.lookup.as_slice()).cloned();
        if owner.is_some() && owner != known.as_ref().map(|known| known.resident_id) {
            return Outcome::Rejected(NUMBER_TAKEN);
        }
        let plain = PlainResident::from(row);
        let Some(known) = known else {
            let id = ResidentId(self.import.domain.world.new_id());
            self.new.push(self.record(id, plain, &stated.codes));
            self.new_aliases.push((stated.alias, id));
            self.owners.insert(stated.alias, id);
            self.guardians.push((id, stated.codes.guardians.clone()));
            return Outcome::Inserted;
        };
        let digest = plain.digest(self.import.domain.keys.current(), &stated.codes);
        if known.digest == digest || self.import.seen == Seen::Before || !speaks_for(row, &known) {
            return Outcome::Unchanged;
        }
        if owner.is_none() {
            self.changed_aliases.push((stated.alias, known.resident_id));
            self.owners.insert(stated.alias, known.resident_id);
        }
        self.changed.push(self.record(known.resident_id, plain, &stated.codes));
        self.guardians.push((known.resident_id, stated.codes.guardians.clone()));
        Outcome::Updated
    }

    /// The record of a new or changed resident; of a changed one the chain is not written.
    fn record(&self, id: ResidentId, plain: PlainResident, codes: &ResidentCodes) -> ResidentRecord {
        let chain = ChainId(self.import.domain.world.opaque_id());
        let standing = Standing { id, chain, received_at: self.now, changed_at: self.now };
        plain.record(self.import.domain, codes, standing)
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
        for (resident, codes) in
            self.guardians.iter().filter(|(id, codes)| !codes.is_empty() || self.is_changed(*id))
        {
            vault.put_guardians(tx, *resident, codes).await?;
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
