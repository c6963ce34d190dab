//! The choices that are no rules: a `modifierExtension`, because the provisions mean something else without them.

use super::{
    element::Found,
    problem::{ConsentFault, ConsentProblem, Read, problem},
};
use serde_json::{Value, json};
use techo_model::consent::{ConsentSettings, EmergencyChoice, Switch};

const SETTINGS: &str = "urn:techo:fhir:consent-settings";
/// What provisions that contradict each other mean together.
const COMBINING: &str = "deny-overrides";
/// Hours that a treatment window can last.
const WINDOW: std::ops::RangeInclusive<u16> = 1..=720;

pub(super) fn write(settings: &ConsentSettings) -> Result<Value, ConsentProblem> {
    if !WINDOW.contains(&settings.treatment_window_hours) {
        return Err(problem("Consent.modifierExtension[0].extension[5]", ConsentFault::Unknown));
    }
    let word = |url: &str, word: &str| json!({ "url": url, "valueCode": word });
    Ok(json!([{ "url": SETTINGS, "extension": [
        word("combining", COMBINING),
        word("clinics", settings.clinics.as_str()),
        word("research", settings.research.as_str()),
        word("emergency", settings.emergency.as_str()),
        word("insurer-transfer", settings.insurer_transfer.as_str()),
        { "url": "treatment-window-hours", "valuePositiveInt": settings.treatment_window_hours },
    ] }]))
}

pub(super) fn read(found: &Found<'_>) -> Read<ConsentSettings> {
    let only = found.only()?;
    let mut body = only.element()?;
    let url = body.need("url")?;
    if url.text()? != SETTINGS {
        return Err(url.is(ConsentFault::NotSupported));
    }
    let parts = body.need("extension")?;
    body.end()?;
    let mut parts = Parts { place: parts.place.clone(), left: parts.items()? };
    parts.word("combining", |word| (word == COMBINING).then_some(()))?;
    let settings = ConsentSettings {
        clinics: parts.word("clinics", Switch::parse)?,
        research: parts.word("research", Switch::parse)?,
        emergency: parts.word("emergency", EmergencyChoice::parse)?,
        insurer_transfer: parts.word("insurer-transfer", Switch::parse)?,
        treatment_window_hours: parts.hours()?,
    };
    match parts.left.first() {
        Some(more) => Err(more.is(ConsentFault::NotSupported)),
        None => Ok(settings),
    }
}

/// The parts of the extension, in any order.
struct Parts<'a> {
    place: String,
    left: Vec<Found<'a>>,
}

impl<'a> Parts<'a> {
    /// The value of the part with this name.
    fn take(&mut self, url: &str, value: &'static str) -> Read<Found<'a>> {
        let named = |part: &Found<'_>| part.value.get("url").and_then(Value::as_str) == Some(url);
        let index = self.left.iter().position(named);
        let missing = || problem(format!("{}.where(url='{url}')", self.place), ConsentFault::Missing);
        let part = self.left.remove(index.ok_or_else(missing)?);
        let mut body = part.element()?;
        body.need("url")?;
        let found = body.need(value)?;
        body.end()?;
        Ok(found)
    }

    fn word<T>(&mut self, url: &str, known: fn(&str) -> Option<T>) -> Read<T> {
        self.take(url, "valueCode")?.word(known)
    }

    fn hours(&mut self) -> Read<u16> {
        let found = self.take("treatment-window-hours", "valuePositiveInt")?;
        let hours = found.value.as_u64().and_then(|hours| u16::try_from(hours).ok());
        hours.filter(|hours| WINDOW.contains(hours)).ok_or_else(|| found.is(ConsentFault::Unknown))
    }
}
