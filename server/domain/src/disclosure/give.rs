//! The way out: what an organisation may see of a person now, and the line that stands on the person's log before any of
//! it leaves.

use super::Disclosed;
use crate::{
    Domain, Failure, Result,
    access::IdentifiedPerson,
    clinic::Asking,
    log::{Action, Category, Event, LogWriter, Reason},
};
use std::collections::BTreeMap;
use uuid::Uuid;

impl Domain {
    /// Hands out what `choose` takes of everything that an organisation may see of a person now, with what it took,
    /// by kind and, where it has one, by record: none when nothing was found or nothing may be seen; then the line says so of `asked`. Choices and marks are read anew each time, so a change holds from
    /// the next request on. The line stands on the person's log before this returns; there is no other way out.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when sharing was turned off meanwhile; a database; stored choices, marks or results that cannot be read; the log; what `choose` says. Nothing is handed out
    /// then.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn give<T>(
        &self,
        log: &LogWriter,
        person: &IdentifiedPerson,
        asking: &Asking,
        asked: Category,
        choose: impl FnOnce(&Disclosed) -> Result<(T, Vec<(Category, Option<Uuid>)>)>,
    ) -> Result<T> {
        let code = person.record();
        self.world.pause_point("clinic.read").await;
        let (held, (_, state)) = tokio::try_join!(self.held(code), self.consent_state(code))?;
        let Asking { organisation, subject, purpose, .. } = asking;
        let line = || {
            Event::by_organisation(&self.world, person.chain(), &organisation.id, subject.clone())
                .in_emergency(asking.emergency.map(|running| running.id))
        };
        let Some(seen) = held.given_to(&state, &asking.inquiry(self.world.now()))? else {
            // Sharing was turned off after the organisation was let in.
            let refused = line().doing(Action::Refuse, asked, (*purpose).into());
            log.append(refused.because(Reason::CodeRetired)).await?;
            return Err(Failure::NotFound);
        };
        let (chosen, records) = choose(&seen)?;
        let mut taken: BTreeMap<Category, Vec<Uuid>> = BTreeMap::new();
        for (category, record) in records {
            taken.entry(category).or_default().extend(record);
        }
        let nothing = taken.is_empty();
        if nothing {
            taken.insert(asked, Vec::new());
        }
        for (category, records) in taken {
            let event = line().doing(Action::Read, category, (*purpose).into()).about(records);
            log.append(if nothing { event.having_found_nothing() } else { event }).await?;
        }
        Ok(chosen)
    }
}
