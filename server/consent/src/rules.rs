//! The rules of a person: which match, and what they say together. Deny overrides.

use super::{ConsentDecision, Organisation, Question, Step, by_itself};
use std::cmp::Reverse;
use techo_model::{
    UnixMillis,
    consent::{ConsentRule, DataPeriod, Effect, Grantee, RecordFacts, RuleScope, RuleValidity},
};

/// Hears every rule. A rule that contradicts itself makes the whole answer a deny, because it may have been meant as one;
/// of several, the one with the smallest key is named.
pub(super) fn hear<'a>(
    rules: &'a [ConsentRule],
    question: &Question<'_>,
    asker: &Organisation<'_>,
) -> Result<Said<'a>, ConsentDecision> {
    if let Some(broken) = rules.iter().filter(|rule| !is_sound(rule)).map(|rule| rule.id).min() {
        return Err(ConsentDecision { rule: Some(broken), ..ConsentDecision::deny(Step::Indeterminate) });
    }
    let mut said = Said::default();
    for rule in rules {
        if rule.purpose == question.purpose
            && speaks_of(&rule.grantee, asker)
            && within(rule.data, question.record)
        {
            said.hear(rule, question);
        }
    }
    Ok(said)
}

/// What was heard from the rules that match.
#[derive(Default)]
pub(super) struct Said<'a> {
    deny: Option<&'a ConsentRule>,
    permit: Option<&'a ConsentRule>,
    /// The first instant at which a deny that does not hold yet will.
    next_deny: Option<UnixMillis>,
}

impl<'a> Said<'a> {
    fn hear(&mut self, rule: &'a ConsentRule, question: &Question<'_>) {
        let (record, at) = (question.record, question.at);
        match rule.effect {
            Effect::Deny if touches(&rule.scope, record) => {
                if holds(rule.validity, at) {
                    keep(&mut self.deny, rule, |rule| rule.id);
                } else if rule.validity.from > at {
                    let from = rule.validity.from;
                    self.next_deny = Some(self.next_deny.map_or(from, |known| known.min(from)));
                }
            }
            Effect::Permit if covers(&rule.scope, record) && holds(rule.validity, at) => {
                keep(&mut self.permit, rule, |rule| (longest_first(rule.validity), rule.id));
            }
            Effect::Deny | Effect::Permit => {}
        }
    }

    /// A deny that holds now, whoever asks.
    pub(super) fn denied(&self) -> Option<ConsentDecision> {
        self.deny.map(|rule| ConsentDecision { rule: Some(rule.id), ..ConsentDecision::deny(Step::Denied) })
    }

    /// A permit that ends when a deny begins.
    pub(super) fn until_denied(&self, permit: ConsentDecision) -> ConsentDecision {
        ConsentDecision { until: [permit.until, self.next_deny].into_iter().flatten().min(), ..permit }
    }

    /// What is left when nothing denies.
    pub(super) fn decision(&self, question: &Question<'_>) -> ConsentDecision {
        let record = question.record;
        if let Some(rule) = self.permit {
            let permit = ConsentDecision { rule: Some(rule.id), ..ConsentDecision::permit(Step::Permitted) };
            return self.until_denied(ConsentDecision { until: rule.validity.until, ..permit });
        }
        if !record.labels.is_empty() {
            return ConsentDecision::deny(Step::Label);
        }
        match by_itself(question.purpose, record.category) {
            Some(step) => self.until_denied(ConsentDecision::permit(step)),
            None => ConsentDecision::deny(Step::Default),
        }
    }
}

/// Of two rules that say the same, the one with the smaller key is named, so that their order does not matter.
fn keep<'a, K: Ord>(
    kept: &mut Option<&'a ConsentRule>,
    rule: &'a ConsentRule,
    key: impl Fn(&ConsentRule) -> K,
) {
    if kept.is_none_or(|former| key(rule) < key(former)) {
        *kept = Some(rule);
    }
}

/// Sorts a validity without an end before one that ends late before one that ends soon.
fn longest_first(validity: RuleValidity) -> (bool, Reverse<Option<UnixMillis>>) {
    (validity.until.is_some(), Reverse(validity.until))
}

/// A rule that could mean something: it names something, a team has several members, and its periods have a beginning before
/// their end.
pub fn is_sound(rule: &ConsentRule) -> bool {
    let named = !rule.scope.categories.is_empty() || !rule.scope.labels.is_empty();
    let team = match &rule.grantee {
        Grantee::CareTeam { organisations } => organisations.len() >= 2,
        _ => true,
    };
    let lasts = rule.validity.until.is_none_or(|until| rule.validity.from < until);
    let spans = match (rule.data.from, rule.data.to) {
        (Some(from), Some(to)) => from <= to,
        _ => true,
    };
    named && team && lasts && spans
}

/// A person is one of an organisation, an organisation is one of a class and of each team that names it.
fn speaks_of(grantee: &Grantee, asker: &Organisation<'_>) -> bool {
    match grantee {
        Grantee::Person { organisation, subject } => {
            organisation == asker.number && asker.subject == Some(subject)
        }
        Grantee::Organisation { organisation } => organisation == asker.number,
        Grantee::Class { class } => *class == asker.class,
        Grantee::CareTeam { organisations } => organisations.contains(asker.number),
    }
}

/// Half open: the last instant does not count.
fn holds(validity: RuleValidity, at: UnixMillis) -> bool {
    validity.from <= at && validity.until.is_none_or(|until| at < until)
}

fn within(data: DataPeriod, record: &RecordFacts) -> bool {
    data.from.is_none_or(|from| from <= record.date) && data.to.is_none_or(|to| record.date <= to)
}

/// A permit has to cover everything about the record.
fn covers(scope: &RuleScope, record: &RecordFacts) -> bool {
    scope.categories.contains(&record.category) && record.labels.is_subset(&scope.labels)
}

/// For a deny, anything about the record is enough.
fn touches(scope: &RuleScope, record: &RecordFacts) -> bool {
    scope.categories.contains(&record.category) || !record.labels.is_disjoint(&scope.labels)
}
