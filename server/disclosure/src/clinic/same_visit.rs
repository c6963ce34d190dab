//! A page about somebody's insurance that is loaded again: the same visit, for which nobody asks for a second code.

use super::{ClinicAccess, IdentifiedBy, PatientVisit};
use crate::{identified_person, inquiry::InquiringParty};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use techo_custody::{Failure, Result};
use techo_model::{ResidentId, UnixMillis};

/// How long after the code the page can be loaded again.
const LONGEST: Duration = Duration::from_mins(5);

/// Who was found a moment ago, by which organisation. Kept in the session of whoever asked, which holds nothing that was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitReference {
    resident: ResidentId,
    organisation: String,
    until: UnixMillis,
}

impl ClinicAccess {
    /// A visit as a session remembers it.
    pub fn remember_visit(&self, asking: &InquiringParty, visit: &PatientVisit) -> VisitReference {
        VisitReference {
            resident: visit.person.resident(),
            organisation: asking.organisation.id.clone(),
            until: self.custody.environment.now().plus(LONGEST),
        }
    }

    /// The same visit once more. Nothing is opened by it: eligibility is all that can be asked.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when the moment is over, or another organisation asks.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn resume_visit(&self, asking: &InquiringParty, same: &VisitReference) -> Result<PatientVisit> {
        if same.organisation != asking.organisation.id || self.custody.environment.now() >= same.until {
            return Err(Failure::NotFound);
        }
        let person = identified_person::identify_resident(&self.custody, same.resident).await?;
        Ok(PatientVisit {
            person,
            by: IdentifiedBy::ShareCode,
            code: None,
            emergency: None,
            share_code: None,
        })
    }
}
