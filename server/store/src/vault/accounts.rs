//! Accounts: one per resident.

use super::Vault;
use crate::{
    Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{AccountId, ResidentId, UnixMillis, account::AccountState};
use uuid::Uuid;

/// A row of `account`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AccountRecord {
    /// Key.
    pub account_id: AccountId,
    /// Whose.
    pub resident_id: ResidentId,
    /// What a passkey knows of its holder: random.
    pub user_handle: Uuid,
    /// Whether it can be used.
    pub state: AccountState,
    /// Version of the privacy page that was agreed to last.
    pub agreed_version: Option<String>,
    /// When that was.
    pub agreed_at: Option<UnixMillis>,
    /// Language that was chosen.
    pub language: Option<String>,
    /// After a recovery nothing is exported until this instant.
    pub exports_locked_until: Option<UnixMillis>,
    /// Sessions that began before this instant have ended.
    pub signed_out_at: Option<UnixMillis>,
    /// Enrolment.
    pub created_at: UnixMillis,
    /// Last change.
    pub changed_at: UnixMillis,
    /// HMAC over account and resident; none in rows from before it was made.
    pub owner_mac: Option<Vec<u8>>,
}

keyed! {
    AccountRecord in "account" by ["account_id"];
}

/// An account that has no HMAC over its owner yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UnprovenOwner {
    /// Which account.
    pub account_id: AccountId,
    /// Whose it says it is.
    pub resident_id: ResidentId,
}

/// What a proof of access to one's own data is made of.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnerFacts {
    /// Whose account.
    pub resident_id: ResidentId,
    /// The person code.
    pub person_code_sealed: Vec<u8>,
    /// The random number of the person's chain in the access log.
    pub chain_sealed: Vec<u8>,
    /// 生年月日 as `YYYY-MM-DD`.
    pub birth_sealed: Vec<u8>,
    /// Key version of the codes.
    pub key_version: i64,
    /// HMAC over account and resident.
    pub owner_mac: Option<Vec<u8>>,
}

const INSERT: &str =
    "INSERT INTO account (account_id, resident_id, user_handle, state, agreed_version, agreed_at,
        language, created_at, changed_at, owner_mac)
    VALUES ($1, $2, $3, 'active', $4, $5, $6, $7, $7, $8) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT account_id, resident_id, user_handle, state, agreed_version, agreed_at, language,
        exports_locked_until, signed_out_at, created_at, changed_at, owner_mac FROM account WHERE account_id = $1";
const BY_HANDLE: &str =
    "SELECT account_id, resident_id, user_handle, state, agreed_version, agreed_at, language,
        exports_locked_until, signed_out_at, created_at, changed_at, owner_mac FROM account WHERE user_handle = $1";
const OF_RESIDENT: &str =
    "SELECT account_id, resident_id, user_handle, state, agreed_version, agreed_at, language,
        exports_locked_until, signed_out_at, created_at, changed_at, owner_mac FROM account WHERE resident_id = $1";
const LOCK: &str = "UPDATE account SET changed_at = $2 WHERE account_id = $1 AND state = 'active'";
const AGREE: &str = "UPDATE account SET agreed_version = $2, agreed_at = $3, changed_at = $3
    WHERE account_id = $1 AND (agreed_version IS NULL OR agreed_version <> $2)";
const LANGUAGE: &str = "UPDATE account SET language = $2 WHERE account_id = $1";
const SIGN_OUT: &str = "UPDATE account SET signed_out_at = $2 WHERE account_id = $1";
const LOCK_EXPORTS: &str = "UPDATE account SET exports_locked_until = $2 WHERE account_id = $1";
const OWNER: &str =
    "SELECT a.resident_id, r.person_code_sealed, r.chain_sealed, r.birth_sealed, r.key_version,
        a.owner_mac
    FROM account a JOIN resident r ON r.resident_id = a.resident_id
    WHERE a.account_id = $1 AND a.state = 'active' AND r.died_on IS NULL";
const UNPROVEN: &str = "SELECT account_id, resident_id FROM account WHERE owner_mac IS NULL LIMIT $1";
const PROVE: &str =
    "UPDATE account SET owner_mac = $3 WHERE account_id = $1 AND resident_id = $2 AND owner_mac IS NULL";
const COUNT: &str = "SELECT COUNT(*) FROM account";

impl Vault {
    /// Adds an account. Answers whether it was added: not when the resident has one already.
    pub async fn insert_account(&self, tx: &mut Tx, account: &AccountRecord) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(account.account_id)
            .bind(account.resident_id)
            .bind(account.user_handle)
            .bind(&account.agreed_version)
            .bind(account.agreed_at)
            .bind(&account.language)
            .bind(account.created_at)
            .bind(&account.owner_mac)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// One account.
    pub async fn account(&self, id: AccountId) -> Result<Option<AccountRecord>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(FIND).bind(id).fetch_optional(pool).await)?)
    }

    /// The account with this user handle.
    pub async fn account_by_handle(&self, handle: Uuid) -> Result<Option<AccountRecord>> {
        cell::one(
            on_db!(&self.db, pool => sqlx::query_as(BY_HANDLE).bind(handle).fetch_optional(pool).await)?,
        )
    }

    /// The account of a resident.
    pub async fn account_of(&self, tx: &mut Tx, resident: ResidentId) -> Result<Option<AccountRecord>> {
        cell::one(in_tx!(tx, conn => sqlx::query_as(OF_RESIDENT).bind(resident).fetch_optional(conn).await)?)
    }

    /// Makes everybody else who changes this account wait until the transaction ends. Answers whether it is active.
    pub async fn lock_account(&self, tx: &mut Tx, id: AccountId, now: UnixMillis) -> Result<bool> {
        let done = in_tx!(tx, conn => {
            sqlx::query(LOCK).bind(id).bind(now).execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(done > 0)
    }

    /// Notes which version of the privacy page was agreed to. Answers false when it was that one already.
    pub async fn put_agreement(
        &self,
        tx: &mut Tx,
        id: AccountId,
        version: &str,
        now: UnixMillis,
    ) -> Result<bool> {
        let done = in_tx!(tx, conn => {
            let query = sqlx::query(AGREE).bind(id).bind(version).bind(now);
            query.execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(done > 0)
    }

    /// Keeps the language that was chosen.
    pub async fn put_language(&self, tx: &mut Tx, id: AccountId, language: &str) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(LANGUAGE).bind(id).bind(language).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Ends what began before this instant, sessions that are not stored yet included.
    pub async fn mark_signed_out(&self, tx: &mut Tx, id: AccountId, now: UnixMillis) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(SIGN_OUT).bind(id).bind(now).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Lets nothing be exported until this instant.
    pub async fn lock_exports(&self, tx: &mut Tx, id: AccountId, until: UnixMillis) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(LOCK_EXPORTS).bind(id).bind(until).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Who owns an account that is active, of a person who is alive.
    pub async fn owner_facts(&self, id: AccountId) -> Result<Option<OwnerFacts>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(OWNER).bind(id).fetch_optional(pool).await)?)
    }

    /// Accounts from before their owner had an HMAC.
    pub async fn unproven_owners(&self, limit: i64) -> Result<Vec<UnprovenOwner>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(UNPROVEN).bind(limit).fetch_all(pool).await)?)
    }

    /// Gives an account the HMAC over its owner.
    pub async fn prove_owner(&self, tx: &mut Tx, owner: UnprovenOwner, mac: &[u8]) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(PROVE).bind(owner.account_id).bind(owner.resident_id).bind(mac).execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// How many accounts there are.
    pub async fn count_accounts(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await)?)
    }
}
