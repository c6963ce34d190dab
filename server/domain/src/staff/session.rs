//! Sessions of the console: shorter than a citizen's, and asked about anew for each request.

use super::{StaffMember, StaffVisitor};
use crate::{Domain, Failure, Internal, Result, session::SessionKey};
use std::time::Duration;
use techo_model::{PasskeyId, SessionId, StaffId, UnixMillis, staff::StaffRole};
use techo_store::{
    Tx,
    vault::staff::{OpenedStaffSession, StaffRecord, StaffSessionLimits},
};

/// A session that is not used for this long has ended.
const IDLE: Duration = Duration::from_mins(10);
/// A session ends after this long, whatever is done.
const ABSOLUTE: Duration = Duration::from_hours(8);

impl Domain {
    /// Opens a session for somebody whose passkey was verified, in the place of the one that the browser had. They are
    /// locked.
    ///
    /// # Errors
    /// [`Failure::Refused`] when they were suspended meanwhile, or the browser's session was ended.
    pub(super) async fn open_staff_session(
        &self,
        tx: &mut Tx,
        desk: StaffVisitor<'_>,
        (staff_id, passkey_id): (StaffId, PasskeyId),
        at: UnixMillis,
    ) -> Result<()> {
        let vault = &self.stores.vault;
        if !vault.take_session(tx, desk.session.as_bytes()).await? {
            return Err(Failure::Refused("session-ended"));
        }
        let session = OpenedStaffSession {
            key: desk.next.as_bytes(),
            former_key: desk.session.as_bytes(),
            session_id: SessionId(self.world.new_id()),
            staff_id,
            passkey_id,
            at,
        };
        let opened = vault.open_staff_session(tx, &session).await?;
        if opened { Ok(()) } else { Err(Failure::Refused("staff-not-active")) }
    }

    /// Who is signed in by a session, if it has not ended. Whoever was suspended, or whose organisation was, is nobody.
    ///
    /// # Errors
    /// The database, or a stored value.
    pub async fn staff_member(&self, session: &SessionKey) -> Result<Option<StaffMember>> {
        let (vault, now) = (&self.stores.vault, self.world.now());
        let Some(id) = vault.staff_seen(session.as_bytes(), now, limits(now)).await? else { return Ok(None) };
        match vault.staff(id).await?.filter(|row| row.state == "active") {
            Some(row) => self.member(row).await,
            None => Ok(None),
        }
    }

    /// Somebody as they may work now; none while their organisation is suspended.
    pub(super) async fn member(&self, row: StaffRecord) -> Result<Option<StaffMember>> {
        let vault = &self.stores.vault;
        let role = StaffRole::from_name(&row.role).ok_or(Internal::Corrupt("staff.role"))?;
        let organisation = match &row.organisation_id {
            None => None,
            Some(number) => {
                let access = vault.system_access(number).await?;
                if access.is_none_or(|access| access.state != "active") {
                    return Ok(None);
                }
                vault.organisation(number).await?
            }
        };
        Ok(Some(StaffMember { id: row.staff_id, name: row.name, role, organisation }))
    }
}

fn limits(now: UnixMillis) -> StaffSessionLimits {
    StaffSessionLimits { seen_after: now.minus(IDLE), begun_after: now.minus(ABSOLUTE) }
}
