//! One rule as a provision, or as two.

use super::{
    actor,
    element::Found,
    period::{read_data, read_validity, write_data, write_validity},
    problem::{ConsentFault, ConsentProblem, Read, problem},
    terms::{
        ACT_REASON, CATEGORY, NO_CATEGORY, Plain, coding, concept, read_code, read_concept, read_labels,
        write_labels,
    },
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use techo_model::{
    RuleId, UnixMillis,
    consent::{Category, ConsentRule, DataPeriod, Effect, Purpose, RuleScope},
};
use uuid::Uuid;

/// The id of the rule that a provision belongs to.
const RULE: &str = "urn:techo:fhir:consent-rule";

/// The provisions of a rule; `place` is that of the first one.
pub(super) fn write(rule: &ConsentRule, place: &str) -> Result<Vec<Value>, ConsentProblem> {
    let RuleScope { categories, labels } = &rule.scope;
    if categories.is_empty() && labels.is_empty() {
        return Err(problem(format!("{place}.code"), ConsentFault::Nothing));
    }
    let mut all = Vec::new();
    match rule.effect {
        Effect::Permit => {
            let mut one = write_frame(rule, place)?;
            one["code"] = write_categories(categories);
            one["securityLabel"] = write_labels(labels, Plain::Too);
            all.push(one);
        }
        Effect::Deny => {
            if !categories.is_empty() {
                let mut one = write_frame(rule, place)?;
                one["code"] = write_categories(categories);
                all.push(one);
            }
            if !labels.is_empty() {
                let mut one = write_frame(rule, place)?;
                one["securityLabel"] = write_labels(labels, Plain::Not);
                all.push(one);
            }
        }
    }
    Ok(all)
}

/// Everything but what it is about.
fn write_frame(rule: &ConsentRule, place: &str) -> Result<Value, ConsentProblem> {
    let mut body = json!({
        "extension": [{ "url": RULE, "valueUuid": rule.id.0.urn().to_string() }],
        "type": rule.effect.as_str(),
        "period": write_validity(rule.validity, &format!("{place}.period"))?,
        "actor": actor::write(&rule.grantee, &format!("{place}.actor"))?,
        "purpose": [coding(ACT_REASON, rule.purpose.act_reason())],
    });
    if let Some(data) = write_data(rule.data, &format!("{place}.dataPeriod"))? {
        body["dataPeriod"] = data;
    }
    Ok(body)
}

fn write_categories(categories: &BTreeSet<Category>) -> Value {
    if categories.is_empty() {
        return json!([concept(CATEGORY, NO_CATEGORY)]);
    }
    categories.iter().map(|category| concept(CATEGORY, category.as_str())).collect()
}

/// Reads one provision and adds it to the rules: a second deny with the id of the first one is its other half.
pub(super) fn read(found: &Found<'_>, now: UnixMillis, rules: &mut Vec<ConsentRule>) -> Read<()> {
    let mut body = found.element()?;
    let extension = body.need("extension")?.only()?;
    let id = read_id(&extension)?;
    let effect = body.need("type")?.word(Effect::parse)?;
    let validity = read_validity(&body.need("period")?, now)?;
    let grantee = actor::read(&body.need("actor")?)?;
    let reason = body.need("purpose")?.only()?;
    let purpose = Purpose::from_act_reason(read_code(&reason, ACT_REASON)?);
    let purpose = purpose.ok_or_else(|| reason.is(ConsentFault::Unknown))?;
    let data = body.take("dataPeriod").map_or(Ok(DataPeriod::default()), |data| read_data(&data))?;
    let (code, label) = (body.take("code"), body.take("securityLabel"));
    let missing = |name: &str| problem(format!("{}.{name}", found.place), ConsentFault::Missing);
    let scope = match (effect, code, label) {
        (Effect::Permit, Some(code), Some(label)) => {
            let scope = RuleScope {
                categories: read_categories(&code, effect)?,
                labels: read_labels(&label, Plain::Too)?,
            };
            if scope == RuleScope::default() {
                return Err(code.is(ConsentFault::Nothing));
            }
            scope
        }
        (Effect::Permit, None, _) | (Effect::Deny, None, None) => return Err(missing("code")),
        (Effect::Permit, Some(_), None) => return Err(missing("securityLabel")),
        (Effect::Deny, Some(_), Some(label)) => return Err(label.is(ConsentFault::BothAtOnce)),
        (Effect::Deny, Some(code), None) => {
            RuleScope { categories: read_categories(&code, effect)?, labels: BTreeSet::new() }
        }
        (Effect::Deny, None, Some(label)) => {
            RuleScope { categories: BTreeSet::new(), labels: read_labels(&label, Plain::Not)? }
        }
    };
    body.end()?;
    let rule = ConsentRule { id, effect, grantee, scope, purpose, validity, data };
    add(rule, rules).ok_or_else(|| extension.is(ConsentFault::SameRule))
}

fn read_id(extension: &Found<'_>) -> Read<RuleId> {
    let mut body = extension.element()?;
    let url = body.need("url")?;
    if url.text()? != RULE {
        return Err(url.is(ConsentFault::NotSupported));
    }
    let id = body.need("valueUuid")?.word(|text| {
        let id = Uuid::try_parse(text).ok()?;
        (id.urn().to_string() == text).then_some(RuleId(id))
    })?;
    body.end()?;
    Ok(id)
}

fn read_categories(found: &Found<'_>, effect: Effect) -> Read<BTreeSet<Category>> {
    let items = found.items()?;
    let mut named = BTreeSet::new();
    for item in &items {
        let word = read_concept(item, CATEGORY)?;
        if word == NO_CATEGORY && effect == Effect::Permit && items.len() == 1 {
            return Ok(named);
        }
        let category = Category::parse(word).ok_or_else(|| item.is(ConsentFault::Unknown))?;
        if !named.insert(category) {
            return Err(item.is(ConsentFault::Unknown));
        }
    }
    Ok(named)
}

/// Adds a rule, or completes one that is there; none when the two do not fit together.
fn add(rule: ConsentRule, rules: &mut Vec<ConsentRule>) -> Option<()> {
    let Some(known) = rules.iter_mut().find(|known| known.id == rule.id) else {
        rules.push(rule);
        return Some(());
    };
    let halves = match (&known.scope, &rule.scope) {
        (by_category, by_label) if by_category.labels.is_empty() => by_label.categories.is_empty(),
        (by_label, by_category) => by_label.categories.is_empty() && by_category.labels.is_empty(),
    };
    let same = ConsentRule { scope: RuleScope::default(), ..known.clone() }
        == ConsentRule { scope: RuleScope::default(), ..rule.clone() };
    if !(halves && same && rule.effect == Effect::Deny) {
        return None;
    }
    known.scope.categories.extend(rule.scope.categories);
    known.scope.labels.extend(rule.scope.labels);
    Some(())
}
