//! The role gate: which classes of organisations may ask for what at all. No consent opens what is closed here.

use super::{ConsentDecision, Organisation, Question, Step};
use techo_model::{
    consent::{Category, Purpose},
    organisation::OrganisationKind,
};

/// An answer when the gate knows one already; none when the question may go on.
pub(super) fn decide(question: &Question<'_>, asker: &Organisation<'_>) -> Option<ConsentDecision> {
    if asker.class == OrganisationKind::Municipality {
        return Some(ledger(question, asker));
    }
    let open = may_ask(asker.class, question.purpose) && concerns(question.purpose, question.record.category);
    (!open).then(|| ConsentDecision::deny(Step::RoleGate))
}

/// A municipality keeps the ledger of 定期 and 臨時 doses of its own residents, and sees nothing else.
fn ledger(question: &Question<'_>, asker: &Organisation<'_>) -> ConsentDecision {
    let record = question.record;
    let own = record.category == Category::Vaccination
        && record.public_duty
        && record.municipality.as_ref() == Some(asker.number);
    if own && question.purpose == Purpose::PublicHealth {
        ConsentDecision::permit(Step::PublicDuty)
    } else {
        ConsentDecision::deny(Step::RoleGate)
    }
}

/// Whether a class may ask for this purpose at all. Whoever may not gets no token for it either.
pub fn may_ask(class: OrganisationKind, purpose: Purpose) -> bool {
    use OrganisationKind::{Care, Clinic, Dentist, Hospital, Insurer, Municipality, Pharmacy, Research};
    match class {
        Clinic | Hospital | Dentist | Pharmacy => {
            matches!(purpose, Purpose::Treatment | Purpose::Emergency | Purpose::Payment)
        }
        Care => purpose == Purpose::Treatment,
        Insurer => matches!(purpose, Purpose::Payment | Purpose::InsurerTransfer),
        Research => purpose == Purpose::Research,
        Municipality => false,
    }
}

/// Payment is about 資格 and nothing else, a transfer about checkups; research never learns who is insured where.
fn concerns(purpose: Purpose, category: Category) -> bool {
    match purpose {
        Purpose::Payment => category == Category::Eligibility,
        Purpose::InsurerTransfer => is_checkup(category),
        Purpose::Research => category != Category::Eligibility,
        Purpose::Treatment | Purpose::Emergency => true,
        Purpose::PublicHealth => false,
    }
}

fn is_checkup(category: Category) -> bool {
    matches!(
        category,
        Category::CheckupMeasurements
            | Category::CheckupLaboratory
            | Category::CheckupFindings
            | Category::CheckupQuestionnaire
            | Category::CheckupScreening
    )
}
