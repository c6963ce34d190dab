//! Which lines of the access log their owner hears of without asking: the notice stands in the same transaction as the line.

use super::{Action, Category, LogActor, LogEvent, Stage, WriteEffect};
use techo_model::{NoticeId, notice::NoticeKind};
use techo_store::records::notices::NewNoticeRow;

/// The notice that a line of the access log calls for. Its key is that of the line, so that it is never told twice.
pub(super) fn announcement_of(event: &LogEvent) -> Option<NewNoticeRow> {
    let organisation = match &event.actor {
        LogActor::Organisation(number) | LogActor::Professional { organisation: number, .. } => Some(number),
        _ => None,
    };
    if event.action == Action::Emergency {
        return of_emergency(event);
    }
    let kind = match (event.action, organisation) {
        (Action::Read, Some(_)) => NoticeKind::FirstLook,
        (Action::Write, Some(_)) if brings_results(event) => NoticeKind::LaboratoryArrived,
        (Action::ConsentChange, _) => NoticeKind::ConsentChanged,
        (Action::Account(kind), _) => NoticeKind::of_account(kind)?,
        _ => return None,
    };
    Some(NewNoticeRow {
        chain_id: event.chain,
        notice_id: NoticeId(event.id.0),
        kind,
        organisation: organisation.cloned(),
        event_id: Some(event.id),
        created_at: event.at,
    })
}

/// Speaks of the line of the declaration, whatever the step; what the person did themselves they know, and an end is no news.
fn of_emergency(event: &LogEvent) -> Option<NewNoticeRow> {
    let word = |name: &str| event.detail.get(name).and_then(|value| value.as_str());
    let kind = match Stage::parse(word("stage")?)? {
        Stage::Declared => NoticeKind::EmergencyDeclared,
        Stage::Reviewed => NoticeKind::EmergencyReviewed,
        Stage::Ended | Stage::Answered => return None,
    };
    Some(NewNoticeRow {
        chain_id: event.chain,
        notice_id: NoticeId(event.id.0),
        kind,
        organisation: word("organisation").map(str::to_owned),
        event_id: word("emergency_id").and_then(|id| id.parse().ok()),
        created_at: event.at,
    })
}

/// Taking a report back brings nothing.
fn brings_results(event: &LogEvent) -> bool {
    let withdraws =
        event.detail.get("change").is_some_and(|change| change == WriteEffect::Withdrawn.as_str());
    event.category == Category::Laboratory && !withdraws
}

#[cfg(test)]
mod tests;
