//! Vaccinations: a municipality states which doses its residents got.

use super::{
    BatchTransactions, FileImport, RowOutcome,
    batch::RowIntake,
    dose_statements::{Homes, Item, apply_known, homes_of},
    life_span::LifeSpans,
    matching::MatchFailure,
    retry_waiting,
    waiting_dose::StoredDose,
};
use std::{collections::HashMap, hash::Hash};
use techo_custody::{
    Custody, Result,
    waiting_content::{self, WaitingKeys},
};
use techo_exchange::rows::VaccinationsLayout;
use techo_model::{
    CalendarDate, RecordCode, WaitingId,
    record::WaitingKind,
    vaccination::{DoseEntry, VaccinationRow},
    vaccine::Vaccine,
};
use techo_store::records::import::waiting::WaitingRecord;

/// Takes rows of vaccinations files in.
pub struct VaccinationsIntake;

const OTHER_MUNICIPALITY: &str = "自治体コードが送信元の自治体と違います。";
const OUTSIDE_LIFE: &str = "接種日が、住民の記録にある生年月日より前か、死亡日より後です。";

impl RowIntake for VaccinationsIntake {
    type Format = VaccinationsLayout;
    type Key = (u64, CalendarDate, Vaccine, i64);

    fn key(row: &VaccinationRow) -> Self::Key {
        (row.record_code.expose(), row.dose.given_on, row.dose.vaccine, row.dose.dose_number)
    }

    fn claim(row: &VaccinationRow) -> (impl Hash, impl Hash) {
        let dose = &row.dose;
        let code = dose.product_code.as_ref().map(|code| (code.system.as_str(), &code.code));
        let product = (&dose.product_name, code, &dose.lot, dose.amount_microlitres);
        let said = (product, dose.programme.as_str(), &dose.facility, &dose.municipality);
        // To take a dose back contradicts nothing, and says nothing else of it.
        let is_given = row.entry == DoseEntry::Given;
        ((Self::key(row), is_given), is_given.then_some(said))
    }

    async fn apply(
        import: &FileImport<'_>,
        txs: &mut BatchTransactions,
        rows: &[&VaccinationRow],
    ) -> Result<Vec<RowOutcome>> {
        let custody = import.custody;
        let (codes, homes) = people(custody, txs, rows).await?;
        // What waited for somebody who is there came before this file.
        retry_waiting::doses_of(custody, txs, &homes).await?;
        let lives = LifeSpans::load(custody, txs, homes.keys().copied()).await?;
        let mut outcomes = vec![RowOutcome::Rejected(OTHER_MUNICIPALITY); rows.len()];
        let (mut found, mut places) = (Vec::new(), Vec::new());
        for (i, row) in
            rows.iter().enumerate().filter(|(_, row)| row.dose.municipality.as_str() == import.sender.id)
        {
            let (code, sent_by) = (codes[i], import.sender.id.as_str());
            let item = Item { code, facts: &row.dose, entry: row.entry, sent_by };
            if row.entry == DoseEntry::Given && !lives.include(code, row.dose.given_on) {
                outcomes[i] = RowOutcome::Rejected(OUTSIDE_LIFE);
            } else if homes.contains_key(&code) {
                found.push(item);
                places.push(i);
            } else {
                wait(import, txs, &item).await?;
                outcomes[i] = RowOutcome::Quarantined;
            }
        }
        let applied = apply_known(custody, txs, (&found, &homes), import.seen).await?;
        for (outcome, i) in applied.into_iter().zip(places) {
            outcomes[i] = outcome;
        }
        Ok(outcomes)
    }
}

/// The record code of every row, and the homes of those whose resident is there.
async fn people(
    custody: &Custody,
    txs: &mut BatchTransactions,
    rows: &[&VaccinationRow],
) -> Result<(Vec<RecordCode>, Homes)> {
    let keys = custody.keys.current();
    let mut numbers: HashMap<u64, RecordCode> = HashMap::new();
    let codes: Vec<_> = rows
        .iter()
        .map(|row| {
            let code = || keys.record_code(&keys.person_code(&row.record_code));
            *numbers.entry(row.record_code.expose()).or_insert_with(code)
        })
        .collect();
    let people: Vec<_> = numbers.into_values().collect();
    let homes = homes_of(custody, txs, &people).await?;
    Ok((codes, homes))
}

async fn wait(import: &FileImport<'_>, txs: &mut BatchTransactions, item: &Item<'_>) -> Result<()> {
    let custody = import.custody;
    let id = WaitingId(custody.environment.new_id());
    let text = StoredDose::of(item.facts, item.entry).text();
    let keys = custody.keys.current();
    let marks = WaitingKeys::of_dose(keys, item.code, &text);
    let row = WaitingRecord {
        waiting_id: id,
        kind: WaitingKind::Vaccination,
        alias: marks.alias,
        family_alias: marks.family_alias,
        reason: MatchFailure::PersonUnknown.as_str().to_owned(),
        content_digest: marks.content_digest,
        content_sealed: waiting_content::seal(custody, id, &text),
        sent_by: item.sent_by.to_owned(),
        received_at: custody.environment.now(),
        key_version: keys.version(),
        arrival: 0,
    };
    Ok(custody.stores.records.insert_waiting(&mut txs.records, &row, import.seen.place_in_line()).await?)
}
