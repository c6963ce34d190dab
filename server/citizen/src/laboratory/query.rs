//! Fills the views of laboratory reports.

use super::{LaboratoryLine, LaboratoryView, rows};
use crate::CitizenServices;
use techo_audit::log::Category;
use techo_custody::{Internal, Result, stored::stored_json};
use techo_identity::access::PatientScope;
use techo_model::{LaboratoryId, laboratory::LaboratoryResult, record::ReviewState};
use techo_store::records::laboratory::LaboratoryRow;

impl CitizenServices {
    /// All laboratory reports of the owner, newest first, with their line on the access log when there are any.
    pub(crate) async fn laboratory(&self, scope: &PatientScope) -> Result<Vec<LaboratoryLine>> {
        let rows = self.custody.stores.records.laboratory(scope.record()).await?;
        let lines =
            rows.iter().map(|row| Ok(line(row, &results(row)?))).collect::<Result<Vec<_>, Internal>>()?;
        let open = lines.iter().filter(|line| line.standing == ReviewState::Open).map(|line| line.id.0);
        if !lines.is_empty() {
            self.log_read(scope, Category::Laboratory, open).await?;
        }
        Ok(lines)
    }

    /// `/checkups/laboratory/{id}`: one report of the owner.
    ///
    /// # Errors
    /// [`Failure::NotFound`](techo_custody::Failure::NotFound) when the owner has no such report, whether somebody else has or not.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn laboratory_report(&self, scope: &PatientScope, id: LaboratoryId) -> Result<LaboratoryView> {
        let row = self.custody.stores.records.laboratory_report(scope.record(), id).await?;
        let Some(row) = row else { return Err(self.not_found(scope, Category::Laboratory).await) };
        let results = results(&row)?;
        let line = line(&row, &results);
        let shown = (line.standing == ReviewState::Open).then_some(id.0);
        self.log_read(scope, Category::Laboratory, shown).await?;
        Ok(LaboratoryView {
            line,
            sent_by: row.sent_by,
            issued_at: row.issued_at,
            received_at: row.received_at,
            changed_at: row.changed_at,
            rows: rows(results),
        })
    }
}

fn results(row: &LaboratoryRow) -> Result<Vec<LaboratoryResult>, Internal> {
    let Some(text) = &row.results else { return Ok(Vec::new()) };
    stored_json(text, "laboratory", "results", row.laboratory_id.0)
}

fn line(row: &LaboratoryRow, results: &[LaboratoryResult]) -> LaboratoryLine {
    LaboratoryLine {
        id: row.laboratory_id,
        examined_on: row.examined_on,
        sender_name: row.sender_name.clone(),
        title: row.title.clone(),
        status: row.status,
        results: results.len(),
        standing: ReviewState::of(row.frozen_at),
    }
}
