//! Sessions of the console: shorter than a citizen's, and asked about anew for each request.

use super::{ReviewStaff, StaffMember, StaffVisitor};
use crate::{
    refusal::{SessionRefusal, StaffRefusal},
    session::{self, SessionKey},
};
use std::time::Duration;
use techo_custody::{Custody, Result};
use techo_model::{
    PasskeyId, StaffId, UnixMillis,
    organisation::{Organisation, OrganisationState},
    staff::{StaffRole, StaffState},
};
use techo_store::{
    Tx,
    vault::{
        staff::StaffRecord,
        staff_sessions::{OpenedStaffSession, StaffSessionLimits},
    },
};

/// A session that is not used for this long has ended.
const IDLE: Duration = Duration::from_mins(10);
/// A session ends after this long, whatever is done.
const ABSOLUTE: Duration = Duration::from_hours(8);

/// Opens a session for somebody whose passkey was verified, in the place of the one that the browser had. They are
/// locked.
///
/// # Errors
/// `Failure::Refused` when they were suspended meanwhile, or the browser's session was ended.
pub(super) async fn open_staff_session(
    custody: &Custody,
    tx: &mut Tx,
    visitor: StaffVisitor<'_>,
    (staff_id, passkey_id): (StaffId, PasskeyId),
    at: UnixMillis,
) -> Result<()> {
    let vault = &custody.stores.vault;
    let session_id = session::leave_session(custody, tx, visitor.session, at).await?;
    let session = OpenedStaffSession { key: visitor.next.as_bytes(), session_id, staff_id, passkey_id, at };
    let opened = vault.open_staff_session(tx, &session).await?;
    custody.environment.pause_point("staff-session.opened").await;
    if opened { Ok(()) } else { Err(StaffRefusal::NotActive.into()) }
}

/// Who is signed in by a session, if it has not ended. Whoever was suspended, or whose organisation was, is nobody.
///
/// # Errors
/// The database, or a stored value.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn staff_member(custody: &Custody, session: &SessionKey) -> Result<Option<StaffMember>> {
    let (vault, now) = (&custody.stores.vault, custody.environment.now());
    let Some(id) = vault.touch_staff_session(session.as_bytes(), now, limits(now)).await? else {
        return Ok(None);
    };
    let Some(row) = vault.staff(id).await?.filter(|row| row.state == StaffState::Active) else {
        return Ok(None);
    };
    let Some((role, organisation)) = staff_workplace(custody, &row).await? else { return Ok(None) };
    Ok(Some(StaffMember { id, name: row.name, role, organisation, session: *session }))
}

/// Who is signed in by a session, if it has not ended. Notes no use, and says nothing of what they may do.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn staff_of_session(custody: &Custody, key: &SessionKey) -> Result<Option<StaffId>> {
    Ok(custody.stores.vault.staff_of_session(key.as_bytes(), limits(custody.environment.now())).await?)
}

/// Holds a reviewer until the transaction ends, and makes sure that they still are signed in.
///
/// # Errors
/// `Failure::Refused` when they were suspended meanwhile, or their session was ended.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn hold_reviewer(custody: &Custody, reviewer: &ReviewStaff) -> Result<Tx> {
    let (vault, session) = (&custody.stores.vault, reviewer.session.as_bytes());
    let mut tx = vault.begin().await?;
    if !vault.lock_staff(&mut tx, reviewer.staff, custody.environment.now()).await? {
        return Err(StaffRefusal::NotActive.into());
    }
    let now = custody.environment.now();
    if vault.touch_staff_session_in(&mut tx, session, now, limits(now)).await? != Some(reviewer.staff) {
        return Err(SessionRefusal::Ended.into());
    }
    Ok(tx)
}

/// What somebody may do now, and where they work; none while their organisation is suspended.
pub(super) async fn staff_workplace(
    custody: &Custody,
    row: &StaffRecord,
) -> Result<Option<(StaffRole, Option<Organisation>)>> {
    let vault = &custody.stores.vault;
    let role = row.role;
    let Some(number) = &row.organisation_id else { return Ok(Some((role, None))) };
    let access = vault.system_access(number).await?;
    if access.is_none_or(|access| access.state != OrganisationState::Active) {
        return Ok(None);
    }
    Ok(Some((role, vault.organisation(number).await?)))
}

fn limits(now: UnixMillis) -> StaffSessionLimits {
    StaffSessionLimits { seen_after: now.minus(IDLE), begun_after: now.minus(ABSOLUTE) }
}
