//! Coverage: an insurer states whom it insures, since when, until when.

use super::{
    BatchTransactions, FileImport, RowOutcome,
    batch::RowIntake,
    coverage_statements::apply_known,
    life_span::LifeSpans,
    owners::{KnownStatement, owners},
    retry_waiting,
};
use std::hash::Hash;
use techo_custody::{Result, coverage_record};
use techo_exchange::rows::CoverageLayout;
use techo_model::{
    CalendarDate, WaitingId,
    coverage::{CoverageFacts, CoverageRow, LossReason},
};
use uuid::Uuid;

/// Takes rows of coverage files in.
pub struct CoverageIntake;

const OTHER_INSURER: &str = "保険者番号が送信元の保険者と違います。";
const OUTSIDE_LIFE: &str = "資格取得日が、住民の記録にある生年月日より前か、死亡日より後です。";

impl RowIntake for CoverageIntake {
    type Format = CoverageLayout;
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

    async fn apply(
        import: &FileImport<'_>,
        txs: &mut BatchTransactions,
        rows: &[&CoverageRow],
    ) -> Result<Vec<RowOutcome>> {
        let (custody, sender) = (import.custody, &import.sender.id);
        let keys = custody.keys.current();
        let aliases: Vec<_> = rows.iter().map(|row| keys.my_number_alias(&row.my_number)).collect();
        let owners = owners(custody, txs, &aliases).await?;
        let lives = LifeSpans::load(custody, txs, owners.values().map(|owner| owner.record)).await?;
        let mut outcomes = vec![RowOutcome::Rejected(OTHER_INSURER); rows.len()];
        let (mut found, mut places) = (Vec::new(), Vec::new());
        for (i, row) in
            rows.iter().enumerate().filter(|(_, row)| row.coverage.insured.insurer.as_str() == sender)
        {
            match owners.get(&aliases[i]) {
                Some(owner) if !lives.include(owner.record, row.coverage.acquired_on) => {
                    outcomes[i] = RowOutcome::Rejected(OUTSIDE_LIFE);
                }
                Some(owner) => {
                    let (facts, branch) = (&row.coverage, row.coverage.insured.branch_state());
                    found.push(KnownStatement { owner: *owner, facts, branch, sent_by: sender });
                    places.push(i);
                }
                None => {
                    wait(import, txs, aliases[i], &row.coverage).await?;
                    outcomes[i] = RowOutcome::Quarantined;
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
        retry_waiting::checkups_of_families(custody, txs, &families).await?;
        Ok(outcomes)
    }
}

async fn wait(
    import: &FileImport<'_>,
    txs: &mut BatchTransactions,
    alias: Uuid,
    facts: &CoverageFacts,
) -> Result<()> {
    let custody = import.custody;
    let waiting = coverage_record::NewWaitingCoverage {
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
