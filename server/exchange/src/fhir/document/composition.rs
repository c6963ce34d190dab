//! `JP_Composition_eCheckupGeneral`: the head of the document, with its sections.

use super::{CheckupComposition, DocumentReader, Entry, absent, around::Around};
use crate::{
    cda::oid,
    fhir::{FhirResource, INSTANCE, coding, observation::SURVEY, report::document_type},
};
use serde_json::{Value, json};

pub(in crate::fhir) const VERSION: &str =
    "http://hl7.org/fhir/StructureDefinition/composition-clinicaldocument-versionNumber";
pub(in crate::fhir) const SECTION: &str = "http://jpfhir.jp/fhir/eCheckup/CodeSystem/section-code";
pub(in crate::fhir) const CLASS: &str = "http://jpfhir.jp/fhir/eCheckup/CodeSystem/checkup-report-category";

/// Code and name.
type Named = (&'static str, &'static str);

pub(super) fn composition(document: &CheckupComposition<'_>, around: &Around, findings: &[Entry]) -> Entry {
    let day = document.of.examined_on.to_string();
    let (system, class) = class(document.class, document.reader);
    let programme = programme(document.programme, document.reader);
    let programmes = format!("urn:oid:{}", oid::PROGRAMME);
    let mut body = json!({
        "resourceType": "Composition",
        "meta": document.meta("JP_Composition_eCheckupGeneral"),
        "language": "ja",
        "extension": [{ "url": VERSION, "_valueString": absent("unknown") }],
        "identifier": { "system": INSTANCE, "value": document.id },
        "status": "final",
        "type": document_type(),
        "category": [{ "coding": [coding(&system, class.0, Some(class.1))] }],
        "subject": around.patient.reference(),
        "encounter": around.encounter.reference(),
        "date": document.written_on.to_string(),
        "author": [around.practitioner.reference(), around.organization.reference()],
        "title": "健診結果報告書",
        "event": [{
            "code": [{ "coding": [coding(&programmes, programme.0, Some(programme.1))] }],
            "period": { "start": day, "end": day },
            "detail": [around.encounter.reference()],
        }],
    });
    let sections = sections(programme.0, document.findings, findings);
    if !sections.is_empty() {
        body["section"] = sections.into();
    }
    document.own("Composition", body)
}

/// Results, then answers. The profile has no empty section, so one of which nothing may be seen is not there.
fn sections(programme: &str, resources: &[FhirResource], entries: &[Entry]) -> Vec<Value> {
    let of = |are_answers: bool, (code, title): Named| {
        let entries: Vec<Value> = resources
            .iter()
            .zip(entries)
            .filter(|(resource, _)| resource.is_of("category", SURVEY) == are_answers)
            .map(|(_, entry)| entry.reference())
            .collect();
        let code = json!({ "coding": [coding(SECTION, code, Some(title))] });
        (!entries.is_empty()).then(|| json!({ "title": title, "code": code, "entry": entries }))
    };
    let (results, answers) = section_codes(programme);
    of(false, results).into_iter().chain(of(true, answers)).collect()
}

fn section_codes(programme: &str) -> (Named, Named) {
    match programme {
        "010" => (("01011", "特定健診検査結果セクション"), ("01012", "特定健診問診結果セクション")),
        "020" => {
            (("01021", "広域連合保健事業検査結果セクション"), ("01022", "広域連合保健事業問診結果セクション"))
        }
        "030" => (("01031", "事業者健診検査結果セクション"), ("01032", "事業者健診問診結果セクション")),
        _ => (("01910", "検査結果セクション"), ("01920", "問診結果セクション")),
    }
}

/// 報告区分 and its code system. Those that tell of a pregnancy, of a child or of a screening are said as the 40 which they are
/// kinds of to others than the author: they would tell more than the items that the person shares.
fn class(class: &str, reader: DocumentReader) -> (String, Named) {
    let special = format!("urn:oid:{}", oid::REPORT_CLASS_FHIR);
    let is_author = reader == DocumentReader::Author;
    match class {
        "42" if is_author => (CLASS.to_owned(), ("42", "自治体検診")),
        "43" if is_author => (CLASS.to_owned(), ("43", "乳幼児検診")),
        "44" if is_author => (CLASS.to_owned(), ("44", "妊婦検診")),
        "10" => (special, ("10", "特定健診")),
        "41" => (CLASS.to_owned(), ("41", "事業者健診")),
        "90" => (special, ("90", "その他検診")),
        _ => (special, ("40", "健診結果報告")),
    }
}

/// プログラム種別; 不明 where nobody said, and where it would tell others than the author what was examined.
fn programme(programme: &str, reader: DocumentReader) -> Named {
    let is_author = reader == DocumentReader::Author;
    match programme {
        "040" if is_author => ("040", "学校健診"),
        "060" if is_author => ("060", "がん検診"),
        "090" if is_author => ("090", "肝炎検診"),
        "010" => ("010", "特定健診"),
        "020" => ("020", "広域連合の保健事業"),
        "030" => ("030", "事業者健診"),
        "990" => ("990", "その他の健診（検診）"),
        _ => ("000", "不明"),
    }
}
