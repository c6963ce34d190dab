//! Cards that were shown, each bound to one account for ever.

use super::Vault;
use crate::{
    Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{AccountId, BindingId, UnixMillis, account::BindingState};

/// A row of `card_binding`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BindingRecord {
    /// Key.
    pub binding_id: BindingId,
    /// Whose card.
    pub account_id: AccountId,
    /// Subject key identifier of the CA.
    pub ca_key_id: Vec<u8>,
    /// HMAC of CA and serial number.
    pub serial_lookup: Vec<u8>,
    /// Serial number.
    pub serial_sealed: Vec<u8>,
    /// Last instant of the certificate.
    pub not_after: UnixMillis,
    /// How it stands.
    pub state: BindingState,
    /// When the certificate's status was last found good.
    pub last_good_at: UnixMillis,
    /// When the card was first shown.
    pub bound_at: UnixMillis,
    /// Last change of state.
    pub changed_at: UnixMillis,
    /// Key version of look-up and sealed number.
    pub key_version: i64,
}

keyed! {
    BindingRecord in "card_binding" by ["binding_id"];
}

const BY_LOOKUP: &str =
    "SELECT binding_id, account_id, ca_key_id, serial_lookup, serial_sealed, not_after, state,
        last_good_at, bound_at, changed_at, key_version
    FROM card_binding WHERE ca_key_id = $1 AND serial_lookup = $2";
const CURRENT: &str =
    "SELECT binding_id, account_id, ca_key_id, serial_lookup, serial_sealed, not_after, state,
        last_good_at, bound_at, changed_at, key_version
    FROM card_binding WHERE account_id = $1 AND state <> 'superseded'";
const WATCHED: &str =
    "SELECT binding_id, account_id, ca_key_id, serial_lookup, serial_sealed, not_after, state,
        last_good_at, bound_at, changed_at, key_version
    FROM card_binding WHERE state IN ('active', 'held') AND binding_id > $1 ORDER BY binding_id LIMIT $2";
const WATCHED_RUNNING: &str =
    "SELECT binding_id, account_id, ca_key_id, serial_lookup, serial_sealed, not_after, state,
        last_good_at, bound_at, changed_at, key_version
    FROM card_binding b WHERE state IN ('active', 'held') AND binding_id > $1
        AND EXISTS (SELECT 1 FROM session s WHERE s.account_id = b.account_id AND s.revoked_at IS NULL)
    ORDER BY binding_id LIMIT $2";
const INSERT: &str =
    "INSERT INTO card_binding (binding_id, account_id, ca_key_id, serial_lookup, serial_sealed,
        not_after, state, last_good_at, bound_at, changed_at, key_version)
    VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $7, $7, $8) ON CONFLICT DO NOTHING";
const SUPERSEDE: &str = "UPDATE card_binding SET state = 'superseded', changed_at = $2 WHERE account_id = $1 AND state <> 'superseded'";
const TURN: &str = "UPDATE card_binding SET state = $3, changed_at = $4 WHERE binding_id = $1 AND state = $2";
const STILL_GOOD: &str =
    "UPDATE card_binding SET last_good_at = $2 WHERE binding_id = $1 AND last_good_at < $2";
const OF_VERSION: &str =
    "SELECT binding_id, account_id, ca_key_id, serial_lookup, serial_sealed, not_after, state,
        last_good_at, bound_at, changed_at, key_version
    FROM card_binding WHERE key_version = $1 AND binding_id > $2 ORDER BY binding_id LIMIT $3";
const RESEAL: &str = "UPDATE card_binding SET serial_lookup = $3, serial_sealed = $4, key_version = $5
    WHERE binding_id = $1 AND key_version = $2";
const KNOWN: &str =
    "SELECT binding_id, account_id, ca_key_id, serial_lookup, serial_sealed, not_after, state,
        last_good_at, bound_at, changed_at, key_version FROM card_binding WHERE serial_lookup IN (";

/// Which cards a sweep looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardSelection {
    /// Those of every account.
    All,
    /// Those of accounts with a running session.
    Running,
}

impl Vault {
    /// The card with this look-up, under any of the key versions' look-ups.
    pub async fn binding(
        &self,
        tx: &mut Tx,
        ca_key_id: &[u8],
        lookups: &[[u8; 32]],
    ) -> Result<Option<BindingRecord>> {
        for lookup in lookups {
            let found = cell::one(in_tx!(tx, conn => {
                sqlx::query_as(BY_LOOKUP).bind(ca_key_id).bind(lookup.as_slice()).fetch_optional(conn).await
            })?)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The card that an account stands on now, whatever its state.
    pub async fn current_binding(&self, account: AccountId) -> Result<Option<BindingRecord>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(CURRENT).bind(account).fetch_optional(pool).await)?)
    }

    /// [`Vault::current_binding`] within a transaction.
    pub async fn current_binding_in(&self, tx: &mut Tx, account: AccountId) -> Result<Option<BindingRecord>> {
        cell::one(in_tx!(tx, conn => sqlx::query_as(CURRENT).bind(account).fetch_optional(conn).await)?)
    }

    /// The next cards that may still turn, by id, after the one given.
    pub async fn watched_bindings(
        &self,
        watch: CardSelection,
        after: BindingId,
        limit: i64,
    ) -> Result<Vec<BindingRecord>> {
        let text = match watch {
            CardSelection::All => WATCHED,
            CardSelection::Running => WATCHED_RUNNING,
        };
        cell::all(
            on_db!(&self.db, pool => sqlx::query_as(text).bind(after).bind(limit).fetch_all(pool).await)?,
        )
    }

    /// Binds a card. Answers whether it was bound: not when it is bound already, or the account has a current one.
    pub async fn insert_binding(&self, tx: &mut Tx, binding: &BindingRecord) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(binding.binding_id)
            .bind(binding.account_id)
            .bind(&binding.ca_key_id)
            .bind(&binding.serial_lookup)
            .bind(&binding.serial_sealed)
            .bind(binding.not_after)
            .bind(binding.bound_at)
            .bind(binding.key_version)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Makes room for a new current card of an account.
    pub async fn supersede_binding(&self, tx: &mut Tx, account: AccountId, now: UnixMillis) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(SUPERSEDE).bind(account).bind(now).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Turns a card from one state to another. Answers whether it still was in the first.
    pub async fn set_binding_state(
        &self,
        tx: &mut Tx,
        binding: &BindingRecord,
        state: BindingState,
        now: UnixMillis,
    ) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(TURN)
            .bind(binding.binding_id)
            .bind(binding.state)
            .bind(state)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Notes when the status of a card's certificate was last found good.
    pub async fn note_good_status(&self, tx: &mut Tx, id: BindingId, now: UnixMillis) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(STILL_GOOD).bind(id).bind(now).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Cards that still stand under a key version, by id, after the one given; for rotation.
    pub async fn bindings_of_version(
        &self,
        version: i64,
        after: BindingId,
        limit: i64,
    ) -> Result<Vec<BindingRecord>> {
        cell::all(on_db!(&self.db, pool => {
            sqlx::query_as(OF_VERSION).bind(version).bind(after).bind(limit).fetch_all(pool).await
        })?)
    }

    /// Puts a card under another key version; for rotation. `from` is the version that it was read with.
    pub async fn reseal_binding(&self, tx: &mut Tx, binding: &BindingRecord, from: i64) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(RESEAL)
            .bind(binding.binding_id)
            .bind(from)
            .bind(&binding.serial_lookup)
            .bind(&binding.serial_sealed)
            .bind(binding.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The cards with any of these look-ups; for lists of cards, as the demo has one.
    pub async fn bindings_with(&self, lookups: &[[u8; 32]]) -> Result<Vec<BindingRecord>> {
        if lookups.is_empty() {
            return Ok(Vec::new());
        }
        cell::all(on_db!(&self.db, pool => {
            let mut query = QueryBuilder::new(KNOWN);
            let mut list = query.separated(", ");
            for lookup in lookups {
                list.push_bind(lookup.as_slice());
            }
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?)
    }
}
