//! `JP_Observation_eCheckupGeneral`: one item of a checkup.

use super::{
    CATEGORY, ExaminationContext, FhirResource, INSTANCE, INTERPRETATION, ResourceKind, TimeSpan, UCUM,
    coding, facility, meta, put_decimal, subject,
};
use crate::items::{self, answer_label};
use serde_json::{Value, json};
use techo_model::{
    checkup::{Bound, ItemResult, ItemValue, Judgement},
    consent::Category,
};

const PROFILE: &str = "http://jpfhir.jp/fhir/eCheckup/StructureDefinition/JP_Observation_eCheckupGeneral";
/// 特定健診項目コード (JLAC10, 17 characters).
pub(super) const ITEM: &str = "urn:oid:1.2.392.200119.6.1005";
/// 検査方法コード.
pub(super) const METHOD: &str = "urn:oid:1.2.392.200119.6.1007";
/// Category of what the person answered.
pub(super) const SURVEY: &str = "survey";

/// One result, and where it stands.
#[derive(Clone, Debug)]
pub struct ResultObservation<'a> {
    /// Id of the resource.
    pub id: String,
    /// Where it was found.
    pub of: ExaminationContext<'a>,
    /// The result.
    pub result: &'a ItemResult,
}

/// The resource. A value that the sender could not give is `cancelled` with the reason in words (eCheckupReport 1.5.0).
pub fn observation(finding: &ResultObservation<'_>) -> FhirResource {
    let (of, result) = (finding.of, finding.result);
    let code = result.item.0.as_str();
    let category = category(items::category(&result.item));
    let status = if matches!(result.value, ItemValue::Absent { .. }) { "cancelled" } else { "final" };
    let mut body = json!({
        "resourceType": "Observation",
        "id": finding.id,
        "meta": meta(of.changed_at, PROFILE),
        "identifier": [{ "system": INSTANCE, "value": finding.id }],
        "status": status,
        "category": [{ "coding": [{ "system": CATEGORY, "code": category }] }],
        "code": { "coding": [coding(ITEM, code, name(result))] },
        "subject": subject(of.patient),
        "effectiveDateTime": of.examined_on.to_string(),
        "performer": [facility(of.facility, Some(of.facility_name))],
    });
    add_value(&mut body, &result.value);
    add_judgement(&mut body, result);
    if let Some(method) = &result.method {
        body["method"] = json!({ "coding": [{ "system": METHOD, "code": method }] });
    }
    FhirResource {
        kind: ResourceKind::Observation,
        id: finding.id.clone(),
        changed_at: of.changed_at,
        when: Some(TimeSpan::of_day(of.examined_on)),
        tokens: vec![
            ("code", ITEM.to_owned(), code.to_owned()),
            ("category", CATEGORY.to_owned(), category.to_owned()),
            ("status", "http://hl7.org/fhir/observation-status".to_owned(), status.to_owned()),
        ],
        refers_to: vec![("patient", format!("Patient/{}", of.patient))],
        body,
    }
}

fn category(of: Option<Category>) -> &'static str {
    match of {
        Some(Category::CheckupLaboratory | Category::Laboratory) => "laboratory",
        Some(Category::CheckupQuestionnaire) => SURVEY,
        Some(Category::CheckupScreening) => "imaging",
        _ => "exam",
    }
}

fn name(result: &ItemResult) -> Option<&str> {
    items::item(&result.item).map(|item| item.name.ja).or(result.sender_name.as_deref())
}

fn add_value(body: &mut Value, value: &ItemValue) {
    match value {
        ItemValue::Quantity { text, unit, bound } => match quantity(text, unit, *bound) {
            Some(quantity) => body["valueQuantity"] = quantity,
            None => body["valueString"] = text.as_str().into(),
        },
        ItemValue::Coded(answer) => {
            let label = answer_label(&answer.list, &answer.code).map(|label| label.ja);
            let system = format!("urn:oid:{}", answer.list);
            body["valueCodeableConcept"] = json!({ "coding": [coding(&system, &answer.code, label)] });
        }
        ItemValue::Text { text } if text.trim().is_empty() => {
            body["dataAbsentReason"] = json!({ "text": "empty" });
        }
        ItemValue::Text { text } => body["valueString"] = text.as_str().into(),
        ItemValue::Absent { reason } => body["dataAbsentReason"] = json!({ "text": reason }),
    }
}

fn quantity(text: &str, unit: &str, bound: Option<Bound>) -> Option<Value> {
    let mut quantity = json!({ "unit": unit, "system": UCUM, "code": unit });
    if !put_decimal(&mut quantity, "value", text) {
        return None;
    }
    match bound {
        Some(Bound::Below) => quantity["comparator"] = "<".into(),
        Some(Bound::Above) => quantity["comparator"] = ">".into(),
        None => {}
    }
    Some(quantity)
}

fn add_judgement(body: &mut Value, result: &ItemResult) {
    if let Some(judgement) = result.judgement {
        let code = match judgement {
            Judgement::Normal => "N",
            Judgement::Low => "L",
            Judgement::High => "H",
            Judgement::Abnormal => "A",
        };
        body["interpretation"] = json!([{ "coding": [{ "system": INTERPRETATION, "code": code }] }]);
    }
    let end = |text: &Option<String>| {
        let mut quantity = json!({});
        put_decimal(&mut quantity, "value", text.as_deref()?).then_some(quantity)
    };
    let (low, high) = (end(&result.range_low), end(&result.range_high));
    if low.is_none() && high.is_none() {
        return;
    }
    let mut range = json!({});
    low.into_iter().for_each(|low| range["low"] = low);
    high.into_iter().for_each(|high| range["high"] = high);
    body["referenceRange"] = json!([range]);
}
