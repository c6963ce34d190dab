//! Whom a provision speaks of: actors in the role of information recipient, by identifier and never by a link.

use super::{
    element::{Element, Found},
    problem::{ConsentFault, ConsentProblem, Read, problem},
    terms::{CLASS, PARTICIPATION, SUBJECT, concept, number_system, read_concept, read_identifier},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use techo_model::{
    consent::{Grantee, OrganisationNumber},
    free_text::holds_personal_number,
    organisation::OrganisationKind,
    text::is_one_line,
};

/// Longest id of a professional, in characters: as in the tokens of the door for systems.
const LONGEST_SUBJECT: usize = 128;

/// The actors of a provision. Repetitions mean any of them in R4, so the members of a care team stand side by side.
pub(super) fn write(grantee: &Grantee, place: &str) -> Result<Value, ConsentProblem> {
    let Grantee::CareTeam { organisations } = grantee else {
        return Ok(json!([write_one(grantee, &format!("{place}[0]"))?]));
    };
    if organisations.len() < 2 {
        return Err(problem(place, ConsentFault::Missing));
    }
    let member = |(index, number): (usize, &OrganisationNumber)| {
        let one = Grantee::Organisation { organisation: number.clone() };
        write_one(&one, &format!("{place}[{index}]"))
    };
    organisations.iter().enumerate().map(member).collect()
}

fn write_one(grantee: &Grantee, place: &str) -> Result<Value, ConsentProblem> {
    let reference = match grantee {
        Grantee::CareTeam { .. } => return Err(problem(place, ConsentFault::NotSupported)),
        Grantee::Class { class } => {
            json!({ "type": "Organization", "identifier": { "system": CLASS, "value": class.as_str() } })
        }
        Grantee::Organisation { organisation } => organisation_reference(organisation, place)?,
        Grantee::Person { organisation, subject } => {
            if !is_plain(subject) {
                return Err(problem(format!("{place}.reference.identifier.value"), ConsentFault::Unknown));
            }
            let at = organisation_reference(organisation, place)?;
            let identifier = json!({ "system": SUBJECT, "value": subject, "assigner": at });
            json!({ "type": "Practitioner", "identifier": identifier })
        }
    };
    Ok(json!({ "role": concept(PARTICIPATION, "IRCP"), "reference": reference }))
}

fn organisation_reference(number: &OrganisationNumber, place: &str) -> Result<Value, ConsentProblem> {
    let wrong = || problem(format!("{place}.reference.identifier.value"), ConsentFault::Unknown);
    let system = number_system(&number.0).ok_or_else(wrong)?;
    Ok(json!({ "type": "Organization", "identifier": { "system": system, "value": number.0 } }))
}

/// One actor, or the members of a care team.
pub(super) fn read(found: &Found<'_>) -> Read<Grantee> {
    let items = found.items()?;
    if let [one] = &items[..] {
        return read_one(one);
    }
    let mut members = BTreeSet::new();
    for item in &items {
        match read_one(item)? {
            Grantee::Organisation { organisation } if members.insert(organisation.clone()) => {}
            Grantee::Organisation { .. } => return Err(item.is(ConsentFault::Unknown)),
            // Only organisations make a team: beside anything else, the second actor is one too many.
            _ => return Err(items[1].is(ConsentFault::NotSupported)),
        }
    }
    Ok(Grantee::CareTeam { organisations: members })
}

fn read_one(found: &Found<'_>) -> Read<Grantee> {
    let mut actor = found.element()?;
    let role = actor.need("role")?;
    if read_concept(&role, PARTICIPATION)? != "IRCP" {
        return Err(role.is(ConsentFault::Unknown));
    }
    let reference = actor.need("reference")?;
    actor.end()?;
    let mut reference = reference.element()?;
    let kind = reference.need("type")?;
    let identifier = reference.need("identifier")?;
    reference.end()?;
    match kind.text()? {
        "Organization" => organisation(&identifier),
        "Practitioner" => person(identifier.element()?),
        _ => Err(kind.is(ConsentFault::Unknown)),
    }
}

fn organisation(identifier: &Found<'_>) -> Read<Grantee> {
    let (system, value) = read_identifier(identifier)?;
    if system == CLASS {
        let class = OrganisationKind::parse(value).ok_or_else(|| identifier.is(ConsentFault::Unknown))?;
        return Ok(Grantee::Class { class });
    }
    if number_system(value) != Some(system) {
        return Err(identifier.is(ConsentFault::Unknown));
    }
    Ok(Grantee::Organisation { organisation: OrganisationNumber(value.to_owned()) })
}

fn person(mut identifier: Element<'_>) -> Read<Grantee> {
    identifier.need("system")?.word(|system| (system == SUBJECT).then_some(()))?;
    let subject = identifier.need("value")?.word(|value| is_plain(value).then(|| value.to_owned()))?;
    let assigner = identifier.need("assigner")?;
    identifier.end()?;
    let mut at = assigner.element()?;
    at.need("type")?.word(|kind| (kind == "Organization").then_some(()))?;
    let number = at.need("identifier")?;
    at.end()?;
    match organisation(&number)? {
        Grantee::Organisation { organisation } => Ok(Grantee::Person { organisation, subject }),
        _ => Err(number.is(ConsentFault::Unknown)),
    }
}

/// An id that can stand in a sentence without changing how the rest of it reads.
fn is_plain(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= LONGEST_SUBJECT
        && is_one_line(text)
        && !holds_personal_number(text)
}
