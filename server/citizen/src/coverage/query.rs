//! Fills the view of insurers.

use super::CoverageView;
use crate::{CitizenServices, owner::Owner};
use techo_audit::log::Category;
use techo_custody::Result;
use techo_disclosure::coverage::{CoverageCircumstances, CoverageStatements, open_period};
use techo_identity::access::PatientScope;
use techo_store::records::coverages::CoverageRow;

impl CitizenServices {
    /// `/coverage`: all periods of the owner, newest first, and where they stand today.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn coverage(&self, scope: &PatientScope) -> Result<CoverageView> {
        let (owner, rows) = tokio::try_join!(self.owner(scope), async {
            Ok(self.custody.stores.records.coverages(scope.record()).await?)
        })?;
        let statements = statements_of(&rows, &owner);
        let as_of = self.custody.environment.today();
        let open = rows.iter().filter(|row| row.frozen_at.is_none()).map(|row| row.coverage_id.0);
        self.log_read(scope, Category::Coverage, open).await?;
        let now = statements.stand_on(as_of);
        let periods = rows.into_iter().map(|row| {
            let state = statements.state_of(row.coverage_id, as_of);
            open_period(&self.custody.keys, row, state)
        });
        Ok(CoverageView { as_of, periods: periods.collect::<Result<_>>()?, now })
    }
}

/// What insurers and municipality say about the reader of a page.
pub(crate) fn statements_of(rows: &[CoverageRow], owner: &Owner) -> CoverageStatements {
    let circumstances = CoverageCircumstances {
        birth: owner.birth,
        moves: owner.moves.clone(),
        municipality: owner.municipality.clone(),
    };
    CoverageStatements::of_rows(rows, circumstances)
}
