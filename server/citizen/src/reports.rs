//! "This is not mine": a wrong link was the commonest harm of systems like this one. A press hides the record at once
//! from everybody, its owner included, and opens a report for support. Repair comes later and by others.

use crate::CitizenServices;
use techo_audit::log::{Action, Category, LogEvent, Reason, append_in};
use techo_custody::Result;
use techo_identity::{
    access::{PatientScope, VerifiedOwner},
    session,
};
use techo_model::{ReportId, record::RecordKind};
use techo_store::records::reports::NewReport;
use uuid::Uuid;

impl CitizenServices {
    /// Freezes a record of the owner and opens a report about it, with its line on the access log, all or nothing.
    /// A second press finds the report of the first. Returns its number, which a person can tell support.
    ///
    /// # Errors
    /// [`Failure::NotFound`](techo_custody::Failure::NotFound) when the owner has no such record, whether somebody else has or not;
    /// [`Failure::Refused`](techo_custody::Failure::Refused) when the session has ended.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn report_not_mine(
        &self,
        verified: &VerifiedOwner,
        kind: RecordKind,
        id: Uuid,
    ) -> Result<ReportId> {
        let scope = verified.scope();
        let held = session::hold_verified_account(&self.custody, verified.signed_in()).await?;
        match held.release_after(self.freeze_and_report(scope, kind, id)).await? {
            Some(report) => Ok(report),
            None => Err(self.not_found(scope, Category::of_record(kind)).await),
        }
    }

    /// The record store's part of it; none when there is no such record.
    async fn freeze_and_report(
        &self,
        scope: &PatientScope,
        kind: RecordKind,
        id: Uuid,
    ) -> Result<Option<ReportId>> {
        let (records, environment) = (&self.custody.stores.records, &self.custody.environment);
        let (target, now) = ((kind, id), environment.now());
        let mut tx = records.begin().await?;
        let Some(sent_by) = records.freeze(&mut tx, scope.record(), target, now).await? else {
            tx.rollback().await?;
            return Ok(None);
        };
        if let Some(open) = records.open_report(&mut tx, scope.record(), target).await? {
            tx.commit().await?;
            return Ok(Some(open));
        }
        let report = NewReport {
            record_code: scope.record(),
            report_id: ReportId(environment.new_id()),
            kind,
            record_id: id,
            sent_by,
            opened_at: now,
        };
        records.insert_report(&mut tx, &report).await?;
        let line = LogEvent::by_owner(environment, scope.chain(), Action::Freeze, Category::of_record(kind));
        append_in(&self.custody, &mut tx, &[line.about([id]).because(Reason::NotMine)]).await?;
        tx.commit().await?;
        Ok(Some(report.report_id))
    }
}
