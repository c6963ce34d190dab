//! The person's side: what was opened and why, and their answer to it.

use super::{EmergencyView, sealed, text};
use crate::{
    Failure, Result,
    access::PatientScope,
    log::{Action, Category, Event, Stage, append_in},
    portal::Portal,
};
use techo_model::EventId;

impl Portal {
    /// An emergency of the person themselves.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when this person had none of this id.
    pub async fn emergency(&self, scope: &PatientScope, id: EventId) -> Result<EmergencyView> {
        let row = self.domain.stores.records.emergency_of(scope.chain(), id).await?;
        self.domain.emergency_view(&row.ok_or(Failure::NotFound)?).await
    }

    /// Keeps the person's answer, in place of a former one. A review that was closed is opened again by it.
    ///
    /// # Errors
    /// [`Failure::NotFound`] likewise; [`Failure::Invalid`] for a text that is empty, too long or holds a My Number.
    pub async fn answer_emergency(&self, scope: &PatientScope, id: EventId, typed: &str) -> Result<()> {
        let (domain, records) = (&self.domain, &self.domain.stores.records);
        let reply = text::written(typed)?;
        let row = records.emergency_of(scope.chain(), id).await?.ok_or(Failure::NotFound)?;
        let sealed = sealed::seal(domain, id, sealed::REPLY, &reply);
        let event = Event::by_owner(&domain.world, scope.chain(), Action::Emergency, Category::Emergency)
            .of_emergency(Stage::Answered, id, &row.organisation);
        let mut tx = records.begin().await?;
        records.put_emergency_reply(&mut tx, (scope.chain(), id), &sealed, event.at).await?;
        append_in(domain, &mut tx, &[event]).await?;
        Ok(tx.commit().await?)
    }
}
