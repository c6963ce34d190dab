//! The way out: what an organisation may see of a person now, and the line that stands on the person's log before any of
//! it leaves.

use super::{Disclosed, Inquiry};
use crate::{
    Domain, Result,
    access::IdentifiedPerson,
    clinic::Asking,
    log::{Action, Category, Event, LogWriter},
};
use uuid::Uuid;

/// What is about to leave.
#[derive(Clone, Debug)]
pub struct Look {
    /// What kind of data.
    pub category: Category,
    /// Which records; none when nothing was found or nothing may be seen.
    pub records: Vec<Uuid>,
}

impl Domain {
    /// Everything that an asker may see of a person now. Choices and marks are read anew each time, so a change holds from
    /// the next request on. The caller filters, counts and pages what it got, and calls [`Domain::note_look`] before it
    /// answers.
    ///
    /// # Errors
    /// A database; stored choices, marks or results that cannot be read. Nothing is disclosed then.
    pub async fn disclose(&self, person: &IdentifiedPerson, inquiry: &Inquiry) -> Result<Disclosed> {
        let code = person.record();
        let (held, (_, state)) = tokio::try_join!(self.held(code), self.consent_state(code))?;
        Ok(held.seen_by(&state, inquiry))
    }

    /// Writes the line of a look.
    ///
    /// # Errors
    /// The log. What could not be logged must not be answered.
    pub async fn note_look(
        &self,
        log: &LogWriter,
        person: &IdentifiedPerson,
        asking: &Asking,
        look: Look,
    ) -> Result<()> {
        let Asking { organisation, subject, purpose } = asking;
        let event = Event::by_organisation(&self.world, person.chain(), &organisation.id, subject.clone())
            .doing(Action::Read, look.category, (*purpose).into())
            .about(look.records);
        Ok(log.append(event).await?)
    }
}
