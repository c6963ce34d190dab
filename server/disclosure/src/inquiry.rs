//! Who asks about a person, why and when.

use crate::systems::TokenKey;
use std::fmt;
use techo_identity::{session::SessionKey, staff::ClinicStaff};
use techo_model::{
    EventId, UnixMillis,
    consent::{Asker, AskingPerson, OrganisationNumber, PersonEmergency, Purpose},
    organisation::Organisation,
};

/// Who asks, why and when.
#[derive(Clone, Debug)]
pub struct RecordInquiry {
    /// Who.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// When.
    pub at: UnixMillis,
}

/// What an organisation asks with, by its SHA-256: the access token of a system, or the session of somebody at its console. A share
/// code that is being used is reserved for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AskerKey([u8; 32]);

impl AskerKey {
    /// Of a system.
    pub fn of_system(token: &TokenKey) -> Self {
        Self(*token.as_bytes())
    }

    /// Of somebody who works at a clinic.
    pub fn of_session(session: &SessionKey) -> Self {
        Self(*session.as_bytes())
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for AskerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AskerKey(…)")
    }
}

/// Which organisation asks, who sits there, and why.
#[derive(Clone, Debug)]
pub struct InquiringParty {
    /// Which organisation.
    pub organisation: Organisation,
    /// Who sits there; none for an automatic query.
    pub subject: Option<AskingPerson>,
    /// Why.
    pub purpose: Purpose,
    /// The emergency that the subject declared for the person and that runs now; [`ClinicAccess`](crate::clinic::ClinicAccess) finds it out.
    pub emergency: Option<RunningEmergency>,
}

impl InquiringParty {
    /// How somebody who works at a clinic asks about a person whom they treat: as their organisation, by name.
    pub fn of_staff(staff: &ClinicStaff) -> Self {
        Self {
            organisation: staff.organisation().clone(),
            subject: Some(staff.subject().clone()),
            purpose: Purpose::Treatment,
            emergency: None,
        }
    }

    /// The asker as the consent engine knows one.
    pub fn asker(&self) -> Asker {
        Asker::Organisation {
            organisation: OrganisationNumber(self.organisation.id.clone()),
            class: self.organisation.kind,
            subject: self.subject.as_ref().map(|subject| subject.id.clone()),
            emergency: self.emergency.map(|running| running.time),
        }
    }

    /// The question to the consent engine.
    pub fn inquiry(&self, at: UnixMillis) -> RecordInquiry {
        RecordInquiry { asker: self.asker(), purpose: self.purpose, at }
    }
}

/// An emergency that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunningEmergency {
    /// Which.
    pub id: EventId,
    /// From when until when.
    pub time: PersonEmergency,
}
