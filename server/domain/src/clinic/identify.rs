//! Whom an organisation points at.

use super::{Asking, IssuedCode, OpenedBy, Reception, Running};
use crate::{
    Failure, Internal, Result, access::IdentifiedPerson, demographics::Demographics, log::Reason,
    systems::TokenKey,
};
use techo_model::{
    card::WebEidToken,
    consent::{EmergencyChoice, Purpose},
};
use techo_store::{records::treatment::OrganisationCodeRow, vault::wrong_tries::TryKind};
use uuid::Uuid;

/// What an organisation brings.
#[derive(Clone, Copy, Debug)]
pub enum Presented<'a> {
    /// `urn:techo:share-code`: eight digits.
    ShareCode(&'a str),
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
    /// Reading or sending records: the treatment window must be open.
    Records,
    /// Asking about eligibility, which is answered by duty: that the person was there once is enough.
    Eligibility,
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

/// Somebody who was found.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who.
    pub person: IdentifiedPerson,
    /// How.
    pub by: IdentifiedBy,
    /// The organisation's code; none when the person has not opted in.
    pub code: Option<IssuedCode>,
    /// The emergency that the asking clinician declared and that runs now.
    pub emergency: Option<Running>,
}

impl Reception {
    /// The person whom an organisation points at. Whoever shows a share code or a card is there: with an opt-in, that
    /// opens a treatment window.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for everybody who cannot be found, whatever the reason; [`Failure::Limited`] after too many
    /// wrong share codes; [`Failure::Invalid`] for what is no code at all.
    pub async fn identify(
        &self,
        asking: &Asking,
        presented: Presented<'_>,
        code_use: CodeUse,
    ) -> Result<Visit> {
        let (resident, by, opened_by) = match presented {
            Presented::ClinicCode(code) => return self.by_code(asking, code, code_use).await,
            Presented::ShareCode(typed) => {
                let resident = self.take_share_code(asking, typed).await?;
                (resident, IdentifiedBy::ShareCode, OpenedBy::ShareCode)
            }
            Presented::Card { token, origin, key } => {
                let resident = self.resident_of_card(token, origin, key).await?;
                (resident, IdentifiedBy::Card, OpenedBy::Card)
            }
        };
        let person = self.domain.identified(resident).await?;
        let code = self.receive(asking, &person, opened_by).await?;
        Ok(Visit { person, by, code, emergency: None })
    }

    /// The person whom an organisation knows by its code, and whose window is open when records are concerned.
    async fn by_code(&self, asking: &Asking, code: &str, code_use: CodeUse) -> Result<Visit> {
        let code: Uuid = code.parse().map_err(|_| Failure::NotFound)?;
        let now = self.domain.world.now();
        let row = self.domain.stores.records.organisation_code(code).await?.ok_or(Failure::NotFound)?;
        let person = self.person_of(&row).await?;
        let refusal = if row.organisation != asking.organisation.id {
            Some(Reason::NotPermitted)
        } else if !row.is_live(now) {
            Some(Reason::CodeRetired)
        } else {
            None
        };
        if let Some(reason) = refusal {
            self.note_refusal(asking, person.chain(), reason).await?;
            return Err(Failure::NotFound);
        }
        let emergency = match asking.purpose {
            Purpose::Emergency => self.running(asking, &person, now).await?,
            _ => None,
        };
        let window_ends_at = match asking.purpose {
            Purpose::Emergency => emergency.map(|running| running.time.ends_at),
            _ => self.domain.window_of(&person, &asking.organisation).await?,
        };
        // What an emergency made is for that emergency alone, whatever it is used for.
        let for_emergency = row.ends_at.is_some() && emergency.is_none();
        if for_emergency || (window_ends_at.is_none() && code_use == CodeUse::Records) {
            self.note_refusal(asking, person.chain(), Reason::NoTreatment).await?;
            return Err(Failure::NotFound);
        }
        let code = Some(IssuedCode { code: row.code, window_ends_at });
        Ok(Visit { person, by: IdentifiedBy::ClinicCode, code, emergency })
    }

    /// Whom an emergency is about, when they are pointed at by card or code. Nothing is opened by this: somebody who cannot
    /// speak has not come of their own will.
    ///
    /// # Errors
    /// As [`Reception::identify`].
    pub(crate) async fn point(&self, asking: &Asking, presented: Presented<'_>) -> Result<IdentifiedPerson> {
        let resident = match presented {
            Presented::ClinicCode(code) => {
                return Ok(self.by_code(asking, code, CodeUse::Eligibility).await?.person);
            }
            Presented::ShareCode(typed) => self.take_share_code(asking, typed).await?,
            Presented::Card { token, origin, key } => self.resident_of_card(token, origin, key).await?,
        };
        self.domain.identified(resident).await
    }

    /// Whom an emergency is about, when all that is known of them is who they are.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when nobody fits, or more than one, or whoever fits allows no emergency access, which counts
    /// like nobody; [`Failure::Limited`] after too many of those, and until everybody can be found by name.
    pub(crate) async fn search(&self, asking: &Asking, sought: &Demographics) -> Result<IdentifiedPerson> {
        let (vault, kind) = (&self.domain.stores.vault, TryKind::Demographics);
        let found = match self.domain.find_by_demographics(sought).await? {
            Some(resident) => Some(self.domain.identified(resident).await?),
            None => None,
        };
        let mut tx = vault.begin().await?;
        let wrong = self.may_try(&mut tx, kind, asking).await?;
        if let Some(person) = found {
            if self.domain.sharing(&person).await?.emergency != EmergencyChoice::Never {
                tx.rollback().await?;
                return Ok(person);
            }
            self.note_refusal(asking, person.chain(), Reason::NoEmergencyAccess).await?;
        }
        self.note_wrong_try(&mut tx, kind, asking, wrong).await?;
        tx.commit().await?;
        Err(Failure::NotFound)
    }

    /// From the key of the record store back to the row of the vault.
    async fn person_of(&self, row: &OrganisationCodeRow) -> Result<IdentifiedPerson> {
        let domain = &self.domain;
        let keys = domain.keys.current();
        let lookup = keys.person_lookup(&keys.person_of(row.record_code));
        let resident = domain.stores.vault.resident_with(&lookup).await?;
        let resident = resident.ok_or(Internal::Unexpected("a code leads to nobody in the vault"))?;
        domain.identified(resident).await
    }
}
