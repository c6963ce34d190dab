//! Fills the views of checkups.

use super::{
    CheckupColumn, CheckupView, CheckupsView, EarlierVersion,
    results::{self, GUIDANCE, METABOLIC, answer_to},
    table, trends,
};
use crate::CitizenServices;
use techo_audit::log::Category;
use techo_custody::{Internal, Result};
use techo_identity::access::PatientScope;
use techo_model::{
    CheckupId,
    checkup::{ItemResult, ItemValue, Phase},
    record::ReviewState,
};
use techo_store::records::checkups::{CheckupRow, ReplacedVersion};

impl CitizenServices {
    /// `/checkups`: all checkups of the owner, newest first.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn checkups(&self, scope: &PatientScope) -> Result<CheckupsView> {
        let rows = self.custody.stores.records.checkups(scope.record()).await?;
        let read = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let (columns, results): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        self.log_read(scope, Category::Checkup, open(&columns)).await?;
        let laboratory = self.laboratory(scope).await?;
        let trends = trends::trends(&columns, &results);
        let rows = results.into_iter().map(beside_head).collect();
        Ok(CheckupsView { groups: table::groups(rows), columns, trends, laboratory })
    }

    /// `/checkups/{id}`: one checkup of the owner.
    ///
    /// # Errors
    /// [`Failure::NotFound`](techo_custody::Failure::NotFound) when the owner has no such checkup, whether somebody else has or not.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn checkup(&self, scope: &PatientScope, id: CheckupId) -> Result<CheckupView> {
        let records = &self.custody.stores.records;
        let (row, replaced) = tokio::try_join!(
            records.checkup(scope.record(), id),
            records.replaced_versions(scope.record(), id)
        )?;
        let Some(row) = row else { return Err(self.not_found(scope, Category::Checkup).await) };
        let (column, results) = read(&row)?;
        let earlier = match column.standing {
            ReviewState::Open => replaced.iter().map(earlier).collect(),
            ReviewState::UnderReview { .. } => Vec::new(),
        };
        self.log_read(scope, Category::Checkup, open(std::slice::from_ref(&column))).await?;
        Ok(CheckupView {
            column,
            facility: row.facility,
            insurer: row.insurer,
            document_date: row.document_date,
            received_at: row.received_at,
            groups: table::groups(vec![beside_head(results)]),
            earlier,
        })
    }
}

/// The checkups whose values are shown: what the log counts.
fn open(columns: &[CheckupColumn]) -> Vec<uuid::Uuid> {
    columns.iter().filter(|column| column.standing == ReviewState::Open).map(|column| column.id.0).collect()
}

fn read(row: &CheckupRow) -> Result<(CheckupColumn, Vec<ItemResult>), Internal> {
    let results = results::read(row)?;
    let phase = Phase::from_number(row.phase);
    let answer = |item| answer_to(&results, item).cloned().map(results::view);
    let column = CheckupColumn {
        id: row.checkup_id,
        examined_on: row.examined_on,
        facility_name: row.facility_name.clone(),
        phase: phase.ok_or_else(|| Internal::corrupt("checkup", "phase", row.checkup_id.0))?,
        standing: ReviewState::of(row.frozen_at),
        metabolic: answer(METABOLIC),
        guidance: answer(GUIDANCE),
    };
    Ok((column, results))
}

/// The results without the answers that the head of a checkup says already.
fn beside_head(mut results: Vec<ItemResult>) -> Vec<ItemResult> {
    results.retain(|result| {
        let in_head = [METABOLIC, GUIDANCE].contains(&result.item.0.as_str());
        !(in_head && matches!(result.value, ItemValue::Coded(_)))
    });
    results
}

fn earlier(version: &ReplacedVersion) -> EarlierVersion {
    EarlierVersion { document_date: version.document_date, replaced_at: version.replaced_at }
}
