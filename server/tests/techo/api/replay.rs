//! Cases of consent, decided by the engine and asked again through the door: both say the same.

use crate::{
    api::records::{Reader, fill},
    fixtures::systems::{Clinic, SystemsApi, each_systems_api},
};
use serde_json::json;
use techo_consent::decide;
use techo_model::{
    CalendarDate, RuleId,
    consent::{
        Asker, Category, ConsentRule, ConsentState, EmergencyChoice, Label, Mark, OrganisationNumber,
        PersonEmergency, Purpose, RecordFacts, RecordMarking, Switch,
    },
    organisation::OrganisationKind,
    record::RecordKind,
};

/// Day of the dose that every case is about.
const GIVEN_ON: &str = "2025-11-01";

/// What a case says of one rule; the rest is the same in all of them.
fn rule(api: &SystemsApi, words: &serde_json::Value) -> ConsentRule {
    let mut rule = json!({
        "id": RuleId(api.app.installation.custody.environment.new_id()),
        "effect": "permit",
        "grantee": { "kind": "class", "class": "clinic" },
        "scope": { "categories": ["vaccination"] },
        "purpose": "treatment",
        "validity": { "from": 0 },
    });
    for (name, value) in words.as_object().unwrap() {
        rule[name] = value.clone();
    }
    serde_json::from_value(rule).unwrap()
}

/// Name, rules, and whether the dose may be seen by Dr dr-1 of clinic 1310000001 for treatment.
fn cases(now: i64) -> Vec<(&'static str, serde_json::Value, bool)> {
    let here = json!({ "kind": "organisation", "organisation": "1310000001" });
    let elsewhere = json!({ "kind": "organisation", "organisation": "1310000002" });
    let doctor = json!({ "kind": "person", "organisation": "1310000001", "subject": "dr-1" });
    let colleague = json!({ "kind": "person", "organisation": "1310000001", "subject": "dr-2" });
    let dentists = json!({ "kind": "class", "class": "dentist" });
    let deny = |grantee: &serde_json::Value| json!({ "effect": "deny", "grantee": grantee });
    vec![
        ("no rule at all", json!([]), false),
        ("a permit for the class", json!([{}]), true),
        ("a permit for this place", json!([{ "grantee": here }]), true),
        ("a permit for another place", json!([{ "grantee": elsewhere }]), false),
        ("a permit for this doctor", json!([{ "grantee": doctor }]), true),
        ("a permit for a colleague", json!([{ "grantee": colleague }]), false),
        ("a permit for another class", json!([{ "grantee": dentists }]), false),
        ("a deny for this place beats a permit for the class", json!([{}, deny(&here)]), false),
        ("a deny that comes first beats it, too", json!([deny(&here), {}]), false),
        ("a deny for a colleague is none for this doctor", json!([{}, deny(&colleague)]), true),
        ("a deny for another place is none here", json!([{}, deny(&elsewhere)]), true),
        (
            "another purpose",
            json!([{ "purpose": "research", "grantee": { "kind": "class", "class": "research" } }]),
            false,
        ),
        ("another category", json!([{ "scope": { "categories": ["checkup-laboratory"] } }]), false),
        ("a label alone is no category", json!([{ "scope": { "labels": ["genetic"] } }]), false),
        ("a permit that is over", json!([{ "validity": { "from": 0, "until": now } }]), false),
        (
            "a permit that ends in a minute",
            json!([{ "validity": { "from": 0, "until": now + 60_000 } }]),
            true,
        ),
        ("a permit that begins in a minute", json!([{ "validity": { "from": now + 60_000 } }]), false),
        (
            "a deny that is over",
            json!([{}, { "effect": "deny", "validity": { "from": 0, "until": now } }]),
            true,
        ),
        ("data of that day", json!([{ "data": { "from": GIVEN_ON, "to": GIVEN_ON } }]), true),
        ("data of later days", json!([{ "data": { "from": "2025-11-02" } }]), false),
        ("data of earlier days", json!([{ "data": { "to": "2025-10-31" } }]), false),
        ("a deny for earlier data", json!([{}, { "effect": "deny", "data": { "to": "2025-10-31" } }]), true),
    ]
}

#[tokio::test]
async fn every_case_of_consent_is_decided_through_the_door_as_by_the_engine() {
    for api in each_systems_api().await {
        fill(&api).await;
        let scope = api.citizen(1).await;
        api.choose(1, Switch::On, 24).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let now = api.app.installation.custody.environment.now();
        let asker = Asker::Organisation {
            organisation: OrganisationNumber(clinic.organisation.id.clone()),
            class: OrganisationKind::Clinic,
            subject: Some("dr-1".into()),
            emergency: None,
        };
        let record = RecordFacts::plain(Category::Vaccination, CalendarDate::parse(GIVEN_ON).unwrap());
        for (name, rules, expected) in cases(now.0) {
            let mut state = ConsentState::default();
            state.settings.clinics = Switch::On;
            state.rules = rules.as_array().unwrap().iter().map(|words| rule(&api, words)).collect();
            let decision = decide(&state, &record, &asker, Purpose::Treatment, now);
            assert_eq!(decision.is_permit(), expected, "the engine: {name}");
            let base = api.app.state.reading.consent(&scope).await.unwrap().version;
            api.save(&scope, state, base).await;
            let found = reader.search("Immunization", "").await.1;
            assert_eq!(found == 1, expected, "{}, through the door: {name}", api.engine());
        }
    }
}

/// What is put on the dose, what is chosen for emergencies, and what a doctor of the clinic then sees: for treatment, and
/// in an emergency that they declared.
const MARKED: [(Option<Mark>, EmergencyChoice, bool, bool); 9] = [
    (None, EmergencyChoice::Normal, true, true),
    (None, EmergencyChoice::AlsoSealed, true, true),
    (None, EmergencyChoice::Never, true, false),
    (Some(Mark::Withheld), EmergencyChoice::Normal, false, true),
    (Some(Mark::Withheld), EmergencyChoice::AlsoSealed, false, true),
    (Some(Mark::Withheld), EmergencyChoice::Never, false, false),
    (Some(Mark::Sealed), EmergencyChoice::Normal, false, false),
    (Some(Mark::Sealed), EmergencyChoice::AlsoSealed, false, true),
    (Some(Mark::Sealed), EmergencyChoice::Never, false, false),
];

#[tokio::test]
async fn marks_and_the_choice_for_emergencies_hold_through_the_door_as_in_the_engine() {
    for api in each_systems_api().await {
        fill(&api).await;
        let scope = api.citizen(1).await;
        api.choose(1, Switch::On, 24).await;
        let clinic = api.clinic().await;
        let treating = Reader::new(&api, &clinic).await;
        let reading = &api.app.state.reading;
        let held = reading.records(&scope).await.unwrap();
        let dose = held.sources.iter().find(|source| source.kind == RecordKind::Vaccination).unwrap();
        let dose = dose.records[0].id;
        for (mark, emergency, in_treatment, in_emergency) in MARKED {
            let mut state = ConsentState::default();
            (state.settings.clinics, state.settings.emergency) = (Switch::On, emergency);
            state.rules = vec![rule(&api, &json!({}))];
            let base = reading.consent(&scope).await.unwrap().version;
            api.save(&scope, state.clone(), base).await;
            let shown = api.card_shown(1).await;
            reading.mark_record(&shown, RecordKind::Vaccination, dose, mark).await.unwrap();
            let name = format!("{mark:?}, {emergency:?} on {}", api.engine());
            let engine = |purpose| by_the_engine(&api, &clinic, &state, mark, purpose);
            assert_eq!(
                (engine(Purpose::Treatment), engine(Purpose::Emergency)),
                (in_treatment, in_emergency),
                "the engine: {name}"
            );
            assert_eq!(treating.search("Immunization", "").await.1 == 1, in_treatment, "{name}");
            assert_eq!(seen_in_an_emergency(&api, &clinic).await, in_emergency, "{name}");
        }
    }
}

#[tokio::test]
async fn a_label_that_the_person_put_on_a_dose_hides_it_until_a_permit_names_the_label() {
    for api in each_systems_api().await {
        fill(&api).await;
        let scope = api.citizen(1).await;
        api.choose(1, Switch::On, 24).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let reading = &api.app.state.reading;
        let held = reading.records(&scope).await.unwrap();
        let of = |kind| held.sources.iter().find(|source| source.kind == kind).unwrap().records[0].id;
        let named = json!({ "scope": { "categories": ["vaccination"], "labels": ["genetic"] } });
        let labelled = RecordMarking { mark: None, labels: [Label::Genetic].into() };
        for (rules, marking, expected) in [
            (json!([{}]), RecordMarking::default(), 1),
            (json!([{}]), labelled.clone(), 0),
            (json!([named]), labelled.clone(), 1),
            (json!([named]), RecordMarking { mark: Some(Mark::Withheld), ..labelled.clone() }, 0),
        ] {
            let mut state = ConsentState::default();
            state.settings.clinics = Switch::On;
            state.rules = rules.as_array().unwrap().iter().map(|words| rule(&api, words)).collect();
            let base = reading.consent(&scope).await.unwrap().version;
            api.save(&scope, state, base).await;
            let name = format!("{rules} {marking:?} on {}", api.engine());
            reading
                .mark_record(
                    &api.card_shown(1).await,
                    RecordKind::Vaccination,
                    of(RecordKind::Vaccination),
                    marking,
                )
                .await
                .unwrap();
            assert_eq!(reader.search("Immunization", "").await.1, expected, "{name}");
        }
        let shown = api.card_shown(1).await;
        let refused =
            reading.mark_record(&shown, RecordKind::Coverage, of(RecordKind::Coverage), labelled).await;
        assert!(refused.is_err(), "whoever pays would be told that nobody is insured");
        let lines = api.log_of(1).await;
        assert!(lines.iter().any(|line| line["detail"]["labels"] == 1));
        assert!(!lines.iter().any(|line| line.to_string().contains("genetic")), "the log tells no label");
    }
}

fn by_the_engine(
    api: &SystemsApi,
    clinic: &Clinic,
    state: &ConsentState,
    mark: Option<Mark>,
    purpose: Purpose,
) -> bool {
    let now = api.app.installation.custody.environment.now();
    let running = PersonEmergency { declared_at: now, ends_at: now.plus(std::time::Duration::from_mins(60)) };
    let asker = Asker::Organisation {
        organisation: OrganisationNumber(clinic.organisation.id.clone()),
        class: OrganisationKind::Clinic,
        subject: Some("dr-1".into()),
        emergency: (purpose == Purpose::Emergency).then_some(running),
    };
    let facts = RecordFacts::plain(Category::Vaccination, CalendarDate::parse(GIVEN_ON).unwrap());
    decide(state, &RecordFacts { mark, ..facts }, &asker, purpose, now).is_permit()
}

/// Declares an emergency with a reason that was not given before, and looks for the dose.
async fn seen_in_an_emergency(api: &SystemsApi, clinic: &Clinic) -> bool {
    let token = api.token_of(clinic, "dr-1").await;
    let reason =
        format!("意識がなく、接種歴を確かめる {}", api.app.installation.custody.environment.new_id());
    let declared =
        api.declare(&token, &crate::api::emergency::flag(&reason, &crate::api::emergency::known())).await;
    match declared.status {
        201 => {
            let code = declared.json()["subject"]["identifier"]["value"].as_str().unwrap().to_owned();
            api.seen(&token, "Immunization", &code).await == 1
        }
        404 => false,
        other => panic!("{other}: {}", declared.text),
    }
}
