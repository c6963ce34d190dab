//! What Cedar is given: a person's choices as policies, a question as a request with its entities, all of it validated.

use crate::cases::Question;
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, Policy, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use std::collections::{HashMap, HashSet};
use techo_model::{
    CalendarDate,
    consent::{Asker, ConsentRule, ConsentState, Effect, Grantee, RecordFacts, RuleScope, Switch},
};

/// The words.
pub fn schema() -> Schema {
    Schema::from_cedarschema_str(include_str!("consent.cedarschema")).unwrap().0
}

/// One question, ready to be asked.
pub struct Prepared {
    request: Request,
    entities: Entities,
}

impl Prepared {
    /// What Cedar answers.
    ///
    /// It leaves out a policy that fails, so a `forbid` that meets a missing attribute would allow: it fails open. Whoever
    /// uses Cedar for consent has to take an answer with errors for a deny, and so do we here.
    pub fn is_permitted(&self, authorizer: &Authorizer, policies: &PolicySet) -> bool {
        let answer = authorizer.is_authorized(&self.request, policies, &self.entities);
        answer.decision() == Decision::Allow && answer.diagnostics().errors().next().is_none()
    }
}

/// The policies of one person: one for each rule, and what comes before rules.
pub fn policies(state: &ConsentState, schema: &Schema) -> PolicySet {
    let switches = [("treatment", state.settings.clinics), ("research", state.settings.research)].into_iter();
    let off = switches.filter(|(_, switch)| *switch == Switch::Off);
    let mut texts: Vec<String> = off
        .map(|(action, _)| format!(r#"forbid(principal, action == Action::"{action}", resource);"#))
        .collect();
    texts.push("forbid(principal, action, resource) when { resource has mark };".to_owned());
    texts.extend(state.rules.iter().map(policy));
    let named = (0..).zip(&texts);
    let set = PolicySet::from_policies(named.map(|(number, text): (u32, _)| {
        Policy::parse(Some(format!("policy{number}").parse().unwrap()), text).unwrap()
    }));
    let set = set.unwrap();
    let validated = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    assert!(validated.validation_passed(), "{validated} in {texts:#?}");
    set
}

/// One rule. What is cheap comes first. Written with chains of `==`, or with the sets as attributes of an entity, it is not
/// decided faster.
fn policy(rule: &ConsentRule) -> String {
    let effect = match rule.effect {
        Effect::Permit => "permit",
        Effect::Deny => "forbid",
    };
    let mut conditions = vec![format!("context.at >= {}", rule.validity.from.0)];
    conditions.extend(rule.validity.until.map(|until| format!("context.at < {}", until.0)));
    conditions.extend(rule.data.from.map(|from| format!("resource.date >= {}", number(from))));
    conditions.extend(rule.data.to.map(|to| format!("resource.date <= {}", number(to))));
    conditions.push(scope(rule.effect, &rule.scope));
    format!(
        r#"{effect}(principal {}, action == Action::"{}", resource) when {{ {} }};"#,
        grantee(&rule.grantee),
        rule.purpose,
        conditions.join(" && ")
    )
}

fn grantee(grantee: &Grantee) -> String {
    match grantee {
        Grantee::Person { organisation, subject } => format!(r#"== Subject::"{organisation}/{subject}""#),
        Grantee::Organisation { organisation } => format!(r#"in Organisation::"{organisation}""#),
        Grantee::Class { class } => format!(r#"in Class::"{class}""#),
        Grantee::CareTeam { .. } => unreachable!("the questions know no team"),
    }
}

/// A permit has to cover everything about the record, for a deny anything is enough.
fn scope(effect: Effect, scope: &RuleScope) -> String {
    let categories = list(scope.categories.iter().map(|category| category.as_str()));
    let categories = format!("{categories}.contains(resource.category)");
    let labels = list(scope.labels.iter().map(|label| label.as_str()));
    match effect {
        Effect::Permit if scope.labels.is_empty() => format!("{categories} && resource.labels.isEmpty()"),
        Effect::Permit => format!("{categories} && {labels}.containsAll(resource.labels)"),
        Effect::Deny if scope.labels.is_empty() => categories,
        Effect::Deny => format!("({categories} || {labels}.containsAny(resource.labels))"),
    }
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", words.map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", "))
}

fn number(date: CalendarDate) -> i64 {
    date.to_string().replace('-', "").parse().unwrap()
}

/// Request and entities of one question.
pub fn prepare(question: &Question, schema: &Schema) -> Prepared {
    let Asker::Organisation { organisation, class, subject, .. } = &question.asker else {
        panic!("only organisations ask")
    };
    let (class, organisation) = (uid("Class", class.as_str()), uid("Organisation", &organisation.0));
    let mut entities = vec![
        Entity::new_no_attrs(class.clone(), HashSet::new()),
        Entity::new_no_attrs(organisation.clone(), HashSet::from([class])),
    ];
    let mut principal = organisation.clone();
    if let Some(subject) = subject {
        principal = uid("Subject", &format!("{}/{subject}", organisation.id().unescaped()));
        entities.push(Entity::new_no_attrs(principal.clone(), HashSet::from([organisation])));
    }
    let resource = uid("Record", "asked");
    entities.push(record(resource.clone(), &question.record));
    let at = ("at".to_owned(), RestrictedExpression::new_long(question.at.0));
    let context = Context::from_pairs([at]).unwrap();
    let action = uid("Action", question.purpose.as_str());
    Prepared {
        request: Request::new(principal, action, resource, context, Some(schema)).unwrap(),
        entities: Entities::from_entities(entities, Some(schema)).unwrap(),
    }
}

fn record(uid: EntityUid, record: &RecordFacts) -> Entity {
    let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
    let labels = RestrictedExpression::new_set(record.labels.iter().map(|label| text(label.as_str())));
    let mut attributes = HashMap::from([
        ("category".to_owned(), text(record.category.as_str())),
        ("labels".to_owned(), labels),
        ("date".to_owned(), RestrictedExpression::new_long(number(record.date))),
    ]);
    attributes.extend(record.mark.map(|mark| ("mark".to_owned(), text(mark.as_str()))));
    Entity::new(uid, attributes, HashSet::new()).unwrap()
}

fn uid(kind: &str, id: &str) -> EntityUid {
    format!("{kind}::{id:?}").parse().unwrap()
}
