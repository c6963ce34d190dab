//! Coverage: an insurer states whom it insures, since when, until when.

use super::{Import, Outcome, Seen, Txs, batch::Intake};
use crate::{Domain, Internal, Result, codes::PersonCode, keys::set::Lookup, seal::Place};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use techo_exchange::rows::Coverage;
use techo_model::{
    CalendarDate, CoverageId, RecordCode, ResidentId, UnixMillis, WaitingId,
    coverage::{CoverageFacts, CoverageRow, InsuredId, LossReason, Relation},
    number::InsurerNumber,
};
use techo_store::{
    records::import::coverages::{KnownCoverage, NewCoverage},
    vault::{aliases::InsuredAlias, waiting::WaitingCoverage},
};
use uuid::Uuid;

/// Takes rows of coverage files in.
pub struct CoverageIntake;

const OTHER_INSURER: &str = "保険者番号が送信元の保険者と違います。";

impl Intake for CoverageIntake {
    type Format = Coverage;
    type Key = (u64, String, CalendarDate);

    fn key(row: &CoverageRow) -> Self::Key {
        let facts = &row.coverage;
        (row.my_number.expose(), facts.insured.insurer.as_str().to_owned(), facts.acquired_on)
    }

    async fn apply(import: &Import<'_>, txs: &mut Txs, rows: &[&CoverageRow]) -> Result<Vec<Outcome>> {
        let (domain, sender) = (import.domain, &import.sender.id);
        let keys = domain.keys.current();
        let aliases: Vec<_> = rows.iter().map(|row| keys.my_number_alias(&row.my_number)).collect();
        let owners = owners(domain, txs, &aliases).await?;
        let mut outcomes = vec![Outcome::Rejected(OTHER_INSURER); rows.len()];
        let (mut found, mut places) = (Vec::new(), Vec::new());
        for (i, row) in
            rows.iter().enumerate().filter(|(_, row)| row.coverage.insured.insurer.as_str() == sender)
        {
            match owners.get(&aliases[i]) {
                Some(owner) => {
                    found.push(Known { owner: *owner, facts: &row.coverage, sent_by: sender });
                    places.push(i);
                }
                None => {
                    wait(domain, txs, aliases[i], &row.coverage, sender).await?;
                    outcomes[i] = Outcome::Quarantined;
                }
            }
        }
        for (outcome, i) in apply_known(domain, txs, &found, import.seen).await?.into_iter().zip(places) {
            outcomes[i] = outcome;
        }
        Ok(outcomes)
    }
}

/// The resident behind an alias, and the key of their records.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) resident: ResidentId,
    pub(super) record: RecordCode,
}

/// A statement whose person is known.
pub(super) struct Known<'a> {
    pub(super) owner: Owner,
    pub(super) facts: &'a CoverageFacts,
    pub(super) sent_by: &'a str,
}

pub(super) async fn owners(domain: &Domain, txs: &mut Txs, aliases: &[Uuid]) -> Result<HashMap<Uuid, Owner>> {
    let rows = domain.stores.vault.my_number_owners(&mut txs.vault, aliases).await?;
    let mut owners = HashMap::with_capacity(rows.len());
    for row in rows {
        let record = record_code(domain, row.resident_id, &row.person_code_sealed)?;
        owners.insert(row.alias, Owner { resident: row.resident_id, record });
    }
    Ok(owners)
}

/// Opens a resident's person code and converts it.
pub(crate) fn record_code(domain: &Domain, resident: ResidentId, sealed: &[u8]) -> Result<RecordCode> {
    let place = Place { table: "resident", column: "person_code_sealed", row: resident.0.as_bytes() };
    let opened = domain.keys.open(place, sealed)?;
    let person = PersonCode::from_bytes(&opened).ok_or(Internal::Corrupt("resident.person_code_sealed"))?;
    Ok(domain.keys.current().record_code(&person))
}

/// Writes statements whose people are known: the later 更新日時 wins.
pub(super) async fn apply_known(
    domain: &Domain,
    txs: &mut Txs,
    items: &[Known<'_>],
    seen: Seen,
) -> Result<Vec<Outcome>> {
    let codes: Vec<_> = items.iter().map(|item| item.owner.record).collect();
    let known = domain.stores.records.known_coverages(&mut txs.records, &codes).await?;
    let known: HashMap<_, _> = known
        .iter()
        .map(|row| ((row.record_code, row.insurer.as_str(), row.acquired_on.as_str()), row))
        .collect();
    let (mut outcomes, mut new, mut changed) = (Vec::with_capacity(items.len()), Vec::new(), Vec::new());
    for item in items {
        let acquired = item.facts.acquired_on.to_string();
        let former =
            known.get(&(item.owner.record, item.facts.insured.insurer.as_str(), acquired.as_str())).copied();
        let row = new_row(domain, item, former);
        let outcome = decide(former, &row, seen);
        match outcome {
            Outcome::Inserted => new.push(row),
            Outcome::Updated => changed.push(row),
            _ => {}
        }
        if matches!(outcome, Outcome::Inserted | Outcome::Updated) {
            put_aliases(domain, txs, item).await?;
        }
        outcomes.push(outcome);
    }
    domain.stores.records.insert_coverages(&mut txs.records, &new).await?;
    for row in &changed {
        domain.stores.records.update_coverage(&mut txs.records, row).await?;
    }
    Ok(outcomes)
}

fn decide(former: Option<&KnownCoverage>, row: &NewCoverage, seen: Seen) -> Outcome {
    match former {
        None => Outcome::Inserted,
        Some(former)
            if former.digest == row.digest || former.stated_at > row.stated_at || seen == Seen::Before =>
        {
            Outcome::Unchanged
        }
        Some(_) => Outcome::Updated,
    }
}

async fn put_aliases(domain: &Domain, txs: &mut Txs, item: &Known<'_>) -> Result<()> {
    let (vault, facts) = (&domain.stores.vault, item.facts);
    let valid_from = facts.acquired_on.to_string();
    let insurer = facts.insured.insurer.as_str();
    let aliases = domain.keys.current().insured_aliases(&facts.insured);
    let row = |alias: [u8; 32], reach: &str| InsuredAlias {
        alias: alias.to_vec(),
        resident_id: item.owner.resident,
        insurer: insurer.to_owned(),
        valid_from: valid_from.clone(),
        valid_to: facts.lost_on.map(|date| date.to_string()),
        reach: reach.to_owned(),
    };
    let mut rows = vec![row(aliases.family, "family")];
    rows.extend(aliases.person.map(|alias| row(alias, "person")));
    vault.forget_insured_aliases(&mut txs.vault, item.owner.resident, insurer, &valid_from).await?;
    Ok(vault.insert_insured_aliases(&mut txs.vault, &rows).await?)
}

fn new_row(domain: &Domain, item: &Known<'_>, former: Option<&KnownCoverage>) -> NewCoverage {
    let facts = item.facts;
    let id = former.map_or_else(|| CoverageId(domain.world.new_id()), |former| former.coverage_id);
    let place = |column| Place { table: "coverage", column, row: id.0.as_bytes() };
    let seal = |column, value: &str| domain.keys.seal(&domain.world, place(column), value.as_bytes());
    NewCoverage {
        record_code: item.owner.record,
        coverage_id: id,
        insurer: facts.insured.insurer.as_str().to_owned(),
        insurer_name: facts.insurer_name.clone(),
        symbol_sealed: facts.insured.symbol.as_deref().map(|symbol| seal("symbol_sealed", symbol)),
        number_sealed: seal("number_sealed", &facts.insured.number),
        branch_sealed: facts.insured.branch.as_deref().map(|branch| seal("branch_sealed", branch)),
        relation: relation_name(facts.relation),
        acquired_on: facts.acquired_on.to_string(),
        lost_on: facts.lost_on.map(|date| date.to_string()),
        loss_reason: facts.loss_reason.map(LossReason::as_str),
        burden_percent: facts.burden_percent,
        stated_at: facts.stated_at,
        digest: digest(domain, facts),
        sent_by: item.sent_by.to_owned(),
        at: domain.world.now(),
        key_version: domain.keys.current().version(),
    }
}

fn relation_name(relation: Relation) -> &'static str {
    match relation {
        Relation::Insured => "insured",
        Relation::Dependant => "dependant",
    }
}

/// Keyed digest of everything a statement says.
fn digest(domain: &Domain, facts: &CoverageFacts) -> Vec<u8> {
    let text = serde_json::to_vec(&Stored::from(facts)).expect("text and numbers always serialise");
    domain.keys.current().lookup(Lookup::Digest, &[b"coverage", &text]).to_vec()
}

async fn wait(
    domain: &Domain,
    txs: &mut Txs,
    alias: Uuid,
    facts: &CoverageFacts,
    sent_by: &str,
) -> Result<()> {
    let id = WaitingId(domain.world.new_id());
    let text = serde_json::to_vec(&Stored::from(facts)).expect("text and numbers always serialise");
    let keys = domain.keys.current();
    let row = WaitingCoverage {
        waiting_id: id,
        my_number_alias: alias,
        content_digest: keys.lookup(Lookup::Digest, &[b"waiting-coverage", alias.as_bytes(), &text]).to_vec(),
        row_sealed: domain.keys.seal(&domain.world, waiting_place(&id), &text),
        sent_by: sent_by.to_owned(),
        received_at: domain.world.now(),
        key_version: keys.version(),
    };
    Ok(domain.stores.vault.wait_for_resident(&mut txs.vault, &row).await?)
}

fn waiting_place(id: &WaitingId) -> Place<'_> {
    Place { table: "waiting_coverage", column: "row_sealed", row: id.0.as_bytes() }
}

/// Opens a waiting row.
pub(super) fn open_waiting(domain: &Domain, row: &WaitingCoverage) -> Result<CoverageFacts> {
    let opened = domain.keys.open(waiting_place(&row.waiting_id), &row.row_sealed)?;
    let stored: Stored =
        serde_json::from_slice(&opened).map_err(|_| Internal::Corrupt("waiting_coverage.row_sealed"))?;
    stored.facts().ok_or_else(|| Internal::Corrupt("waiting_coverage.row_sealed").into())
}

/// The form in which a waiting row is sealed and a statement is digested.
#[derive(Serialize, Deserialize)]
struct Stored {
    insurer: String,
    symbol: Option<String>,
    number: String,
    branch: Option<String>,
    relation: Relation,
    acquired_on: CalendarDate,
    lost_on: Option<CalendarDate>,
    loss_reason: Option<LossReason>,
    burden_percent: i64,
    insurer_name: String,
    stated_at: UnixMillis,
}

impl From<&CoverageFacts> for Stored {
    fn from(facts: &CoverageFacts) -> Self {
        Self {
            insurer: facts.insured.insurer.as_str().to_owned(),
            symbol: facts.insured.symbol.clone(),
            number: facts.insured.number.clone(),
            branch: facts.insured.branch.clone(),
            relation: facts.relation,
            acquired_on: facts.acquired_on,
            lost_on: facts.lost_on,
            loss_reason: facts.loss_reason,
            burden_percent: facts.burden_percent,
            insurer_name: facts.insurer_name.clone(),
            stated_at: facts.stated_at,
        }
    }
}

impl Stored {
    fn facts(self) -> Option<CoverageFacts> {
        let insurer = InsurerNumber::parse(&self.insurer).ok()?;
        Some(CoverageFacts {
            insured: InsuredId::new(insurer, self.symbol.as_deref(), &self.number, self.branch.as_deref()),
            relation: self.relation,
            acquired_on: self.acquired_on,
            lost_on: self.lost_on,
            loss_reason: self.loss_reason,
            burden_percent: self.burden_percent,
            insurer_name: self.insurer_name,
            stated_at: self.stated_at,
        })
    }
}
