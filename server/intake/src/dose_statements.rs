//! Statements about doses of people who are there: which one holds, and how it is written.

use super::{
    BatchTransactions, FileHistory, RowOutcome,
    dose_ledger::{DoseLedger, LedgerDose, write_dose},
};
use std::collections::{HashMap, HashSet};
use techo_custody::{Custody, Result};
use techo_model::{
    RecordCode, UnixMillis, VaccinationId,
    vaccination::{DoseEntry, DoseFacts},
};
use techo_store::{
    records::dose_statements::{DoseStatement, KnownDose},
    vault::residents::KnownResident,
};

/// A statement about a person whose record code is known.
pub(super) struct Item<'a> {
    pub(super) code: RecordCode,
    pub(super) facts: &'a DoseFacts,
    pub(super) entry: DoseEntry,
    pub(super) sent_by: &'a str,
}

/// Where people who are there live now, by record code.
pub(super) type Homes = HashMap<RecordCode, String>;

/// Where these people live now; nothing about those who are not there.
pub(super) async fn homes_of(
    custody: &Custody,
    txs: &mut BatchTransactions,
    people: &[RecordCode],
) -> Result<Homes> {
    let keys = custody.keys.current();
    let by_lookup: HashMap<_, _> =
        people.iter().map(|code| (keys.person_lookup(&keys.person_of(*code)).to_vec(), *code)).collect();
    let lookups: Vec<_> = people.iter().map(|code| keys.person_lookup(&keys.person_of(*code))).collect();
    let known = custody.stores.vault.known_residents(&mut txs.vault, &lookups).await?;
    let home = |resident: KnownResident| {
        by_lookup.get(&resident.person_lookup).map(|code| (*code, resident.municipality))
    };
    Ok(known.into_iter().filter_map(home).collect())
}

/// Writes doses of people who are there.
pub(super) async fn apply_known(
    custody: &Custody,
    txs: &mut BatchTransactions,
    (items, homes): (&[Item<'_>], &Homes),
    seen: FileHistory,
) -> Result<Vec<RowOutcome>> {
    let codes: HashSet<_> = items.iter().map(|item| item.code).collect();
    let codes: Vec<_> = codes.into_iter().collect();
    let mut ledger = DoseLedger::load(custody, &mut txs.records, &codes).await?;
    custody.environment.pause_point("import.doses.known").await;
    let (mut outcomes, mut new) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let (given_on, vaccine) = (item.facts.given_on.to_string(), item.facts.vaccine.id());
        let stated = statement(custody, item);
        let Some(dose) = ledger.find(&given_on, vaccine, &stated) else {
            outcomes.push(if stated.cancelled_at.is_some() {
                RowOutcome::Unchanged
            } else {
                RowOutcome::Inserted
            });
            new.push(KnownDose { given_on, vaccine: vaccine.to_owned(), holding: stated });
            continue;
        };
        let was_taken_in = seen == FileHistory::Before && dose.statement_of(item.sent_by).is_some();
        if was_taken_in || dose.says(&stated) {
            outcomes.push(RowOutcome::Unchanged);
            continue;
        }
        let after = dose.restated(stated, homes.get(&item.code).map(String::as_str));
        write_dose(custody, &mut txs.records, (dose, &after)).await?;
        outcomes.push(outcome(dose, &after, item));
        ledger.put(after);
    }
    let version = custody.keys.current().version();
    custody.stores.records.insert_doses(&mut txs.records, &new, version).await?;
    Ok(outcomes)
}

/// Whether a statement that waited is older than what its sender has stated meanwhile.
pub(super) fn is_outdated(
    custody: &Custody,
    ledger: &DoseLedger,
    item: &Item<'_>,
    since: UnixMillis,
) -> bool {
    let stated = statement(custody, item);
    let dose = ledger.find(&item.facts.given_on.to_string(), item.facts.vaccine.id(), &stated);
    dose.and_then(|dose| dose.statement_of(item.sent_by)).is_some_and(|former| since < former.changed_at)
}

fn outcome(before: &LedgerDose, after: &LedgerDose, item: &Item<'_>) -> RowOutcome {
    let former = before.statement_of(item.sent_by);
    match item.entry {
        DoseEntry::Given => RowOutcome::Updated,
        DoseEntry::Cancelled if former.is_some_and(|former| former.cancelled_at.is_none()) => {
            RowOutcome::Deleted
        }
        DoseEntry::Cancelled if before.is_given() && !after.is_given() => RowOutcome::Deleted,
        DoseEntry::Cancelled => RowOutcome::Unchanged,
    }
}

/// A municipality's statement. A dose that is taken back before it is known is remembered, so that an older row does not
/// bring it.
fn statement(custody: &Custody, item: &Item<'_>) -> DoseStatement {
    let (facts, now) = (item.facts, custody.environment.now());
    let code = facts.product_code.as_ref();
    DoseStatement {
        record_code: item.code,
        vaccination_id: VaccinationId(custody.environment.new_id()),
        sent_by: item.sent_by.to_owned(),
        municipality: facts.municipality.as_str().to_owned(),
        dose_number: facts.dose_number,
        product_name: facts.product_name.clone(),
        product_system: code.map(|code| code.system),
        product_code: code.map(|code| code.code.clone()),
        programme: Some(facts.programme).into(),
        lot: facts.lot.clone(),
        amount_microlitres: facts.amount_microlitres,
        facility: facts.facility.as_ref().map(|facility| facility.as_str().to_owned()),
        received_at: now,
        changed_at: now,
        cancelled_at: (item.entry == DoseEntry::Cancelled).then_some(now),
    }
}

/// Decides again which statements hold about the doses of people who have moved.
pub(super) async fn decide_again(
    custody: &Custody,
    txs: &mut BatchTransactions,
    homes: &Homes,
) -> Result<u64> {
    let codes: Vec<_> = homes.keys().copied().collect();
    let ledger = DoseLedger::load(custody, &mut txs.records, &codes).await?;
    let mut changed = 0;
    for (code, home) in homes {
        for dose in ledger.doses(*code) {
            let after = dose.decided(Some(home));
            // Its sender states nothing anew by it, so it stays as old as it is.
            if after.holding.sent_by != dose.holding.sent_by {
                write_dose(custody, &mut txs.records, (dose, &after)).await?;
                changed += 1;
            }
        }
    }
    Ok(changed)
}
