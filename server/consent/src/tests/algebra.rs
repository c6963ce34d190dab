//! What holds for every case.

use super::{
    super::{ConsentOutcome, Step, decide},
    cases::{Case, Dice, case, sound_rule},
    naive,
};
use std::collections::BTreeMap;
use techo_model::{
    UnixMillis,
    consent::{Asker, Effect},
};

const CASES: u64 = 1_000_000;
const FEWER: u64 = 60_000;

fn ask(case: &Case) -> super::super::ConsentDecision {
    decide(&case.state, &case.record, &case.asker, case.purpose, case.at)
}

#[test]
fn a_million_random_cases_agree_with_the_second_model_and_reach_every_step() {
    let mut dice = Dice(1);
    let mut reached: BTreeMap<&str, u64> = BTreeMap::new();
    for number in 0..CASES {
        let case = case(&mut dice);
        let decision = ask(&case);
        let expected = naive::answer(&case.state, &case.record, &case.asker, case.purpose, case.at.0);
        assert_eq!((decision.step.as_str(), decision.is_permit()), expected, "case {number}: {case:#?}");
        *reached.entry(decision.step.as_str()).or_default() += 1;
    }
    let missing: Vec<_> = Step::ALL.iter().filter(|step| !reached.contains_key(step.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?} were never reached: {reached:?}");
}

#[test]
fn another_deny_never_adds_access() {
    let mut dice = Dice(2);
    for _ in 0..FEWER {
        let mut case = case(&mut dice);
        let before = ask(&case);
        let mut deny = sound_rule(&mut dice);
        deny.effect = Effect::Deny;
        case.state.rules.push(deny);
        assert!(before.is_permit() || !ask(&case).is_permit(), "{case:#?}");
    }
}

#[test]
fn having_made_a_record_never_opens_what_is_marked_or_denied_and_needs_nothing_else() {
    let mut dice = Dice(6);
    let mut opened = 0;
    for _ in 0..FEWER {
        let mut case = case(&mut dice);
        let Asker::Organisation { organisation, .. } = &case.asker else { continue };
        case.record.author = None;
        let (organisation, stranger) = (organisation.clone(), ask(&case));
        case.record.author = Some(organisation);
        let author = ask(&case);
        match stranger.step {
            Step::OptIn | Step::Label | Step::Default => {
                opened += 1;
                assert_eq!(
                    (author.outcome, author.step),
                    (ConsentOutcome::Permit, Step::Author),
                    "{case:#?}"
                );
            }
            Step::Permitted | Step::Eligibility | Step::InsurerTransfer => {
                assert_eq!(author.step, Step::Author, "{case:#?}");
            }
            _ => assert_eq!(author, stranger, "{case:#?}"),
        }
    }
    assert!(opened > FEWER / 100, "{opened}");
}

#[test]
fn a_permit_less_never_adds_access() {
    let mut dice = Dice(3);
    let mut removed = 0;
    for _ in 0..FEWER {
        let mut case = case(&mut dice);
        let before = ask(&case);
        let sound = case.state.rules.iter().all(super::super::rules::is_sound);
        let Some(index) = case.state.rules.iter().position(|rule| rule.effect == Effect::Permit) else {
            continue;
        };
        // A rule that contradicts itself makes everything a deny, so taking that one away may well add access.
        if sound {
            removed += 1;
            case.state.rules.remove(index);
            assert!(before.is_permit() || !ask(&case).is_permit(), "{case:#?}");
        }
    }
    assert!(removed > FEWER / 3);
}

#[test]
fn the_order_of_rules_changes_nothing_not_even_the_reason() {
    let mut dice = Dice(4);
    for _ in 0..FEWER {
        let mut case = case(&mut dice);
        let before = ask(&case);
        case.state.rules.reverse();
        assert_eq!(before, ask(&case), "{case:#?}");
        let turn = case.state.rules.len() / 2;
        case.state.rules.rotate_left(turn);
        assert_eq!(before, ask(&case), "{case:#?}");
    }
}

#[test]
fn a_permit_holds_until_the_instant_that_it_names() {
    let mut dice = Dice(5);
    let mut named = 0;
    for _ in 0..FEWER {
        let mut case = case(&mut dice);
        let decision = ask(&case);
        let (ConsentOutcome::Permit, Some(until)) = (decision.outcome, decision.until) else { continue };
        named += 1;
        assert!(case.at < until, "a permit that has ended is none: {case:#?}");
        for at in [UnixMillis(until.0 - 1), UnixMillis(case.at.0 + (until.0 - case.at.0) / 2)] {
            case.at = at;
            assert!(ask(&case).is_permit(), "{case:#?}");
        }
    }
    assert!(named > 100, "{named}");
}
