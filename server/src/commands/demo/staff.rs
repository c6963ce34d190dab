//! Somebody at the demo's clinic and somebody who reviews emergencies, invited to the console.

use super::systems;
use crate::{commands::CommandError, config::ProcessSettings};
use techo_custody::Custody;
use techo_identity::staff::{self, NewStaff, StaffInvitation};
use techo_model::{
    paging::{LARGEST_PAGE, PageRequest},
    staff::{StaffRole, StaffState},
};

/// Somebody who may come in with this code.
pub(super) struct Invited {
    /// What they are there for.
    pub(super) role: StaffRole,
    /// The code of their invitation, in groups of four.
    pub(super) code: String,
}

/// Invites both when there is nobody yet, and anew whoever has not come until now: codes end after some days.
pub(super) async fn ensure(
    custody: &Custody,
    settings: &ProcessSettings,
) -> Result<Vec<Invited>, CommandError> {
    let known = custody.stores.vault.all_staff(PageRequest::first(LARGEST_PAGE)).await?.items;
    let mut invited = Vec::new();
    if known.is_empty() {
        for (name, role) in [("架空 受付", StaffRole::Clinic), ("架空 確認", StaffRole::Auditor)] {
            let organisation = systems::clinic(settings).filter(|_| role.is_of_organisation());
            let new = NewStaff { name: name.to_owned(), role, organisation };
            invited.push(one(role, &staff::invite_staff(custody, &new).await?));
        }
    }
    for row in known.into_iter().filter(|row| row.state == StaffState::Invited) {
        invited.push(one(row.role, &staff::invite_staff_again(custody, row.staff_id).await?));
    }
    Ok(invited)
}

fn one(role: StaffRole, invitation: &StaffInvitation) -> Invited {
    Invited { role, code: invitation.code.grouped() }
}
