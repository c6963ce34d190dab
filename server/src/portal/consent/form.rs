//! Reads the form of `/consent`: flat fields whose names [`techo_app::views::consent`] makes.

use std::collections::{BTreeSet, HashMap};
use techo_app::views::consent::{
    ConsentMistake, FINDER_AFTER, FINDER_KEPT, FINDER_WORDS, OrganisationForm, TeamForm, WINDOWS,
    category_field, keep_field, label_field, place_field, place_label_field, team_field, team_label_field,
    team_member_field,
};
use techo_citizen::consent::OrganisationSearch;
use techo_consent::choices::{ConsentChoices, RECIPIENTS, SHARED, for_organisation, for_team};
use techo_custody::environment::Environment;
use techo_model::{
    CalendarDate, RuleId, UnixMillis,
    consent::{
        ConsentRule, ConsentSettings, ConsentState, Effect, EmergencyChoice, Label, OrganisationNumber,
        RuleScope, Switch,
    },
    organisation::{Organisation, OrganisationKind},
};
use techo_web::problem::HttpError;

type Sent = HashMap<String, String>;

/// What was sent.
pub(super) struct ReadForm {
    /// As choices and rules, without the rule about one place when that is wrong.
    pub(super) state: ConsentState,
    /// The rule about one place, as typed.
    pub(super) place: OrganisationForm,
    /// The new care team, likewise.
    pub(super) team: TeamForm,
    /// What is wrong with them.
    pub(super) mistakes: Vec<ConsentMistake>,
}

/// The version that the person looked at.
pub(super) fn base(sent: &Sent) -> Result<i64, HttpError> {
    sent.get("base").and_then(|text| text.parse().ok()).ok_or(HttpError::BadRequest)
}

/// What somebody looks for among the places. A page that begins after something that is no number of a place is not understood.
pub(super) fn search(sent: &Sent) -> Result<OrganisationSearch, HttpError> {
    let text = |name: &str| sent.get(name).cloned().unwrap_or_default();
    let after = Some(text(FINDER_AFTER)).filter(|after| !after.is_empty());
    if after.as_ref().is_some_and(|after| !OrganisationSearch::is_number(after)) {
        return Err(HttpError::BadRequest);
    }
    let kept = sent.iter().filter(|(_, value)| *value == "yes");
    let kept = kept.filter_map(|(name, _)| name.strip_prefix(FINDER_KEPT)).map(str::to_owned).collect();
    Ok(OrganisationSearch { words: text(FINDER_WORDS), after, kept })
}

/// The numbers of places that the form speaks of.
pub(super) fn numbers(sent: &Sent) -> Vec<String> {
    let members = sent.iter().filter(|(_, value)| *value == "yes");
    let members = members.filter_map(|(name, _)| name.strip_prefix(&team_member_field("")));
    members.map(str::to_owned).chain(sent.get("place-number").cloned()).collect()
}

/// Reads everything. `known` are the states whose single rules may have stood on the page.
pub(super) fn read(
    sent: &Sent,
    known: &[ConsentState],
    places: &[Organisation],
    environment: &Environment,
) -> ReadForm {
    let place = place(sent);
    let team = team(sent, places);
    let (mut rules, mut mistakes) = (Vec::new(), Vec::new());
    for read in [place_rule(&place, places, environment), team_rule(&team, environment)] {
        match read {
            Ok(rule) => rules.extend(rule),
            Err(wrong) => mistakes.extend(wrong),
        }
    }
    let former = known.last().cloned().unwrap_or_default();
    let mut choices = ConsentChoices {
        settings: settings(sent, &former.settings),
        classes: RECIPIENTS
            .into_iter()
            .chain([OrganisationKind::Research])
            .map(|class| (class, scope(sent, class)))
            .collect(),
        others: kept(sent, known),
    };
    choices.others.extend(rules);
    let state = choices.state(&former, environment.now(), || RuleId(environment.new_id()));
    ReadForm { state, place, team, mistakes }
}

fn ticked(sent: &Sent, name: &str) -> bool {
    sent.get(name).is_some_and(|value| value == "yes")
}

/// What was not sent, or is no word that we know, stays as it was.
fn settings(sent: &Sent, former: &ConsentSettings) -> ConsentSettings {
    let switch = |name: &str, now| sent.get(name).and_then(|word| Switch::parse(word)).unwrap_or(now);
    let emergency = sent.get("emergency").and_then(|word| EmergencyChoice::parse(word));
    let hours = sent.get("window").and_then(|text| text.parse().ok());
    ConsentSettings {
        clinics: switch("clinics", former.clinics),
        research: switch("research", former.research),
        insurer_transfer: switch("insurer_transfer", former.insurer_transfer),
        emergency: emergency.unwrap_or(former.emergency),
        treatment_window_hours: hours
            .filter(|hours| WINDOWS.contains(hours))
            .unwrap_or(former.treatment_window_hours),
    }
}

fn scope(sent: &Sent, class: OrganisationKind) -> RuleScope {
    let categories = SHARED.into_iter().filter(|category| ticked(sent, &category_field(class, *category)));
    let labels = Label::ALL.iter().copied().filter(|label| ticked(sent, &label_field(class, *label)));
    RuleScope { categories: categories.collect(), labels: labels.collect() }
}

/// The single rules whose tick is still there.
fn kept(sent: &Sent, known: &[ConsentState]) -> Vec<ConsentRule> {
    let mut seen = BTreeSet::new();
    known
        .iter()
        .flat_map(|state| ConsentChoices::of(state).others)
        .filter(|rule| ticked(sent, &keep_field(rule.id)) && seen.insert(rule.id))
        .collect()
}

fn place(sent: &Sent) -> OrganisationForm {
    let text = |name: &str| sent.get(name).cloned().unwrap_or_default();
    OrganisationForm {
        number: text("place-number"),
        effect: sent.get("place-effect").and_then(|word| Effect::parse(word)),
        until: text("place-until"),
        data_from: text("place-data-from"),
        data_to: text("place-data-to"),
        categories: SHARED.into_iter().filter(|category| ticked(sent, &place_field(*category))).collect(),
        labels: Label::ALL.iter().copied().filter(|label| ticked(sent, &place_label_field(*label))).collect(),
    }
}

fn team(sent: &Sent, places: &[Organisation]) -> TeamForm {
    let members = places.iter().filter(|place| ticked(sent, &team_member_field(&place.id)));
    TeamForm {
        members: members.map(|place| place.id.clone()).collect(),
        until: sent.get("team-until").cloned().unwrap_or_default(),
        categories: SHARED.into_iter().filter(|category| ticked(sent, &team_field(*category))).collect(),
        labels: Label::ALL.iter().copied().filter(|label| ticked(sent, &team_label_field(*label))).collect(),
    }
}

/// The rule about a new care team; none when nothing was chosen for one.
fn team_rule(form: &TeamForm, environment: &Environment) -> Result<Option<ConsentRule>, Vec<ConsentMistake>> {
    if !form.is_filled() {
        return Ok(None);
    }
    let mut mistakes = Vec::new();
    if form.members.len() < 2 {
        mistakes.push(ConsentMistake::TeamTooSmall);
    }
    if form.categories.is_empty() {
        mistakes.push(ConsentMistake::TeamSeesNothing);
    }
    let until = match form.until.trim() {
        "" => None,
        text => CalendarDate::parse(text).map_err(|_| mistakes.push(ConsentMistake::TeamUntilNoDate)).ok(),
    };
    if until.is_some_and(|last| last < environment.today()) {
        mistakes.push(ConsentMistake::TeamUntilOver);
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let scope = RuleScope {
        categories: form.categories.iter().copied().collect(),
        labels: form.labels.iter().copied().collect(),
    };
    let members = form.members.iter().cloned().map(OrganisationNumber).collect();
    let mut rule = for_team(RuleId(environment.new_id()), members, scope, environment.now());
    rule.validity.until = until.map(|last| UnixMillis::start_of(last.plus_days(1)));
    Ok(Some(rule))
}

/// The rule about one place; none when nothing was chosen for one.
fn place_rule(
    form: &OrganisationForm,
    places: &[Organisation],
    environment: &Environment,
) -> Result<Option<ConsentRule>, Vec<ConsentMistake>> {
    if places.is_empty() || !form.is_filled() {
        return Ok(None);
    }
    let Some(place) = places.iter().find(|place| place.id == form.number) else {
        return Err(vec![ConsentMistake::NoPlace]);
    };
    let mut mistakes = Vec::new();
    let nothing = form.labels.is_empty() || form.effect == Some(Effect::Permit);
    if form.categories.is_empty() && nothing {
        mistakes.push(ConsentMistake::NothingChosen);
    }
    let mut day = |text: &str, mistake| match text.trim() {
        "" => None,
        text => CalendarDate::parse(text).map_err(|_| mistakes.push(mistake)).ok(),
    };
    let until = day(&form.until, ConsentMistake::UntilNoDate);
    let data_from = day(&form.data_from, ConsentMistake::DataNoDate);
    let data_to = day(&form.data_to, ConsentMistake::DataEndNoDate);
    if until.is_some_and(|last| last < environment.today()) {
        mistakes.push(ConsentMistake::UntilOver);
    }
    if data_from.zip(data_to).is_some_and(|(from, to)| to < from) {
        mistakes.push(ConsentMistake::DataReversed);
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let effect = form.effect.unwrap_or(Effect::Deny);
    let number = OrganisationNumber(place.id.clone());
    let scope = RuleScope {
        categories: form.categories.iter().copied().collect(),
        labels: form.labels.iter().copied().collect(),
    };
    let mut rule = for_organisation(RuleId(environment.new_id()), effect, &number, scope, environment.now());
    rule.validity.until = until.map(|last| UnixMillis::start_of(last.plus_days(1)));
    (rule.data.from, rule.data.to) = (data_from, data_to);
    Ok(Some(rule))
}
