//! Whom an organisation points at.

use super::{ClinicAccess, IdentifyError, IssuedCode, share::ReservedCode, wrong_tries::TryEnd};
use crate::{
    clinic::{list_sharing, treatment_window},
    identified_person::{self, IdentifiedPerson},
    inquiry::{AskerKey, InquiringParty, RunningEmergency},
    systems::TokenKey,
};
use techo_audit::log::{self, Category, Reason};
use techo_custody::{
    Failure, Internal, Result,
    demographics::{DemographicMatch, Demographics},
};
use techo_model::{
    card::WebEidToken,
    consent::{EmergencyChoice, Purpose},
    treatment::WindowOpening,
};
use techo_store::{records::treatment::OrganisationCodeRow, vault::wrong_tries::TryKind};
use tracing::Instrument as _;
use uuid::Uuid;

/// What an organisation brings.
#[derive(Clone, Copy, Debug)]
pub enum PresentedIdentity<'a> {
    /// `urn:techo:share-code`.
    ShareCode {
        /// Eight digits.
        digits: &'a str,
        /// What the organisation asks with.
        key: AskerKey,
    },
    /// `urn:techo:clinic-code`: the organisation's own code for the person.
    ClinicCode(&'a str),
    /// `urn:techo:card`: the answer of a card to the challenge of an access token.
    Card {
        /// What the card signed.
        token: &'a WebEidToken,
        /// The registered origin of the organisation.
        origin: Option<&'a str>,
        /// The access token that asked.
        key: &'a TokenKey,
    },
}

/// What a clinic code is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeUse {
    /// Reading or sending records of this kind: the treatment window must be open.
    Records(Category),
    /// Asking about eligibility, which is answered by duty: that the person was there once is enough.
    Eligibility,
    /// Declaring an emergency, for which nothing has to be open.
    Emergency,
}

impl CodeUse {
    /// What was asked for, as the line about a refusal says it.
    fn asked(self) -> Category {
        match self {
            Self::Records(category) => category,
            Self::Eligibility => Category::Coverage,
            Self::Emergency => Category::Emergency,
        }
    }
}

/// How somebody was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifiedBy {
    /// They showed a share code.
    ShareCode,
    /// They showed their card.
    Card,
    /// The organisation knows them by its code.
    ClinicCode,
}

/// A proof that somebody is there: they showed a share code or their card just now. Only the check of either makes it, and
/// no treatment window is opened without.
pub(super) struct PersonThere {
    person: IdentifiedPerson,
    by: WindowOpening,
    share_code: Option<ReservedCode>,
}

impl PersonThere {
    /// Who.
    pub(super) fn person(&self) -> &IdentifiedPerson {
        &self.person
    }

    /// What they showed.
    pub(super) fn by(&self) -> WindowOpening {
        self.by
    }
}

/// Somebody who was found.
#[derive(Clone, Debug)]
pub struct PatientVisit {
    /// Who.
    pub person: IdentifiedPerson,
    /// How.
    pub by: IdentifiedBy,
    /// The organisation's code; none when the person has not opted in.
    pub code: Option<IssuedCode>,
    /// The emergency that the asking clinician declared and that runs now.
    pub emergency: Option<RunningEmergency>,
    /// The share code that they showed, which [`ClinicAccess::use_share_code`] uses up.
    pub share_code: Option<ReservedCode>,
}

impl ClinicAccess {
    /// The person whom an organisation points at. Whoever shows a share code or a card is there: with an opt-in, that
    /// opens a treatment window.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for everybody who cannot be found, whatever the reason; [`Failure::Limited`] after too many
    /// wrong share codes; [`IdentifyError::ShareCode`] for what is none at all.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn identify(
        &self,
        asking: &InquiringParty,
        presented: PresentedIdentity<'_>,
        code_use: CodeUse,
    ) -> Result<PatientVisit, IdentifyError> {
        if let PresentedIdentity::ClinicCode(code) = presented {
            return Ok(self.identify_by_code(asking, code, code_use).await?);
        }
        let there = self.person_there(asking, presented, code_use).await?;
        let code = self.receive(asking, &there).await?;
        let by = match there.by {
            WindowOpening::ShareCode => IdentifiedBy::ShareCode,
            WindowOpening::Card => IdentifiedBy::Card,
        };
        let PersonThere { person, share_code, .. } = there;
        Ok(PatientVisit { person, by, code, emergency: None, share_code })
    }

    /// The person who shows a share code or a card. That nobody was found is noted, too, and takes as long as to note
    /// that somebody was not to be found.
    async fn person_there(
        &self,
        asking: &InquiringParty,
        presented: PresentedIdentity<'_>,
        code_use: CodeUse,
    ) -> Result<PersonThere, IdentifyError> {
        let (found, by) = match presented {
            PresentedIdentity::ClinicCode(_) => return Err(Failure::NotFound.into()),
            PresentedIdentity::ShareCode { digits, key } => {
                let reserved = self.reserve_share_code(asking, (digits, key)).await;
                (reserved.map(|code| (code.resident(), Some(code))), WindowOpening::ShareCode)
            }
            PresentedIdentity::Card { token, origin, key } => {
                let resident = self.resident_of_card(token, origin, key).await;
                (resident.map(|resident| (resident, None)).map_err(IdentifyError::from), WindowOpening::Card)
            }
        };
        if let Err(IdentifyError::Failure(Failure::NotFound)) = found {
            self.note_nobody(asking, code_use.asked()).await?;
        }
        let (resident, share_code) = found?;
        let person = identified_person::identify_resident(&self.custody, resident).await?;
        Ok(PersonThere { person, by, share_code })
    }

    /// The person whom an organisation knows by its code, and whose window is open when records are concerned.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for everybody who cannot be found, whatever the reason.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn identify_by_code(
        &self,
        asking: &InquiringParty,
        code: &str,
        code_use: CodeUse,
    ) -> Result<PatientVisit> {
        let (records, now) = (&self.custody.stores.records, self.custody.environment.now());
        let row = match code.parse::<Uuid>() {
            Ok(code) => records.organisation_code(code).await?,
            Err(_) => None,
        };
        let Some(row) = row else {
            self.note_nobody(asking, code_use.asked()).await?;
            return Err(Failure::NotFound);
        };
        let person = self.person_of(&row).await?;
        let refusal = if row.organisation != asking.organisation.id {
            Some(Reason::OtherOrganisation)
        } else if !row.is_live(now) {
            Some(Reason::CodeRetired)
        } else {
            None
        };
        if let Some(reason) = refusal {
            self.note_refusal(asking, person.chain(), (code_use.asked(), reason)).await?;
            return Err(Failure::NotFound);
        }
        let emergency = match asking.purpose {
            Purpose::Emergency => self.running(asking, &person, now).await?,
            _ => None,
        };
        let window_ends_at = match asking.purpose {
            Purpose::Emergency => emergency.map(|running| running.time.ends_at),
            _ => treatment_window(&self.custody, &person, &asking.organisation).await?,
        };
        // What an emergency made is for that emergency alone, whatever it is used for.
        let for_emergency = row.ends_at.is_some() && emergency.is_none();
        let is_shut = window_ends_at.is_none() && matches!(code_use, CodeUse::Records(_));
        if for_emergency || is_shut {
            let wrong_purpose = for_emergency && asking.purpose != Purpose::Emergency;
            let reason = if wrong_purpose { Reason::WrongPurpose } else { Reason::NoTreatment };
            self.note_refusal(asking, person.chain(), (code_use.asked(), reason)).await?;
            return Err(Failure::NotFound);
        }
        let code = Some(IssuedCode { code: row.code, window_ends_at });
        Ok(PatientVisit { person, by: IdentifiedBy::ClinicCode, code, emergency, share_code: None })
    }

    /// Whom an emergency is about, when they are pointed at by card or code. Nothing is opened by this: somebody who cannot
    /// speak has not come of their own will. A share code is used up when the emergency is declared.
    ///
    /// # Errors
    /// As [`ClinicAccess::identify`].
    pub(crate) async fn point(
        &self,
        asking: &InquiringParty,
        presented: PresentedIdentity<'_>,
    ) -> Result<(IdentifiedPerson, Option<ReservedCode>), IdentifyError> {
        if let PresentedIdentity::ClinicCode(code) = presented {
            return Ok((self.identify_by_code(asking, code, CodeUse::Emergency).await?.person, None));
        }
        let PersonThere { person, share_code, .. } =
            self.person_there(asking, presented, CodeUse::Emergency).await?;
        Ok((person, share_code))
    }

    /// Whom an emergency is about, when all that is known of them is who they are.
    ///
    /// The try is counted before anybody is looked for, and whoever allows no emergency access takes the same work as
    /// nobody: what an organisation may not learn it cannot measure either.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when nobody fits, or more than one, or whoever fits allows no emergency access, which counts
    /// like nobody; [`Failure::Limited`] after too many of those, and until everybody can be found by name.
    pub(crate) async fn search(
        &self,
        asking: &InquiringParty,
        sought: &Demographics,
    ) -> Result<IdentifiedPerson> {
        self.begin_try(TryKind::Demographics, asking).await?;
        // A task of its own: whoever hangs up leaves no right search behind that goes on counting as a wrong one.
        let (clinic_access, asking, sought) = (self.clone(), asking.clone(), sought.clone());
        let searching = async move { clinic_access.search_counted(&asking, &sought).await };
        let found = tokio::spawn(searching.in_current_span()).await;
        found.map_err(|_| Internal::Unexpected("a search broke off"))??.ok_or(Failure::NotFound)
    }

    /// A search that was counted as wrong, and what it was.
    async fn search_counted(
        &self,
        asking: &InquiringParty,
        sought: &Demographics,
    ) -> Result<Option<IdentifiedPerson>> {
        let found = self.seek(asking, sought).await;
        let ended = match &found {
            Ok(None) => TryEnd::Wrong,
            Ok(Some(_)) | Err(_) => TryEnd::Right,
        };
        self.custody.environment.pause_point("search.before-count").await;
        self.end_try(TryKind::Demographics, asking, ended).await?;
        found
    }

    /// Whoever fits and may be found; otherwise the line about it is on the log.
    async fn seek(&self, asking: &InquiringParty, sought: &Demographics) -> Result<Option<IdentifiedPerson>> {
        let DemographicMatch { found, looked_at } = self.custody.find_by_demographics(sought).await?;
        let nobody = log::nobody_chain(&self.custody).await?;
        let Some(looked_at) = looked_at else {
            self.note_refusal(asking, nobody, (Category::Emergency, Reason::NobodyFound)).await?;
            return Ok(None);
        };
        let person = identified_person::identify_resident(&self.custody, looked_at).await?;
        let is_open = list_sharing(&self.custody, &person).await?.emergency != EmergencyChoice::Never;
        if found.is_some() && is_open {
            return Ok(Some(person));
        }
        let (chain, reason) = match found {
            Some(_) => (person.chain(), Reason::NoEmergencyAccess),
            None => (nobody, Reason::NobodyFound),
        };
        self.note_refusal(asking, chain, (Category::Emergency, reason)).await?;
        Ok(None)
    }

    /// From the key of the record store back to the row of the vault.
    async fn person_of(&self, row: &OrganisationCodeRow) -> Result<IdentifiedPerson> {
        let custody = &self.custody;
        let keys = custody.keys.current();
        let lookup = keys.person_lookup(&keys.person_of(row.record_code));
        let resident = custody.stores.vault.resident_with(&lookup).await?;
        let resident = resident.ok_or(Internal::Unexpected("a code leads to nobody in the vault"))?;
        identified_person::identify_resident(custody, resident).await
    }
}
