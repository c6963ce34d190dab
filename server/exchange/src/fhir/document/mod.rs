//! `JP_Bundle_eCheckupGeneral`: a whole checkup as one document (健診結果報告書), with those of its items that may be seen.
//!
//! Everything in it points at its other entries by `urn:uuid`, so that it can be kept and passed on by itself. What the profile
//! demands and nobody told us carries `data-absent-reason`; nothing is made up.

mod around;
mod composition;

pub(super) use composition::{CLASS, SECTION, VERSION};

use super::{ExaminationContext, FhirResource, ResourceKind, meta};
use serde_json::{Value, json};
use techo_model::{CalendarDate, UnixMillis};
use uuid::Uuid;

const PROFILE: &str = "http://jpfhir.jp/fhir/eCheckup/StructureDefinition";
const INSTANCE: &str = "http://jpfhir.jp/fhir/core/IdSystem/documentInstance-identifier";

/// A checkup, and what its document is made of.
pub struct CheckupComposition<'a> {
    /// Id of the resource.
    pub id: String,
    /// Number of exactly this content: other content has another one.
    pub number: String,
    /// Where it was found.
    pub of: ExaminationContext<'a>,
    /// Day of the document that we were sent.
    pub written_on: CalendarDate,
    /// 報告区分.
    pub class: &'a str,
    /// プログラム種別; may be empty.
    pub programme: &'a str,
    /// Whom it is for.
    pub reader: DocumentReader,
    /// When it is put together.
    pub made_at: UnixMillis,
    /// The person, as [`patient`](super::patient) says.
    pub patient: &'a FhirResource,
    /// The items that may be seen, as [`observation`](super::observation) says, in their order.
    pub findings: &'a [FhirResource],
    /// Makes the address of an entry of its name, the same each time.
    pub address: &'a dyn Fn(&str) -> Uuid,
}

/// Whom a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentReader {
    /// The place that made the checkup: it is told what it said, so that it corrects this checkup and makes no other.
    Author,
    /// Anybody else.
    Other,
}

/// An entry of the document.
struct Entry {
    url: String,
    body: Value,
}

impl Entry {
    fn reference(&self) -> Value {
        json!({ "reference": self.url })
    }
}

impl CheckupComposition<'_> {
    /// An entry that is there only within this document.
    fn own(&self, name: &str, body: Value) -> Entry {
        self.entry(&format!("{}/{name}", self.id), body)
    }

    fn entry(&self, name: &str, body: Value) -> Entry {
        Entry { url: format!("urn:uuid:{}", (self.address)(name)), body }
    }

    fn meta(&self, profile: &str) -> Value {
        meta(self.of.changed_at, &format!("{PROFILE}/{profile}"))
    }
}

/// The resource: a Composition, whom and what it speaks of, and the findings.
pub fn document(document: &CheckupComposition<'_>) -> FhirResource {
    let around = around::around(document);
    let findings: Vec<Entry> =
        document.findings.iter().map(|finding| around::finding(document, finding, &around)).collect();
    let head = composition::composition(document, &around, &findings);
    let entries: Vec<Value> = std::iter::once(head)
        .chain(around.into_entries())
        .chain(findings)
        .map(|entry| json!({ "fullUrl": entry.url, "resource": entry.body }))
        .collect();
    let body = json!({
        "resourceType": "Bundle",
        "id": document.id,
        "meta": document.meta("JP_Bundle_eCheckupGeneral"),
        "identifier": { "system": INSTANCE, "value": document.number },
        "type": "document",
        "timestamp": document.made_at.rfc3339(),
        "entry": entries,
    });
    FhirResource {
        kind: ResourceKind::Bundle,
        id: document.id.clone(),
        changed_at: document.of.changed_at,
        when: None,
        tokens: vec![
            ("identifier", INSTANCE.to_owned(), document.number.clone()),
            ("type", "http://hl7.org/fhir/bundle-type".to_owned(), "document".to_owned()),
        ],
        refers_to: vec![("patient", format!("Patient/{}", document.of.patient))],
        body,
    }
}

/// The mark of an element that the profile demands and that has no value here.
pub(super) fn absent(why: &str) -> Value {
    json!({ "extension": [{
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": why }] })
}

#[cfg(test)]
mod tests;
