//! The truth table: every combination of what the steps look at, one line each, against the second model; and how many
//! lines each step decides, so that a change of meaning cannot hide in a million random cases.

use super::{
    super::{Step, decide},
    naive,
};
use std::collections::{BTreeMap, BTreeSet};
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

const AT: UnixMillis = UnixMillis(10_000);
const OWN: &str = "1310000001";

/// What the rules say about the asker, the purpose and the category of a line.
const RULES: [&[(Effect, bool)]; 6] = [
    &[],
    &[(Effect::Permit, false)],
    &[(Effect::Permit, true)],
    &[(Effect::Deny, false)],
    &[(Effect::Permit, true), (Effect::Deny, false)],
    &[(Effect::Permit, false), (Effect::Permit, true)],
];

fn rules(said: &[(Effect, bool)], purpose: Purpose, category: Category) -> Vec<ConsentRule> {
    let rule = |(id, (effect, names_label)): (u128, &(Effect, bool))| ConsentRule {
        id: RuleId(Uuid::from_u128(id)),
        effect: *effect,
        grantee: Grantee::Organisation { organisation: OrganisationNumber(OWN.into()) },
        scope: RuleScope {
            categories: [category].into(),
            labels: if *names_label { [Label::HivSti].into() } else { BTreeSet::new() },
        },
        purpose,
        validity: RuleValidity { from: UnixMillis(0), until: None },
        data: DataPeriod::default(),
    };
    (1..).zip(said).map(rule).collect()
}

fn askers() -> Vec<Asker> {
    let running = PersonEmergency { declared_at: AT, ends_at: UnixMillis(AT.0 + 3_600_000) };
    let over = PersonEmergency { declared_at: UnixMillis(0), ends_at: AT };
    let mut all = vec![Asker::Owner, Asker::Support, Asker::Operator];
    for &class in OrganisationKind::ALL {
        for subject in [None, Some("dr-1".to_owned())] {
            for emergency in [None, Some(running), Some(over)] {
                all.push(Asker::Organisation {
                    organisation: OrganisationNumber(OWN.into()),
                    class,
                    subject: subject.clone(),
                    emergency,
                });
            }
        }
    }
    all
}

fn records(category: Category) -> Vec<RecordFacts> {
    let mut all = Vec::new();
    for labels in [BTreeSet::new(), [Label::HivSti].into()] {
        for mark in [None, Some(Mark::Withheld), Some(Mark::Sealed)] {
            for author in [None, Some(OrganisationNumber(OWN.into()))] {
                for frozen in [false, true] {
                    all.push(RecordFacts {
                        category,
                        labels: labels.clone(),
                        date: CalendarDate::new(2026, 4, 1).unwrap(),
                        author: author.clone(),
                        mark,
                        frozen,
                        hidden_from_guardians: false,
                        public_duty: true,
                        municipality: Some(OrganisationNumber(OWN.into())),
                    });
                }
            }
        }
    }
    all
}

fn settings() -> Vec<ConsentSettings> {
    let mut all = Vec::new();
    for switch in [Switch::Off, Switch::On] {
        for &emergency in EmergencyChoice::ALL {
            all.push(ConsentSettings {
                clinics: switch,
                research: switch,
                insurer_transfer: switch,
                emergency,
                treatment_window_hours: 24,
            });
        }
    }
    all
}

#[test]
fn every_line_of_the_truth_table_is_as_the_second_model_has_it() {
    let mut lines: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    let askers = askers();
    for &category in Category::ALL {
        for &purpose in Purpose::ALL {
            for said in RULES {
                for settings in settings() {
                    let state = ConsentState { settings, rules: rules(said, purpose, category) };
                    for record in records(category) {
                        for asker in &askers {
                            let decision = decide(&state, &record, asker, purpose, AT);
                            let expected = naive::answer(&state, &record, asker, purpose, AT.0);
                            let got = (decision.step.as_str(), decision.is_permit());
                            assert_eq!(got, expected, "{state:?} {record:?} {asker:?} {purpose}");
                            lines.entry(got.0).or_default()[usize::from(got.1)] += 1;
                        }
                    }
                }
            }
        }
    }
    let total: u64 = lines.values().flatten().sum();
    assert_eq!(total, 11 * 6 * 6 * 6 * 24 * 51, "no line is missing");
    let table: Vec<_> = lines.iter().map(|(step, [no, yes])| format!("{step} {no} {yes}")).collect();
    assert_eq!(table, EXPECTED, "the number of lines that a step decides has changed");
    let only_elsewhere = [Step::Guardian, Step::Indeterminate];
    assert_eq!(lines.len(), Step::ALL.len() - only_elsewhere.len());
}

/// Step, lines that it denies, lines that it permits. A change here is a change of what people agreed to.
const EXPECTED: [&str; 15] = [
    "author 0 21600",
    "default 1170 0",
    "denied 21600 0",
    "eligibility 0 180",
    "emergency 78144 10560",
    "frozen 1454112 0",
    "insurer-transfer 0 90",
    "label 2880 0",
    "opt-in 10080 0",
    "owner 0 28512",
    "permitted 0 7200",
    "public-duty 0 2592",
    "role-gate 1114560 0",
    "sealed 90144 0",
    "withheld 64800 0",
];
