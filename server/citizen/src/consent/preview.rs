//! `/consent/preview`: what somebody would see with the draft, and what they see now, by the code that answers them.

use super::{NewDraft, OrganisationSearch};
use crate::{
    CitizenServices,
    checkups::{RowGroup, groups_of},
    laboratory::{LaboratoryRow, rows},
};
use std::collections::BTreeSet;
use techo_audit::log::{Action, Category as LogCategory, LineSet, LogEvent, Unlogged};
use techo_consent::choices::{SPEAKING, reveals_hidden_values};
use techo_custody::{Failure, Internal, Result};
use techo_disclosure::{
    disclose::{self, DisclosedCheckup, DisclosedLaboratory, DisclosedRecords},
    inquiry::RecordInquiry,
};
use techo_exchange::items;
use techo_identity::access::PatientScope;
use techo_model::{
    CalendarDate, CheckupId, LaboratoryId, UnixMillis, VaccinationId,
    checkup::ItemResult,
    consent::{Asker, Category, ConsentState, OrganisationNumber, PersonEmergency, Purpose},
    organisation::{Organisation, OrganisationKind},
    vaccine::Vaccine,
};
use techo_store::records::vaccinations::DoseRow;
use uuid::Uuid;

/// Whose eyes the preview takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewAs {
    /// Any organisation of a class about which there is no rule of its own.
    Class(OrganisationKind),
    /// One organisation.
    Organisation(Organisation),
    /// A doctor of a hospital in an emergency.
    Emergency,
}

/// `/consent/preview`.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewView {
    /// What holds now.
    pub now: ConsentState,
    /// What is considered.
    pub draft: ConsentState,
    /// How the draft came.
    pub origin: super::VersionOrigin,
    /// Whether something else was saved since the draft was begun.
    pub is_stale: bool,
    /// Whose eyes.
    pub eyes: PreviewAs,
    /// What they see now.
    pub seen_now: PreviewedRecords,
    /// What they would see.
    pub seen_then: PreviewedRecords,
    /// Everything, for comparison.
    pub all: PreviewedRecords,
    /// Places to choose from.
    pub places: Vec<Organisation>,
}

/// What somebody sees.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreviewedRecords {
    /// Checkups, newest first.
    pub checkups: Vec<SeenCheckup>,
    /// Laboratory reports, newest first.
    pub laboratory: Vec<SeenLaboratory>,
    /// Doses, newest first.
    pub doses: Vec<SeenDose>,
}

/// One checkup as far as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenCheckup {
    /// Key.
    pub id: CheckupId,
    /// 健診実施日.
    pub examined_on: CalendarDate,
    /// Name of the facility.
    pub facility_name: String,
    /// Categories of which something is shown.
    pub categories: BTreeSet<Category>,
    /// What is shown, in the groups of the checkup's own page.
    pub groups: Vec<RowGroup>,
    /// Of it, the sentences that may speak of laboratory values which are hidden.
    pub telling: Vec<RowGroup>,
}

/// One laboratory report as far as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenLaboratory {
    /// Key.
    pub id: LaboratoryId,
    /// Day of the collection.
    pub examined_on: CalendarDate,
    /// Who sent it.
    pub sender_name: String,
    /// What is shown.
    pub rows: Vec<LaboratoryRow>,
}

/// One dose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenDose {
    /// Key.
    pub id: VaccinationId,
    /// Series.
    pub vaccine: Vaccine,
    /// 接種日.
    pub given_on: CalendarDate,
}

impl CitizenServices {
    /// The draft through somebody's eyes.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is no draft.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn consent_preview(&self, scope: &PatientScope, eyes: PreviewAs) -> Result<PreviewView> {
        let draft = self.consent_draft(scope).await?.ok_or(Failure::NotFound)?;
        let (version, now) = disclose::consent_state(&self.custody, scope.record()).await?;
        let held = disclose::load_records(&self.custody, scope.record()).await?;
        let at = self.custody.environment.now();
        let inquiry = inquiry(&eyes, at);
        let seen = |state: &ConsentState| {
            let nothing = || Unlogged::new(DisclosedRecords::default());
            held.visible_to_organisation(state, &inquiry).map(|given| given.unwrap_or_else(nothing))
        };
        let owner = RecordInquiry { asker: Asker::Owner, purpose: Purpose::Treatment, at };
        let found = held.disclosed_to(&now, &owner)?.zip(seen(&now)?).zip(seen(&draft.state)?);
        let accounted = found.account_for(|((all, seen_now), seen_then)| {
            let all = view(all);
            let line = LogEvent::by_owner(
                &self.custody.environment,
                scope.chain(),
                Action::Read,
                LogCategory::Consent,
            );
            let line = LineSet::one(line.about(ids_of(&all)));
            Ok::<_, Internal>(((all, view(seen_now), view(seen_then)), line))
        })?;
        let (all, seen_now, seen_then) = accounted.reveal(&self.log).await?;
        let NewDraft { state: draft, origin, base } = draft;
        let viewed = match &eyes {
            PreviewAs::Organisation(one) => Some(one.id.clone()),
            PreviewAs::Class(_) | PreviewAs::Emergency => None,
        };
        let (places, _) = self.places(&[&now, &draft], &OrganisationSearch::keeping(viewed)).await?;
        Ok(PreviewView {
            now,
            draft,
            origin,
            is_stale: base != version,
            eyes,
            seen_now,
            seen_then,
            all,
            places,
        })
    }
}

fn inquiry(eyes: &PreviewAs, at: UnixMillis) -> RecordInquiry {
    let subject = Some("preview".to_owned());
    let organisation = |number: &str, class, emergency| Asker::Organisation {
        organisation: OrganisationNumber(number.to_owned()),
        class,
        subject: subject.clone(),
        emergency,
    };
    let (asker, purpose) = match eyes {
        PreviewAs::Class(class) => {
            let purpose = match class {
                OrganisationKind::Research => Purpose::Research,
                OrganisationKind::Insurer => Purpose::InsurerTransfer,
                OrganisationKind::Municipality => Purpose::PublicHealth,
                _ => Purpose::Treatment,
            };
            (organisation("", *class, None), purpose)
        }
        PreviewAs::Organisation(one) => (organisation(&one.id, one.kind, None), Purpose::Treatment),
        PreviewAs::Emergency => {
            let hour = std::time::Duration::from_hours(1);
            let running = PersonEmergency { declared_at: at, ends_at: at.plus(hour) };
            (organisation("", OrganisationKind::Hospital, Some(running)), Purpose::Emergency)
        }
    };
    RecordInquiry { asker, purpose, at }
}

/// The records that somebody sees, by their ids.
fn ids_of(seen: &PreviewedRecords) -> Vec<Uuid> {
    let checkups = seen.checkups.iter().map(|one| one.id.0);
    let laboratory = seen.laboratory.iter().map(|one| one.id.0);
    checkups.chain(laboratory).chain(seen.doses.iter().map(|dose| dose.id.0)).collect()
}

fn view(seen: DisclosedRecords) -> PreviewedRecords {
    let dose =
        |row: DoseRow| SeenDose { id: row.vaccination_id, vaccine: row.vaccine, given_on: row.given_on };
    PreviewedRecords {
        checkups: seen.checkups.into_iter().map(checkup).collect(),
        laboratory: seen.laboratory.into_iter().map(laboratory).collect(),
        doses: seen.doses.into_iter().map(dose).collect(),
    }
}

fn checkup(seen: DisclosedCheckup) -> SeenCheckup {
    let telling = if reveals_hidden_values(&seen.categories) { speaking(&seen.results) } else { Vec::new() };
    SeenCheckup {
        id: seen.row.checkup_id,
        examined_on: seen.row.examined_on,
        facility_name: seen.row.facility_name,
        categories: seen.categories,
        groups: groups_of(seen.results),
        telling: groups_of(telling),
    }
}

fn speaking(results: &[ItemResult]) -> Vec<ItemResult> {
    let speaks = |result: &&ItemResult| {
        items::category(&result.item).is_some_and(|category| SPEAKING.contains(&category))
    };
    results.iter().filter(speaks).cloned().collect()
}

fn laboratory(seen: DisclosedLaboratory) -> SeenLaboratory {
    SeenLaboratory {
        id: seen.row.laboratory_id,
        examined_on: seen.row.examined_on,
        sender_name: seen.row.sender_name,
        rows: rows(seen.results.into_iter().map(|(_, result)| result)),
    }
}
