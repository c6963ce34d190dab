//! Residents with all that hangs on them: codes, sealed fields, aliases, guardians, and their rows in the record store.

use super::{RotateError, RotationPart, error::at, rekey::Rekey};
use crate::{
    Internal, Result, coverage_record,
    coverage_record::SealedInsured,
    resident_record::{self, PlainResident, ResidentCodes, ResidentMeta},
};
use std::collections::{HashMap, HashSet};
use techo_model::{
    RecordCode, ResidentId,
    coverage::{AliasReach, BranchState, CoverageFacts},
};
use techo_store::{
    records::rotation::CoverageColumns,
    vault::{aliases::InsuredAlias, residents::ResidentRecord, rotation::MyNumberAlias},
};
use uuid::Uuid;

/// Residents of one page.
const PAGE: i64 = 200;

/// A period of insurance, and what is known of its 枝番.
type Period = (CoverageFacts, BranchState);

/// A resident on the way.
struct RekeyedResident {
    record: ResidentRecord,
    my_number: Option<Uuid>,
    guardians: Vec<Uuid>,
    old_code: RecordCode,
    new_code: RecordCode,
}

/// What the vault holds about the residents of a page beside their rows.
struct Beside {
    my_numbers: HashMap<ResidentId, Uuid>,
    guardians: HashMap<ResidentId, Vec<Uuid>>,
    insured: Vec<InsuredAlias>,
}

impl Rekey<'_> {
    /// Carries everybody who still stands under the old keys.
    pub(super) async fn rekey_people(&mut self) -> Result<(), RotateError> {
        let vault = self.custody.stores.vault.clone();
        let (mut after, mut done) = (ResidentId(Uuid::nil()), 0);
        loop {
            let page = vault.residents_of_version(self.rotation.from, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.resident_id;
            let ids: Vec<_> = page.iter().map(|resident| resident.resident_id).collect();
            let beside = self.beside(&ids).await?;
            let mut travellers = Vec::with_capacity(page.len());
            for old in &page {
                let carried = self.rekey_resident(old, &beside);
                travellers.push(carried.map_err(at("resident", old.resident_id.0))?);
            }
            let pairs: Vec<_> = travellers.iter().map(|one| (one.old_code, one.new_code)).collect();
            let facts = self.move_records(&pairs).await?;
            self.step(RotationPart::People, done)?;
            self.move_residents(&travellers, &beside, &facts).await?;
            done += u64::try_from(page.len()).unwrap_or(0);
            self.step(RotationPart::People, done)?;
        }
    }

    async fn beside(&self, ids: &[ResidentId]) -> Result<Beside, RotateError> {
        let vault = &self.custody.stores.vault;
        let my_numbers = vault.my_number_aliases_of(ids).await?;
        let mut guardians: HashMap<_, Vec<_>> = HashMap::new();
        for statement in vault.guardians_of(ids).await? {
            guardians.entry(statement.resident_id).or_default().push(statement.guardian_code);
        }
        Ok(Beside {
            my_numbers: my_numbers.into_iter().map(|row| (row.resident_id, row.alias)).collect(),
            guardians,
            insured: vault.insured_aliases_of(ids).await?,
        })
    }

    fn rekey_resident(&self, row: &ResidentRecord, beside: &Beside) -> Result<RekeyedResident> {
        let (keys, old, new) = (&self.custody.keys, self.old(), self.new_keys());
        let id = row.resident_id;
        let person = resident_record::open_person(keys, id, &row.person_code_sealed)?;
        if old.person_lookup(&person).as_slice() != row.person_lookup {
            return Err(Internal::corrupt("resident", "person_lookup", id.0).into());
        }
        let alias = beside.my_numbers.get(&id).map(|alias| old.rekey_my_number(*alias, new)).transpose()?;
        let stated = beside.guardians.get(&id).map_or(&[][..], Vec::as_slice);
        let guardians =
            stated.iter().map(|code| old.rekey_guardian(*code, new)).collect::<Result<Vec<_>, _>>()?;
        let codes = ResidentCodes {
            person: old.rekey_person(&person, new)?,
            my_number: alias,
            guardians: guardians.clone(),
        };
        let standing = ResidentMeta {
            id,
            chain: resident_record::open_chain(keys, id, &row.chain_sealed)?,
            received_at: row.received_at,
            changed_at: row.changed_at,
        };
        Ok(RekeyedResident {
            old_code: old.record_code(&person),
            new_code: new.record_code(&codes.person),
            record: PlainResident::open(keys, row)?.record(&self.custody, &codes, standing),
            my_number: alias,
            guardians,
        })
    }

    /// The record store's half: rows under the new codes, insured ids sealed with the new key. Answers what is known of
    /// the people's coverage, whether it moves now or was moved before a kill.
    pub(super) async fn move_records(
        &self,
        pairs: &[(RecordCode, RecordCode)],
    ) -> Result<HashMap<RecordCode, Vec<Period>>, RotateError> {
        let records = &self.custody.stores.records;
        let codes: Vec<_> = pairs.iter().map(|(_, new)| *new).collect();
        let mut tx = records.begin().await?;
        records.move_codes(&mut tx, pairs, self.new_keys().version()).await?;
        let mut known: HashMap<_, Vec<_>> = HashMap::new();
        for row in records.coverage_columns(&mut tx, &codes).await? {
            let facts = coverage_record::open(&self.custody.keys, &row);
            let facts = facts.map_err(at("coverage", row.coverage_id.0))?;
            if row.key_version == self.rotation.from {
                let resealed = self.reseal_coverage(&row, &facts);
                records.reseal_coverage(&mut tx, &resealed, self.rotation.from).await?;
            }
            known.entry(row.record_code).or_default().push((facts, row.branch_state));
        }
        self.close(tx).await?;
        Ok(known)
    }

    fn reseal_coverage(&self, row: &CoverageColumns, facts: &CoverageFacts) -> CoverageColumns {
        let sealed = SealedInsured::seal(&self.custody, row.coverage_id, &facts.insured);
        CoverageColumns {
            symbol_sealed: sealed.symbol,
            number_sealed: sealed.number,
            branch_sealed: sealed.branch,
            digest: coverage_record::digest(self.new_keys(), facts),
            key_version: self.new_keys().version(),
            ..row.clone()
        }
    }

    /// The vault's half.
    async fn move_residents(
        &mut self,
        travellers: &[RekeyedResident],
        beside: &Beside,
        periods: &HashMap<RecordCode, Vec<Period>>,
    ) -> Result<(), RotateError> {
        let (stores, from, to) = (&self.custody.stores, self.rotation.from, self.new_keys().version());
        let vault = &stores.vault;
        let ids: Vec<_> = travellers.iter().map(|one| one.record.resident_id).collect();
        let mut insured = Vec::new();
        for one in travellers {
            for (facts, branch) in periods.get(&one.new_code).map_or(&[][..], Vec::as_slice) {
                insured.extend(coverage_record::insured_aliases(
                    self.new_keys(),
                    one.record.resident_id,
                    (facts, *branch),
                ));
            }
        }
        let mut tx = vault.begin().await?;
        for one in travellers {
            let resident_id = one.record.resident_id;
            vault.reseal_resident(&mut tx, &one.record, from).await?;
            if let Some(alias) = one.my_number {
                vault.rekey_my_number_alias(&mut tx, MyNumberAlias { resident_id, alias }, from, to).await?;
            }
            if !one.guardians.is_empty() {
                vault.put_guardians(&mut tx, resident_id, &one.guardians).await?;
            }
        }
        vault.forget_all_insured_aliases(&mut tx, &ids).await?;
        vault.insert_insured_aliases(&mut tx, &insured).await?;
        let (before, after) = (places(&beside.insured), places(&insured));
        let (added, dropped) = (after.difference(&before).count(), before.difference(&after).count());
        self.rotation.aliases_added += i64::try_from(added).unwrap_or(i64::MAX);
        self.rotation.aliases_dropped += i64::try_from(dropped).unwrap_or(i64::MAX);
        self.rotation.put(stores, &mut tx).await?;
        self.close(tx).await
    }
}

/// Which aliases there are, whatever key made them.
fn places(rows: &[InsuredAlias]) -> HashSet<(ResidentId, &str, &str, AliasReach)> {
    rows.iter().map(|row| (row.resident_id, &*row.insurer, &*row.valid_from, row.reach)).collect()
}
