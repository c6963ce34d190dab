//! The person's side: what was opened and why, and their answer to it.

use crate::CitizenServices;
use techo_audit::log::{Action, Category, LogEvent, Stage, append_in};
use techo_custody::{Failure, Result, emergency_text, lift_failures};
use techo_disclosure::emergency::{EmergencyTextError, EmergencyView, emergency_view, text};
use techo_identity::access::{self, PatientScope, PresentOwner};
use techo_model::{EventId, emergency::EmergencyReview};

/// Why an answer was not kept.
#[derive(Debug, thiserror::Error)]
pub enum EmergencyReplyError {
    /// Theirs: what they wrote.
    #[error(transparent)]
    Text(EmergencyTextError),
    /// Not allowed, not there, or ours.
    #[error(transparent)]
    Failure(Failure),
}

lift_failures!(EmergencyReplyError);

impl CitizenServices {
    /// An emergency of the person themselves.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when this person had none of this id.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn emergency(&self, scope: &PatientScope, id: EventId) -> Result<EmergencyView> {
        let row = self.custody.stores.records.emergency_of(scope.chain(), id).await?;
        emergency_view(&self.custody, &row.ok_or(Failure::NotFound)?).await
    }

    /// Keeps the person's answer, in place of a former one. A review that was closed is opened again by it. The same answer
    /// again, before anybody has reviewed it, changes nothing.
    ///
    /// # Errors
    /// [`Failure::NotFound`] likewise; [`EmergencyReplyError::Text`] for a text that is empty, too long or holds a My Number;
    /// [`Failure::Refused`] when the session has ended.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn answer_emergency(
        &self,
        by: PresentOwner<'_>,
        id: EventId,
        typed: &str,
    ) -> Result<(), EmergencyReplyError> {
        let (custody, records, chain) = (&self.custody, &self.custody.stores.records, by.scope.chain());
        let reply = text::written(typed).map_err(EmergencyReplyError::Text)?;
        let row = records.emergency_of(chain, id).await?.ok_or(Failure::NotFound)?;
        if row.state == EmergencyReview::Open
            && let Some(given) = &row.reply_sealed
            && emergency_text::open(&custody.keys, id, emergency_text::REPLY, given)? == reply
        {
            return Ok(());
        }
        let sealed = emergency_text::seal(custody, id, emergency_text::REPLY, &reply);
        let event = LogEvent::by_owner(&custody.environment, chain, Action::Emergency, Category::Emergency)
            .of_emergency(Stage::Answered, id, &row.organisation);
        access::confirm_present(custody, by).await?;
        let mut tx = records.begin().await?;
        records.put_emergency_reply(&mut tx, (chain, id), &sealed, event.at).await?;
        append_in(custody, &mut tx, &[event]).await?;
        Ok(tx.commit().await?)
    }
}
