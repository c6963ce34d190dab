//! Those who work at the console: invitations, passkeys, and who is signed in.

use super::Vault;
use crate::{
    Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{
    PasskeyId, StaffId, UnixMillis,
    paging::{Page, PageRequest},
    staff::{StaffRole, StaffState},
};
use uuid::Uuid;

/// A row of `staff`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StaffRecord {
    /// Key.
    pub staff_id: StaffId,
    /// Official number of their organisation; none for the operator's own.
    pub organisation_id: Option<String>,
    /// What they are there for.
    pub role: StaffRole,
    /// The professional's own name.
    pub name: String,
    /// All that a passkey knows of its holder.
    pub user_handle: Uuid,
    /// Whether they are let in.
    pub state: StaffState,
    /// When they were invited first.
    pub created_at: UnixMillis,
    /// Last change.
    pub changed_at: UnixMillis,
}

keyed! {
    StaffRecord in "staff" by ["staff_id"];
}

/// A row of `staff_passkey`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StaffPasskeyRecord {
    /// Key.
    pub passkey_id: PasskeyId,
    /// Whose.
    pub staff_id: StaffId,
    /// What the authenticator calls it; unique over all staff.
    pub credential_id: Vec<u8>,
    /// JSON of the credential: public key, counter, flags.
    pub credential: String,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was used last.
    pub last_used_at: Option<UnixMillis>,
}

macro_rules! staff {
    ($rest:literal) => {
        concat!(
            "SELECT s.staff_id, s.organisation_id, s.role, s.name, s.user_handle, s.state, s.created_at, s.changed_at
            FROM staff s ",
            $rest
        )
    };
}

const INSERT: &str =
    "INSERT INTO staff (staff_id, organisation_id, role, name, user_handle, state, created_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const FIND: &str = staff!("WHERE s.staff_id = $1");
const BY_HANDLE: &str = staff!("WHERE s.user_handle = $1");
const ALL: &str =
    staff!("WHERE (s.created_at, s.staff_id) > ($1, $2) ORDER BY s.created_at, s.staff_id LIMIT $3");
const LOCK: &str = "UPDATE staff SET changed_at = $2 WHERE staff_id = $1 AND state <> 'suspended'";
const NAMES_OF: &str = "SELECT name, created_at, staff_id FROM staff
    WHERE organisation_id = $1 AND (created_at, staff_id) > ($2, $3) ORDER BY created_at, staff_id LIMIT $4";
const SUSPEND: &str = "UPDATE staff SET state = 'suspended', changed_at = $2 WHERE staff_id = $1";
const RESUME: &str = "UPDATE staff SET changed_at = $2,
    state = CASE WHEN EXISTS (SELECT 1 FROM staff_passkey p WHERE p.staff_id = $1) THEN 'active' ELSE 'invited' END
    WHERE staff_id = $1";
// Both engines look at the row again once they have it, so that a suspension which came first holds.
const JOIN: &str =
    "UPDATE staff SET state = 'active', changed_at = $2 WHERE staff_id = $1 AND state <> 'suspended'";
const DROP_INVITATION: &str = "DELETE FROM staff_invitation WHERE staff_id = $1";
const PUT_INVITATION: &str =
    "INSERT INTO staff_invitation (staff_id, code_lookup, made_at, expires_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (staff_id) DO UPDATE SET code_lookup = $2, made_at = $3, expires_at = $4";
const INVITED: &str = staff!(
    "JOIN staff_invitation i ON i.staff_id = s.staff_id
    WHERE i.code_lookup = $1 AND i.expires_at > $2 AND s.state <> 'suspended'"
);
const TAKE_INVITATION: &str =
    "DELETE FROM staff_invitation WHERE staff_id = $1 AND code_lookup = $2 AND expires_at > $3";
const DROP_PASSKEYS: &str = "DELETE FROM staff_passkey WHERE staff_id = $1";
const INSERT_PASSKEY: &str =
    "INSERT INTO staff_passkey (passkey_id, staff_id, credential_id, credential, created_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
const BY_CREDENTIAL: &str =
    "SELECT passkey_id, staff_id, credential_id, credential, created_at, last_used_at FROM staff_passkey
    WHERE credential_id = $1";
const USED: &str =
    "UPDATE staff_passkey SET credential = $3, last_used_at = $4 WHERE passkey_id = $1 AND credential = $2";
/// Where somebody stands among all who work at the console: since when, and their id.
pub type StaffCursor = (UnixMillis, Uuid);

/// Before everybody.
const BEFORE_ALL_STAFF: StaffCursor = (UnixMillis(i64::MIN), Uuid::nil());

impl Vault {
    /// A page of the names of everybody who was ever invited for an organisation, oldest first.
    pub async fn staff_names(
        &self,
        organisation: &str,
        request: PageRequest<StaffCursor>,
    ) -> Result<Page<String, StaffCursor>> {
        let (since, id) = request.after_or(BEFORE_ALL_STAFF);
        let rows: Vec<(String, UnixMillis, StaffId)> = on_db!(&self.db, pool => sqlx::query_as(NAMES_OF)
            .bind(organisation)
            .bind(since)
            .bind(id)
            .bind(request.fetched_rows())
            .fetch_all(pool)
            .await)?;
        Ok(Page::of(rows, &request, |(_, since, id)| (*since, id.0)).map(|(name, ..)| name))
    }

    /// Adds somebody.
    pub async fn insert_staff(&self, tx: &mut Tx, row: &StaffRecord) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(row.staff_id)
            .bind(&row.organisation_id)
            .bind(row.role)
            .bind(&row.name)
            .bind(row.user_handle)
            .bind(row.state)
            .bind(row.created_at)
            .bind(row.changed_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Somebody by key.
    pub async fn staff(&self, id: StaffId) -> Result<Option<StaffRecord>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(FIND).bind(id).fetch_optional(pool).await)?)
    }

    /// Somebody by what their passkey knows.
    pub async fn staff_by_handle(&self, handle: Uuid) -> Result<Option<StaffRecord>> {
        cell::one(
            on_db!(&self.db, pool => sqlx::query_as(BY_HANDLE).bind(handle).fetch_optional(pool).await)?,
        )
    }

    /// A page of everybody, oldest first.
    pub async fn all_staff(
        &self,
        request: PageRequest<StaffCursor>,
    ) -> Result<Page<StaffRecord, StaffCursor>> {
        let (since, id) = request.after_or(BEFORE_ALL_STAFF);
        let rows = on_db!(&self.db, pool => sqlx::query_as(ALL)
            .bind(since)
            .bind(id)
            .bind(request.fetched_rows())
            .fetch_all(pool)
            .await)?;
        Ok(Page::of(cell::all(rows)?, &request, |row: &StaffRecord| (row.created_at, row.staff_id.0)))
    }

    /// Makes everybody else who changes this person wait until the transaction ends. Answers false when they are
    /// suspended, or there is no such person.
    pub async fn lock_staff(&self, tx: &mut Tx, id: StaffId, now: UnixMillis) -> Result<bool> {
        set_staff_state(tx, LOCK, id, now).await
    }

    /// Keeps somebody out, with any invitation that they have. Answers whether there is such a person.
    pub async fn suspend_staff(&self, tx: &mut Tx, id: StaffId, now: UnixMillis) -> Result<bool> {
        let done = set_staff_state(tx, SUSPEND, id, now).await?;
        in_tx!(tx, conn => sqlx::query(DROP_INVITATION).bind(id).execute(conn).await.map(drop))?;
        Ok(done)
    }

    /// Lets somebody in again. Answers whether there is such a person.
    pub async fn resume_staff(&self, tx: &mut Tx, id: StaffId, now: UnixMillis) -> Result<bool> {
        set_staff_state(tx, RESUME, id, now).await
    }

    /// Lets somebody in who has just made a passkey. Answers false when they were suspended meanwhile.
    pub async fn join_staff(&self, tx: &mut Tx, id: StaffId, now: UnixMillis) -> Result<bool> {
        set_staff_state(tx, JOIN, id, now).await
    }

    /// Gives somebody an invitation in the place of the one that they had.
    pub async fn put_invitation(
        &self,
        tx: &mut Tx,
        id: StaffId,
        lookup: &[u8; 32],
        (made_at, expires_at): (UnixMillis, UnixMillis),
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT_INVITATION)
            .bind(id)
            .bind(lookup.as_slice())
            .bind(made_at)
            .bind(expires_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Whom an invitation is for, while it holds.
    pub async fn invited(&self, lookup: &[u8; 32], now: UnixMillis) -> Result<Option<StaffRecord>> {
        cell::one(on_db!(&self.db, pool => {
            sqlx::query_as(INVITED).bind(lookup.as_slice()).bind(now).fetch_optional(pool).await
        })?)
    }

    /// Uses an invitation up. Answers false when it was used or ended meanwhile.
    pub async fn take_invitation(
        &self,
        tx: &mut Tx,
        id: StaffId,
        lookup: &[u8; 32],
        now: UnixMillis,
    ) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(TAKE_INVITATION)
            .bind(id)
            .bind(lookup.as_slice())
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Gives somebody this passkey and no other. Answers false when the credential is known, to whomever.
    pub async fn put_staff_passkey(&self, tx: &mut Tx, row: &StaffPasskeyRecord) -> Result<bool> {
        in_tx!(tx, conn => sqlx::query(DROP_PASSKEYS).bind(row.staff_id).execute(conn).await.map(drop))?;
        let done = in_tx!(tx, conn => sqlx::query(INSERT_PASSKEY)
            .bind(row.passkey_id)
            .bind(row.staff_id)
            .bind(&row.credential_id)
            .bind(&row.credential)
            .bind(row.created_at)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// The passkey with this credential.
    pub async fn staff_passkey(&self, credential: &[u8]) -> Result<Option<StaffPasskeyRecord>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_as(BY_CREDENTIAL).bind(credential).fetch_optional(pool).await
        })?)
    }

    /// Notes a use. Answers false when the passkey was used elsewhere since it was read.
    pub async fn note_staff_passkey_use(
        &self,
        tx: &mut Tx,
        id: PasskeyId,
        (before, after): (&str, &str),
        now: UnixMillis,
    ) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(USED)
            .bind(id)
            .bind(before)
            .bind(after)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }
}

async fn set_staff_state(tx: &mut Tx, sql: &'static str, id: StaffId, now: UnixMillis) -> Result<bool> {
    let done = in_tx!(tx, conn => {
        sqlx::query(sql).bind(id).bind(now).execute(conn).await.map(|done| done.rows_affected())
    })?;
    Ok(done > 0)
}
