//! Questions of citizens about lines of their access log: one a line.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{ChainId, EventId, QuestionId, UnixMillis, notice::QuestionTopic};

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct QuestionRow {
    /// Whose, by the number of their chain.
    pub chain_id: ChainId,
    /// The line.
    pub event_id: EventId,
    /// Number to tell support.
    pub question_id: QuestionId,
    /// What is asked.
    pub topic: QuestionTopic,
    /// Official number of who looked.
    pub organisation: Option<String>,
    /// When it was asked.
    pub asked_at: UnixMillis,
    /// When it was answered.
    pub answered_at: Option<UnixMillis>,
}

keyed! {
    QuestionRow in "log_question" by ["question_id"];
}

const ASK: &str = "INSERT INTO log_question (chain_id, event_id, question_id, topic, organisation, asked_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (chain_id, event_id) DO NOTHING";
const ABOUT: &str =
    "SELECT chain_id, event_id, question_id, topic, organisation, asked_at, answered_at FROM log_question
    WHERE chain_id = ";

impl Records {
    /// Stores a question, unless there is one about this line.
    pub async fn ask(&self, tx: &mut Tx, row: &QuestionRow) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(ASK)
            .bind(row.chain_id)
            .bind(row.event_id)
            .bind(row.question_id)
            .bind(row.topic)
            .bind(row.organisation.as_deref())
            .bind(row.asked_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The questions of a person about these lines, newest first: one a line at most.
    pub async fn questions(&self, chain: ChainId, events: &[EventId]) -> Result<Vec<QuestionRow>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        cell::all(on_db!(&self.db, pool => {
            let mut query = QueryBuilder::new(ABOUT);
            query.push_bind(chain).push(" AND event_id IN (");
            let mut list = query.separated(", ");
            for event in events {
                list.push_bind(*event);
            }
            query.push(") ORDER BY asked_at DESC");
            query.build_query_as().fetch_all(pool).await
        })?)
    }
}
