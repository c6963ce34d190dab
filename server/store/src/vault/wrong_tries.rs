//! How often an organisation pointed at nobody: with a wrong share code, or by demographics that fit nobody.

use super::Vault;
use crate::{Result, Tx, db::on_db, tx::in_tx};
use techo_model::{UnixMillis, words};

/// The wrong tries of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WrongTries {
    /// How many in a row.
    pub tries: i64,
    /// When the last one was.
    pub last_at: UnixMillis,
    /// Until when no other may be made.
    pub locked_until: UnixMillis,
}

words! {
    /// What was tried: each kind is counted apart.
    TryKind {
        /// A share code.
        ShareCode "share-code";
        /// Kana name and birth date.
        Demographics "demographics";
    }
}

/// The wrong tries of all organisations together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TryTotal {
    /// How many since then.
    pub tries: i64,
    /// When counting began.
    pub began_at: UnixMillis,
}

const LOCK_TOTAL: &str = "INSERT INTO wrong_try_total AS t (kind, tries, began_at) VALUES ($1, 0, $2)
    ON CONFLICT (kind) DO UPDATE SET tries = t.tries RETURNING tries, began_at";
const PUT_TOTAL: &str = "UPDATE wrong_try_total SET tries = $2, began_at = $3 WHERE kind = $1";
const TOTAL: &str = "SELECT tries, began_at FROM wrong_try_total WHERE kind = $1";

// The row is written even when nothing changes, so that whoever comes second waits for the first.
macro_rules! lock {
    ($table:literal) => {
        concat!(
            "INSERT INTO ",
            $table,
            " AS w (organisation_id, tries, last_at, locked_until) VALUES ($1, 0, 0, 0)
            ON CONFLICT (organisation_id) DO UPDATE SET tries = w.tries RETURNING tries, last_at, locked_until"
        )
    };
}

macro_rules! put {
    ($table:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET tries = $2, last_at = $3, locked_until = $4 WHERE organisation_id = $1"
        )
    };
}

impl TryKind {
    fn lock(self) -> &'static str {
        match self {
            Self::ShareCode => lock!("wrong_share_code"),
            Self::Demographics => lock!("wrong_demographics"),
        }
    }

    fn put(self) -> &'static str {
        match self {
            Self::ShareCode => put!("wrong_share_code"),
            Self::Demographics => put!("wrong_demographics"),
        }
    }
}

impl Vault {
    /// The wrong tries of an organisation; whoever else asks waits until the transaction ends.
    pub async fn lock_wrong_tries(
        &self,
        tx: &mut Tx,
        kind: TryKind,
        organisation: &str,
    ) -> Result<WrongTries> {
        Ok(in_tx!(tx, conn => sqlx::query_as(kind.lock()).bind(organisation).fetch_one(conn).await)?)
    }

    /// Notes the wrong tries of an organisation.
    pub async fn put_wrong_tries(
        &self,
        tx: &mut Tx,
        kind: TryKind,
        organisation: &str,
        wrong: WrongTries,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(kind.put())
            .bind(organisation)
            .bind(wrong.tries)
            .bind(wrong.last_at)
            .bind(wrong.locked_until)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The wrong tries of all organisations; whoever else asks waits until the transaction ends.
    pub async fn lock_try_total(&self, tx: &mut Tx, kind: TryKind, now: UnixMillis) -> Result<TryTotal> {
        Ok(
            in_tx!(tx, conn => sqlx::query_as(LOCK_TOTAL).bind(kind.as_str()).bind(now).fetch_one(conn).await)?,
        )
    }

    /// Notes the wrong tries of all organisations.
    pub async fn put_try_total(&self, tx: &mut Tx, kind: TryKind, total: TryTotal) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT_TOTAL)
            .bind(kind.as_str())
            .bind(total.tries)
            .bind(total.began_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The wrong tries of all organisations; none before the first.
    pub async fn try_total(&self, kind: TryKind) -> Result<Option<TryTotal>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(TOTAL).bind(kind.as_str()).fetch_optional(pool).await)?)
    }
}
