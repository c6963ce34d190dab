//! The review queue: every declared emergency is looked into by somebody else, and closed with a finding.
//!
//! Reviewers see who opened something, why, and how much; never whose it was, and no record. Looking is on the person's
//! access log before anything is shown.

use super::{EmergencyView, sealed, text};
use crate::{
    Domain, Failure, Result,
    log::{Action, Category, Event, LogWriter, Stage, append_in, line::Line},
    staff::Reviewer,
};
use std::time::Duration;
use techo_model::{EventId, UnixMillis, emergency::Finding};
use techo_store::records::emergencies::{EmergencyRow, ReviewRow};

/// Lines of each list.
const LISTED: i64 = 100;
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

/// Something that was opened in an emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// When.
    pub at: UnixMillis,
    /// What kind of records.
    pub category: Category,
    /// How many.
    pub count: i64,
}

/// An emergency as its reviewer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// What was declared, answered and found.
    pub emergency: EmergencyView,
    /// Whether it still runs.
    pub runs: bool,
    /// What was opened by it.
    pub opened: Vec<Opened>,
    /// How many emergencies the same clinician declared in 90 days, this one among them.
    pub of_clinician: i64,
}

impl Domain {
    /// The queue, oldest first, and behind it the last ones that were closed.
    ///
    /// # Errors
    /// A database, or a stored value.
    pub async fn review_queue(&self, _reviewer: &Reviewer) -> Result<(Vec<ReviewLine>, Vec<ReviewLine>)> {
        let records = &self.stores.records;
        let (open, closed) =
            tokio::try_join!(records.emergencies_to_review(LISTED), records.emergencies_reviewed(LISTED))?;
        Ok((self.review_lines(&open).await?, self.review_lines(&closed).await?))
    }

    async fn review_lines(&self, rows: &[EmergencyRow]) -> Result<Vec<ReviewLine>> {
        let mut numbers: Vec<_> = rows.iter().map(|row| row.organisation.as_str()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let names = self.stores.vault.organisation_names(&numbers).await?;
        let now = self.world.now();
        let line = |row: &EmergencyRow| ReviewLine {
            id: row.emergency_id,
            organisation: names.get(&row.organisation).unwrap_or(&row.organisation).clone(),
            subject: row.subject_name.as_ref().unwrap_or(&row.subject).clone(),
            declared_at: row.declared_at,
            runs: now < row.ends_at,
            answered: row.replied_at.is_some(),
            finding: row.finding.as_deref().and_then(Finding::from_name),
        };
        Ok(rows.iter().map(line).collect())
    }

    /// One emergency. That a reviewer looked is on the person's log before this returns.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none; the log.
    pub async fn review(&self, log: &LogWriter, reviewer: &Reviewer, id: EventId) -> Result<Review> {
        let records = &self.stores.records;
        let row = records.emergency(id).await?.ok_or(Failure::NotFound)?;
        let since = self.world.now().minus(LOOK_BACK);
        let (opened, of_clinician) = tokio::try_join!(
            async { records.access_entries_between(row.chain_id, row.declared_at, row.ends_at).await },
            records.count_emergencies(&row.organisation, &row.subject, since),
        )?;
        let lines = opened.iter().map(Line::read).collect::<Result<Vec<_>, _>>()?;
        let opened = lines.iter().filter_map(|line| opened_by(line, &row.organisation)).collect();
        let emergency = self.emergency_view(&row).await?;
        log.append(Event::by_staff(&self.world, row.chain_id, reviewer.staff())).await?;
        Ok(Review { emergency, runs: self.world.now() < row.ends_at, opened, of_clinician })
    }

    /// Closes a review with a finding. The person is told in the same transaction.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none; [`Failure::Invalid`] while it runs, when somebody else closed it
    /// meanwhile, or without a remark.
    pub async fn close_review(
        &self,
        reviewer: &Reviewer,
        id: EventId,
        finding: Finding,
        remark: &str,
    ) -> Result<()> {
        let records = &self.stores.records;
        let remark = text::written(remark)?;
        let row = records.emergency(id).await?.ok_or(Failure::NotFound)?;
        if self.world.now() < row.ends_at {
            return Err(Failure::Invalid("emergency-runs"));
        }
        let event = Event::by_staff(&self.world, row.chain_id, reviewer.staff())
            .doing(Action::Emergency, Category::Emergency, crate::log::Purpose::SystemAdministration)
            .of_emergency(Stage::Reviewed, id, &row.organisation);
        let remark_sealed = sealed::seal(self, id, sealed::REMARK, &remark);
        let review = ReviewRow {
            finding: finding.as_str(),
            remark_sealed: &remark_sealed,
            by: reviewer.staff().0,
            at: event.at,
        };
        let mut tx = records.begin().await?;
        if !records.close_emergency(&mut tx, id, &review).await? {
            return Err(Failure::Invalid("emergency-closed"));
        }
        append_in(records, &self.world, &mut tx, &[event]).await?;
        Ok(tx.commit().await?)
    }
}

/// What a line says of an emergency's looks; none for every other line.
fn opened_by(line: &Line, organisation: &str) -> Option<Opened> {
    let facts = line.facts.as_ref()?;
    let by_it = facts.action == Action::Read
        && facts.purpose == crate::log::Purpose::EmergencyTreatment
        && facts.actor.organisation() == Some(organisation);
    by_it.then_some(Opened { at: facts.at, category: facts.category, count: facts.count })
}
