//! Vaccinations: a municipality states which doses its residents got.

use super::{
    Import, Outcome, Seen, Txs,
    batch::Intake,
    life_span::LifeSpans,
    quarantine::{self, Marks},
};
use crate::{Domain, Internal, Result};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use techo_exchange::rows::Vaccinations;
use techo_model::{
    CalendarDate, RecordCode, UnixMillis, VaccinationId, WaitingId,
    number::{FacilityNumber, MunicipalityCode},
    vaccination::{DoseFacts, Entry, ProductCode, ProductCodeSystem, Programme, VaccinationRow},
    vaccine::Vaccine,
};
use techo_store::records::import::{
    vaccinations::{KnownDose, NewDose},
    waiting::Waiting,
};

/// Takes rows of vaccinations files in.
pub struct VaccinationsIntake;

const OTHER_MUNICIPALITY: &str = "自治体コードが送信元の自治体と違います。";
const OUTSIDE_LIFE: &str = "接種日が、住民の記録にある生年月日より前か、死亡日より後です。";

impl Intake for VaccinationsIntake {
    type Format = Vaccinations;
    type Key = (u64, CalendarDate, Vaccine, i64);

    fn key(row: &VaccinationRow) -> Self::Key {
        (row.record_code.expose(), row.dose.given_on, row.dose.vaccine, row.dose.dose_number)
    }

    async fn apply(import: &Import<'_>, txs: &mut Txs, rows: &[&VaccinationRow]) -> Result<Vec<Outcome>> {
        let domain = import.domain;
        let (codes, arrived) = people(domain, txs, rows).await?;
        let lives = LifeSpans::load(domain, txs, arrived.iter().copied()).await?;
        let mut outcomes = vec![Outcome::Rejected(OTHER_MUNICIPALITY); rows.len()];
        let (mut found, mut places) = (Vec::new(), Vec::new());
        for (i, row) in
            rows.iter().enumerate().filter(|(_, row)| row.dose.municipality.as_str() == import.sender.id)
        {
            let item =
                Item { code: codes[i], facts: &row.dose, entry: row.entry, sent_by: &import.sender.id };
            if row.entry == Entry::Given && !lives.include(codes[i], row.dose.given_on) {
                outcomes[i] = Outcome::Rejected(OUTSIDE_LIFE);
            } else if arrived.contains(&codes[i]) {
                found.push(item);
                places.push(i);
            } else {
                wait(domain, txs, &item).await?;
                outcomes[i] = Outcome::Quarantined;
            }
        }
        for (outcome, i) in apply_known(domain, txs, &found, import.seen).await?.into_iter().zip(places) {
            outcomes[i] = outcome;
        }
        Ok(outcomes)
    }
}

/// A statement about a person whose record code is known.
pub(super) struct Item<'a> {
    pub(super) code: RecordCode,
    pub(super) facts: &'a DoseFacts,
    pub(super) entry: Entry,
    pub(super) sent_by: &'a str,
}

/// The record code of every row, and the codes of those whose resident is there.
async fn people(
    domain: &Domain,
    txs: &mut Txs,
    rows: &[&VaccinationRow],
) -> Result<(Vec<RecordCode>, HashSet<RecordCode>)> {
    let keys = domain.keys.current();
    let mut numbers: HashMap<u64, (RecordCode, [u8; 32])> = HashMap::new();
    let codes: Vec<_> = rows
        .iter()
        .map(|row| {
            let person = || {
                let person = keys.person_code(&row.record_code);
                (keys.record_code(&person), keys.person_lookup(&person))
            };
            numbers.entry(row.record_code.expose()).or_insert_with(person).0
        })
        .collect();
    let lookups: Vec<_> = numbers.values().map(|(_, lookup)| *lookup).collect();
    let known = domain.stores.vault.known_residents(&mut txs.vault, &lookups).await?;
    let known: HashSet<_> = known.into_iter().map(|resident| resident.person_lookup).collect();
    let arrived =
        numbers.values().filter(|(_, lookup)| known.contains(lookup.as_slice())).map(|(code, _)| *code);
    Ok((codes, arrived.collect()))
}

/// Writes doses of people who are there.
pub(super) async fn apply_known(
    domain: &Domain,
    txs: &mut Txs,
    items: &[Item<'_>],
    seen: Seen,
) -> Result<Vec<Outcome>> {
    let codes: HashSet<_> = items.iter().map(|item| item.code).collect();
    let codes: Vec<_> = codes.into_iter().collect();
    let records = &domain.stores.records;
    let mut known: HashMap<RecordCode, Vec<KnownDose>> = HashMap::new();
    for dose in records.known_doses(&mut txs.records, &codes).await? {
        known.entry(dose.record_code).or_default().push(dose);
    }
    let now = domain.world.now();
    let (mut outcomes, mut new) = (Vec::with_capacity(items.len()), Vec::new());
    let mut adopted = HashSet::new();
    for item in items {
        let doses = known.get(&item.code).map_or(&[][..], Vec::as_slice);
        let former = doses.iter().find(|dose| dose.is_dose(item.code, item.facts)).or_else(|| {
            let is_copy = |dose: &&KnownDose| {
                dose.is_sent_copy_of(item.code, item.facts) && !adopted.contains(&dose.vaccination_id)
            };
            doses.iter().find(is_copy).filter(|_| item.entry == Entry::Given)
        });
        let outcome = decide(former, item, seen);
        match (outcome, former) {
            (Outcome::Inserted, _) => new.push(new_dose(domain, item, now, None)),
            (Outcome::Updated, Some(former)) => {
                let dose = new_dose(domain, item, now, Some(former.vaccination_id));
                if former.municipality.is_empty() {
                    adopted.insert(former.vaccination_id);
                    records.adopt_dose(&mut txs.records, &dose).await?;
                } else {
                    records.update_dose(&mut txs.records, &dose).await?;
                }
            }
            (Outcome::Deleted, Some(former)) => {
                records.cancel_dose(&mut txs.records, item.code, former.vaccination_id, now).await?;
            }
            _ => {}
        }
        outcomes.push(outcome);
    }
    records.insert_doses(&mut txs.records, &new).await?;
    Ok(outcomes)
}

fn decide(former: Option<&KnownDose>, item: &Item<'_>, seen: Seen) -> Outcome {
    match (former, item.entry) {
        (None, Entry::Given) => Outcome::Inserted,
        (None, Entry::Cancelled) => Outcome::Unchanged,
        (Some(_), _) if seen == Seen::Before => Outcome::Unchanged,
        (Some(former), Entry::Cancelled) if former.cancelled_at.is_none() => Outcome::Deleted,
        (Some(_), Entry::Cancelled) => Outcome::Unchanged,
        (Some(former), Entry::Given) if former.cancelled_at.is_none() && former.says(item.facts) => {
            Outcome::Unchanged
        }
        (Some(_), Entry::Given) => Outcome::Updated,
    }
}

fn new_dose(domain: &Domain, item: &Item<'_>, at: UnixMillis, id: Option<VaccinationId>) -> NewDose {
    NewDose {
        record_code: item.code,
        vaccination_id: id.unwrap_or_else(|| VaccinationId(domain.world.new_id())),
        facts: item.facts.clone(),
        sent_by: item.sent_by.to_owned(),
        at,
        key_version: domain.keys.current().version(),
    }
}

async fn wait(domain: &Domain, txs: &mut Txs, item: &Item<'_>) -> Result<()> {
    let id = WaitingId(domain.world.new_id());
    let text = serde_json::to_vec(&Stored::of(item)).expect("text and numbers always serialise");
    let keys = domain.keys.current();
    let marks = Marks::of_dose(keys, item.code, &text);
    let row = Waiting {
        waiting_id: id,
        kind: quarantine::VACCINATION.to_owned(),
        alias: marks.alias,
        family_alias: marks.family_alias,
        reason: "person-unknown".to_owned(),
        content_digest: marks.content_digest,
        content_sealed: quarantine::seal(domain, id, &text),
        sent_by: item.sent_by.to_owned(),
        received_at: domain.world.now(),
        key_version: keys.version(),
    };
    Ok(domain.stores.records.let_wait(&mut txs.records, &row).await?)
}

/// The form in which a waiting row is sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    given_on: CalendarDate,
    vaccine: Vaccine,
    dose_number: i64,
    product_name: Option<String>,
    product: Option<(ProductCodeSystem, String)>,
    programme: Programme,
    lot: Option<String>,
    amount_microlitres: Option<i64>,
    facility: Option<String>,
    municipality: String,
    cancelled: bool,
}

impl Stored {
    fn of(item: &Item<'_>) -> Self {
        let facts = item.facts;
        Self {
            given_on: facts.given_on,
            vaccine: facts.vaccine,
            dose_number: facts.dose_number,
            product_name: facts.product_name.clone(),
            product: facts.product_code.as_ref().map(|code| (code.system, code.code.clone())),
            programme: facts.programme,
            lot: facts.lot.clone(),
            amount_microlitres: facts.amount_microlitres,
            facility: facts.facility.as_ref().map(|facility| facility.as_str().to_owned()),
            municipality: facts.municipality.as_str().to_owned(),
            cancelled: item.entry == Entry::Cancelled,
        }
    }

    /// Opens a waiting row.
    pub(super) fn open(domain: &Domain, row: &Waiting) -> Result<(DoseFacts, Entry)> {
        let corrupt = || Internal::Corrupt("waiting_record.content_sealed");
        let opened = quarantine::open(&domain.keys, row)?;
        let stored: Self = serde_json::from_slice(&opened).map_err(|_| corrupt())?;
        let entry = if stored.cancelled { Entry::Cancelled } else { Entry::Given };
        Ok((stored.facts().ok_or_else(corrupt)?, entry))
    }

    fn facts(self) -> Option<DoseFacts> {
        Some(DoseFacts {
            given_on: self.given_on,
            vaccine: self.vaccine,
            dose_number: self.dose_number,
            product_name: self.product_name,
            product_code: self.product.map(|(system, code)| ProductCode { system, code }),
            programme: self.programme,
            lot: self.lot,
            amount_microlitres: self.amount_microlitres,
            facility: self.facility.map(|text| FacilityNumber::parse(&text)).transpose().ok()?,
            municipality: MunicipalityCode::parse(&self.municipality).ok()?,
        })
    }
}
