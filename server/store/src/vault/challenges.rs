//! Challenges to a card, and the tickets that a card wins: one of each per session, each taken by one statement.

use super::Vault;
use crate::{
    Result, Tx,
    cell::{self, keyed},
    db::on_db,
    db::on_db_write,
    tx::in_tx,
};
use techo_model::{AccountId, BindingId, UnixMillis, account::CardPurpose};

/// What a session asked a card to sign.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ChallengeRecord {
    /// The purpose that it was asked for.
    pub purpose: CardPurpose,
    /// The text to be signed.
    pub nonce: String,
}

/// A row of `enrol_ticket`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TicketRecord {
    /// Whose passkey may be made.
    pub account_id: AccountId,
    /// From which card.
    pub binding_id: BindingId,
    /// To enrol or to recover.
    pub purpose: CardPurpose,
    /// When the card was shown.
    pub shown_at: UnixMillis,
    /// Until when.
    pub expires_at: UnixMillis,
}

keyed! {
    ChallengeRecord in "card_challenge" by [];
    TicketRecord in "enrol_ticket" by ["binding_id"];
}

const PUT_CHALLENGE: &str =
    "INSERT INTO card_challenge (session_key, purpose, nonce, expires_at, consumed_at) VALUES ($1, $2, $3, $4, NULL)
    ON CONFLICT (session_key) DO UPDATE SET purpose = $2, nonce = $3, expires_at = $4, consumed_at = NULL";
const CONSUME: &str = "UPDATE card_challenge SET consumed_at = $2
    WHERE session_key = $1 AND consumed_at IS NULL AND expires_at > $2 RETURNING purpose, nonce";
const PUT_TICKET: &str =
    "INSERT INTO enrol_ticket (session_key, account_id, binding_id, purpose, shown_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (session_key) DO UPDATE SET account_id = $2, binding_id = $3, purpose = $4, shown_at = $5, expires_at = $6";
const FIND_TICKET: &str = "SELECT account_id, binding_id, purpose, shown_at, expires_at FROM enrol_ticket
    WHERE session_key = $1 AND expires_at > $2";
const TAKE_TICKET: &str =
    "DELETE FROM enrol_ticket WHERE session_key = $1 AND account_id = $2 AND expires_at > $3
    RETURNING account_id, binding_id, purpose, shown_at, expires_at";
const DROP_TICKETS: &str = "DELETE FROM enrol_ticket WHERE account_id = $1";
const DROP_TICKET: &str = "DELETE FROM enrol_ticket WHERE session_key = $1";
const DROP_CHALLENGE: &str = "DELETE FROM card_challenge WHERE session_key = $1";
const DROP_CEREMONIES: &str = "DELETE FROM passkey_ceremony WHERE session_key = $1";
const PURGE_CHALLENGES: &str = "DELETE FROM card_challenge WHERE expires_at <= $1";
const PURGE_TICKETS: &str = "DELETE FROM enrol_ticket WHERE expires_at <= $1";

impl Vault {
    /// Puts a challenge in the place of the one that the session had.
    pub async fn put_challenge(
        &self,
        key: &[u8; 32],
        challenge: &ChallengeRecord,
        expires_at: UnixMillis,
    ) -> Result<()> {
        on_db_write!(&self.db, pool => sqlx::query(PUT_CHALLENGE)
            .bind(key.as_slice())
            .bind(challenge.purpose)
            .bind(&challenge.nonce)
            .bind(expires_at)
            .execute(pool)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Takes the session's challenge: once, and only before it expires.
    pub async fn consume_challenge(
        &self,
        key: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<ChallengeRecord>> {
        cell::one(on_db_write!(&self.db, pool => {
            sqlx::query_as(CONSUME).bind(key.as_slice()).bind(now).fetch_optional(pool).await
        })?)
    }

    /// Gives a session a ticket.
    pub async fn put_ticket(&self, tx: &mut Tx, key: &[u8; 32], ticket: &TicketRecord) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT_TICKET)
            .bind(key.as_slice())
            .bind(ticket.account_id)
            .bind(ticket.binding_id)
            .bind(ticket.purpose)
            .bind(ticket.shown_at)
            .bind(ticket.expires_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The ticket of a session, left where it is.
    pub async fn ticket(&self, key: &[u8; 32], now: UnixMillis) -> Result<Option<TicketRecord>> {
        cell::one(on_db!(&self.db, pool => {
            sqlx::query_as(FIND_TICKET).bind(key.as_slice()).bind(now).fetch_optional(pool).await
        })?)
    }

    /// Takes the ticket of a session for this account.
    pub async fn take_ticket(
        &self,
        tx: &mut Tx,
        key: &[u8; 32],
        account: AccountId,
        now: UnixMillis,
    ) -> Result<Option<TicketRecord>> {
        cell::one(in_tx!(tx, conn => {
            sqlx::query_as(TAKE_TICKET).bind(key.as_slice()).bind(account).bind(now).fetch_optional(conn).await
        })?)
    }

    /// Voids the tickets that sessions hold for an account.
    pub async fn drop_tickets(&self, tx: &mut Tx, account: AccountId) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(DROP_TICKETS).bind(account).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Voids whatever a session has begun: its ticket, its question to a card, its ceremonies.
    pub async fn drop_begun(&self, tx: &mut Tx, key: &[u8; 32]) -> Result<()> {
        for statement in [DROP_TICKET, DROP_CHALLENGE, DROP_CEREMONIES] {
            in_tx!(&mut *tx, conn => sqlx::query(statement).bind(key.as_slice()).execute(conn).await.map(drop))?;
        }
        Ok(())
    }

    /// Forgets challenges and tickets that have expired.
    pub async fn purge_challenges(&self, now: UnixMillis) -> Result<()> {
        on_db_write!(&self.db, pool => {
            sqlx::query(PURGE_CHALLENGES).bind(now).execute(pool).await?;
            sqlx::query(PURGE_TICKETS).bind(now).execute(pool).await.map(drop)
        })?;
        Ok(())
    }
}
