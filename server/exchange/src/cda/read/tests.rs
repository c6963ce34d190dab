//! Documents as they come, whole and incomplete. All people and places are made up.

mod dates;
mod hostile;
mod numbers;
mod once;
mod results;

use super::*;
use techo_model::{
    answer::ListedAnswer,
    checkup::{Bound, ItemResult, ItemValue, Judgement},
    resident::Sex,
};

const HEADER: &str = r#"<code code="10" codeSystem="1.2.392.200119.6.1001"/>
  <effectiveTime value="20261001"/>
  <recordTarget><patientRole>
    <id extension="06990001" root="1.2.392.200119.6.101"/>
    <id extension="１２－３４" root="1.2.392.200119.6.204"/>
    <id extension="４５６" root="1.2.392.200119.6.205"/>
    <id extension="01" root="1.2.392.200119.6.211"/>
    <patient>
      <name>ミドリノ　ハナコ</name>
      <administrativeGenderCode code="2" codeSystem="1.2.392.200119.6.1104"/>
      <birthTime value="19700504"/>
    </patient>
  </patientRole></recordTarget>
  <author><assignedAuthor><representedOrganization>
    <id extension="9999999999" root="1.2.392.200119.6.102"/><name>作成機関</name>
  </representedOrganization></assignedAuthor></author>
  <documentationOf><serviceEvent>
    <code code="010" codeSystem="1.2.392.200119.6.1002"/>
    <effectiveTime value="20260910"/>
    <performer typeCode="PRF"><assignedEntity><representedOrganization>
      <id extension="1310000001" root="1.2.392.200119.6.102"/><name>汐見町健診センター</name>
    </representedOrganization></assignedEntity></performer>
  </serviceEvent></documentationOf>"#;

const HEIGHT: &str =
    r#"<code code="9N001000000000001" displayName="身長"/><value xsi:type="PQ" value="165.5" unit="cm"/>"#;

fn document_of(header: &str, observations: &[&str]) -> String {
    let entries: String = observations
        .iter()
        .map(|inner| {
            format!(r#"<entry><observation classCode="OBS" moodCode="EVN">{inner}</observation></entry>"#)
        })
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  {header}
  <component><structuredBody><component><section>{entries}</section></component></structuredBody></component>
</ClinicalDocument>"#
    )
}

fn fault(text: &str) -> DocumentFault {
    match read(text.as_bytes()) {
        Ok(_) => panic!("this must be refused: {text}"),
        Err(problem) => problem.fault,
    }
}

fn whole(text: &str) -> CheckupDocument {
    read(text.as_bytes()).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The results of a document with these observations.
fn results(observations: &[&str]) -> Vec<ItemResult> {
    whole(&document_of(HEADER, observations)).facts.results
}

fn result(observation: &str) -> ItemResult {
    let mut results = results(&[observation]);
    assert_eq!(results.len(), 1);
    results.remove(0)
}

fn with_header(from: &str, to: &str) -> String {
    assert!(HEADER.contains(from), "{from}");
    document_of(&HEADER.replacen(from, to, 1), &[HEIGHT])
}

fn quantity(text: &str, unit: &str, bound: Option<Bound>) -> ItemValue {
    ItemValue::Quantity { text: text.to_owned(), unit: unit.to_owned(), bound }
}

#[test]
fn a_document_says_who_where_when_and_what() {
    let document = whole(&document_of(HEADER, &[HEIGHT]));
    assert!(document.request == DocumentRequest::Keep);
    assert_eq!(document.insured.with_branch().as_deref(), Some("06990001:12-34:456:1"));
    assert_eq!(document.name.as_deref(), Some("ミドリノ　ハナコ"));
    assert_eq!((document.birth_date.to_string().as_str(), document.sex), ("1970-05-04", Sex::Female));
    let facts = document.facts;
    assert_eq!((facts.facility.as_str(), facts.facility_name.as_str()), ("1310000001", "汐見町健診センター"));
    assert_eq!(
        (facts.examined_on.to_string(), facts.document_date.to_string()),
        ("2026-09-10".into(), "2026-10-01".into())
    );
    assert_eq!(
        (facts.report_class.as_str(), facts.programme.as_str(), facts.phase),
        ("10", "010", Phase::Fourth)
    );
    assert_eq!(facts.insurer, "06990001");
    assert_eq!(facts.results[0].sender_name.as_deref(), Some("身長"));
    assert_eq!(facts.results[0].value, quantity("165.5", "cm", None));
}

#[test]
fn the_reference_sample_is_read_whole() {
    let Some(folder) = std::env::var_os("TECHO_TEST_DATA") else {
        println!("skipped: TECHO_TEST_DATA is not set");
        return;
    };
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let bytes =
        std::fs::read(root.join("tokutei/sample_phase4_minimal.xml")).expect("the reference sample exists");
    let document = read(&bytes).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(document.facts.results.len(), 17);
    assert_eq!(document.insured.without_branch(), "99999999:123:456");
    let smoking = document.facts.results.last().map(|result| &result.value);
    let answer = ListedAnswer { list: "1.2.392.200119.6.24060".into(), code: "1".into() };
    assert_eq!(smoking, Some(&ItemValue::Coded(answer)));
}

#[test]
fn a_deletion_needs_no_results_but_a_checkup_does() {
    let deletion = HEADER.replacen("code=\"10\"", "code=\"19\"", 1);
    assert!(whole(&document_of(&deletion, &[])).request == DocumentRequest::Delete);
    assert_eq!(fault(&document_of(HEADER, &[])), DocumentFault::NoResults);
}

#[test]
fn kinds_of_documents_that_we_do_not_keep_are_named() {
    assert_eq!(fault(&with_header("code=\"10\"", "code=\"21\"")), DocumentFault::Guidance);
    assert_eq!(fault(&with_header("code=\"10\"", "code=\"99\"")), DocumentFault::UnknownReportClass);
    assert_eq!(fault(&with_header("6.1001", "6.1002")), DocumentFault::WrongCodeSystem("報告区分"));
    for index in [
        "<index xmlns='http://tokuteikenshin.jp/checkup/2007'/>",
        "<ClinicalDocument/>",
        "<a xmlns='urn:hl7-org:v3'/>",
    ] {
        assert_eq!(fault(index), DocumentFault::NotACheckup);
    }
}

#[test]
fn whatever_identifies_the_person_must_be_there_and_right() {
    use DocumentFault::{Ambiguous, BeforeBirth, Malformed, Missing, WrongCodeSystem};
    for (from, to, expected) in [
        (r#"root="1.2.392.200119.6.101""#, r#"root="1.2.3""#, Missing("保険者番号")),
        ("06990001", "0699000X", Malformed("保険者番号（8桁の数字）")),
        (r#"root="1.2.392.200119.6.205""#, r#"root="1.2.3""#, Missing("被保険者証等番号")),
        ("４５６", "", Missing("被保険者証等番号")),
        ("４５６", "123456789012345678901", Malformed("被保険者証等番号")),
        (r#"extension="01""#, r#"extension="1a""#, Malformed("枝番（2桁の数字）")),
        (r#"<birthTime value="19700504"/>"#, "", Missing("生年月日")),
        ("19700504", "19700230", Malformed("生年月日")),
        ("19700504", "197005", Malformed("生年月日")),
        ("19700504", "20261231", BeforeBirth),
        (r#"code="2" codeSystem"#, r#"code="9" codeSystem"#, Malformed("男女区分")),
        ("6.1104", "6.1105", WrongCodeSystem("男女区分")),
        (r#"<effectiveTime value="20260910"/>"#, "", Missing("健診実施日")),
        (r#"<effectiveTime value="20261001"/>"#, "", Missing("文書の作成日")),
        (r#"extension="1310000001""#, r#"extension="131""#, Malformed("健診機関番号（10桁の数字）")),
        ("<name>汐見町健診センター</name>", "", Missing("健診機関の名称")),
        (
            "<patientRole>",
            r#"<patientRole><id extension="1" root="1.2.392.200119.6.205"/>"#,
            Ambiguous("被保険者証等番号"),
        ),
        (
            "<recordTarget>",
            "<recordTarget><patientRole/></recordTarget><recordTarget>",
            Ambiguous("受診者の情報"),
        ),
        (
            "<documentationOf>",
            r#"<documentationOf><serviceEvent><effectiveTime value="20200101"/></serviceEvent></documentationOf><documentationOf>"#,
            Ambiguous("健診実施日"),
        ),
    ] {
        assert_eq!(fault(&with_header(from, to)), expected, "{from} → {to}");
    }
}

#[test]
fn a_facility_is_taken_from_the_author_when_the_performer_has_no_number() {
    let text = with_header(r#"<id extension="1310000001" root="1.2.392.200119.6.102"/>"#, "");
    assert_eq!(whole(&text).facts.facility, "9999999999");
}

#[test]
fn older_identifiers_intervals_and_short_insurer_numbers_are_accepted() {
    let text = HEADER
        .replace("1.2.392.200119.6.101", "1.2.392.100495.20.3.61")
        .replace("1.2.392.200119.6.204", "1.2.392.100495.20.3.62")
        .replace("1.2.392.200119.6.205", "1.2.392.100495.20.3.63")
        .replace("06990001", "138057")
        .replace(
            r#"<effectiveTime value="20260910"/>"#,
            r#"<effectiveTime><low value="202609101030"/><high value="20260910"/></effectiveTime>"#,
        );
    let document = whole(&document_of(&text, &[HEIGHT]));
    assert_eq!(document.insured.without_branch(), "00138057:12-34:456");
    assert_eq!(document.facts.examined_on.to_string(), "2026-09-10");
}

#[test]
fn order_and_unknown_extras_do_not_matter() {
    let header = HEADER.replace("<patient>", "<telecom value='x'/><ext xmlns='urn:other'><birthTime value='19000101'/></ext><patient><birthTime xmlns='urn:other' value='19000101'/>");
    assert_eq!(whole(&document_of(&header, &[HEIGHT])).birth_date.to_string(), "1970-05-04");
}

#[test]
fn what_the_writer_writes_is_read_back_unchanged() {
    use crate::cda::write::{DocumentEnvelope, PostalAddress, write};
    let smoking = r#"<code code="9N736000000000011" displayName="喫煙"/><value xsi:type="CD" code="2"/>"#;
    let below = r#"<code code="5C070000002306201" displayName="CRP"/><value xsi:type="PQ" nullFlavor="NI" value="0.1" unit="mg/dL"/><interpretationCode code="L"/>"#;
    let judged = r#"<code code="9N511000000000049" displayName="医師の診断(判定)"/><value xsi:type="ST">経過 &lt;観察&gt;</value>"#;
    let unmeasured =
        r#"<code code="3B035000002327201" displayName="GOT"/><value xsi:type="PQ" nullFlavor="NI"/>"#;
    let document = whole(&document_of(HEADER, &[HEIGHT, smoking, judged, unmeasured, below]));
    let place = PostalAddress { postal_code: "000-0001", address: "架空市１－２－３" };
    let envelope = DocumentEnvelope { person: place, facility: place, facility_phone: "0000-00-0000" };
    let again = read(&write(&document, &envelope)).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(again.facts, document.facts);
    assert!(again == document);
}
