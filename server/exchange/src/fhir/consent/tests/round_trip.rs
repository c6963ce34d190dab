//! What survives: everything.

use super::*;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;
use techo_model::consent::EmergencyChoice;

fn subset<T: Copy + Ord + std::fmt::Debug + 'static>(
    all: &'static [T],
) -> impl Strategy<Value = BTreeSet<T>> {
    prop::sample::subsequence(all, 0..=all.len()).prop_map(|some| some.into_iter().collect())
}

fn word<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

fn grantee() -> impl Strategy<Value = Grantee> {
    let number = || "[0-9]{10}|[0-9]{8}|[0-9]{6}".prop_map(OrganisationNumber);
    prop_oneof![
        word(OrganisationKind::ALL).prop_map(|class| Grantee::Class { class }),
        number().prop_map(|organisation| Grantee::Organisation { organisation }),
        prop::collection::btree_set(number(), 2..5)
            .prop_map(|organisations| Grantee::CareTeam { organisations }),
        (number(), "[A-Za-z0-9医師\"<&-]{1,20}")
            .prop_map(|(organisation, subject)| Grantee::Person { organisation, subject }),
    ]
}

fn validity() -> impl Strategy<Value = RuleValidity> {
    (0..NOW.0, prop::option::of(1..4_000_000_000_000_i64)).prop_map(|(from, length)| RuleValidity {
        from: UnixMillis(from),
        until: length.map(|length| UnixMillis(from + length)),
    })
}

fn data() -> impl Strategy<Value = DataPeriod> {
    let day = |days: i32| CalendarDate::new(1950, 1, 1).unwrap().plus_days(days);
    (0..40_000_i32, 0..40_000_i32, any::<[bool; 2]>()).prop_map(move |(one, other, [from, to])| DataPeriod {
        from: from.then(|| day(one.min(other))),
        to: to.then(|| day(one.max(other))),
    })
}

fn rule() -> impl Strategy<Value = ConsentRule> {
    let scope = (subset(Category::ALL), subset(Label::ALL))
        .prop_map(|(categories, labels)| RuleScope { categories, labels })
        .prop_filter("names something", |scope| *scope != RuleScope::default());
    (any::<u128>(), word(Effect::ALL), grantee(), scope, word(Purpose::ALL), validity(), data()).prop_map(
        |(id, effect, grantee, scope, purpose, validity, data)| ConsentRule {
            id: RuleId(Uuid::from_u128(id)),
            effect,
            grantee,
            scope,
            purpose,
            validity,
            data,
        },
    )
}

fn state() -> impl Strategy<Value = ConsentState> {
    let settings =
        (word(Switch::ALL), word(Switch::ALL), word(EmergencyChoice::ALL), word(Switch::ALL), 1..=720_u16)
            .prop_map(|(clinics, research, emergency, insurer_transfer, treatment_window_hours)| {
                ConsentSettings { clinics, research, emergency, insurer_transfer, treatment_window_hours }
            });
    (settings, prop::collection::vec(rule(), 0..12))
        .prop_map(|(settings, rules)| ConsentState { settings, rules })
}

proptest! {
    #[test]
    fn any_choices_come_back_as_they_were_rule_by_rule_and_under_the_same_ids(state in state()) {
        prop_assert_eq!(read(&written(&state)), Ok(state));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        crate::fuzz_entry::consent(&bytes);
    }
}

#[test]
fn a_deny_that_means_either_is_two_provisions_because_elements_narrow_each_other_in_r4() {
    let body = written(&example());
    let provisions = body["provision"]["provision"].as_array().unwrap();
    assert_eq!(provisions.len(), 3, "a permit, and a deny in two halves");
    let [by_category, by_label] = &provisions[1..] else { panic!() };
    assert_eq!(by_category["extension"], by_label["extension"]);
    assert!(by_category.get("securityLabel").is_none() && by_label.get("code").is_none());
    assert_eq!(by_label["securityLabel"][0]["code"], "PSY");
}

#[test]
fn a_permit_opens_what_is_normal_and_the_labels_that_it_names() {
    let body = written(&example());
    let codes: Vec<_> = body["provision"]["provision"][0]["securityLabel"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["code"])
        .collect();
    assert_eq!(codes, ["N", "HIV", "STD"]);
}

#[test]
fn a_permit_that_names_only_a_label_says_that_it_opens_nothing() {
    let mut state = example();
    state.rules[0].scope.categories.clear();
    let body = written(&state);
    assert_eq!(body["provision"]["provision"][0]["code"][0]["coding"][0]["code"], "none");
    assert_eq!(read(&body), Ok(state));
}

#[test]
fn a_rule_ends_with_the_last_millisecond_of_its_last_day_in_japan() {
    let mut body = written(&example());
    let period = &mut body["provision"]["provision"][0]["period"];
    assert_eq!(period["end"], "2027-03-31T23:59:59.999+09:00");
    for same in ["2027-03-31", "2027-03-31T23:59:59+09:00", "2027-03-31T14:59:59.999Z"] {
        body["provision"]["provision"][0]["period"]["end"] = same.into();
        assert_eq!(read(&body), Ok(example()), "{same}");
    }
}

#[test]
fn an_emergency_is_read_by_either_of_its_two_codes() {
    let mut state = example();
    state.rules[0].purpose = Purpose::Emergency;
    let mut body = written(&state);
    assert_eq!(body["provision"]["provision"][0]["purpose"][0]["code"], "ETREAT");
    body["provision"]["provision"][0]["purpose"][0]["code"] = "BTG".into();
    assert_eq!(read(&body), Ok(state));
}

#[test]
fn an_export_names_nobody_and_says_which_version_it_is() {
    let body = written(&example());
    let masked = json!({ "extension": [{
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked" }] });
    assert_eq!((&body["patient"], &body["performer"][0]), (&masked, &masked));
    assert_eq!(body["sourceReference"]["identifier"]["value"], "3");
}

#[test]
fn the_example_of_the_documentation_is_what_is_written() {
    let page = include_str!("../../../../../../docs/FORMATS.md");
    let example_of_page = page
        .split("```json")
        .find(|block| block.contains("\"Consent\""))
        .map(|block| serde_json::from_str::<Value>(block.split("```").next().unwrap()).unwrap());
    assert_eq!(example_of_page, Some(written(&example())));
}

#[test]
fn as_many_rules_as_one_person_can_have_fit_into_a_file_that_is_read() {
    let mut longest = example().rules.remove(1);
    let Grantee::Person { subject, .. } = &mut longest.grantee else { panic!() };
    *subject = "\u{1f600}".repeat(128);
    longest.scope = RuleScope {
        categories: Category::ALL.iter().copied().collect(),
        labels: Label::ALL.iter().copied().collect(),
    };
    longest.validity.until = Some(UnixMillis(NOW.0 + 1));
    longest.data =
        DataPeriod { from: CalendarDate::new(2024, 4, 1).ok(), to: CalendarDate::new(2025, 3, 31).ok() };
    let numbered = |id| ConsentRule { id: RuleId(Uuid::from_u128(id)), ..longest.clone() };
    let state = ConsentState { rules: (0..200).map(numbered).collect(), ..example() };
    assert_eq!(read(&written(&state)), Ok(state));
}
