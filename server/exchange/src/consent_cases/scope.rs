//! Rules, and the scopes and grantees in them.

use super::fields::{CaseProblem, Fields, Read, class};
use serde_json::Value;
use std::collections::BTreeSet;
use techo_model::{
    RuleId, UnixMillis,
    consent::{
        Category, ConsentRule, DataPeriod, Effect, Grantee, Label, OrganisationNumber, Purpose, RuleScope,
        RuleValidity,
    },
};
use uuid::Uuid;

/// All rules with what the file calls them; without a name, a rule is called by its place, counted from 1.
pub(super) fn rules(value: Option<&Value>) -> Read<Vec<(ConsentRule, String)>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let list =
        value.as_array().ok_or_else(|| CaseProblem::new("rules", "[ ] で囲んだ並びを書いてください。"))?;
    list.iter().enumerate().map(|(index, value)| rule(index, value)).collect()
}

fn rule(index: usize, value: &Value) -> Read<(ConsentRule, String)> {
    let mut fields = Fields::of(value, &format!("rules[{index}]"))?;
    let name = fields.maybe_text("id")?.unwrap_or_else(|| (index + 1).to_string());
    let rule = ConsentRule {
        // Keys sort like the places in the file, so that of two equal rules the first is named.
        id: RuleId(Uuid::from_u128(index as u128 + 1)),
        effect: fields.word("effect", Effect::parse)?,
        grantee: grantee(&fields.require("grantee")?, &fields.path("grantee"))?,
        scope: scope(&mut fields)?,
        purpose: fields.word("purpose", Purpose::parse)?,
        validity: validity(&mut fields)?,
        data: data(&mut fields)?,
    };
    fields.end()?;
    Ok((rule, name))
}

fn grantee(value: &Value, path: &str) -> Read<Grantee> {
    let mut fields = Fields::of(value, path)?;
    let kind = fields.text("kind")?;
    let read = match kind.as_str() {
        "person" => {
            Grantee::Person { organisation: organisation(&mut fields)?, subject: fields.text("subject")? }
        }
        "organisation" => Grantee::Organisation { organisation: organisation(&mut fields)? },
        "class" => Grantee::Class { class: fields.word("class", class)? },
        "care-team" => Grantee::CareTeam { organisations: members(&mut fields)? },
        other => return Err(super::fields::unknown(&fields.path("kind"), other)),
    };
    fields.end()?;
    Ok(read)
}

/// The members of a team: at least two, each once.
fn members(fields: &mut Fields) -> Read<BTreeSet<OrganisationNumber>> {
    let path = fields.path("organisations");
    let wrong = |path: &str| CaseProblem::new(path, "組織の番号を、二つ以上、一度ずつ並べてください。");
    let list = fields.require("organisations")?;
    let list = list.as_array().ok_or_else(|| wrong(&path))?;
    let mut members = BTreeSet::new();
    for (index, item) in list.iter().enumerate() {
        let number = item.as_str().filter(|number| !number.is_empty());
        let new = number.is_some_and(|number| members.insert(OrganisationNumber(number.to_owned())));
        if !new {
            return Err(wrong(&format!("{path}[{index}]")));
        }
    }
    if members.len() < 2 { Err(wrong(&path)) } else { Ok(members) }
}

pub(super) fn organisation(fields: &mut Fields) -> Read<OrganisationNumber> {
    fields.text("organisation").map(OrganisationNumber)
}

/// `categories` (a list, or `"all"`, which never means a label) and `labels`.
pub(super) fn scope(fields: &mut Fields) -> Read<RuleScope> {
    let all = |value: Option<Value>| value.is_some_and(|value| value == "all");
    let value = fields.take("categories");
    let categories = if all(value.clone()) {
        Category::ALL.iter().copied().collect()
    } else {
        fields.give_back("categories", value);
        fields.words("categories", Category::parse)?.into_iter().collect()
    };
    let labels = fields.words("labels", Label::parse)?.into_iter().collect();
    Ok(RuleScope { categories, labels })
}

/// `valid`: `from` and one of `to` (a last day, inclusive) or `until` (an instant that no longer counts).
fn validity(fields: &mut Fields) -> Read<RuleValidity> {
    let path = fields.path("valid");
    let Some(value) = fields.take("valid") else {
        return Ok(RuleValidity { from: UnixMillis(i64::MIN), until: None });
    };
    let mut valid = Fields::of(&value, &path)?;
    let from = valid.maybe_beginning("from")?.unwrap_or(UnixMillis(i64::MIN));
    let last = valid.maybe_date("to")?;
    let until = valid.maybe_beginning("until")?;
    valid.end()?;
    match (last, until) {
        (Some(_), Some(_)) => {
            Err(CaseProblem::new(&path, "to と until は、どちらか一つだけを書いてください。"))
        }
        (Some(last), None) => Ok(RuleValidity { from, until: Some(UnixMillis::start_of(last.plus_days(1))) }),
        (None, until) => Ok(RuleValidity { from, until }),
    }
}

fn data(fields: &mut Fields) -> Read<DataPeriod> {
    let path = fields.path("data");
    let Some(value) = fields.take("data") else { return Ok(DataPeriod::default()) };
    let mut data = Fields::of(&value, &path)?;
    let period = DataPeriod { from: data.maybe_date("from")?, to: data.maybe_date("to")? };
    data.end()?;
    Ok(period)
}
