//! 非開示 and 完全非公開, and sensitive labels: what a person puts on a single record.

use crate::{
    Failure, Internal, Result,
    access::PatientScope,
    log::{Action, Event, append_in},
    portal::{Portal, records::RecordKind},
};
use techo_model::consent::{Mark, Marking};
use techo_store::{StoreError, records::consent::MarkRow};
use uuid::Uuid;

/// A record and what stands on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkView {
    /// Kind of record.
    pub kind: RecordKind,
    /// Which.
    pub id: Uuid,
    /// What the owner put on it.
    pub marking: Marking,
    /// How many marks the owner has put so far.
    pub number: i64,
}

impl Portal {
    /// What stands on one record of the owner.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when the owner has no such record, whether somebody else has or not.
    pub async fn record_mark(&self, scope: &PatientScope, kind: RecordKind, id: Uuid) -> Result<MarkView> {
        let held = self.domain.held(scope.record()).await?;
        if !held.contains(kind, id) {
            return Err(self.not_found(scope, kind.logged()).await);
        }
        Ok(MarkView { kind, id, marking: held.marking(id), number: held.marked() })
    }

    /// Puts a mark and labels on a record, or takes them off. Holds from the next request on. The caller has made sure that the person
    /// was verified a moment ago, and showed the card when a seal is to be taken off.
    ///
    /// # Errors
    /// [`Failure::NotFound`] as above; [`Failure::Invalid`] when another mark was put at the same time, or for a label on a
    /// period of insurance.
    pub async fn mark_record(
        &self,
        scope: &PatientScope,
        kind: RecordKind,
        id: Uuid,
        marking: impl Into<Marking>,
    ) -> Result<()> {
        let marking = marking.into();
        // A label on it would hide from everybody who pays that somebody is insured at all.
        if kind == RecordKind::Coverage && !marking.labels.is_empty() {
            return Err(Failure::Invalid("consent-label-coverage"));
        }
        let former = self.record_mark(scope, kind, id).await?;
        if former.marking == marking {
            return Ok(());
        }
        let (world, records) = (&self.domain.world, &self.domain.stores.records);
        let word = marking.mark.map_or("none", Mark::as_str);
        let labels = serde_json::to_string(&marking.labels);
        let row = MarkRow {
            number: former.number + 1,
            kind: kind.as_str().to_owned(),
            record_id: id,
            mark: word.to_owned(),
            labels: labels.map_err(|_| Internal::Unexpected("labels do not serialise"))?,
            marked_at: world.now(),
        };
        let mut tx = records.begin().await?;
        match records.insert_mark(&mut tx, scope.record(), &row).await {
            Err(StoreError::Conflict) => return Err(Failure::Invalid("consent-changed-meanwhile")),
            other => other?,
        }
        let mut event = Event::by_owner(world, scope.chain(), Action::ConsentChange, kind.logged());
        event.detail.insert("mark".to_owned(), word.into());
        // How many, and not which: the log tells nothing about health.
        event.detail.insert("labels".to_owned(), marking.labels.len().into());
        append_in(records, world, &mut tx, &[event.about([id])]).await?;
        Ok(tx.commit().await?)
    }
}
