//! Those who work at the console: who they are, how they come in, and what their role lets them do.
//!
//! ```text
//! invitation ─▶ device-bound passkey ─▶ session (idle 10 minutes, 8 hours at most) ─▶ StaffMember, anew each request
//!                                                                                      ├─▶ ClinicStaff
//!                                                                                      └─▶ Reviewer
//! ```
//!
//! A role is a proof of its own type, and whatever needs a role takes that proof, so that a page cannot forget to ask.
//!
//! To add a role: a word of [`StaffRole`], a proof here, and a line in the menu of the console.

mod error;
mod invitation;
mod session;
mod sign_in;

pub use error::{InvitationError, JoinError};
pub use invitation::{
    INVITATION_LIFE, NewStaff, StaffInvitation, invite_staff, invite_staff_again, resume_staff, suspend_staff,
};
pub use session::{hold_reviewer, staff_member, staff_of_session};
use session::{open_staff_session, staff_workplace};

pub use sign_in::{StaffSetupError, StaffSignIn};

use crate::{refusal::StaffRefusal, session::SessionKey};
use techo_custody::Result;
use techo_model::{StaffId, consent::AskingPerson, organisation::Organisation, staff::StaffRole};

/// Who signs in at the console.
#[derive(Clone, Copy, Debug)]
pub struct StaffVisitor<'a> {
    /// The session.
    pub session: &'a SessionKey,
    /// The key of the cookie that the browser gets when somebody signs in. Nobody has it yet.
    pub next: &'a SessionKey,
}

/// Somebody who is signed in at the console now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    id: StaffId,
    name: String,
    role: StaffRole,
    organisation: Option<Organisation>,
    session: SessionKey,
}

impl StaffMember {
    /// Who.
    pub fn id(&self) -> StaffId {
        self.id
    }

    /// The professional's own name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What they are there for.
    pub fn role(&self) -> StaffRole {
        self.role
    }

    /// Where they work; none for the operator's own.
    pub fn organisation(&self) -> Option<&Organisation> {
        self.organisation.as_ref()
    }

    /// The proof that they work at a clinic.
    ///
    /// # Errors
    /// `Failure::Refused` when they do not.
    pub fn clinic_staff(&self) -> Result<ClinicStaff> {
        let organisation = self.organisation.clone().filter(|_| self.role == StaffRole::Clinic);
        let organisation = organisation.ok_or(StaffRefusal::Role)?;
        let subject = AskingPerson { id: self.id.to_string(), name: Some(self.name.clone()), role: None };
        Ok(ClinicStaff { organisation, subject })
    }

    /// The proof that they review emergencies.
    ///
    /// # Errors
    /// `Failure::Refused` when they do not.
    pub fn reviewer(&self) -> Result<ReviewStaff> {
        if self.role != StaffRole::Auditor {
            return Err(StaffRefusal::Role.into());
        }
        let organisation = self.organisation.as_ref().map(|organisation| organisation.id.clone());
        Ok(ReviewStaff { staff: self.id, name: self.name.clone(), organisation, session: self.session })
    }
}

/// A proof: somebody who works at a clinic, hospital, dentist or pharmacy.
#[derive(Clone, Debug)]
pub struct ClinicStaff {
    organisation: Organisation,
    subject: AskingPerson,
}

impl ClinicStaff {
    /// Where they work.
    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// Who they are to the people whom they treat.
    pub fn subject(&self) -> &AskingPerson {
        &self.subject
    }
}

/// A proof: somebody who reviews emergencies.
#[derive(Clone, Debug)]
pub struct ReviewStaff {
    staff: StaffId,
    name: String,
    organisation: Option<String>,
    session: SessionKey,
}

impl ReviewStaff {
    /// Who.
    pub fn staff(&self) -> StaffId {
        self.staff
    }

    /// The reviewer's own name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Official number of the organisation where they work, too.
    pub fn organisation(&self) -> Option<&str> {
        self.organisation.as_deref()
    }
}
