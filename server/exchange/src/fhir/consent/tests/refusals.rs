//! What is refused, with the sentence.

use super::*;
use serde_json::json;

type Change = fn(&mut Value);

/// The sentence about the example after a change.
fn refused(change: Change) -> String {
    let mut body = written(&example());
    change(&mut body);
    read(&body).expect_err("this cannot be expressed")
}

fn first(body: &mut Value) -> &mut Value {
    &mut body["provision"]["provision"][0]
}

const NOT_HERE: &str = "this element cannot be expressed here, and leaving it out would change the meaning";

#[test]
fn an_element_that_we_have_no_choice_for_is_refused_by_its_name() {
    let cases: [(Change, &str); 14] = [
        (|body| body["verification"] = json!([{ "verified": true }]), "Consent.verification"),
        (|body| body["policyRule"] = json!({ "text": "x" }), "Consent.policyRule"),
        (|body| body["sourceAttachment"] = json!({ "title": "x" }), "Consent.sourceAttachment"),
        (|body| body["identifier"] = json!([{ "value": "x" }]), "Consent.identifier"),
        (|body| body["extension"] = json!([]), "Consent.extension"),
        (|body| body["text"] = json!({ "status": "generated", "div": "<div/>" }), "Consent.text"),
        (|body| body["_status"] = json!({ "id": "x" }), "Consent._status"),
        (|body| body["provision"]["actor"] = json!([]), "Consent.provision.actor"),
        (|body| first(body)["data"] = json!([]), "Consent.provision.provision[0].data"),
        (|body| first(body)["action"] = json!([]), "Consent.provision.provision[0].action"),
        (|body| first(body)["provision"] = json!([]), "Consent.provision.provision[0].provision"),
        (
            |body| first(body)["modifierExtension"] = json!([]),
            "Consent.provision.provision[0].modifierExtension",
        ),
        (
            |body| first(body)["actor"][0]["reference"]["display"] = "山田".into(),
            "Consent.provision.provision[0].actor[0].reference.display",
        ),
        (|body| body["名前"] = 1.into(), "Consent"),
    ];
    for (change, place) in cases {
        assert_eq!(refused(change), format!("{place}: {NOT_HERE}"));
    }
}

#[test]
fn a_second_one_where_one_is_meant_is_refused_where_it_stands() {
    let again = |list: &mut Value| {
        let one = list[0].clone();
        list.as_array_mut().unwrap().push(one);
    };
    let mut body = written(&example());
    again(&mut body["modifierExtension"]);
    assert_eq!(read(&body), Err(format!("Consent.modifierExtension[1]: {NOT_HERE}")));
    for name in ["extension", "actor", "purpose"] {
        let mut body = written(&example());
        again(&mut first(&mut body)[name]);
        assert_eq!(read(&body), Err(format!("Consent.provision.provision[0].{name}[1]: {NOT_HERE}")));
    }
}

#[test]
fn a_care_team_is_several_organisations_by_number_each_once() {
    let team = ["1310000019", "1370000016"].map(|number| OrganisationNumber(number.into()));
    let mut state = example();
    state.rules.truncate(1);
    state.rules[0].grantee = Grantee::CareTeam { organisations: team.into() };
    let body = written(&state);
    assert_eq!(body["provision"]["provision"][0]["actor"].as_array().unwrap().len(), 2);
    assert_eq!(read(&body), Ok(state.clone()));
    let mut twice = body.clone();
    first(&mut twice)["actor"][1] = first(&mut twice)["actor"][0].clone();
    let unknown = "this code, word or number is not known here";
    assert_eq!(read(&twice), Err(format!("Consent.provision.provision[0].actor[1]: {unknown}")));
    let alone = ["1310000019"].map(|number| OrganisationNumber(number.into()));
    state.rules[0].grantee = Grantee::CareTeam { organisations: alone.into() };
    assert!(crate::fhir::consent::write(&state, VERSION).is_err(), "one is no team");
}

#[test]
fn a_code_that_is_none_of_ours_is_refused_where_it_stands() {
    let cases: [(Change, &str); 9] = [
        (|body| first(body)["purpose"][0]["code"] = "HMARKT".into(), "purpose[0]"),
        (|body| first(body)["purpose"][0]["system"] = "urn:x".into(), "purpose[0]"),
        (|body| first(body)["type"] = "maybe".into(), "type"),
        (|body| first(body)["code"][1]["coding"][0]["code"] = "dreams".into(), "code[1]"),
        (|body| first(body)["code"][1] = first(body)["code"][0].clone(), "code[1]"),
        (|body| first(body)["securityLabel"][1]["code"] = "SEX".into(), "securityLabel[1]"),
        (|body| first(body)["actor"][0]["role"]["coding"][0]["code"] = "PRCP".into(), "actor[0].role"),
        (
            |body| first(body)["actor"][0]["reference"]["identifier"]["value"] = "everybody".into(),
            "actor[0].reference.identifier",
        ),
        (|body| first(body)["extension"][0]["valueUuid"] = "1".into(), "extension[0].valueUuid"),
    ];
    for (change, place) in cases {
        let sentence =
            format!("Consent.provision.provision[0].{place}: this code, word or number is not known here");
        assert_eq!(refused(change), sentence);
    }
}

#[test]
fn what_is_missing_is_named() {
    for name in ["extension", "type", "period", "actor", "purpose", "code", "securityLabel"] {
        let mut body = written(&example());
        first(&mut body).as_object_mut().unwrap().remove(name);
        assert_eq!(
            read(&body),
            Err(format!("Consent.provision.provision[0].{name}: this element is needed"))
        );
    }
    let names =
        ["modifierExtension", "status", "scope", "category", "patient", "dateTime", "policy", "provision"];
    for name in names {
        let mut body = written(&example());
        body.as_object_mut().unwrap().remove(name);
        assert_eq!(read(&body), Err(format!("Consent.{name}: this element is needed")));
    }
    let without = |body: &mut Value| {
        body["modifierExtension"][0]["extension"].as_array_mut().unwrap().remove(1);
    };
    assert_eq!(
        refused(without),
        "Consent.modifierExtension[0].extension.where(url='clinics'): this element is needed"
    );
}

#[test]
fn a_consent_that_is_not_active_or_says_something_else_under_its_rules_is_refused() {
    let other = "our profile has one fixed value here, and this is another one";
    let cases: [(Change, &str); 5] = [
        (|body| body["status"] = "inactive".into(), "Consent.status"),
        (|body| body["scope"]["coding"][0]["code"] = "research".into(), "Consent.scope"),
        (|body| body["provision"]["type"] = "permit".into(), "Consent.provision.type"),
        (
            |body| body["policy"][0]["uri"] = "https://profiles.ihe.net/ITI/PCF/Policy-all-normal".into(),
            "Consent.policy",
        ),
        (|body| body["modifierExtension"][0]["extension"][3]["valueCode"] = "never".into(), "Consent.policy"),
    ];
    for (change, place) in cases {
        assert_eq!(refused(change), format!("{place}: {other}"));
    }
}

#[test]
fn a_file_that_says_whose_choices_these_are_is_refused() {
    let sentence = "the file names somebody; only choices without a name are taken over";
    let patient: Change = |body| body["patient"] = json!({ "reference": "Patient/1" });
    assert_eq!(refused(patient), format!("Consent.patient: {sentence}"));
    let guardian: Change = |body| body["performer"] = json!([{ "display": "山田" }]);
    assert_eq!(refused(guardian), format!("Consent.performer: {sentence}"));
}

#[test]
fn times_that_would_be_rounded_or_guessed_are_refused() {
    let place = "Consent.provision.provision[0].period.end";
    for text in [
        "2027",
        "2027-03",
        "2027-02-30",
        "2027-03-31T23:59",
        "2027-03-31T23:59:59",
        "2027-03-31T23:59:60Z",
        "2027-03-31T23:59:59.9Z",
        "2027-03-31T23:59:59.9999Z",
        "2027-03-31 23:59:59Z",
        "R9.3.31",
        "9999-12-31",
    ] {
        let mut body = written(&example());
        first(&mut body)["period"]["end"] = text.into();
        let sentence =
            format!("{place}: a whole date, or an instant with seconds and an offset, is expected");
        assert_eq!(read(&body), Err(sentence), "{text}");
    }
}

#[test]
fn a_period_that_ends_before_it_begins_and_a_rule_that_begins_later_are_refused() {
    let place = "Consent.provision.provision[0]";
    let over: Change = |body| first(body)["period"]["end"] = "2020-01-01".into();
    assert_eq!(refused(over), format!("{place}.period: this period ends before it begins"));
    let data: Change = |body| first(body)["dataPeriod"]["end"] = "2020-01-01".into();
    assert_eq!(refused(data), format!("{place}.dataPeriod: this period ends before it begins"));
    let later: Change = |body| first(body)["period"]["start"] = "2027-01-01".into();
    assert_eq!(
        refused(later),
        format!("{place}.period.start: a rule that begins only later cannot be expressed here")
    );
}

#[test]
fn labels_and_categories_that_r4_would_read_otherwise_are_refused() {
    let place = "Consent.provision.provision";
    let half: Change = |body| drop(first(body)["securityLabel"].as_array_mut().unwrap().pop());
    assert_eq!(
        refused(half),
        format!("{place}[0].securityLabel: HIV and STD are one label here: name both or neither")
    );
    let only: Change = |body| drop(first(body)["securityLabel"].as_array_mut().unwrap().remove(0));
    assert_eq!(refused(only), format!("{place}[0].securityLabel: {NOT_HERE}"));
    let both: Change = |body| {
        let label = body["provision"]["provision"][2]["securityLabel"].clone();
        body["provision"]["provision"][1]["securityLabel"] = label;
    };
    let sentence = "a deny names categories or labels; both are two provisions with the same rule id";
    assert_eq!(refused(both), format!("{place}[1].securityLabel: {sentence}"));
    let nothing: Change = |body| {
        first(body)["code"] =
            json!([{ "coding": [{ "system": "urn:techo:consent-category", "code": "none" }] }]);
        first(body)["securityLabel"].as_array_mut().unwrap().truncate(1);
    };
    assert_eq!(refused(nothing), format!("{place}[0].code: a rule has to name a category or a label"));
}

#[test]
fn two_rules_with_one_id_are_refused() {
    let same: Change = |body| {
        let id = body["provision"]["provision"][1]["extension"].clone();
        first(body)["extension"] = id;
    };
    let place = "Consent.provision.provision[1].extension[0]";
    assert_eq!(refused(same), format!("{place}: another provision has this rule id and says something else"));
}

#[test]
fn an_id_of_somebody_that_would_change_how_a_sentence_reads_is_refused() {
    for subject in ["dr\u{202e}1", "dr\n1", " ", &"x".repeat(129), "1234-5678-9018"] {
        let mut body = written(&example());
        body["provision"]["provision"][1]["actor"][0]["reference"]["identifier"]["value"] = subject.into();
        let place = "Consent.provision.provision[1].actor[0].reference.identifier.value";
        assert_eq!(read(&body), Err(format!("{place}: this code, word or number is not known here")));
    }
}

#[test]
fn what_is_no_consent_at_all_is_refused_in_one_sentence() {
    let read = |text: &str| super::super::read(text.as_bytes(), NOW).unwrap_err().to_string();
    assert_eq!(read("{"), "line 1: this is no JSON");
    assert_eq!(read(&"[".repeat(1_000)), "line 1: this is no JSON");
    assert_eq!(read("[]"), "Consent: a resource of type Consent is expected");
    assert_eq!(
        read("{\"resourceType\":\"Patient\"}"),
        "Consent.resourceType: a resource of type Consent is expected"
    );
    assert_eq!(
        read("{\"status\":\"active\",\n\"status\":\"inactive\"}"),
        "Consent.status: an object has the same name twice, so its meaning is open"
    );
    assert_eq!(read(&" ".repeat(1024 * 1024 + 1)), "Consent: the file is larger than 1 MiB");
}

#[test]
fn choices_that_contradict_themselves_are_not_written() {
    type Contradiction = (fn(&mut ConsentRule), &'static str);
    let cases: [Contradiction; 5] = [
        (|rule| rule.scope = RuleScope::default(), ".code: a rule has to name a category or a label"),
        (|rule| rule.validity.until = Some(rule.validity.from), ".period: this period ends before it begins"),
        (
            |rule| rule.validity.from = UnixMillis(i64::MIN),
            ".period: a whole date, or an instant with seconds and an offset, is expected",
        ),
        (
            |rule| rule.data.to = CalendarDate::new(1900, 1, 1).ok(),
            ".dataPeriod: this period ends before it begins",
        ),
        (
            |rule| rule.grantee = Grantee::Organisation { organisation: OrganisationNumber("x".into()) },
            ".actor[0].reference.identifier.value: this code, word or number is not known here",
        ),
    ];
    for (change, sentence) in cases {
        let mut state = example();
        change(&mut state.rules[0]);
        let problem = super::super::write(&state, VERSION).unwrap_err();
        assert_eq!(problem.to_string(), format!("Consent.provision.provision[0]{sentence}"));
    }
    let mut state = example();
    state.settings.treatment_window_hours = 0;
    assert!(super::super::write(&state, VERSION).is_err());
}
