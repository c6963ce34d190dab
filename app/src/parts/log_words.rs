//! The closed words of the access log in plain words.

use crate::{
    Lang,
    i18n::{t, t_with},
};
use std::{borrow::Cow, collections::HashMap};
use techo_audit::log::{
    Action, Category, Initiative, Purpose, Reason, Stage,
    line::{LineActor, LineFacts},
};
use techo_model::account::AccountEvent;

type Text = Cow<'static, str>;

/// Who it was.
pub(crate) fn who(lang: Lang, who: &LineActor, names: &HashMap<String, String>) -> Text {
    match who {
        LineActor::Owner => t(lang, "log-who-owner"),
        LineActor::Proxy => t(lang, "log-who-proxy"),
        LineActor::Staff => t(lang, "log-who-staff"),
        LineActor::System => t(lang, "log-who-system"),
        LineActor::Organisation(number) => organisation(lang, number, names.get(number)),
        LineActor::Professional { organisation: number, name, role } => {
            let of = ("organisation", organisation(lang, number, names.get(number)).into());
            match (name, role) {
                (None, _) => t_with(lang, "log-professional-unnamed", [of]),
                (Some(name), None) => t_with(lang, "log-professional", [of, ("name", name.as_str().into())]),
                (Some(name), Some(role)) => {
                    let values = [of, ("name", name.as_str().into()), ("role", role.as_str().into())];
                    t_with(lang, "log-professional-role", values)
                }
            }
        }
    }
}

/// An organisation by name, or by number when it is not registered.
pub(crate) fn organisation(lang: Lang, number: &str, name: Option<&String>) -> Text {
    match name {
        Some(name) => name.clone().into(),
        None => t_with(lang, "log-organisation-unknown", [("number", number.into())]),
    }
}

/// What was done, as a sentence; how often more, when the line counts that.
pub(crate) fn act(lang: Lang, facts: &LineFacts) -> Text {
    let once = once(lang, facts);
    match facts.repeats {
        None => once,
        Some(repeats) => {
            t_with(lang, "log-act-repeated", [("act", once.into()), ("count", repeats.times.into())])
        }
    }
}

fn once(lang: Lang, facts: &LineFacts) -> Text {
    let what = || ("category", category(lang, facts.category).into());
    match facts.action {
        Action::Read if facts.count > 0 => {
            t_with(lang, "log-act-read", [what(), ("count", facts.count.into())])
        }
        Action::Read if facts.found_nothing => t_with(lang, "log-act-read-nothing", [what()]),
        Action::Read => t_with(lang, "log-act-read-plain", [what()]),
        Action::Refuse => t_with(lang, "log-act-refuse", [what()]),
        Action::Freeze => t_with(lang, "log-act-freeze", [what()]),
        Action::Write => t_with(lang, "log-act-write", [what(), ("count", facts.count.into())]),
        Action::Emergency => t(lang, emergency(facts.stage)),
        Action::Export => t_with(lang, "log-act-export", [what()]),
        Action::StaffView => t_with(lang, "log-act-staff", [what()]),
        Action::ConsentChange => t(lang, "log-act-consent"),
        Action::Erase => t(lang, "log-act-erase"),
        Action::SealsBegin => t(lang, "log-act-seals-begin"),
        Action::Account(kind) => t(lang, account(kind)),
    }
}

fn emergency(stage: Option<Stage>) -> &'static str {
    match stage {
        Some(Stage::Declared) => "log-act-emergency-declared",
        Some(Stage::Ended) => "log-act-emergency-ended",
        Some(Stage::Answered) => "log-act-emergency-answered",
        Some(Stage::Reviewed) => "log-act-emergency-reviewed",
        None => "log-act-emergency",
    }
}

fn account(kind: AccountEvent) -> &'static str {
    match kind {
        AccountEvent::Enrolled => "log-act-enrolled",
        AccountEvent::Recovered => "log-act-recovered",
        AccountEvent::SignedIn => "log-act-signed-in",
        AccountEvent::SignInRefused => "log-act-sign-in-refused",
        AccountEvent::CardShown => "log-act-card-shown",
        AccountEvent::CardRefused => "log-act-card-refused",
        AccountEvent::PasskeyAdded => "log-act-passkey-added",
        AccountEvent::PasskeyRemoved => "log-act-passkey-removed",
        AccountEvent::PasskeyConfirmed => "log-act-passkey-confirmed",
        AccountEvent::CardLinked => "log-act-card-linked",
        AccountEvent::CardHeld => "log-act-card-held",
        AccountEvent::CardReleased => "log-act-card-released",
        AccountEvent::CardRevoked => "log-act-card-revoked",
        AccountEvent::CardExpired => "log-act-card-expired",
        AccountEvent::SignedOutElsewhere => "log-act-signed-out-elsewhere",
        AccountEvent::SignedOutEverywhere => "log-act-signed-out-everywhere",
        AccountEvent::PrivacyAgreed => "log-act-privacy-agreed",
    }
}

/// What it was about.
pub fn category(lang: Lang, category: Category) -> Text {
    let key = match category {
        Category::Home => "log-cat-home",
        Category::Checkup => "log-cat-checkup",
        Category::Vaccination => "log-cat-vaccination",
        Category::Coverage => "log-cat-coverage",
        Category::Records => "log-cat-records",
        Category::Laboratory => "log-cat-laboratory",
        Category::Identity => "log-cat-identity",
        Category::Consent => "log-cat-consent",
        Category::Emergency => "log-cat-emergency",
        Category::AccessLog => "log-cat-access-log",
        Category::Notice => "log-cat-notice",
        Category::Account => "log-cat-account",
    };
    t(lang, key)
}

/// Why.
pub(crate) fn purpose(lang: Lang, purpose: Purpose) -> Text {
    let key = match purpose {
        Purpose::PatientRequest => "log-purpose-patient",
        Purpose::SystemAdministration => "log-purpose-system",
        Purpose::Treatment => "log-purpose-treatment",
        Purpose::EmergencyTreatment => "log-purpose-emergency",
        Purpose::Payment => "log-purpose-payment",
        Purpose::PublicHealth => "log-purpose-public-health",
        Purpose::Research => "log-purpose-research",
        Purpose::InsurerTransfer => "log-purpose-insurer",
    };
    t(lang, key)
}

/// Whether somebody sat there.
pub(crate) fn initiative(lang: Lang, initiative: Initiative) -> Text {
    match initiative {
        Initiative::Human => t(lang, "log-initiative-human"),
        Initiative::Automatic => t(lang, "log-initiative-automatic"),
    }
}

/// The class of a reason.
pub(crate) fn reason(lang: Lang, reason: Reason) -> Text {
    let key = match reason {
        Reason::NoSuchRecord => "log-reason-no-such-record",
        Reason::NotMine => "log-reason-not-mine",
        Reason::NotPermitted => "log-reason-not-permitted",
        Reason::OtherOrganisation => "log-reason-other-organisation",
        Reason::NobodyFound => "log-reason-nobody-found",
        Reason::NoTreatment => "log-reason-no-treatment",
        Reason::CodeRetired => "log-reason-code-retired",
        Reason::WrongPurpose => "log-reason-wrong-purpose",
        Reason::NoEmergencyAccess => "log-reason-no-emergency-access",
    };
    t(lang, key)
}
