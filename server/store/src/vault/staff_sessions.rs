//! Sessions of the console: who is signed in there, and until when.

use super::{Vault, sessions::SuccessorSession};
use crate::{
    Result, Tx,
    db::{on_db, on_db_write},
    tx::in_tx,
};
use techo_model::{PasskeyId, SessionId, StaffId, UnixMillis, account::SessionDoor};

/// A session of the console that begins, of somebody who proved who they are.
#[derive(Clone, Debug)]
pub struct OpenedStaffSession<'a> {
    /// SHA-256 of the new cookie's value.
    pub key: &'a [u8; 32],
    /// The id of the session in the place of which it comes.
    pub session_id: SessionId,
    /// Who.
    pub staff_id: StaffId,
    /// The passkey that opens it.
    pub passkey_id: PasskeyId,
    /// Now.
    pub at: UnixMillis,
}

/// Until when a session of the console lives: whatever is older than these instants has ended.
#[derive(Clone, Copy, Debug)]
pub struct StaffSessionLimits {
    /// Not used since.
    pub seen_after: UnixMillis,
    /// Begun before.
    pub begun_after: UnixMillis,
}

const OPEN_SESSION: &str =
    "INSERT INTO staff_session (session_key, staff_id, passkey_id, signed_in_at, last_seen_at)
    SELECT $1, s.staff_id, p.passkey_id, $4, $4 FROM staff s JOIN staff_passkey p ON p.staff_id = s.staff_id
    WHERE s.staff_id = $2 AND s.state = 'active' AND p.passkey_id = $3";
/// Part of a statement: a session of the console that has not ended, of somebody who is active, by their passkey.
macro_rules! of_session {
    ($before:literal, $seen:literal, $begun:literal, $after:literal) => {
        concat!(
            $before,
            " WHERE session_key = $1 AND last_seen_at > ",
            $seen,
            " AND signed_in_at > ",
            $begun,
            " AND EXISTS (SELECT 1 FROM session s WHERE s.session_key = $1 AND s.door = 'console' AND s.revoked_at IS NULL)
            AND EXISTS (SELECT 1 FROM staff_passkey p JOIN staff t ON t.staff_id = p.staff_id
                WHERE p.passkey_id = staff_session.passkey_id AND p.staff_id = staff_session.staff_id AND t.state = 'active') ",
            $after
        )
    };
}

const SEEN: &str =
    of_session!("UPDATE staff_session SET last_seen_at = $2", "$3", "$4", "RETURNING staff_id");
const OF_SESSION: &str = of_session!("SELECT staff_id FROM staff_session", "$2", "$3", "");
const END_SESSIONS: &str = "DELETE FROM staff_session WHERE staff_id = $1";

impl Vault {
    /// Opens a session of the console. Answers false when they are not active, or the passkey is not theirs any more. The
    /// person must be locked.
    pub async fn open_staff_session(&self, tx: &mut Tx, session: &OpenedStaffSession<'_>) -> Result<bool> {
        let OpenedStaffSession { key, session_id, at, .. } = *session;
        self.succeed_session(tx, &SuccessorSession { key, session_id, door: SessionDoor::Console, at })
            .await?;
        let done = in_tx!(tx, conn => sqlx::query(OPEN_SESSION)
            .bind(session.key.as_slice())
            .bind(session.staff_id)
            .bind(session.passkey_id)
            .bind(session.at)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Who is signed in by a session that has not ended, while they and its passkey are active; notes that it was used
    /// now.
    pub async fn touch_staff_session(
        &self,
        session: &[u8; 32],
        now: UnixMillis,
        limits: StaffSessionLimits,
    ) -> Result<Option<StaffId>> {
        Ok(on_db_write!(&self.db, pool => sqlx::query_scalar(SEEN)
            .bind(session.as_slice())
            .bind(now)
            .bind(limits.seen_after)
            .bind(limits.begun_after)
            .fetch_optional(pool)
            .await)?)
    }

    /// Likewise, and notes nothing.
    pub async fn staff_of_session(
        &self,
        session: &[u8; 32],
        limits: StaffSessionLimits,
    ) -> Result<Option<StaffId>> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(OF_SESSION)
            .bind(session.as_slice())
            .bind(limits.seen_after)
            .bind(limits.begun_after)
            .fetch_optional(pool)
            .await)?)
    }

    /// [`Vault::touch_staff_session`] within a transaction.
    pub async fn touch_staff_session_in(
        &self,
        tx: &mut Tx,
        session: &[u8; 32],
        now: UnixMillis,
        limits: StaffSessionLimits,
    ) -> Result<Option<StaffId>> {
        Ok(in_tx!(tx, conn => sqlx::query_scalar(SEEN)
            .bind(session.as_slice())
            .bind(now)
            .bind(limits.seen_after)
            .bind(limits.begun_after)
            .fetch_optional(conn)
            .await)?)
    }

    /// Signs somebody out everywhere.
    pub async fn end_staff_sessions(&self, tx: &mut Tx, id: StaffId) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(END_SESSIONS).bind(id).execute(conn).await.map(drop))?;
        Ok(())
    }
}
