//! Invitations: a code that the operator hands over, with which somebody makes their first passkey.
//!
//! Inviting somebody again is how a lost device is replaced: with the new passkey the old one is gone.

use crate::{letters::ActivationCode, staff::InvitationError};
use std::time::Duration;
use techo_custody::{
    Custody, Failure, Result,
    keys::set::{KeySet, LookupPurpose},
};
use techo_model::{
    StaffId, UnixMillis,
    free_text::holds_personal_number,
    organisation::OrganisationKind,
    staff::{StaffRole, StaffState},
    text::{is_one_line, normalise},
};
use techo_store::vault::staff::StaffRecord;

/// How long an invitation holds.
pub const INVITATION_LIFE: Duration = Duration::from_hours(72);
/// Longest name.
const NAME_MAX: usize = 60;

/// Somebody who is to work at the console.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// Their own name, as citizens will read it.
    pub name: String,
    /// What they are there for.
    pub role: StaffRole,
    /// Official number of their organisation; an auditor has one who works somewhere, too.
    pub organisation: Option<String>,
}

/// An invitation that was just made. Nobody can read its code later.
pub struct StaffInvitation {
    /// For whom.
    pub staff: StaffId,
    /// The code.
    pub code: ActivationCode,
    /// First instant at which it is worth nothing.
    pub expires_at: UnixMillis,
}

/// The look-up of an invitation.
pub(super) fn invitation_lookup(keys: &KeySet, code: &ActivationCode) -> [u8; 32] {
    keys.lookup(LookupPurpose::Invitation, &[code.whole()])
}

/// Invites somebody new.
///
/// # Errors
/// [`InvitationError`] for a name that is none, and for a role that does not fit the organisation.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn invite_staff(custody: &Custody, new: &NewStaff) -> Result<StaffInvitation, InvitationError> {
    let name = normalise(&new.name);
    if name.is_empty() || name.chars().count() > NAME_MAX || !is_one_line(&name) {
        return Err(InvitationError::Name);
    }
    if holds_personal_number(&name) {
        return Err(InvitationError::PersonalNumber);
    }
    if new.role.is_of_organisation() && new.organisation.is_none() {
        return Err(InvitationError::Organisation);
    }
    if let Some(number) = &new.organisation {
        let found = custody.stores.vault.organisation(number).await?;
        let found = found.ok_or(InvitationError::UnknownOrganisation)?;
        if !found.kind.is_facility() && found.kind != OrganisationKind::Pharmacy {
            return Err(InvitationError::Organisation);
        }
    }
    let now = custody.environment.now();
    let row = StaffRecord {
        staff_id: StaffId(custody.environment.new_id()),
        organisation_id: new.organisation.clone(),
        role: new.role,
        name,
        user_handle: custody.environment.opaque_id(),
        state: StaffState::Invited,
        created_at: now,
        changed_at: now,
    };
    let mut tx = custody.stores.vault.begin().await?;
    custody.stores.vault.insert_staff(&mut tx, &row).await?;
    let invitation = put_invitation(custody, &mut tx, row.staff_id).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// Invites somebody again who has lost their device or their code. Until they come, everything stays as it is.
///
/// # Errors
/// [`Failure::NotFound`] when there is nobody of this id, [`InvitationError::Suspended`] while they are.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn invite_staff_again(
    custody: &Custody,
    staff: StaffId,
) -> Result<StaffInvitation, InvitationError> {
    custody.stores.vault.staff(staff).await?.ok_or(Failure::NotFound)?;
    let mut tx = custody.stores.vault.begin().await?;
    if !custody.stores.vault.lock_staff(&mut tx, staff, custody.environment.now()).await? {
        return Err(InvitationError::Suspended);
    }
    let invitation = put_invitation(custody, &mut tx, staff).await?;
    tx.commit().await?;
    Ok(invitation)
}

async fn put_invitation(
    custody: &Custody,
    tx: &mut techo_store::Tx,
    staff: StaffId,
) -> Result<StaffInvitation> {
    let now = custody.environment.now();
    let (code, expires_at) = (ActivationCode::random(&custody.environment), now.plus(INVITATION_LIFE));
    let lookup = invitation_lookup(custody.keys.current(), &code);
    custody.stores.vault.put_invitation(tx, staff, &lookup, (now, expires_at)).await?;
    tracing::info!(%staff, "staff: invited");
    Ok(StaffInvitation { staff, code, expires_at })
}

/// Keeps somebody out from now on, in every session and with any invitation.
///
/// # Errors
/// [`Failure::NotFound`] when there is nobody of this id.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn suspend_staff(custody: &Custody, staff: StaffId) -> Result<()> {
    let vault = &custody.stores.vault;
    let mut tx = vault.begin().await?;
    if !vault.suspend_staff(&mut tx, staff, custody.environment.now()).await? {
        return Err(Failure::NotFound);
    }
    custody.environment.pause_point("staff-suspension.held").await;
    vault.end_staff_sessions(&mut tx, staff).await?;
    tx.commit().await?;
    tracing::info!(%staff, "staff: suspended");
    Ok(())
}

/// Lets somebody in again who was suspended.
///
/// # Errors
/// [`Failure::NotFound`] when there is nobody of this id.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn resume_staff(custody: &Custody, staff: StaffId) -> Result<()> {
    let vault = &custody.stores.vault;
    let mut tx = vault.begin().await?;
    if !vault.resume_staff(&mut tx, staff, custody.environment.now()).await? {
        return Err(Failure::NotFound);
    }
    tx.commit().await?;
    tracing::info!(%staff, "staff: resumed");
    Ok(())
}
