//! "Ask about this look": one question a line, chosen from a few, so that nothing about health is written into it.

use crate::{CitizenServices, access_log};
use access_log::filter::ActorFilter;
use techo_audit::log::line::LogLine;
use techo_custody::{Failure, Result};
use techo_identity::access::{self, PresentOwner};
use techo_model::{EventId, QuestionId, UnixMillis, notice::QuestionTopic};
use techo_store::records::questions::QuestionRow;

/// A question that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineQuestion {
    /// Number to tell support.
    pub id: QuestionId,
    /// The line.
    pub event: EventId,
    /// What is asked.
    pub topic: QuestionTopic,
    /// When.
    pub asked_at: UnixMillis,
    /// When it was answered.
    pub answered_at: Option<UnixMillis>,
}

pub(super) fn read(row: &QuestionRow) -> LineQuestion {
    LineQuestion {
        id: row.question_id,
        event: row.event_id,
        topic: row.topic,
        asked_at: row.asked_at,
        answered_at: row.answered_at,
    }
}

impl CitizenServices {
    /// Asks about a line that somebody else left. A second question about the same line changes nothing.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when this person has no such line, or it is their own; [`Failure::Refused`] when the session
    /// has ended.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn ask_about_line(
        &self,
        by: PresentOwner<'_>,
        event: EventId,
        topic: QuestionTopic,
    ) -> Result<()> {
        let (store, environment) = (&self.custody.stores.records, &self.custody.environment);
        let stored = store.access_entry(by.scope.chain(), event).await?.ok_or(Failure::NotFound)?;
        let line = LogLine::read(&stored)?;
        let others = access_log::LogFilter { whose: ActorFilter::Others, ..access_log::LogFilter::default() };
        let facts = line.facts.as_ref().filter(|_| others.wants(&line)).ok_or(Failure::NotFound)?;
        let row = QuestionRow {
            chain_id: by.scope.chain(),
            event_id: event,
            question_id: QuestionId(environment.new_id()),
            topic,
            organisation: facts.actor.organisation().map(str::to_owned),
            asked_at: environment.now(),
            answered_at: None,
        };
        access::confirm_present(&self.custody, by).await?;
        let mut tx = store.begin().await?;
        store.ask(&mut tx, &row).await?;
        Ok(tx.commit().await?)
    }
}
