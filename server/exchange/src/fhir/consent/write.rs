//! Choices to a `Consent`.

use super::{
    frame::{VERSION, fixed, masked, policy},
    problem::ConsentProblem,
    provision, settings,
};
use serde_json::{Value, json};
use techo_model::{UnixMillis, consent::ConsentState};

/// Which version of a person's choices this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedVersion {
    /// Number, as on the receipt; 0 for what holds before anything is chosen.
    pub number: i64,
    /// When it was chosen.
    pub chosen_at: UnixMillis,
}

/// Writes one `Consent`. It names nobody: choices say nothing about whose they are.
///
/// # Errors
/// A rule that contradicts itself, or a year, number or id that FHIR or our profile has no form for.
pub fn write(state: &ConsentState, version: StatedVersion) -> Result<Value, ConsentProblem> {
    let mut provisions = Vec::new();
    for rule in &state.rules {
        let place = format!("Consent.provision.provision[{}]", provisions.len());
        provisions.extend(provision::write(rule, &place)?);
    }
    let mut root = json!({ "type": "deny" });
    if !provisions.is_empty() {
        root["provision"] = provisions.into();
    }
    let mut body = json!({
        "resourceType": "Consent",
        "modifierExtension": settings::write(&state.settings)?,
        "status": "active",
        "dateTime": version.chosen_at.rfc3339_in_japan(),
        "sourceReference": {
            "type": "Consent", "identifier": { "system": VERSION, "value": version.number.to_string() } },
        "policy": policy(state.settings.emergency),
        "provision": root,
    });
    for (name, value) in fixed().into_iter().chain(masked()) {
        body[name] = value;
    }
    Ok(body)
}
