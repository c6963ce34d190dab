//! `JP_Immunization`: a dose.

use super::{
    FhirResource, JP_CORE, ResourceKind, TimeSpan, UCUM, VACCINE, facility, meta, put_decimal, subject,
};
use serde_json::{Value, json};
use techo_model::{CalendarDate, UnixMillis, vaccination::ProductCodeSystem, vaccine::Vaccine};

/// A dose as it is given away.
#[derive(Clone, Debug)]
pub struct ImmunizationFacts<'a> {
    /// Id of the resource.
    pub id: String,
    /// Id of the patient.
    pub patient: &'a str,
    /// 接種日.
    pub given_on: CalendarDate,
    /// When it last changed here.
    pub changed_at: UnixMillis,
    /// 疾病.
    pub vaccine: Vaccine,
    /// 回数.
    pub dose_number: Option<i64>,
    /// ワクチン名.
    pub product_name: Option<&'a str>,
    /// ワクチンコード with its system.
    pub product: Option<(ProductCodeSystem, &'a str)>,
    /// ロット番号.
    pub lot: Option<&'a str>,
    /// 接種量 in microlitres.
    pub amount_microlitres: Option<i64>,
    /// 医療機関コード.
    pub facility: Option<&'a str>,
}

/// The resource. Municipalities name a disease always and a product sometimes, so `vaccineCode` has both.
pub fn immunization(dose: &ImmunizationFacts<'_>) -> FhirResource {
    let disease = dose.vaccine.name();
    let of_disease = json!({ "system": VACCINE, "code": dose.vaccine.id(), "display": disease.ja });
    let mut codings = vec![of_disease.clone()];
    let mut tokens = vec![("vaccine-code", VACCINE.to_owned(), dose.vaccine.id().to_owned())];
    if let Some((system, code)) = dose.product {
        let mut coding = json!({ "system": product_system(system), "code": code });
        if let Some(name) = dose.product_name {
            coding["display"] = name.into();
        }
        codings.insert(0, coding);
        tokens.push(("vaccine-code", product_system(system).to_owned(), code.to_owned()));
    }
    tokens.push(("status", "http://hl7.org/fhir/event-status".to_owned(), "completed".to_owned()));
    let mut body = json!({
        "resourceType": "Immunization",
        "id": dose.id,
        "meta": meta(dose.changed_at, &format!("{JP_CORE}/JP_Immunization")),
        "status": "completed",
        "vaccineCode": { "coding": codings, "text": dose.product_name.unwrap_or(disease.ja) },
        "patient": subject(dose.patient),
        "occurrenceDateTime": dose.given_on.to_string(),
    });
    add_details(&mut body, dose, &of_disease);
    FhirResource {
        kind: ResourceKind::Immunization,
        id: dose.id.clone(),
        changed_at: dose.changed_at,
        when: Some(TimeSpan::of_day(dose.given_on)),
        tokens,
        refers_to: vec![("patient", format!("Patient/{}", dose.patient))],
        body,
    }
}

fn add_details(body: &mut Value, dose: &ImmunizationFacts<'_>, disease: &Value) {
    if let Some(lot) = dose.lot {
        body["lotNumber"] = lot.into();
    }
    if let Some(amount) = dose.amount_microlitres {
        let mut quantity = json!({ "unit": "mL", "system": UCUM, "code": "mL" });
        if put_decimal(&mut quantity, "value", &millilitres(amount)) {
            body["doseQuantity"] = quantity;
        }
    }
    if let Some(number) = dose.facility {
        body["performer"] = json!([{ "actor": facility(number, None) }]);
    }
    if let Some(number) = dose.dose_number.filter(|number| *number > 0) {
        body["protocolApplied"] =
            json!([{ "targetDisease": [{ "coding": [disease] }], "doseNumberPositiveInt": number }]);
    }
}

/// Decimal text without zeros at its end.
fn millilitres(microlitres: i64) -> String {
    let text = format!("{}.{:03}", microlitres / 1_000, microlitres % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Systems of product codes with their addresses in JP Core.
pub(crate) const PRODUCTS: [(ProductCodeSystem, &str); 3] = [
    (ProductCodeSystem::Hot9, "http://medis.or.jp/CodeSystem/master-HOT9"),
    (ProductCodeSystem::Hot13, "http://medis.or.jp/CodeSystem/master-HOT13"),
    (ProductCodeSystem::Yj, "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code"),
];

fn product_system(system: ProductCodeSystem) -> &'static str {
    PRODUCTS.iter().find(|(known, _)| *known == system).map_or("", |(_, address)| address)
}
