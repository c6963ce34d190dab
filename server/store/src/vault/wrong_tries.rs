//! How often an organisation pointed at nobody: with a wrong share code, or by demographics that fit nobody.

use super::Vault;
use crate::{Result, Tx, tx::in_tx};
use techo_model::UnixMillis;

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

/// What was tried: each kind is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryKind {
    /// A share code.
    ShareCode,
    /// Kana name and birth date.
    Demographics,
}

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
}
