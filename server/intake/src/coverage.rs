//! Coverage: an insurer states whom it insures, since when, until when.

use super::{
    Import, Outcome, Seen, Txs, batch::Intake, life_span::LifeSpans, period_aliases::PeriodAliases, settle,
};
use std::{collections::HashMap, hash::Hash};
use techo_custody::{
    Custody, Result,
    coverage_record::{self, SealedInsured},
    resident_record,
};
use techo_exchange::rows::Coverage;
use techo_model::{
    CalendarDate, CoverageId, RecordCode, ResidentId, UnixMillis, WaitingId,
    coverage::{BranchState, CoverageFacts, CoverageRow, LossReason},
};
use techo_store::records::import::coverages::{KnownCoverage, NewCoverage};
use uuid::Uuid;

/// Takes rows of coverage files in.
pub struct CoverageIntake;

const OTHER_INSURER: &str = "保険者番号が送信元の保険者と違います。";
const OUTSIDE_LIFE: &str = "資格取得日が、住民の記録にある生年月日より前か、死亡日より後です。";

impl Intake for CoverageIntake {
    type Format = Coverage;
    type Key = (u64, String, CalendarDate);

    fn key(row: &CoverageRow) -> Self::Key {
        let facts = &row.coverage;
        (row.my_number.expose(), facts.insured.insurer.as_str().to_owned(), facts.acquired_on)
    }

    fn claim(row: &CoverageRow) -> (impl Hash, impl Hash) {
        let (facts, key) = (&row.coverage, Self::key(row));
        let insured = (&facts.insured.symbol, &facts.insured.number, facts.insured.compared_branch());
        let ends = (facts.lost_on, facts.loss_reason.map(LossReason::as_str));
        let rest = (facts.relation.code(), ends, facts.burden_percent, &facts.insurer_name);
        // A later statement may say something else.
        ((key, facts.stated_at.0), (insured, rest))
    }

    async fn apply(import: &Import<'_>, txs: &mut Txs, rows: &[&CoverageRow]) -> Result<Vec<Outcome>> {
        let (custody, sender) = (import.custody, &import.sender.id);
        let keys = custody.keys.current();
        let aliases: Vec<_> = rows.iter().map(|row| keys.my_number_alias(&row.my_number)).collect();
        let owners = owners(custody, txs, &aliases).await?;
        let lives = LifeSpans::load(custody, txs, owners.values().map(|owner| owner.record)).await?;
        let mut outcomes = vec![Outcome::Rejected(OTHER_INSURER); rows.len()];
        let (mut found, mut places) = (Vec::new(), Vec::new());
        for (i, row) in
            rows.iter().enumerate().filter(|(_, row)| row.coverage.insured.insurer.as_str() == sender)
        {
            match owners.get(&aliases[i]) {
                Some(owner) if !lives.include(owner.record, row.coverage.acquired_on) => {
                    outcomes[i] = Outcome::Rejected(OUTSIDE_LIFE);
                }
                Some(owner) => {
                    let (facts, branch) = (&row.coverage, row.coverage.insured.branch_state());
                    found.push(Known { owner: *owner, facts, branch, sent_by: sender });
                    places.push(i);
                }
                None => {
                    wait(import, txs, aliases[i], &row.coverage).await?;
                    outcomes[i] = Outcome::Quarantined;
                }
            }
        }
        let applied = apply_known(custody, txs, &found, import.seen).await?;
        let leading = found.iter().zip(&applied).filter(|(_, applied)| applied.leads_anew);
        let families: Vec<_> =
            leading.map(|(known, _)| keys.insured_aliases(&known.facts.insured).family).collect();
        for (applied, i) in applied.into_iter().zip(places) {
            outcomes[i] = applied.outcome;
        }
        settle::checkups_of_families(custody, txs, &families).await?;
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
    pub(super) branch: BranchState,
    pub(super) sent_by: &'a str,
}

pub(super) async fn owners(
    custody: &Custody,
    txs: &mut Txs,
    aliases: &[Uuid],
) -> Result<HashMap<Uuid, Owner>> {
    let rows = custody.stores.vault.my_number_owners(&mut txs.vault, aliases).await?;
    let mut owners = HashMap::with_capacity(rows.len());
    for row in rows {
        let record = record_code(custody, row.resident_id, &row.person_code_sealed)?;
        owners.insert(row.alias, Owner { resident: row.resident_id, record });
    }
    Ok(owners)
}

/// Opens a resident's person code and converts it.
pub(crate) fn record_code(custody: &Custody, resident: ResidentId, sealed: &[u8]) -> Result<RecordCode> {
    let person = resident_record::open_person(&custody.keys, resident, sealed)?;
    Ok(custody.keys.current().record_code(&person))
}

/// What became of a statement.
pub(super) struct Applied {
    outcome: Outcome,
    /// Whether its insured id leads to its person only now.
    leads_anew: bool,
}

/// Writes statements whose people are known: the later 更新日時 wins. A kill may have left the record store's half without the
/// vault's, so the aliases are put again where the record says the same already and they are missing.
pub(super) async fn apply_known(
    custody: &Custody,
    txs: &mut Txs,
    items: &[Known<'_>],
    seen: Seen,
) -> Result<Vec<Applied>> {
    let codes: Vec<_> = items.iter().map(|item| item.owner.record).collect();
    let known = custody.stores.records.known_coverages(&mut txs.records, &codes).await?;
    let known: HashMap<_, _> = known
        .iter()
        .map(|row| ((row.record_code, row.insurer.as_str(), row.acquired_on.as_str()), row))
        .collect();
    let aliases = PeriodAliases::load(custody, txs, items).await?;
    let (mut applied, mut new, mut changed) = (Vec::with_capacity(items.len()), Vec::new(), Vec::new());
    for item in items {
        let acquired = item.facts.acquired_on.to_string();
        let former =
            known.get(&(item.owner.record, item.facts.insured.insurer.as_str(), acquired.as_str())).copied();
        let row = new_row(custody, item, former);
        let outcome = decide(former, &row, seen);
        let says_the_same = former.is_some_and(|former| former.digest == row.digest);
        match outcome {
            Outcome::Inserted => new.push(row),
            Outcome::Updated => changed.push(row),
            _ => {}
        }
        let is_news = matches!(outcome, Outcome::Inserted | Outcome::Updated);
        let leads_anew = is_news || (says_the_same && !aliases.are_those_of(custody, item));
        if leads_anew {
            aliases.put(custody, txs, item).await?;
        }
        applied.push(Applied { outcome, leads_anew });
    }
    custody.stores.records.insert_coverages(&mut txs.records, &new).await?;
    for row in &changed {
        custody.stores.records.update_coverage(&mut txs.records, row).await?;
    }
    Ok(applied)
}

/// Whether a statement that waited is older than what was stated otherwise meanwhile under the same 更新日時. What says the
/// same may be its own half that was written before a kill.
pub(super) fn is_outdated(
    custody: &Custody,
    before: &[KnownCoverage],
    item: &Known<'_>,
    since: UnixMillis,
) -> bool {
    let (facts, code) = (item.facts, item.owner.record);
    let acquired = facts.acquired_on.to_string();
    let digest = coverage_record::digest(custody.keys.current(), facts);
    before.iter().any(|former| {
        (former.record_code, former.insurer.as_str(), &former.acquired_on)
            == (code, facts.insured.insurer.as_str(), &acquired)
            && former.stated_at == facts.stated_at
            && since < former.changed_at
            && former.digest != digest
    })
}

fn decide(former: Option<&KnownCoverage>, row: &NewCoverage, seen: Seen) -> Outcome {
    match former {
        None => Outcome::Inserted,
        // The former version kept 枝番 00 like none: whoever states it again answers what is not known.
        Some(former) if former.stated_at == row.stated_at && answers_branch(former, row) => Outcome::Updated,
        Some(former)
            if former.digest == row.digest || former.stated_at > row.stated_at || seen == Seen::Before =>
        {
            Outcome::Unchanged
        }
        Some(_) => Outcome::Updated,
    }
}

fn answers_branch(former: &KnownCoverage, row: &NewCoverage) -> bool {
    former.branch_state == BranchState::Unknown && row.branch_state != former.branch_state
}

fn new_row(custody: &Custody, item: &Known<'_>, former: Option<&KnownCoverage>) -> NewCoverage {
    let facts = item.facts;
    let id = former.map_or_else(|| CoverageId(custody.environment.new_id()), |former| former.coverage_id);
    let sealed = SealedInsured::seal(custody, id, &facts.insured);
    NewCoverage {
        record_code: item.owner.record,
        coverage_id: id,
        insurer: facts.insured.insurer.as_str().to_owned(),
        insurer_name: facts.insurer_name.clone(),
        symbol_sealed: sealed.symbol,
        number_sealed: sealed.number,
        branch_sealed: sealed.branch,
        branch_state: item.branch,
        relation: facts.relation,
        acquired_on: facts.acquired_on.to_string(),
        lost_on: facts.lost_on.map(|date| date.to_string()),
        loss_reason: facts.loss_reason,
        burden_percent: facts.burden_percent,
        stated_at: facts.stated_at,
        digest: coverage_record::digest(custody.keys.current(), facts),
        sent_by: item.sent_by.to_owned(),
        at: custody.environment.now(),
        key_version: custody.keys.current().version(),
    }
}

async fn wait(import: &Import<'_>, txs: &mut Txs, alias: Uuid, facts: &CoverageFacts) -> Result<()> {
    let custody = import.custody;
    let waiting = coverage_record::Waiting {
        id: WaitingId(custody.environment.new_id()),
        alias,
        facts,
        branch: facts.insured.branch_state(),
        sent_by: import.sender.id.clone(),
        received_at: custody.environment.now(),
    };
    let row = waiting.row(custody);
    Ok(custody.stores.vault.wait_for_resident(&mut txs.vault, &row, import.seen.place_in_line()).await?)
}
