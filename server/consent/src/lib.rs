//! The consent engine: may this asker see this part of a record, for this purpose, now?
//!
//! One pure function, [`decide`], over the closed words of [`techo_model::consent`]. The steps are asked in a fixed order
//! and the first that knows the answer ends it ([`Step`]); a deny always beats a permit, that of the place which made the
//! record among them, the order of rules never matters, and whatever is not understood is a deny. Nothing is remembered between two decisions, so a change holds from the
//! next request on.
//!
//! To add a step: a variant of [`Step`], its place in [`decide`], a paragraph in `docs/FORMATS.md`, and its line in the
//! second model of the tests, which is written from that paragraph and not from this code.

pub mod choices;
mod gate;
mod rules;

pub use gate::may_ask;
pub use rules::is_sound;

use std::time::Duration;
use techo_model::{
    RuleId, UnixMillis,
    consent::{
        Asker, Category, ConsentState, EmergencyChoice, Mark, OrganisationNumber, PersonEmergency, Purpose,
        RecordFacts, RuleScope, Switch,
    },
    organisation::OrganisationKind,
    words,
};

/// The longest emergency.
pub const LONGEST_EMERGENCY: Duration = Duration::from_mins(60);

words! {
    /// Yes or no.
    ConsentOutcome {
        /// May be seen.
        Permit "permit";
        /// Is as if it were not there.
        Deny "deny";
    }
}

words! {
    /// Which step knew the answer, in the order in which they are asked.
    Step {
        /// The record is frozen or under repair.
        Frozen "frozen";
        /// This asker has no business with this kind of data or purpose, whatever anybody chose.
        RoleGate "role-gate";
        /// The person themselves.
        Owner "owner";
        /// A guardian, within the grant or outside of it.
        Guardian "guardian";
        /// A municipality's own ledger of public doses.
        PublicDuty "public-duty";
        /// 完全非公開.
        Sealed "sealed";
        /// An emergency, as the person chose.
        Emergency "emergency";
        /// 非開示.
        Withheld "withheld";
        /// Something was not understood or contradicts itself.
        Indeterminate "indeterminate";
        /// A rule that denies.
        Denied "denied";
        /// The organisation that supplied the record.
        Author "author";
        /// The person has not turned this kind of sharing on.
        OptIn "opt-in";
        /// A rule that permits.
        Permitted "permitted";
        /// A sensitive label that no permit names.
        Label "label";
        /// 資格 for the purpose of payment: asked for by the person who shows card or code, so no rule is needed.
        Eligibility "eligibility";
        /// Checkups for a new insurer, which the person has turned on.
        InsurerTransfer "insurer-transfer";
        /// Nothing permits it.
        Default "default";
    }
}

/// The answer, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConsentDecision {
    /// Yes or no.
    pub outcome: ConsentOutcome,
    /// Which step knew.
    pub step: Step,
    /// The rule that decided, when a rule did.
    pub rule: Option<RuleId>,
    /// The first instant at which a permit may no longer hold; none when nothing known ends it.
    pub until: Option<UnixMillis>,
}

impl ConsentDecision {
    fn permit(step: Step) -> Self {
        Self { outcome: ConsentOutcome::Permit, step, rule: None, until: None }
    }

    fn deny(step: Step) -> Self {
        Self { outcome: ConsentOutcome::Deny, step, rule: None, until: None }
    }

    /// Whether the answer is yes.
    pub fn is_permit(&self) -> bool {
        self.outcome == ConsentOutcome::Permit
    }
}

/// An organisation that asks.
struct Organisation<'a> {
    number: &'a OrganisationNumber,
    class: OrganisationKind,
    subject: Option<&'a str>,
    emergency: Option<PersonEmergency>,
}

/// One question.
struct Question<'a> {
    record: &'a RecordFacts,
    purpose: Purpose,
    at: UnixMillis,
}

/// Decides about one part of one record.
pub fn decide(
    state: &ConsentState,
    record: &RecordFacts,
    asker: &Asker,
    purpose: Purpose,
    at: UnixMillis,
) -> ConsentDecision {
    if record.frozen {
        return ConsentDecision::deny(Step::Frozen);
    }
    let question = Question { record, purpose, at };
    match asker {
        Asker::Support | Asker::Operator => ConsentDecision::deny(Step::RoleGate),
        Asker::Owner => ConsentDecision::permit(Step::Owner),
        Asker::Guardian { grant } => guardian(grant, record),
        Asker::Organisation { organisation, class, subject, emergency } => {
            let subject = subject.as_deref();
            let organisation =
                Organisation { number: organisation, class: *class, subject, emergency: *emergency };
            for_organisation(state, &question, &organisation)
        }
    }
}

/// A guardian sees what the grant covers, save what is hidden from guardians and what the person sealed.
fn guardian(grant: &RuleScope, record: &RecordFacts) -> ConsentDecision {
    let covered = grant.categories.contains(&record.category) && record.labels.is_subset(&grant.labels);
    if covered && !record.hidden_from_guardians && record.mark != Some(Mark::Sealed) {
        ConsentDecision::permit(Step::Guardian)
    } else {
        ConsentDecision::deny(Step::Guardian)
    }
}

fn for_organisation(
    state: &ConsentState,
    question: &Question<'_>,
    asker: &Organisation<'_>,
) -> ConsentDecision {
    let record = question.record;
    if let Some(decision) = gate::decide(question, asker) {
        return decision;
    }
    if record.mark == Some(Mark::Sealed) && !opens_sealed(state, question) {
        return ConsentDecision::deny(Step::Sealed);
    }
    if question.purpose == Purpose::Emergency {
        return emergency(state, question.at, asker);
    }
    if record.mark.is_some() {
        return ConsentDecision::deny(Step::Withheld);
    }
    let said = match rules::hear(&state.rules, question, asker) {
        Ok(said) => said,
        Err(contradiction) => return contradiction,
    };
    if let Some(denied) = said.denied() {
        return denied;
    }
    // Whoever made the record needs no opt-in, permit or name of a label; only what is denied or marked is shut to it, too.
    if record.author.as_ref() == Some(asker.number) {
        return said.until_denied(ConsentDecision::permit(Step::Author));
    }
    if !opted_in(state, question.purpose) {
        return ConsentDecision::deny(Step::OptIn);
    }
    said.decision(question)
}

fn opens_sealed(state: &ConsentState, question: &Question<'_>) -> bool {
    question.purpose == Purpose::Emergency && state.settings.emergency == EmergencyChoice::AlsoSealed
}

/// Only a named clinician whose declaration for this person runs now, and only as far as the person allows.
fn emergency(state: &ConsentState, at: UnixMillis, asker: &Organisation<'_>) -> ConsentDecision {
    let Some(declared) = asker.emergency.filter(|_| asker.subject.is_some()) else {
        return ConsentDecision::deny(Step::Emergency);
    };
    let longest = declared.declared_at.plus(LONGEST_EMERGENCY);
    if declared.ends_at <= declared.declared_at || declared.ends_at > longest {
        return ConsentDecision::deny(Step::Indeterminate);
    }
    let runs = declared.declared_at <= at && at < declared.ends_at;
    if !runs || state.settings.emergency == EmergencyChoice::Never {
        return ConsentDecision::deny(Step::Emergency);
    }
    ConsentDecision { until: Some(declared.ends_at), ..ConsentDecision::permit(Step::Emergency) }
}

/// Payment needs no opt-in: the person asks for it by showing card or code.
fn opted_in(state: &ConsentState, purpose: Purpose) -> bool {
    let settings = &state.settings;
    match purpose {
        Purpose::Treatment => settings.clinics == Switch::On,
        Purpose::Research => settings.research == Switch::On,
        Purpose::InsurerTransfer => settings.insurer_transfer == Switch::On,
        Purpose::Payment => true,
        Purpose::Emergency | Purpose::PublicHealth => false,
    }
}

/// What may be seen without a rule of its own, as long as no rule denies it.
fn by_itself(purpose: Purpose, category: Category) -> Option<Step> {
    match purpose {
        Purpose::Payment if category == Category::Eligibility => Some(Step::Eligibility),
        Purpose::InsurerTransfer => Some(Step::InsurerTransfer),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
