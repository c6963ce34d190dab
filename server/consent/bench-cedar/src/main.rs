//! Our consent engine beside cedar-policy. Prints one JSON object for `scripts/bench`.
//!
//! A thousand people with ten rules each. Both engines get the asked person's own slice, prepared as far as it can be: ours
//! a [`ConsentState`]; Cedar policies that are parsed and validated, and for each question a request and entities that are
//! built and validated. What is timed is the answer alone: `decide` here, `Authorizer::is_authorized` there, although
//! whoever uses Cedar has to build the request for each question. Ours says, besides yes or no, which step and which rule
//! knew and until when; Cedar says which policies.
//!
//! Before anything is timed both have to decide every question alike. Quote the ratio; the rest belongs to the machine.

mod cases;
mod slice;

use cases::{Dice, Question};
use cedar_policy::{Authorizer, PolicySet};
use serde_json::json;
use slice::Prepared;
use std::{collections::BTreeMap, hint::black_box, time::Instant};
use techo_consent::{ConsentDecision, decide};
use techo_custody::environment::Environment;
use techo_model::{UnixMillis, consent::ConsentState};

const PEOPLE: usize = 1_000;
const QUESTIONS: usize = 20_000;
/// Both engines take turns, so that whatever else the machine does meets both.
const ROUNDS: usize = 15;
/// Our turns in a round, since one would be over too soon to be timed.
const OUR_TURNS: u32 = 20;

fn main() {
    let dice = Dice(Environment::test(UnixMillis(1_795_392_000_000), 11));
    let people: Vec<_> = (0..PEOPLE).map(|_| cases::state(&dice)).collect();
    let questions: Vec<_> = (0..QUESTIONS).map(|n| cases::question(&dice, n * 7 % PEOPLE)).collect();
    let schema = slice::schema();
    let policies: Vec<_> = people.iter().map(|state| slice::policies(state, &schema)).collect();
    let prepared: Vec<_> = questions.iter().map(|question| slice::prepare(question, &schema)).collect();
    let steps = agree(&people, &questions, &policies, &prepared);
    let (ours, cedar) = compare(&people, &questions, &policies, &prepared);
    let figures = json!({
        "people": PEOPLE,
        "rules_of_each": people[0].rules.len(),
        "questions_decided_alike": QUESTIONS,
        "decided_by": steps,
        "per_second": (1.0 / ours).round(),
        "ns_per_decision": (ours * 1e10).round() / 10.0,
        "cedar_version": cedar_policy::get_sdk_version().to_string(),
        "cedar_per_second": (1.0 / cedar).round(),
        "cedar_ns_per_decision": (cedar * 1e9).round(),
        "times_cedar": (cedar / ours * 10.0).round() / 10.0,
    });
    println!("{}", serde_json::to_string_pretty(&figures).unwrap());
}

fn ours(people: &[ConsentState], question: &Question) -> ConsentDecision {
    decide(&people[question.person], &question.record, &question.asker, question.purpose, question.at)
}

/// Stops unless both decide every question alike. Returns how many each of our steps decided.
fn agree(
    people: &[ConsentState],
    questions: &[Question],
    policies: &[PolicySet],
    prepared: &[Prepared],
) -> BTreeMap<&'static str, u64> {
    let (authorizer, mut steps) = (Authorizer::new(), BTreeMap::new());
    for (question, prepared) in questions.iter().zip(prepared) {
        let decision = ours(people, question);
        let policies = &policies[question.person];
        let cedar = prepared.is_permitted(&authorizer, policies);
        assert_eq!(
            decision.is_permit(),
            cedar,
            "the engines disagree ({}), so nothing is measured: {:?} {:?} {:?}\n{policies}",
            decision.step.as_str(),
            question.asker,
            question.record,
            question.at
        );
        *steps.entry(decision.step.as_str()).or_default() += 1;
    }
    steps
}

/// Seconds of one decision of ours and of Cedar's: those of the round whose ratio is the median.
fn compare(
    people: &[ConsentState],
    questions: &[Question],
    policies: &[PolicySet],
    prepared: &[Prepared],
) -> (f64, f64) {
    let authorizer = Authorizer::new();
    let our_turn = || {
        for question in questions {
            black_box(ours(people, black_box(question)));
        }
    };
    let cedars_turn = || {
        for (question, prepared) in questions.iter().zip(prepared) {
            black_box(black_box(prepared).is_permitted(&authorizer, &policies[question.person]));
        }
    };
    let round = |_| (seconds_each(OUR_TURNS, our_turn), seconds_each(1, cedars_turn));
    let mut rounds: Vec<_> = (0..ROUNDS).map(round).collect();
    rounds.sort_by(|one, other| (one.1 / one.0).total_cmp(&(other.1 / other.0)));
    rounds[ROUNDS / 2]
}

fn seconds_each(turns: u32, turn: impl Fn()) -> f64 {
    let began = Instant::now();
    (0..turns).for_each(|_| turn());
    began.elapsed().as_secs_f64() / f64::from(turns) / QUESTIONS as f64
}
