//! Consent in sentences: the same on the page, in the preview, on receipts and in the history.

use crate::{
    Lang,
    i18n::{date, t, t_with},
};
use std::borrow::Cow;
use techo_consent::choices::{SHARED, denies_values_only, reveals_hidden_values};
use techo_model::{
    CalendarDate, UnixMillis,
    consent::{
        Category, ConsentRule, ConsentState, Effect, EmergencyChoice, Grantee, Label, Purpose, RuleScope,
        Switch,
    },
    organisation::{Organisation, OrganisationKind},
};

/// Every choice as sentences, in the order of the page.
pub fn consent_words(lang: Lang, state: &ConsentState, places: &[Organisation]) -> Vec<String> {
    let settings = &state.settings;
    let mut words = Vec::new();
    let shared = settings.clinics == Switch::On;
    if !shared {
        words.push(t(lang, "consent-say-nobody").into_owned());
    }
    let of = |purpose| state.rules.iter().filter(move |rule| rule.purpose == purpose);
    words.extend(treatment(lang, of(Purpose::Treatment), shared, places));
    if shared {
        let hours = i64::from(settings.treatment_window_hours);
        words.push(t_with(lang, "consent-say-window", [("hours", hours.into())]).into_owned());
    }
    let emergency = match settings.emergency {
        EmergencyChoice::Normal => "consent-say-emergency-normal",
        EmergencyChoice::AlsoSealed => "consent-say-emergency-also-sealed",
        EmergencyChoice::Never => "consent-say-emergency-never",
    };
    let transfer = match settings.insurer_transfer {
        Switch::On => "consent-say-transfer-on",
        Switch::Off => "consent-say-transfer-off",
    };
    words.extend([emergency, transfer].map(|key| t(lang, key).into_owned()));
    match settings.research {
        Switch::Off => words.push(t(lang, "consent-say-research-off").into_owned()),
        Switch::On if of(Purpose::Research).next().is_none() => {
            words.push(t(lang, "consent-say-research-nothing").into_owned());
        }
        Switch::On => words.extend(of(Purpose::Research).map(|rule| rule_words(lang, rule, true, places))),
    }
    let rest = [Purpose::Emergency, Purpose::Payment, Purpose::PublicHealth, Purpose::InsurerTransfer];
    words.extend(rest.into_iter().flat_map(of).map(|rule| rule_words(lang, rule, true, places)));
    words
}

/// Rules about treatment; those that say the same of several are one sentence.
fn treatment<'a>(
    lang: Lang,
    rules: impl Iterator<Item = &'a ConsentRule>,
    shared: bool,
    places: &[Organisation],
) -> Vec<String> {
    let mut together: Vec<(&ConsentRule, Vec<String>)> = Vec::new();
    for rule in rules {
        let name = who(lang, &rule.grantee, places);
        match together.iter_mut().find(|(first, _)| same_words(first, rule)) {
            Some((_, names)) => names.push(name),
            None => together.push((rule, vec![name])),
        }
    }
    let between = if lang == Lang::Ja { "・" } else { ", " };
    together.into_iter().map(|(rule, names)| sentence(lang, rule, &names.join(between), shared)).collect()
}

/// Whether two rules say the same, of whomever they speak.
fn same_words(one: &ConsentRule, other: &ConsentRule) -> bool {
    (one.effect, &one.scope, one.validity.until, one.data)
        == (other.effect, &other.scope, other.validity.until, other.data)
}

/// One rule as a sentence; `counts` is whether its kind of sharing is on.
pub(crate) fn rule_words(lang: Lang, rule: &ConsentRule, counts: bool, places: &[Organisation]) -> String {
    sentence(lang, rule, &who(lang, &rule.grantee, places), counts)
}

fn sentence(lang: Lang, rule: &ConsentRule, who: &str, counts: bool) -> String {
    let key = match (rule.effect, counts) {
        (Effect::Permit, true) => "consent-say-permit",
        (Effect::Permit, false) => "consent-say-permit-if-on",
        (Effect::Deny, _) => "consent-say-deny",
    };
    let values = [("who", who.into()), ("what", what(lang, &rule.scope).into())];
    let mut sentence = t_with(lang, key, values).into_owned();
    let mut say = |words: Cow<'static, str>| {
        if lang == Lang::En {
            sentence.push(' ');
        }
        sentence.push_str(&words);
    };
    if let Some(hidden) = almost_all(lang, rule) {
        say(t_with(lang, "consent-say-but", [("what", hidden.into())]));
    }
    let tells = match rule.effect {
        Effect::Permit => reveals_hidden_values(&rule.scope.categories),
        Effect::Deny => denies_values_only(&rule.scope.categories),
    };
    if tells {
        say(t(lang, "consent-say-telling"));
    }
    let mut add = |key, day: CalendarDate| say(t_with(lang, key, [("date", date(lang, day).into())]));
    if let Some(until) = rule.validity.until {
        add("consent-say-until", UnixMillis(until.0 - 1).date_in_japan());
    }
    if let Some(from) = rule.data.from {
        add("consent-say-data-from", from);
    }
    if let Some(to) = rule.data.to {
        add("consent-say-data-to", to);
    }
    sentence
}

/// What a permit leaves out, when that is little enough to be said.
fn almost_all(lang: Lang, rule: &ConsentRule) -> Option<String> {
    let left = |category: &Category| !rule.scope.categories.contains(category);
    let hidden: Vec<_> = SHARED.iter().copied().filter(left).collect();
    let few = rule.effect == Effect::Permit && (1..=4).contains(&hidden.len());
    few.then(|| list(lang, hidden.into_iter().map(|category| category_name(lang, category))))
}

fn list(lang: Lang, words: impl Iterator<Item = Cow<'static, str>>) -> String {
    words.collect::<Vec<_>>().join(if lang == Lang::Ja { "、" } else { ", " })
}

fn what(lang: Lang, scope: &RuleScope) -> String {
    let all = SHARED.iter().all(|category| scope.categories.contains(category));
    let mut parts: Vec<Cow<'static, str>> = if all {
        vec![t(lang, "consent-all")]
    } else {
        scope.categories.iter().map(|category| category_name(lang, *category)).collect()
    };
    parts.extend(scope.labels.iter().map(|label| label_name(lang, *label)));
    list(lang, parts.into_iter())
}

fn who(lang: Lang, grantee: &Grantee, places: &[Organisation]) -> String {
    let name = |number: &str| {
        places.iter().find(|one| one.id == number).map_or_else(|| number.to_owned(), |one| one.name.clone())
    };
    match grantee {
        Grantee::Class { class } => class_name(lang, *class).into_owned(),
        Grantee::Organisation { organisation } => name(&organisation.0),
        Grantee::CareTeam { organisations } => {
            let members = list(lang, organisations.iter().map(|number| name(&number.0).into()));
            t_with(lang, "consent-who-team", [("members", members.into())]).into_owned()
        }
        Grantee::Person { organisation, subject } => {
            let values =
                [("organisation", name(&organisation.0).into()), ("subject", subject.as_str().into())];
            t_with(lang, "consent-who-person", values).into_owned()
        }
    }
}

/// A class of organisations.
pub(crate) fn class_name(lang: Lang, class: OrganisationKind) -> Cow<'static, str> {
    match class {
        OrganisationKind::Clinic => t(lang, "consent-who-clinic"),
        OrganisationKind::Hospital => t(lang, "consent-who-hospital"),
        OrganisationKind::Dentist => t(lang, "consent-who-dentist"),
        OrganisationKind::Pharmacy => t(lang, "consent-who-pharmacy"),
        OrganisationKind::Insurer => t(lang, "consent-who-insurer"),
        OrganisationKind::Municipality => t(lang, "consent-who-municipality"),
        OrganisationKind::Research => t(lang, "consent-who-research"),
        OrganisationKind::Care => t(lang, "consent-who-care"),
    }
}

/// A category.
pub(crate) fn category_name(lang: Lang, category: Category) -> Cow<'static, str> {
    match category {
        Category::CheckupMeasurements => t(lang, "consent-what-measurements"),
        Category::CheckupLaboratory => t(lang, "consent-what-checkup-laboratory"),
        Category::CheckupFindings => t(lang, "consent-what-findings"),
        Category::CheckupQuestionnaire => t(lang, "consent-what-questionnaire"),
        Category::CheckupScreening => t(lang, "consent-what-screening"),
        Category::Laboratory => t(lang, "consent-what-laboratory"),
        Category::Vaccination => t(lang, "consent-what-vaccination"),
        Category::Eligibility => t(lang, "consent-what-eligibility"),
        Category::Medication => t(lang, "consent-what-medication"),
        Category::Visits => t(lang, "consent-what-visits"),
        Category::Surgery => t(lang, "consent-what-surgery"),
    }
}

/// A sensitive label.
pub(crate) fn label_name(lang: Lang, label: Label) -> Cow<'static, str> {
    match label {
        Label::MentalHealth => t(lang, "consent-label-mental-health"),
        Label::HivSti => t(lang, "consent-label-hiv-sti"),
        Label::Reproductive => t(lang, "consent-label-reproductive"),
        Label::Genetic => t(lang, "consent-label-genetic"),
        Label::Abuse => t(lang, "consent-label-abuse"),
        Label::SubstanceUse => t(lang, "consent-label-substance-use"),
    }
}
