//! `Immunization`: one dose that the sender gave.

use super::{
    DocumentSender,
    codes::codings,
    element::{Element, Problems},
    parties::{performer_of, subject_of},
};
use crate::{
    fhir::{UCUM, VACCINE, immunization::PRODUCTS, request::RequestProblem},
    rows::vaccinations,
};
use serde_json::Value;
use techo_model::{
    vaccination::{DoseEntry, ProductCode, SentDose},
    vaccine::Vaccine,
};

const STATUS: &str = "completed or entered-in-error is expected";
const CODE: &str =
    "exactly one urn:techo:fhir:vaccine is needed, and at most one HOT9, HOT13 or YJ code beside it";

/// Reads a dose. Answers the person's code beside it.
///
/// # Errors
/// Everything that is wrong.
pub fn immunization(
    body: &Value,
    sender: DocumentSender<'_>,
) -> Result<(String, SentDose), Vec<RequestProblem>> {
    let problems = Problems::default();
    let read = read(body, sender, &problems);
    problems.or(read)
}

fn read<'a>(
    body: &'a Value,
    sender: DocumentSender<'_>,
    problems: &'a Problems,
) -> Option<(String, SentDose)> {
    let dose = Element::resource(body, "Immunization", "Immunization", problems)?;
    if let Some(meta) = dose.child("meta") {
        for passed_over in ["profile", "versionId", "lastUpdated", "source"] {
            meta.raw(passed_over);
        }
    }
    let entry = |word: &str| match word {
        "completed" => Some(DoseEntry::Given),
        "entered-in-error" => Some(DoseEntry::Cancelled),
        _ => None,
    };
    let entry = dose.word("status", entry, STATUS);
    let vaccine = vaccine(&dose);
    let code = subject_of(&dose, "patient");
    let given_on = dose.day_alone("occurrenceDateTime", sender.now);
    performer(&dose, sender.number);
    let lot = dose.text("lotNumber", 40);
    let amount_microlitres = dose.child("doseQuantity").and_then(|quantity| amount(&quantity));
    let dose_number = protocol(&dose, vaccine.as_ref().map(|(vaccine, ..)| *vaccine));
    let (vaccine, product_code, product_name) = vaccine?;
    let dose = SentDose {
        entry: entry?,
        given_on: given_on?,
        vaccine,
        dose_number: dose_number?,
        product_name,
        product_code,
        lot,
        amount_microlitres,
    };
    Some((code?, dose))
}

fn performer(dose: &Element<'_>, sender: &str) {
    if !dose.has("performer") {
        return;
    }
    if let Some(performer) = dose.only("performer") {
        match performer.child("actor") {
            Some(actor) => performer_of(&actor, sender),
            None => performer.wrong("actor", "this element is needed"),
        }
    }
}

/// The series, the product with its code, and the product's name.
fn vaccine(dose: &Element<'_>) -> Option<(Vaccine, Option<ProductCode>, Option<String>)> {
    let Some(concept) = dose.child("vaccineCode") else {
        dose.wrong("vaccineCode", CODE);
        return None;
    };
    let (mut vaccines, mut products) = (Vec::new(), Vec::new());
    for coding in codings(&concept) {
        let product = PRODUCTS.iter().find(|(_, address)| *address == coding.system);
        let vaccine = Vaccine::ALL.iter().find(|vaccine| vaccine.id() == coding.code);
        match (coding.system == VACCINE, vaccine, product) {
            (true, Some(vaccine), _) => vaccines.push(*vaccine),
            (false, _, Some((system, _))) => {
                products.push((ProductCode { system: *system, code: coding.code }, coding.display));
            }
            _ => concept.wrong("coding", CODE),
        }
    }
    let named = concept.text("text", 200);
    let ([vaccine], true) = (vaccines.as_slice(), products.len() <= 1) else {
        concept.wrong("coding", CODE);
        return None;
    };
    let (code, display) = products.pop().unzip();
    Some((*vaccine, code, named.or(display.flatten())))
}

fn amount(quantity: &Element<'_>) -> Option<i64> {
    quantity.text("unit", 40);
    if quantity.pointer("system").as_deref() != Some(UCUM)
        || quantity.pointer("code").as_deref() != Some("mL")
    {
        quantity.wrong("code", "mL of http://unitsofmeasure.org is expected");
    }
    let microlitres = quantity.decimal("value").as_deref().and_then(vaccinations::amount);
    if microlitres.is_none() {
        quantity.wrong(
            "value",
            "an amount of more than nothing and at most 10 mL with at most three decimals is expected",
        );
    }
    microlitres
}

/// Which dose of its series it is.
fn protocol(dose: &Element<'_>, vaccine: Option<Vaccine>) -> Option<i64> {
    let Some(protocol) = dose.only("protocolApplied") else {
        dose.wrong("protocolApplied", "one with doseNumberPositiveInt is needed");
        return None;
    };
    for disease in
        if protocol.has("targetDisease") { protocol.children("targetDisease", 1) } else { Vec::new() }
    {
        disease.text("text", 200);
        let same = |code: &str| vaccine.is_none_or(|vaccine| vaccine.id() == code);
        if !codings(&disease).iter().all(|coding| coding.system == VACCINE && same(&coding.code)) {
            disease.wrong("coding", "another disease than that of vaccineCode");
        }
    }
    let number = protocol.raw("doseNumberPositiveInt").and_then(Value::as_i64);
    let number = number.filter(|number| (1..=vaccinations::MOST_DOSES).contains(number));
    if number.is_none() {
        protocol.wrong("doseNumberPositiveInt", "a number from 1 to 20 is needed");
    }
    number
}
