//! From bytes to cases.

use super::{
    CaseQuestion, ConsentCase,
    fields::{CaseProblem, Fields, Read, class},
    scope,
};
use crate::json::{JsonBounds, JsonProblem, read_strict_json};
use serde_json::Value;
use std::collections::BTreeSet;
use techo_model::consent::{
    Asker, Category, ConsentSettings, ConsentState, EmergencyChoice, Label, Mark, OrganisationNumber,
    PersonEmergency, Purpose, RecordFacts, Switch,
};

/// Largest file: some hundred thousand cases.
const FILE: JsonBounds = JsonBounds::of_bytes(256 * 1024 * 1024);

/// Why the whole file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// Not JSON, or a name twice in one object.
    #[error("{}", .0.japanese())]
    Json(JsonProblem),
    /// JSON, but no list.
    #[error("全体を [ ] で囲み、問いをひとつずつ {{ }} で書いてください。")]
    NoList,
}

/// Reads a file of cases.
///
/// # Errors
/// When it is no JSON list at all; everything else is a problem of one case.
pub fn read(bytes: &[u8]) -> Result<Vec<ConsentCase>, FileProblem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let value: Value = read_strict_json(bytes, FILE).map_err(FileProblem::Json)?;
    let list = value.as_array().ok_or(FileProblem::NoList)?;
    Ok(list.iter().enumerate().map(|(index, value)| case(index, value)).collect())
}

/// A case without a name is called by its place, counted from 1.
fn case(index: usize, value: &Value) -> ConsentCase {
    let named = value["id"].as_str().filter(|id| !id.is_empty());
    let id = named.map_or_else(|| (index + 1).to_string(), str::to_owned);
    ConsentCase { id, question: question(value) }
}

fn question(value: &Value) -> Read<CaseQuestion> {
    let mut fields = Fields::of(value, "")?;
    fields.text("id")?;
    let settings = settings(fields.take("settings").as_ref())?;
    let named = scope::rules(fields.take("rules").as_ref())?;
    let (categories, record) = record(&fields.require("record")?)?;
    let question = CaseQuestion {
        rule_names: named.iter().map(|(rule, name)| (rule.id, name.clone())).collect(),
        state: ConsentState { settings, rules: named.into_iter().map(|(rule, _)| rule).collect() },
        categories,
        record,
        asker: asker(&fields.require("asker")?)?,
        purpose: fields.word("purpose", Purpose::parse)?,
        at: fields.instant("at")?,
    };
    fields.end()?;
    Ok(question)
}

/// A case states its rules, so sharing is on unless it says otherwise; the other choices are what holds for everybody.
fn settings(value: Option<&Value>) -> Read<ConsentSettings> {
    let on = ConsentSettings { clinics: Switch::On, research: Switch::On, ..ConsentSettings::default() };
    let Some(value) = value else { return Ok(on) };
    let mut fields = Fields::of(value, "settings")?;
    let settings = ConsentSettings {
        clinics: fields.maybe_word("clinics", Switch::parse)?.unwrap_or(on.clinics),
        research: fields.maybe_word("research", Switch::parse)?.unwrap_or(on.research),
        emergency: fields.maybe_word("emergency", EmergencyChoice::parse)?.unwrap_or(on.emergency),
        insurer_transfer: fields
            .maybe_word("insurer_transfer", Switch::parse)?
            .unwrap_or(on.insurer_transfer),
        ..on
    };
    fields.end()?;
    Ok(settings)
}

fn record(value: &Value) -> Read<(Vec<Category>, RecordFacts)> {
    let mut fields = Fields::of(value, "record")?;
    let single = fields.maybe_word("category", Category::parse)?;
    let several = fields.words("categories", Category::parse)?;
    let categories = match (single, several.is_empty()) {
        (Some(one), true) => vec![one],
        (None, false) => several,
        _ => {
            return Err(CaseProblem::new(
                "record",
                "category（ひとつ）か categories（並び）の、どちらか一つを書いてください。",
            ));
        }
    };
    let labels: BTreeSet<Label> = fields.words("labels", Label::parse)?.into_iter().collect();
    let record = RecordFacts {
        category: categories[0],
        labels,
        date: fields.date("date")?,
        author: fields.maybe_text("author")?.map(OrganisationNumber),
        mark: fields.maybe_word("mark", Mark::parse)?,
        frozen: fields.flag("frozen")?,
        hidden_from_guardians: fields.flag("hidden_from_guardians")?,
        public_duty: fields.flag("public_duty")?,
        municipality: fields.maybe_text("municipality")?.map(OrganisationNumber),
    };
    fields.end()?;
    Ok((categories, record))
}

fn asker(value: &Value) -> Read<Asker> {
    let mut fields = Fields::of(value, "asker")?;
    let kind = fields.text("kind")?;
    let asker = match kind.as_str() {
        "owner" => Asker::Owner,
        "support" => Asker::Support,
        "operator" => Asker::Operator,
        "guardian" => Asker::Guardian { grant: scope::scope(&mut fields)? },
        "organisation" => Asker::Organisation {
            organisation: scope::organisation(&mut fields)?,
            class: fields.word("class", class)?,
            subject: fields.maybe_text("subject")?,
            emergency: fields.take("emergency").as_ref().map(emergency).transpose()?,
        },
        other => return Err(super::fields::unknown("asker.kind", other)),
    };
    fields.end()?;
    Ok(asker)
}

fn emergency(value: &Value) -> Read<PersonEmergency> {
    let mut fields = Fields::of(value, "asker.emergency")?;
    let declared =
        PersonEmergency { declared_at: fields.instant("declared_at")?, ends_at: fields.instant("ends_at")? };
    fields.end()?;
    Ok(declared)
}
