//! The way out: what an organisation may see of a person now, and the line that stands on the person's log before any of
//! it leaves.

use super::DisclosedRecords;
use crate::{
    disclose::{consent_state, load_records},
    identified_person::IdentifiedPerson,
    inquiry::InquiringParty,
};
use std::collections::BTreeMap;
use techo_audit::log::{Action, Category, LineSet, LogEvent, LogWriter, Reason};
use techo_custody::{Custody, Failure, Result};
use uuid::Uuid;

/// Hands out what `choose` takes of everything that an organisation may see of a person now, with what it took,
/// by kind and, where it has one, by record: none when nothing was found or nothing may be seen; then the line says so of `asked`. Choices and marks are read anew each time, so a change holds from
/// the next request on. The line stands on the person's log before this returns; there is no other way out.
///
/// # Errors
/// [`Failure::NotFound`] when sharing was turned off meanwhile; a database; stored choices, marks or results that cannot be read; the log; what `choose` says. Nothing is handed out
/// then.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn disclose_records<T>(
    custody: &Custody,
    log: &LogWriter,
    person: &IdentifiedPerson,
    asking: &InquiringParty,
    asked: Category,
    choose: impl FnOnce(&DisclosedRecords) -> Result<(T, Vec<(Category, Option<Uuid>)>)>,
) -> Result<T> {
    let code = person.record();
    custody.environment.pause_point("clinic.read").await;
    let (held, (_, state)) = tokio::try_join!(load_records(custody, code), consent_state(custody, code))?;
    let InquiringParty { organisation, subject, purpose, .. } = asking;
    let line = || {
        LogEvent::by_organisation(&custody.environment, person.chain(), &organisation.id, subject.clone())
            .in_emergency(asking.emergency.map(|running| running.id))
    };
    let Some(seen) = held.visible_to_organisation(&state, &asking.inquiry(custody.environment.now()))? else {
        // Sharing was turned off after the organisation was let in.
        let refused = line().doing(Action::Refuse, asked, (*purpose).into());
        log.append(refused.because(Reason::CodeRetired)).await?;
        return Err(Failure::NotFound);
    };
    let accounted = seen.account_for(|seen| {
        let (chosen, records) = choose(&seen)?;
        let read = |category| line().doing(Action::Read, category, (*purpose).into());
        Ok::<_, Failure>((chosen, lines_about(records, read, asked)))
    })?;
    Ok(accounted.reveal(log).await?)
}

/// One line for each category of what was taken; one that says so when that is nothing.
fn lines_about(
    records: Vec<(Category, Option<Uuid>)>,
    read: impl Fn(Category) -> LogEvent,
    asked: Category,
) -> LineSet {
    let mut taken: BTreeMap<Category, Vec<Uuid>> = BTreeMap::new();
    for (category, record) in records {
        taken.entry(category).or_default().extend(record);
    }
    let mut lines = taken.into_iter().map(|(category, records)| read(category).about(records));
    match lines.next() {
        Some(first) => lines.fold(LineSet::one(first), LineSet::and),
        None => LineSet::one(read(asked).about([]).having_found_nothing()),
    }
}
