//! 非開示 and 完全非公開, and sensitive labels: what a person puts on a single record.

use super::RecordMarkError;
use crate::CitizenServices;
use techo_audit::log::{Action, Category, LogEvent, append_in};
use techo_custody::{Failure, Internal, Result};
use techo_disclosure::disclose::{self, marking_of};
use techo_identity::{
    access::{self, OwnerCheck, PatientScope, PresentOwner},
    session,
};
use techo_model::{
    consent::{EmergencyChoice, Mark, MarkChoice, RecordMarking},
    record::RecordKind,
};
use techo_store::{
    StoreError, Tx,
    records::marks::{MarkDraftRow, MarkRow},
};
use uuid::Uuid;

/// A record and what stands on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkView {
    /// Kind of record.
    pub kind: RecordKind,
    /// Which.
    pub id: Uuid,
    /// What the owner put on it.
    pub marking: RecordMarking,
    /// How many marks the owner has put so far.
    pub number: i64,
    /// What the owner chose about emergencies, which decides what a mark means there.
    pub emergency: EmergencyChoice,
}

impl CitizenServices {
    /// What stands on one record of the owner.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when the owner has no such record, whether somebody else has or not.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn record_mark(&self, scope: &PatientScope, kind: RecordKind, id: Uuid) -> Result<MarkView> {
        let held = disclose::load_records(&self.custody, scope.record()).await?;
        if !held.contains(kind, id) {
            return Err(self.not_found(scope, Category::of_record(kind)).await);
        }
        let emergency = disclose::consent_state(&self.custody, scope.record()).await?.1.settings.emergency;
        Ok(MarkView { kind, id, marking: held.marking(id), number: held.marked(), emergency })
    }

    /// Puts a mark and labels on a record, or takes them off. Holds from the next request on. A seal is taken off only
    /// with the card.
    ///
    /// # Errors
    /// [`Failure::NotFound`] as above; [`RecordMarkError`] when another mark was put at the same time, and for a label on a
    /// period of insurance; [`Failure::Refused`] when the session has ended, or for a seal without the card.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn mark_record<'a>(
        &self,
        check: impl Into<OwnerCheck<'a>>,
        kind: RecordKind,
        id: Uuid,
        marking: impl Into<RecordMarking>,
    ) -> Result<(), RecordMarkError> {
        let check = check.into();
        let former = self.record_mark(check.verified().scope(), kind, id).await?;
        self.put_mark(check, &former, &marking.into(), None).await
    }

    /// Keeps a mark that was chosen while the person proves who they are. It changes nothing until it is put.
    ///
    /// # Errors
    /// As [`CitizenServices::mark_record`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn draft_mark(
        &self,
        by: PresentOwner<'_>,
        former: &MarkView,
        marking: &RecordMarking,
    ) -> Result<(), RecordMarkError> {
        may_be_put(former.kind, marking)?;
        let row = MarkDraftRow {
            kind: former.kind,
            record_id: former.id,
            mark: marking.mark.into(),
            labels: stored_labels(marking)?,
            base: former.number,
            drafted_at: self.custody.environment.now(),
        };
        let records = &self.custody.stores.records;
        access::confirm_present(&self.custody, by).await?;
        let mut tx = records.begin().await?;
        records.put_mark_draft(&mut tx, by.scope.record(), &row).await?;
        Ok(tx.commit().await?)
    }

    /// What the mark that waits would make of its record, if it is about this one.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when none waits for this record.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn waiting_mark(&self, scope: &PatientScope, id: Uuid) -> Result<RecordMarking> {
        let row = self.custody.stores.records.mark_draft(scope.record()).await?;
        let row = row.filter(|row| row.record_id == id).ok_or(Failure::NotFound)?;
        Ok(marking_of(row.mark, &row.labels, ("mark_draft", row.record_id))?)
    }

    /// Puts the mark that waits.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when none waits for this record; [`RecordMarkError::MarkedMeanwhile`] when another mark was put since it
    /// was chosen; otherwise as [`CitizenServices::mark_record`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn put_waiting_mark<'a>(
        &self,
        check: impl Into<OwnerCheck<'a>>,
        kind: RecordKind,
        id: Uuid,
    ) -> Result<(), RecordMarkError> {
        let check = check.into();
        let scope = check.verified().scope();
        let row = self.custody.stores.records.mark_draft(scope.record()).await?;
        let row = row.filter(|row| row.record_id == id).ok_or(Failure::NotFound)?;
        let former = self.record_mark(scope, kind, id).await?;
        if former.number != row.base {
            return Err(RecordMarkError::MarkedMeanwhile);
        }
        let marking = marking_of(row.mark, &row.labels, ("mark_draft", row.record_id))?;
        self.put_mark(check, &former, &marking, Some(&row)).await
    }

    /// Writes a mark on top of those that were seen, with its line on the access log.
    async fn put_mark(
        &self,
        check: OwnerCheck<'_>,
        former: &MarkView,
        marking: &RecordMarking,
        waited: Option<&MarkDraftRow>,
    ) -> Result<(), RecordMarkError> {
        may_be_put(former.kind, marking)?;
        let verified = check.verified();
        let scope = verified.scope();
        let unseals = former.marking.mark == Some(Mark::Sealed) && marking.mark != Some(Mark::Sealed);
        self.custody.environment.pause_point("mark.put").await;
        let held = if unseals {
            access::hold_card_shown(&self.custody, check.require_card()?).await?
        } else {
            session::hold_verified_account(&self.custody, verified.signed_in()).await?
        };
        held.release_after(self.write_mark(scope, (former, marking), waited)).await
    }

    /// The record store's part of it.
    async fn write_mark(
        &self,
        scope: &PatientScope,
        (former, marking): (&MarkView, &RecordMarking),
        waited: Option<&MarkDraftRow>,
    ) -> Result<(), RecordMarkError> {
        let records = &self.custody.stores.records;
        let mut tx = records.begin().await?;
        if let Some(row) = waited {
            records.drop_mark_draft(&mut tx, scope.record(), row).await?;
        }
        if former.marking != *marking {
            self.add_mark(&mut tx, scope, former, marking).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn add_mark(
        &self,
        tx: &mut Tx,
        scope: &PatientScope,
        former: &MarkView,
        marking: &RecordMarking,
    ) -> Result<(), RecordMarkError> {
        let environment = &self.custody.environment;
        let row = MarkRow {
            number: former.number + 1,
            kind: former.kind,
            record_id: former.id,
            mark: marking.mark.into(),
            labels: stored_labels(marking)?,
            marked_at: environment.now(),
        };
        match self.custody.stores.records.insert_mark(tx, scope.record(), &row).await {
            Err(StoreError::Conflict) => return Err(RecordMarkError::MarkedMeanwhile),
            other => other?,
        }
        let mut event = LogEvent::by_owner(
            environment,
            scope.chain(),
            Action::ConsentChange,
            Category::of_record(former.kind),
        );
        event.detail.insert("mark".to_owned(), MarkChoice::from(marking.mark).as_str().into());
        // How many, and not which: the log tells nothing about health.
        event.detail.insert("labels".to_owned(), marking.labels.len().into());
        append_in(&self.custody, tx, &[event.about([former.id])]).await?;
        Ok(())
    }
}

/// A label on a period of insurance would hide from everybody who pays that somebody is insured at all.
fn may_be_put(kind: RecordKind, marking: &RecordMarking) -> Result<(), RecordMarkError> {
    if kind == RecordKind::Coverage && !marking.labels.is_empty() {
        return Err(RecordMarkError::LabelOnCoverage);
    }
    Ok(())
}

fn stored_labels(marking: &RecordMarking) -> Result<String, Internal> {
    serde_json::to_string(&marking.labels).map_err(|_| Internal::Unexpected("labels do not serialise"))
}
