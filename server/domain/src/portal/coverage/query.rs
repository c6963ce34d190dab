//! Fills the view of insurers.

use super::{
    CoverageNow, CoveragePeriod, CoverageState, CoverageView, Standing,
    state::{Statement, Told},
};
use crate::{
    Internal, Result,
    access::PatientScope,
    keys::KeyRing,
    log::Category,
    portal::{Portal, date, maybe_date, owner::Owner},
    seal::Place,
};
use techo_model::{
    CalendarDate,
    coverage::{LossReason, Relation, two_digit_branch},
};
use techo_store::records::coverages::CoverageRow;

impl Portal {
    /// `/coverage`: all periods of the owner, newest first, and where they stand today.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn coverage(&self, scope: &PatientScope) -> Result<CoverageView> {
        let (owner, rows) = tokio::try_join!(self.owner(scope), async {
            Ok(self.domain.stores.records.coverages(scope.record()).await?)
        })?;
        let told = told(&rows, &owner)?;
        let as_of = self.domain.world.today();
        let open = rows.iter().filter(|row| row.frozen_at.is_none()).map(|row| row.coverage_id.0);
        self.log_read(scope, Category::Coverage, open).await?;
        let now = told.now(as_of);
        let periods = rows.into_iter().map(|row| {
            let state =
                told.statement(row.coverage_id).map_or(CoverageState::Ended, |s| told.state(s, as_of));
            period(&self.domain.keys, row, state)
        });
        Ok(CoverageView { as_of, periods: periods.collect::<Result<_>>()?, now })
    }
}

/// Opens what is sealed of a period.
pub(crate) fn period(keys: &KeyRing, row: CoverageRow, state: CoverageState) -> Result<CoveragePeriod> {
    let key = row.coverage_id.0.into_bytes();
    let open = |column, sealed: Option<&Vec<u8>>| {
        let place = Place { table: "coverage", column, row: &key };
        sealed.map(|sealed| keys.open_text(place, sealed)).transpose()
    };
    Ok(CoveragePeriod {
        id: row.coverage_id,
        state,
        standing: Standing::of(row.frozen_at),
        symbol: open("symbol_sealed", row.symbol_sealed.as_ref())?,
        number: open("number_sealed", row.number_sealed.as_ref())?.unwrap_or_default(),
        branch: open("branch_sealed", row.branch_sealed.as_ref())?.as_deref().map(two_digit_branch),
        insurer: row.insurer,
        insurer_name: row.insurer_name,
        relation: relation(row.relation.as_deref())?,
        burden_percent: row.burden_percent.unwrap_or_default(),
        acquired_on: date(&row.acquired_on, "coverage.acquired_on")?,
        lost_on: maybe_date(row.lost_on.as_deref(), "coverage.lost_on")?,
        loss_reason: row.loss_reason.as_deref().and_then(LossReason::from_name),
        stated_at: row.stated_at,
        received_at: row.received_at,
    })
}

fn relation(stored: Option<&str>) -> Result<Relation, Internal> {
    match stored {
        Some("insured") | None => Ok(Relation::Insured),
        Some("dependant") => Ok(Relation::Dependant),
        Some(_) => Err(Internal::Corrupt("coverage.relation")),
    }
}

/// What insurers and municipality say about a person, without what is under review.
pub(in crate::portal) fn told(rows: &[CoverageRow], owner: &Owner) -> Result<Told, Internal> {
    told_of(rows, owner.birth, owner.moves.clone(), owner.municipality.clone())
}

/// The same for whoever knows the circumstances from elsewhere.
pub(crate) fn told_of(
    rows: &[CoverageRow],
    birth: CalendarDate,
    moves: Vec<CalendarDate>,
    municipality: String,
) -> Result<Told, Internal> {
    let open = rows.iter().filter(|row| row.frozen_at.is_none());
    Ok(Told { statements: open.map(statement).collect::<Result<_, _>>()?, birth, moves, municipality })
}

fn statement(row: &CoverageRow) -> Result<Statement, Internal> {
    Ok(Statement {
        id: row.coverage_id,
        insurer: row.insurer.clone(),
        acquired_on: date(&row.acquired_on, "coverage.acquired_on")?,
        lost_on: maybe_date(row.lost_on.as_deref(), "coverage.lost_on")?,
        stated_on: row.stated_at.date_in_japan(),
        now: CoverageNow::Valid {
            insurer_name: row.insurer_name.clone(),
            burden_percent: row.burden_percent.unwrap_or_default(),
        },
    })
}
