//! The review queue: every declared emergency is looked into by somebody else, and closed with a finding.
//!
//! Reviewers see who opened something, why, and how much; never whose it was, and no record. Looking is on the person's
//! access log before anything is shown.

use super::{CloseReviewError, EmergencyView, text};
use crate::emergency::{emergency_view, require_impartial};
use std::time::Duration;
use techo_audit::log::{
    Action, Category, LogEvent, LogWriter, Stage, append_in,
    line::{LineFacts, LogLine},
};
use techo_custody::{Custody, Failure, Internal, Result, emergency_text};
use techo_identity::{
    session::held::release_after,
    staff::{self, ReviewStaff},
};
use techo_model::{
    EventId, UnixMillis,
    emergency::Finding,
    paging::{Page, PageRequest},
};
use techo_store::records::emergencies::{EmergencyCursor, EmergencyRow, ReviewRow};

/// Lines of each list.
const LISTED: u16 = 100;
/// Looks that one review lists.
const LOOKS: usize = 200;
/// Lines of the access log that are read at once.
const PAGE: i64 = 1_000;
/// A look that was permitted in the last moment is written down a little later.
const GRACE: Duration = Duration::from_mins(2);
/// How far back the emergencies of a clinician are counted.
const LOOK_BACK: Duration = Duration::from_hours(24 * 90);

/// A line of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewLine {
    /// Key.
    pub id: EventId,
    /// Name of the organisation, or its number.
    pub organisation: String,
    /// Name of whoever declared it, or their id.
    pub subject: String,
    /// When.
    pub declared_at: UnixMillis,
    /// Whether it still runs: then it cannot be closed yet.
    pub runs: bool,
    /// Whether the person has answered.
    pub answered: bool,
    /// What was found, once reviewed.
    pub finding: Option<Finding>,
}

/// The queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewQueue {
    /// What waits, oldest first.
    pub open: Page<ReviewLine, EmergencyCursor>,
    /// What was closed, the last one first.
    pub closed: Page<ReviewLine, EmergencyCursor>,
}

/// Which pages of the queue are shown: after which place each begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueCursor {
    /// Of what waits.
    pub open: Option<EmergencyCursor>,
    /// Of what was closed.
    pub closed: Option<EmergencyCursor>,
}

/// What a reviewer says.
#[derive(Clone, Copy, Debug)]
pub struct ReviewVerdict<'a> {
    /// What was found.
    pub finding: Finding,
    /// What the person is told.
    pub remark: &'a str,
    /// When the person had answered, as the reviewer saw it; none for not at all.
    pub heard: Option<UnixMillis>,
}

/// Something that was opened in an emergency, or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedRecord {
    /// When.
    pub at: UnixMillis,
    /// What kind of records.
    pub category: Category,
    /// How many.
    pub count: i64,
    /// Whether it was sent rather than opened.
    pub sent: bool,
}

/// An emergency as its reviewer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyCase {
    /// What was declared, answered and found.
    pub emergency: EmergencyView,
    /// Whether it still runs.
    pub runs: bool,
    /// What was opened and sent by it, oldest first.
    pub opened: Vec<OpenedRecord>,
    /// How many looks more there were.
    pub left_off: usize,
    /// How many emergencies the same clinician declared in the 90 days up to this one, which is among them.
    pub of_clinician: i64,
}

/// A page of the queue, and behind it one of those that were closed.
///
/// # Errors
/// A database, or a stored value.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn review_queue(
    custody: &Custody,
    _reviewer: &ReviewStaff,
    place: QueueCursor,
) -> Result<ReviewQueue> {
    let records = &custody.stores.records;
    let (open, closed) = tokio::try_join!(
        records.emergencies_to_review(PageRequest::from_place(place.open, LISTED)),
        records.emergencies_reviewed(PageRequest::from_place(place.closed, LISTED))
    )?;
    Ok(ReviewQueue { open: review_lines(custody, open).await?, closed: review_lines(custody, closed).await? })
}

async fn review_lines(
    custody: &Custody,
    page: Page<EmergencyRow, EmergencyCursor>,
) -> Result<Page<ReviewLine, EmergencyCursor>> {
    let rows = &page.items;
    let mut numbers: Vec<_> = rows.iter().map(|row| row.organisation.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let names = custody.stores.vault.organisation_names(&numbers).await?;
    let now = custody.environment.now();
    let line = |row: &EmergencyRow| ReviewLine {
        id: row.emergency_id,
        organisation: names.get(&row.organisation).unwrap_or(&row.organisation).clone(),
        subject: row.subject_name.as_ref().unwrap_or(&row.subject).clone(),
        declared_at: row.declared_at,
        runs: now < row.ends_at,
        answered: row.replied_at.is_some(),
        finding: row.finding,
    };
    Ok(Page { items: rows.iter().map(line).collect(), next: page.next })
}

/// One emergency. That a reviewer looked is on the person's log before this returns.
///
/// # Errors
/// [`Failure::NotFound`] when there is none; [`Failure::Refused`] for one of the reviewer's own; the log.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn review_emergency(
    custody: &Custody,
    log: &LogWriter,
    reviewer: &ReviewStaff,
    id: EventId,
) -> Result<EmergencyCase> {
    let records = &custody.stores.records;
    let row = records.emergency(id).await?.ok_or(Failure::NotFound)?;
    require_impartial(custody, reviewer, &row).await?;
    let span = (row.declared_at.minus(LOOK_BACK), row.declared_at);
    let of_clinician = records.count_emergencies(&row.organisation, &row.subject, span).await?;
    let (opened, left_off) = opened_by_reviewer(custody, &row).await?;
    let emergency = emergency_view(custody, &row).await?;
    log.append(LogEvent::by_staff(&custody.environment, row.chain_id, reviewer.staff())).await?;
    Ok(EmergencyCase {
        emergency,
        runs: custody.environment.now() < row.ends_at,
        opened,
        left_off,
        of_clinician,
    })
}

/// What on the person's log belongs to an emergency, from its own line on, and how many looks more than [`LOOKS`] there were.
async fn opened_by_reviewer(custody: &Custody, row: &EmergencyRow) -> Result<(Vec<OpenedRecord>, usize)> {
    let records = &custody.stores.records;
    let number = records.access_entry_number(row.emergency_id).await?;
    let mut after =
        number.ok_or_else(|| Internal::corrupt("emergency", "emergency_id", row.emergency_id.0))?;
    let over = row.ends_at.max(row.declared_at).plus(GRACE);
    let (mut opened, mut left_off) = (Vec::new(), 0);
    loop {
        let page = records.access_entries(row.chain_id, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok((opened, left_off)) };
        after = last.chain_seq;
        for entry in &page {
            let look = looked(&LogLine::read(entry)?, row.emergency_id);
            if opened.len() < LOOKS {
                opened.extend(look);
            } else {
                left_off += usize::from(look.is_some());
            }
        }
        if last.recorded_at > over {
            return Ok((opened, left_off));
        }
    }
}

/// Closes a review with a finding. The person is told in the same transaction.
///
/// # Errors
/// [`Failure::NotFound`] when there is none; [`Failure::Refused`] for one of the reviewer's own, and when the reviewer
/// was suspended or their session has ended; [`CloseReviewError`] while it runs, without a remark, and when somebody
/// else closed it or the person answered meanwhile.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn close_emergency_review(
    custody: &Custody,
    reviewer: &ReviewStaff,
    id: EventId,
    verdict: ReviewVerdict<'_>,
) -> Result<(), CloseReviewError> {
    let remark = text::written(verdict.remark)?;
    let row = custody.stores.records.emergency(id).await?.ok_or(Failure::NotFound)?;
    require_impartial(custody, reviewer, &row).await?;
    if custody.environment.now() < row.ends_at {
        return Err(CloseReviewError::StillRuns);
    }
    let event = LogEvent::by_staff(&custody.environment, row.chain_id, reviewer.staff())
        .doing(Action::Emergency, Category::Emergency, techo_audit::log::Purpose::SystemAdministration)
        .of_emergency(Stage::Reviewed, id, &row.organisation);
    let remark_sealed = emergency_text::seal(custody, id, emergency_text::REMARK, &remark);
    let review = ReviewRow {
        finding: verdict.finding,
        remark_sealed: &remark_sealed,
        by: reviewer.staff().0,
        at: event.at,
        heard: verdict.heard,
    };
    custody.environment.pause_point("review.close").await;
    let held = staff::hold_reviewer(custody, reviewer).await?;
    release_after(held, write_review(custody, id, &review, event)).await
}

/// The record store's part of it.
async fn write_review(
    custody: &Custody,
    id: EventId,
    review: &ReviewRow<'_>,
    event: LogEvent,
) -> Result<(), CloseReviewError> {
    let records = &custody.stores.records;
    let mut tx = records.begin().await?;
    if !records.close_emergency(&mut tx, id, review).await? {
        tx.rollback().await?;
        return Err(CloseReviewError::ChangedMeanwhile);
    }
    append_in(custody, &mut tx, &[event]).await?;
    Ok(tx.commit().await?)
}

/// What a line says of the looks of an emergency; none for every other line, and for one that only counts how often more.
fn looked(line: &LogLine, emergency: EventId) -> Option<OpenedRecord> {
    let of_it = |facts: &&LineFacts| facts.emergency == Some(emergency) && facts.repeats.is_none();
    let facts = line.facts.as_ref().filter(of_it)?;
    let sent = facts.action == Action::Write;
    (sent || facts.action == Action::Read).then_some(OpenedRecord {
        at: facts.at,
        category: facts.category,
        count: facts.count,
        sent,
    })
}
