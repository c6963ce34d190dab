//! Statements about insurance whose people are known: which one holds, and how it is written.

use super::{
    BatchTransactions, FileHistory, RowOutcome, owners::KnownStatement, period_aliases::PeriodAliases,
};
use std::collections::HashMap;
use techo_custody::{
    Custody, Result,
    coverage_record::{self, SealedInsured},
};
use techo_model::{CoverageId, UnixMillis, coverage::BranchState};
use techo_store::records::import::coverages::{KnownCoverage, NewCoverage};

/// What became of a statement.
pub(super) struct Applied {
    pub(super) outcome: RowOutcome,
    /// Whether its insured id leads to its person only now.
    pub(super) leads_anew: bool,
}

/// Writes statements whose people are known: the later 更新日時 wins. A kill may have left the record store's half without the
/// vault's, so the aliases are put again where the record says the same already and they are missing.
pub(super) async fn apply_known(
    custody: &Custody,
    txs: &mut BatchTransactions,
    items: &[KnownStatement<'_>],
    seen: FileHistory,
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
            RowOutcome::Inserted => new.push(row),
            RowOutcome::Updated => changed.push(row),
            _ => {}
        }
        let is_news = matches!(outcome, RowOutcome::Inserted | RowOutcome::Updated);
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
    item: &KnownStatement<'_>,
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

fn decide(former: Option<&KnownCoverage>, row: &NewCoverage, seen: FileHistory) -> RowOutcome {
    match former {
        None => RowOutcome::Inserted,
        // The former version kept 枝番 00 like none: whoever states it again answers what is not known.
        Some(former) if former.stated_at == row.stated_at && answers_branch(former, row) => {
            RowOutcome::Updated
        }
        Some(former)
            if former.digest == row.digest
                || former.stated_at > row.stated_at
                || seen == FileHistory::Before =>
        {
            RowOutcome::Unchanged
        }
        Some(_) => RowOutcome::Updated,
    }
}

fn answers_branch(former: &KnownCoverage, row: &NewCoverage) -> bool {
    former.branch_state == BranchState::Unknown && row.branch_state != former.branch_state
}

fn new_row(custody: &Custody, item: &KnownStatement<'_>, former: Option<&KnownCoverage>) -> NewCoverage {
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
