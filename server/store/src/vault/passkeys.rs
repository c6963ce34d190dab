//! Passkeys.

use super::Vault;
use crate::{
    Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{AccountId, BindingId, PasskeyId, UnixMillis, account::PasskeyState};

/// A row of `passkey`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PasskeyRecord {
    /// Key.
    pub passkey_id: PasskeyId,
    /// Whose.
    pub account_id: AccountId,
    /// The card that it was made with.
    pub derived_from: BindingId,
    /// What the authenticator calls it; unique over all accounts.
    pub credential_id: Vec<u8>,
    /// JSON of the credential: public key, counter, flags.
    pub credential: String,
    /// Name that its owner gave; empty when none.
    pub nickname: String,
    /// Whether it may leave its device.
    pub backup_eligible: bool,
    /// Whether it has.
    pub backup_state: bool,
    /// Whether it works.
    pub state: PasskeyState,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was used last.
    pub last_used_at: Option<UnixMillis>,
}

keyed! {
    PasskeyRecord in "passkey" by ["passkey_id"];
}

/// What a use changed in a credential.
#[derive(Clone, Copy, Debug)]
pub struct CredentialUse<'a> {
    /// The credential as it was read.
    pub before: &'a str,
    /// The credential as it is now.
    pub after: &'a str,
    /// Whether it has left its device.
    pub backup_state: bool,
    /// When it was used.
    pub at: UnixMillis,
}

const INSERT: &str =
    "INSERT INTO passkey (passkey_id, account_id, derived_from, credential_id, credential, nickname,
        backup_eligible, backup_state, state, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9) ON CONFLICT DO NOTHING";
const OF_ACCOUNT: &str = "SELECT passkey_id, account_id, derived_from, credential_id, credential, nickname,
        backup_eligible, backup_state, state, created_at, last_used_at
    FROM passkey WHERE account_id = $1 ORDER BY created_at, passkey_id";
const BY_CREDENTIAL: &str =
    "SELECT passkey_id, account_id, derived_from, credential_id, credential, nickname,
        backup_eligible, backup_state, state, created_at, last_used_at
    FROM passkey WHERE credential_id = $1";
const USED: &str = "UPDATE passkey SET credential = $3, backup_state = $4, last_used_at = $5
    WHERE passkey_id = $1 AND credential = $2 AND state = 'active'";
const RENAME: &str = "UPDATE passkey SET nickname = $3 WHERE passkey_id = $1 AND account_id = $2";
const REMOVE: &str = "DELETE FROM passkey WHERE passkey_id = $1 AND account_id = $2";
const CONFIRM: &str =
    "UPDATE passkey SET state = 'active' WHERE passkey_id = $1 AND account_id = $2 AND state = 'suspended'";
const DROP_SUSPENDED: &str = "DELETE FROM passkey WHERE account_id = $1 AND state = 'suspended'";
const SUSPEND_ALL: &str = "UPDATE passkey SET state = 'suspended' WHERE account_id = $1 AND state = 'active'";

impl Vault {
    /// Adds a passkey. Answers whether it was added: not when the credential is known, to whomever.
    pub async fn insert_passkey(&self, tx: &mut Tx, passkey: &PasskeyRecord) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(passkey.passkey_id)
            .bind(passkey.account_id)
            .bind(passkey.derived_from)
            .bind(&passkey.credential_id)
            .bind(&passkey.credential)
            .bind(&passkey.nickname)
            .bind(passkey.backup_eligible)
            .bind(passkey.backup_state)
            .bind(passkey.created_at)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Passkeys of an account, oldest first.
    pub async fn passkeys_of(&self, account: AccountId) -> Result<Vec<PasskeyRecord>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(OF_ACCOUNT).bind(account).fetch_all(pool).await)?)
    }

    /// [`Vault::passkeys_of`] within a transaction.
    pub async fn passkeys_of_in(&self, tx: &mut Tx, account: AccountId) -> Result<Vec<PasskeyRecord>> {
        cell::all(in_tx!(tx, conn => sqlx::query_as(OF_ACCOUNT).bind(account).fetch_all(conn).await)?)
    }

    /// The passkey with this credential id.
    pub async fn passkey_by_credential(&self, credential_id: &[u8]) -> Result<Option<PasskeyRecord>> {
        cell::one(on_db!(&self.db, pool => {
            sqlx::query_as(BY_CREDENTIAL).bind(credential_id).fetch_optional(pool).await
        })?)
    }

    /// Notes a use. Answers whether nobody else used the passkey since it was read, and it still is active.
    pub async fn note_passkey_use(
        &self,
        tx: &mut Tx,
        id: PasskeyId,
        used: CredentialUse<'_>,
    ) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(USED)
            .bind(id)
            .bind(used.before)
            .bind(used.after)
            .bind(used.backup_state)
            .bind(used.at)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Gives a passkey of an account a name. Answers whether there is one.
    pub async fn rename_passkey(
        &self,
        tx: &mut Tx,
        account: AccountId,
        id: PasskeyId,
        nickname: &str,
    ) -> Result<bool> {
        let done = in_tx!(tx, conn => {
            let query = sqlx::query(RENAME).bind(id).bind(account).bind(nickname);
            query.execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(done > 0)
    }

    /// Removes a passkey of an account. Answers whether there was one.
    pub async fn remove_passkey(&self, tx: &mut Tx, account: AccountId, id: PasskeyId) -> Result<bool> {
        let done = in_tx!(tx, conn => {
            sqlx::query(REMOVE).bind(id).bind(account).execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(done > 0)
    }

    /// Lets a suspended passkey of an account work again. Answers whether there was one.
    pub async fn confirm_passkey(&self, tx: &mut Tx, account: AccountId, id: PasskeyId) -> Result<bool> {
        let done = in_tx!(tx, conn => {
            sqlx::query(CONFIRM).bind(id).bind(account).execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(done > 0)
    }

    /// Removes the passkeys of an account that are suspended.
    pub async fn drop_suspended_passkeys(&self, tx: &mut Tx, account: AccountId) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(DROP_SUSPENDED).bind(account).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Suspends all passkeys of an account. Answers how many.
    pub async fn suspend_passkeys(&self, tx: &mut Tx, account: AccountId) -> Result<u64> {
        Ok(in_tx!(tx, conn => {
            sqlx::query(SUSPEND_ALL).bind(account).execute(conn).await.map(|done| done.rows_affected())
        })?)
    }
}
