//! A `Consent` to choices: our profile and nothing else.

use super::{
    element::{Element, Found},
    frame::{VERSION, fixed, masked, policy},
    json::{self, LONGEST},
    period::read_instant,
    problem::{ConsentFault, ConsentProblem, Read, problem},
    provision, settings,
    terms::read_identifier,
};
use techo_model::{
    UnixMillis,
    consent::{ConsentRule, ConsentState, Effect},
};

/// Reads a file. `now` is what a rule must have begun by.
///
/// # Errors
/// The first thing that our profile cannot express, with its place.
pub fn read(bytes: &[u8], now: UnixMillis) -> Result<ConsentState, ConsentProblem> {
    if bytes.len() > LONGEST {
        return Err(problem("Consent", ConsentFault::TooLarge));
    }
    let value = json::parse(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))?;
    let found = Found { value: &value, place: "Consent".to_owned() };
    let mut body = found.element().map_err(|_| found.is(ConsentFault::NoConsent))?;
    let kind = body.take("resourceType").and_then(|kind| kind.value.as_str());
    if kind != Some("Consent") {
        return Err(problem("Consent.resourceType", ConsentFault::NoConsent));
    }
    let settings = settings::read(&body.need("modifierExtension")?)?;
    body.need("status")?.exactly(&"active".into(), ConsentFault::Other)?;
    for (name, value) in masked() {
        body.need(name)?.exactly(&value, ConsentFault::NamesSomebody)?;
    }
    for (name, value) in fixed() {
        body.need(name)?.exactly(&value, ConsentFault::Other)?;
    }
    body.need("policy")?.exactly(&policy(settings.emergency), ConsentFault::Other)?;
    read_version(&mut body)?;
    let rules = read_root(&body.need("provision")?, now)?;
    body.end()?;
    Ok(ConsentState { settings, rules })
}

/// What the file says about itself and we have no use for has to be well formed all the same.
fn read_version(body: &mut Element<'_>) -> Read<()> {
    let at = body.need("dateTime")?;
    at.word(read_instant).map_err(|_| at.is(ConsentFault::Time))?;
    let mut source = body.need("sourceReference")?.element()?;
    source.need("type")?.exactly(&"Consent".into(), ConsentFault::Other)?;
    let identifier = source.need("identifier")?;
    source.end()?;
    let (system, number) = read_identifier(&identifier)?;
    let known = system == VERSION && number.parse::<u32>().is_ok_and(|parsed| parsed.to_string() == number);
    if known { Ok(()) } else { Err(identifier.is(ConsentFault::Unknown)) }
}

fn read_root(found: &Found<'_>, now: UnixMillis) -> Read<Vec<ConsentRule>> {
    let mut root = found.element()?;
    root.need("type")?.exactly(&Effect::Deny.as_str().into(), ConsentFault::Other)?;
    let mut rules = Vec::new();
    if let Some(provisions) = root.take("provision") {
        for one in provisions.items()? {
            provision::read(&one, now, &mut rules)?;
        }
    }
    root.end()?;
    Ok(rules)
}
