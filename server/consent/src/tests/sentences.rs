//! The promises in words, one test each.

use super::super::{ConsentDecision, ConsentOutcome, Step, decide};
use std::collections::BTreeSet;
use techo_model::{
    CalendarDate, RuleId, UnixMillis,
    consent::{
        Asker, Category, ConsentRule, ConsentSettings, ConsentState, DataPeriod, Effect, EmergencyChoice,
        Grantee, Label, Mark, OrganisationNumber, PersonEmergency, Purpose, RecordFacts, RuleScope,
        RuleValidity, Switch,
    },
    organisation::OrganisationKind,
};
use uuid::Uuid;

const CLINIC: &str = "1310000001";

fn day(text: &str) -> CalendarDate {
    CalendarDate::parse(text).unwrap()
}

fn noon() -> UnixMillis {
    UnixMillis(UnixMillis::start_of(day("2026-11-27")).0 + 12 * 3_600_000)
}

fn sharing() -> ConsentState {
    let settings =
        ConsentSettings { clinics: Switch::On, research: Switch::On, ..ConsentSettings::default() };
    ConsentState { settings, rules: Vec::new() }
}

fn laboratory() -> RecordFacts {
    RecordFacts::plain(Category::CheckupLaboratory, day("2026-05-01"))
}

fn asks(class: OrganisationKind) -> Asker {
    Asker::Organisation {
        organisation: OrganisationNumber(CLINIC.into()),
        class,
        subject: Some("dr-1".into()),
        emergency: None,
    }
}

fn in_an_emergency() -> Asker {
    let emergency = PersonEmergency { declared_at: noon(), ends_at: UnixMillis(noon().0 + 3_600_000) };
    Asker::Organisation {
        organisation: OrganisationNumber(CLINIC.into()),
        class: OrganisationKind::Hospital,
        subject: Some("dr-1".into()),
        emergency: Some(emergency),
    }
}

fn rule(id: u128, effect: Effect, grantee: Grantee, categories: &[Category]) -> ConsentRule {
    ConsentRule {
        id: RuleId(Uuid::from_u128(id)),
        effect,
        grantee,
        scope: RuleScope { categories: categories.iter().copied().collect(), labels: BTreeSet::new() },
        purpose: Purpose::Treatment,
        validity: RuleValidity { from: UnixMillis(0), until: None },
        data: DataPeriod::default(),
    }
}

fn class(class: OrganisationKind) -> Grantee {
    Grantee::Class { class }
}

fn treat(state: &ConsentState, record: &RecordFacts, asker: &Asker) -> ConsentDecision {
    decide(state, record, asker, Purpose::Treatment, noon())
}

#[test]
fn nobody_sees_anything_until_the_person_turns_sharing_on() {
    let mut state = ConsentState::default();
    state.rules.push(rule(1, Effect::Permit, class(OrganisationKind::Clinic), Category::ALL));
    let decision = treat(&state, &laboratory(), &asks(OrganisationKind::Clinic));
    assert_eq!((decision.outcome, decision.step), (ConsentOutcome::Deny, Step::OptIn));
    state.settings.clinics = Switch::On;
    assert!(treat(&state, &laboratory(), &asks(OrganisationKind::Clinic)).is_permit());
}

#[test]
fn dentists_see_no_laboratory_values_although_everybody_who_treats_me_sees_everything() {
    let mut state = sharing();
    for kind in [OrganisationKind::Clinic, OrganisationKind::Dentist] {
        state.rules.push(rule(1, Effect::Permit, class(kind), Category::ALL));
    }
    let values = [Category::CheckupLaboratory, Category::Laboratory];
    state.rules.push(rule(2, Effect::Deny, class(OrganisationKind::Dentist), &values));
    let dentist = treat(&state, &laboratory(), &asks(OrganisationKind::Dentist));
    assert_eq!((dentist.step, dentist.rule), (Step::Denied, Some(RuleId(Uuid::from_u128(2)))));
    assert!(treat(&state, &laboratory(), &asks(OrganisationKind::Clinic)).is_permit());
    let weight = RecordFacts { category: Category::CheckupMeasurements, ..laboratory() };
    assert!(treat(&state, &weight, &asks(OrganisationKind::Dentist)).is_permit());
}

#[test]
fn a_sensitive_label_needs_a_permit_that_names_it_and_all_categories_never_covers_it() {
    let mut state = sharing();
    state.rules.push(rule(1, Effect::Permit, class(OrganisationKind::Clinic), Category::ALL));
    let hiv = RecordFacts { labels: [Label::HivSti].into(), ..laboratory() };
    let clinic = asks(OrganisationKind::Clinic);
    assert_eq!(treat(&state, &hiv, &clinic).step, Step::Label);
    state.rules[0].scope.labels.insert(Label::HivSti);
    assert!(treat(&state, &hiv, &clinic).is_permit());
    let both = RecordFacts { labels: [Label::HivSti, Label::Genetic].into(), ..laboratory() };
    assert_eq!(treat(&state, &both, &clinic).step, Step::Label, "each label has to be named");
}

#[test]
fn a_deny_of_a_label_hides_whatever_carries_it_in_every_category() {
    let mut state = sharing();
    let mut permit = rule(1, Effect::Permit, class(OrganisationKind::Clinic), Category::ALL);
    permit.scope.labels = Label::ALL.iter().copied().collect();
    let mut deny = rule(2, Effect::Deny, class(OrganisationKind::Clinic), &[]);
    deny.scope.labels.insert(Label::MentalHealth);
    state.rules = vec![permit, deny];
    let record = RecordFacts { labels: [Label::MentalHealth, Label::Genetic].into(), ..laboratory() };
    assert_eq!(treat(&state, &record, &asks(OrganisationKind::Clinic)).step, Step::Denied);
}

#[test]
fn a_rule_for_one_doctor_is_no_rule_for_the_colleague_or_for_an_automatic_query() {
    let mut state = sharing();
    let doctor = Grantee::Person { organisation: OrganisationNumber(CLINIC.into()), subject: "dr-1".into() };
    state.rules.push(rule(1, Effect::Permit, doctor, Category::ALL));
    let asker = |subject: Option<&str>| Asker::Organisation {
        organisation: OrganisationNumber(CLINIC.into()),
        class: OrganisationKind::Clinic,
        subject: subject.map(str::to_owned),
        emergency: None,
    };
    assert!(treat(&state, &laboratory(), &asker(Some("dr-1"))).is_permit());
    assert!(!treat(&state, &laboratory(), &asker(Some("dr-2"))).is_permit());
    assert!(!treat(&state, &laboratory(), &asker(None)).is_permit());
}

#[test]
fn a_permit_for_treatment_is_none_for_research() {
    let mut state = sharing();
    state.rules.push(rule(1, Effect::Permit, class(OrganisationKind::Research), Category::ALL));
    let research = asks(OrganisationKind::Research);
    assert!(!decide(&state, &laboratory(), &research, Purpose::Research, noon()).is_permit());
    state.rules[0].purpose = Purpose::Research;
    assert!(decide(&state, &laboratory(), &research, Purpose::Research, noon()).is_permit());
}

#[test]
fn a_rule_ends_at_the_midnight_in_japan_that_ends_its_last_day() {
    let mut state = sharing();
    let midnight = UnixMillis::start_of(day("2026-11-28"));
    let mut permit = rule(1, Effect::Permit, class(OrganisationKind::Clinic), Category::ALL);
    permit.validity = RuleValidity { from: UnixMillis::start_of(day("2026-11-27")), until: Some(midnight) };
    state.rules.push(permit);
    let at = |millis: i64| {
        let clinic = asks(OrganisationKind::Clinic);
        decide(&state, &laboratory(), &clinic, Purpose::Treatment, UnixMillis(millis))
    };
    let first = UnixMillis::start_of(day("2026-11-27")).0;
    assert!(!at(first - 1).is_permit() && at(first).is_permit());
    assert_eq!(at(midnight.0 - 1).until, Some(midnight));
    assert!(!at(midnight.0).is_permit());
}

#[test]
fn a_deny_that_begins_later_is_the_end_of_a_permit_that_names_none() {
    let mut state = sharing();
    state.rules.push(rule(1, Effect::Permit, class(OrganisationKind::Clinic), Category::ALL));
    let mut deny = rule(2, Effect::Deny, class(OrganisationKind::Clinic), Category::ALL);
    deny.validity.from = UnixMillis(noon().0 + 1);
    state.rules.push(deny);
    let decision = treat(&state, &laboratory(), &asks(OrganisationKind::Clinic));
    assert_eq!((decision.outcome, decision.until), (ConsentOutcome::Permit, Some(UnixMillis(noon().0 + 1))));
}

#[test]
fn an_emergency_opens_what_is_withheld_and_sensitive_but_not_what_is_sealed() {
    let state = ConsentState::default();
    let emergency = |state: &ConsentState, record: &RecordFacts| {
        decide(state, record, &in_an_emergency(), Purpose::Emergency, noon())
    };
    let withheld = RecordFacts { mark: Some(Mark::Withheld), labels: [Label::HivSti].into(), ..laboratory() };
    let opened = emergency(&state, &withheld);
    assert_eq!((opened.step, opened.until), (Step::Emergency, Some(UnixMillis(noon().0 + 3_600_000))));
    let sealed = RecordFacts { mark: Some(Mark::Sealed), ..laboratory() };
    assert_eq!(emergency(&state, &sealed).step, Step::Sealed);
    let choice = |emergency| ConsentState {
        settings: ConsentSettings { emergency, ..ConsentSettings::default() },
        rules: Vec::new(),
    };
    assert!(emergency(&choice(EmergencyChoice::AlsoSealed), &sealed).is_permit());
    assert!(!emergency(&choice(EmergencyChoice::Never), &laboratory()).is_permit());
}

#[test]
fn an_emergency_needs_a_named_clinician_and_ends_after_sixty_minutes() {
    let state = ConsentState::default();
    let declared = |minutes: i64, subject: Option<&str>| Asker::Organisation {
        organisation: OrganisationNumber(CLINIC.into()),
        class: OrganisationKind::Hospital,
        subject: subject.map(str::to_owned),
        emergency: Some(PersonEmergency {
            declared_at: noon(),
            ends_at: UnixMillis(noon().0 + minutes * 60_000),
        }),
    };
    let ask = |asker: &Asker, at: i64| {
        decide(&state, &laboratory(), asker, Purpose::Emergency, UnixMillis(noon().0 + at))
    };
    assert!(ask(&declared(60, Some("dr-1")), 59 * 60_000).is_permit());
    assert!(!ask(&declared(60, Some("dr-1")), 60 * 60_000).is_permit());
    assert!(!ask(&declared(60, None), 0).is_permit());
    assert_eq!(ask(&declared(61, Some("dr-1")), 0).step, Step::Indeterminate);
    assert_eq!(ask(&asks(OrganisationKind::Hospital), 0).step, Step::Emergency);
}

fn own() -> RecordFacts {
    RecordFacts { author: Some(OrganisationNumber(CLINIC.into())), ..laboratory() }
}

#[test]
fn whoever_made_a_record_sees_it_without_opt_in_permit_or_label() {
    let record = RecordFacts { labels: [Label::HivSti, Label::Genetic].into(), ..own() };
    let clinic = asks(OrganisationKind::Clinic);
    assert_eq!(treat(&ConsentState::default(), &record, &clinic).step, Step::Author);
    assert_eq!(treat(&ConsentState::default(), &laboratory(), &clinic).step, Step::OptIn);
}

#[test]
fn a_mark_hides_a_record_from_the_place_that_made_it_too() {
    for (mark, step) in [(Mark::Withheld, Step::Withheld), (Mark::Sealed, Step::Sealed)] {
        let record = RecordFacts { mark: Some(mark), ..own() };
        let decision = treat(&sharing(), &record, &asks(OrganisationKind::Clinic));
        assert_eq!((decision.outcome, decision.step), (ConsentOutcome::Deny, step));
    }
}

#[test]
fn a_rule_that_denies_hides_a_record_from_the_place_that_made_it_even_while_nothing_is_shared() {
    let clinic = Grantee::Organisation { organisation: OrganisationNumber(CLINIC.into()) };
    let mut state = ConsentState::default();
    state.rules.push(rule(1, Effect::Deny, clinic, &[Category::CheckupLaboratory]));
    let ask = |state: &ConsentState| treat(state, &own(), &asks(OrganisationKind::Clinic));
    assert_eq!((ask(&state).outcome, ask(&state).step), (ConsentOutcome::Deny, Step::Denied));
    state.rules[0].validity.from = UnixMillis(noon().0 + 1);
    assert_eq!((ask(&state).step, ask(&state).until), (Step::Author, Some(UnixMillis(noon().0 + 1))));
}

#[test]
fn an_emergency_ends_where_it_ends_for_the_place_that_made_the_record_too() {
    let sealed = RecordFacts { mark: Some(Mark::Sealed), ..own() };
    let ask = |state: &ConsentState, record: &RecordFacts, asker: &Asker| {
        decide(state, record, asker, Purpose::Emergency, noon())
    };
    let state = ConsentState::default();
    assert_eq!(ask(&state, &sealed, &in_an_emergency()).step, Step::Sealed);
    assert_eq!(
        ask(&state, &own(), &asks(OrganisationKind::Hospital)),
        ConsentDecision::deny(Step::Emergency)
    );
    assert!(ask(&state, &own(), &in_an_emergency()).is_permit());
    let settings = ConsentSettings { emergency: EmergencyChoice::Never, ..ConsentSettings::default() };
    let never = ConsentState { settings, rules: Vec::new() };
    assert!(!ask(&never, &own(), &in_an_emergency()).is_permit());
}

#[test]
fn a_frozen_record_is_absent_for_everybody() {
    let frozen = RecordFacts { frozen: true, ..laboratory() };
    for asker in [Asker::Owner, asks(OrganisationKind::Clinic), in_an_emergency(), Asker::Support] {
        assert_eq!(treat(&sharing(), &frozen, &asker).step, Step::Frozen);
    }
}

#[test]
fn a_municipality_sees_the_public_doses_of_its_own_residents_and_nothing_else() {
    let home = OrganisationNumber(CLINIC.into());
    let dose = RecordFacts {
        category: Category::Vaccination,
        public_duty: true,
        municipality: Some(home),
        ..laboratory()
    };
    let ask = |record: &RecordFacts, purpose| {
        let mut state = sharing();
        state.rules.push(rule(1, Effect::Permit, class(OrganisationKind::Municipality), Category::ALL));
        decide(&state, record, &asks(OrganisationKind::Municipality), purpose, noon())
    };
    assert_eq!(ask(&dose, Purpose::PublicHealth).step, Step::PublicDuty);
    assert!(!ask(&dose, Purpose::Treatment).is_permit());
    assert!(!ask(&laboratory(), Purpose::PublicHealth).is_permit());
    let voluntary = RecordFacts { public_duty: false, ..dose.clone() };
    assert!(!ask(&voluntary, Purpose::PublicHealth).is_permit());
    let elsewhere = RecordFacts { municipality: Some(OrganisationNumber("131024".into())), ..dose };
    assert!(!ask(&elsewhere, Purpose::PublicHealth).is_permit());
}

#[test]
fn eligibility_is_answered_without_opt_in_unless_the_person_denies_it() {
    let coverage = RecordFacts { category: Category::Eligibility, ..laboratory() };
    let clinic = asks(OrganisationKind::Clinic);
    let mut state = ConsentState::default();
    let ask = |state: &ConsentState| decide(state, &coverage, &clinic, Purpose::Payment, noon());
    assert_eq!(ask(&state).step, Step::Eligibility);
    let mut deny = rule(1, Effect::Deny, class(OrganisationKind::Clinic), &[Category::Eligibility]);
    deny.purpose = Purpose::Payment;
    state.rules.push(deny);
    assert_eq!(ask(&state).step, Step::Denied);
    assert!(!decide(&state, &laboratory(), &clinic, Purpose::Payment, noon()).is_permit());
}

#[test]
fn a_new_insurer_gets_checkups_only_when_the_person_turned_the_transfer_on() {
    let mut state = ConsentState::default();
    let insurer = asks(OrganisationKind::Insurer);
    let ask = |state: &ConsentState, record: &RecordFacts| {
        decide(state, record, &insurer, Purpose::InsurerTransfer, noon())
    };
    assert_eq!(ask(&state, &laboratory()).step, Step::OptIn);
    state.settings.insurer_transfer = Switch::On;
    assert_eq!(ask(&state, &laboratory()).step, Step::InsurerTransfer);
    let dose = RecordFacts { category: Category::Vaccination, ..laboratory() };
    assert_eq!(ask(&state, &dose).step, Step::RoleGate);
}

#[test]
fn a_rule_that_contradicts_itself_denies_because_it_may_have_been_meant_to() {
    let mut state = sharing();
    state.rules.push(rule(1, Effect::Permit, class(OrganisationKind::Clinic), Category::ALL));
    let mut broken = rule(2, Effect::Deny, class(OrganisationKind::Dentist), &[]);
    broken.validity.until = Some(UnixMillis(0));
    state.rules.push(broken);
    for record in [laboratory(), own()] {
        let decision = treat(&state, &record, &asks(OrganisationKind::Clinic));
        assert_eq!((decision.outcome, decision.step), (ConsentOutcome::Deny, Step::Indeterminate));
        assert_eq!(decision.rule, Some(RuleId(Uuid::from_u128(2))), "the rule to be mended is named");
    }
}

#[test]
fn a_guardian_sees_what_the_grant_covers_and_not_what_is_hidden_from_guardians() {
    let grant = RuleScope { categories: [Category::CheckupLaboratory].into(), labels: BTreeSet::new() };
    let guardian = Asker::Guardian { grant };
    assert!(treat(&sharing(), &laboratory(), &guardian).is_permit());
    let hidden = RecordFacts { hidden_from_guardians: true, ..laboratory() };
    let labelled = RecordFacts { labels: [Label::Reproductive].into(), ..laboratory() };
    let dose = RecordFacts { category: Category::Vaccination, ..laboratory() };
    for record in [hidden, labelled, dose] {
        assert_eq!(treat(&sharing(), &record, &guardian), ConsentDecision::deny(Step::Guardian));
    }
}

#[test]
fn a_care_team_is_the_places_that_the_person_named_and_nobody_else_of_their_class() {
    let number = |text: &str| OrganisationNumber(text.into());
    let members = ["1310000001", "1370000002", "1370000003"].map(number);
    let team = Grantee::CareTeam { organisations: members.into() };
    let mut state = sharing();
    state.rules.push(rule(1, Effect::Permit, team.clone(), &[Category::CheckupLaboratory]));
    let end = UnixMillis(noon().0 + 1);
    state.rules[0].validity.until = Some(end);
    let ask = |state: &ConsentState, text: &str, class, purpose| {
        let asker = Asker::Organisation { organisation: number(text), class, subject: None, emergency: None };
        decide(state, &laboratory(), &asker, purpose, noon())
    };
    let (care, clinic) = (OrganisationKind::Care, OrganisationKind::Clinic);
    assert_eq!(ask(&state, "1370000002", care, Purpose::Treatment).until, Some(end));
    assert!(ask(&state, "1310000001", clinic, Purpose::Treatment).is_permit());
    assert!(!ask(&state, "1370000009", care, Purpose::Treatment).is_permit());
    for purpose in [Purpose::Payment, Purpose::Emergency, Purpose::PublicHealth, Purpose::Research] {
        assert_eq!(ask(&state, "1370000002", care, purpose).step, Step::RoleGate, "{purpose}");
    }
    state.rules.push(rule(2, Effect::Deny, team, &[Category::CheckupLaboratory]));
    assert_eq!(ask(&state, "1370000002", care, Purpose::Treatment).step, Step::Denied);
    let alone = Grantee::CareTeam { organisations: [number("1370000002")].into() };
    state.rules = vec![rule(3, Effect::Permit, alone, &[Category::CheckupLaboratory])];
    assert_eq!(ask(&state, "1370000002", care, Purpose::Treatment).step, Step::Indeterminate);
}
