//! Notices to citizens. Each is told once: what is there already is left as it is, read or not.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{ChainId, EventId, NoticeId, UnixMillis, notice::NoticeKind};

/// A notice to be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNoticeRow {
    /// To whom: the number of their chain in the access log.
    pub chain_id: ChainId,
    /// Key.
    pub notice_id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// Official number of the organisation that it speaks of.
    pub organisation: Option<String>,
    /// The line of the access log that it speaks of.
    pub event_id: Option<EventId>,
    /// When.
    pub created_at: UnixMillis,
}

/// A notice as stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct NoticeRow {
    /// Key.
    pub notice_id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// Official number of the organisation that it speaks of.
    pub organisation: Option<String>,
    /// The line of the access log that it speaks of.
    pub event_id: Option<EventId>,
    /// When.
    pub created_at: UnixMillis,
    /// When its reader opened it.
    pub read_at: Option<UnixMillis>,
}

keyed! {
    NoticeRow in "notice" by ["notice_id"];
}

const PUT: &str = "INSERT INTO notice (chain_id, notice_id, kind, organisation, event_id, created_at) ";
const ONCE: &str = " ON CONFLICT DO NOTHING";
const LIST: &str = "SELECT notice_id, kind, organisation, event_id, created_at, read_at FROM notice
    WHERE chain_id = $1 ORDER BY created_at DESC, notice_id DESC LIMIT $2";
const ONE: &str = "SELECT notice_id, kind, organisation, event_id, created_at, read_at FROM notice
    WHERE chain_id = $1 AND notice_id = $2";
const UNREAD: &str = "SELECT COUNT(*) FROM notice WHERE chain_id = $1 AND read_at IS NULL";
const READ: &str =
    "UPDATE notice SET read_at = $3 WHERE chain_id = $1 AND notice_id = $2 AND read_at IS NULL";
const ALL_READ: &str =
    "UPDATE notice SET read_at = $3 WHERE chain_id = $1 AND created_at <= $2 AND read_at IS NULL";

/// Rows of one statement: SQLite takes 32,766 parameters.
const ROWS: usize = 1_000;

impl Records {
    /// Puts notices; those that are there already, and further first looks of the same organisation, change nothing.
    pub async fn put_notices(&self, tx: &mut Tx, notices: &[NewNoticeRow]) -> Result<()> {
        for some in notices.chunks(ROWS) {
            in_tx!(tx, conn => {
                let mut query = QueryBuilder::new(PUT);
                query.push_values(some, |mut row, notice| {
                    row.push_bind(notice.chain_id)
                        .push_bind(notice.notice_id)
                        .push_bind(notice.kind)
                        .push_bind(notice.organisation.as_deref())
                        .push_bind(notice.event_id)
                        .push_bind(notice.created_at);
                });
                query.push(ONCE);
                query.build().execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// The newest notices of a person, newest first.
    pub async fn notices(&self, chain: ChainId, limit: i64) -> Result<Vec<NoticeRow>> {
        cell::all(
            on_db!(&self.db, pool => sqlx::query_as(LIST).bind(chain).bind(limit).fetch_all(pool).await)?,
        )
    }

    /// One notice of a person.
    pub async fn notice(&self, chain: ChainId, notice: NoticeId) -> Result<Option<NoticeRow>> {
        cell::one(
            on_db!(&self.db, pool => sqlx::query_as(ONE).bind(chain).bind(notice).fetch_optional(pool).await)?,
        )
    }

    /// How many notices of a person were not opened yet.
    pub async fn unread_notices(&self, chain: ChainId) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(UNREAD).bind(chain).fetch_one(pool).await)?)
    }

    /// Marks a notice as opened; the first moment stays.
    pub async fn notice_read(
        &self,
        tx: &mut Tx,
        chain: ChainId,
        notice: NoticeId,
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(READ).bind(chain).bind(notice).bind(now).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Marks everything as opened that had come until an instant.
    pub async fn all_notices_read(
        &self,
        tx: &mut Tx,
        chain: ChainId,
        until: UnixMillis,
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(ALL_READ).bind(chain).bind(until).bind(now).execute(conn).await.map(drop))?;
        Ok(())
    }
}
