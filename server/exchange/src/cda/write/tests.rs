use super::*;
use std::{
    path::PathBuf,
    process::{Command, Stdio},
};
use techo_model::{
    CalendarDate,
    answer::{ItemCode, ListedAnswer},
    checkup::{Bound, CheckupFacts, DocumentRequest, ItemResult, ItemValue, Judgement, Phase},
    coverage::InsuredId,
    number::InsurerNumber,
    resident::Sex,
};

fn schemas() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("TECHO_TEST_DATA") else {
        eprintln!("skipped: TECHO_TEST_DATA is not set");
        return None;
    };
    let installed = Command::new("xmllint").arg("--version").stderr(Stdio::null()).status().is_ok();
    if !installed && std::env::var_os("CI").is_none() {
        eprintln!("skipped: xmllint is not installed");
        return None;
    }
    Some(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder).join("tokutei/xsd"))
}

fn assert_valid(schema: &str, bytes: &[u8]) {
    let Some(folder) = schemas() else { return };
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(folder.join(schema))
        .arg(file.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn result(code: &str, value: ItemValue) -> ItemResult {
    ItemResult {
        item: ItemCode(code.to_owned()),
        sender_name: None,
        value,
        judgement: None,
        range_low: None,
        range_high: None,
        method: None,
    }
}

fn quantity(text: &str, unit: &str, bound: Option<Bound>) -> ItemValue {
    ItemValue::Quantity { text: text.to_owned(), unit: unit.to_owned(), bound }
}

fn document(phase: Phase, request: DocumentRequest) -> CheckupDocument {
    let date = |text| CalendarDate::parse(text).unwrap();
    let list = match phase {
        Phase::Third => "1.2.392.200119.6.2003",
        Phase::Fourth => "1.2.392.200119.6.24060",
    };
    let mut glucose = result("3D010000001926101", quantity("112", "mg/dL", None));
    glucose.judgement = Some(Judgement::High);
    glucose.range_low = Some("70".to_owned());
    glucose.range_high = Some("99".to_owned());
    glucose.method = Some("3D01010000".to_owned());
    let mut triglycerides = result("3F015000002327101", quantity("149", "mg/dL", None));
    triglycerides.range_high = Some("149".to_owned());
    let results = vec![
        result("9N001000000000001", quantity("170.5", "cm", None)),
        glucose,
        triglycerides,
        result("5C070000002306201", quantity("0.1", "mg/dL", Some(Bound::Below))),
        result(
            "1A010000000191111",
            ItemValue::Coded(ListedAnswer { list: "1.2.392.200119.6.2102".into(), code: "2".into() }),
        ),
        result("9N736000000000011", ItemValue::Coded(ListedAnswer { list: list.into(), code: "2".into() })),
        result("9N511000000000049", ItemValue::Text { text: "経過観察 <A&B> \"可\"\u{1}".into() }),
        result("3B035000002327201", ItemValue::Absent { reason: "未実施".into() }),
        result("3B045000002327201", ItemValue::Absent { reason: "測定不可能".into() }),
    ];
    CheckupDocument {
        request,
        insured: InsuredId::new(InsurerNumber::parse("06990001").unwrap(), Some("12-34"), "567", Some("01")),
        name: Some("ミドリノ　ハナコ".to_owned()),
        birth_date: date("1970-05-04"),
        sex: Sex::Female,
        facts: CheckupFacts {
            facility: "9912345678".to_owned(),
            facility_name: "汐見町健診センター".to_owned(),
            examined_on: date("2023-09-10"),
            document_date: date("2023-10-01"),
            report_class: if request == DocumentRequest::Delete { "19" } else { "10" }.to_owned(),
            programme: "010".to_owned(),
            phase,
            insurer: "06990001".to_owned(),
            results,
        },
    }
}

fn envelope() -> DocumentEnvelope<'static> {
    DocumentEnvelope {
        person: PostalAddress { postal_code: "000-0001", address: "みどり野市若葉町１－２－３" },
        facility: PostalAddress { postal_code: "000-0002", address: "汐見町浜通り４－５" },
        facility_phone: "0000-00-0000",
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn documents_of_both_phases_and_deletions_are_valid_against_the_ministrys_schema() {
    for phase in [Phase::Third, Phase::Fourth] {
        for request in [DocumentRequest::Keep, DocumentRequest::Delete] {
            assert_valid("hc08_V08.xsd", &write(&document(phase, request), &envelope()));
        }
    }
}

#[test]
fn a_person_over_75_without_symbol_and_branch_is_valid_too() {
    let mut document = document(Phase::Fourth, DocumentRequest::Keep);
    document.insured = InsuredId::new(InsurerNumber::parse("39990012").unwrap(), None, "01234567", None);
    assert_valid("hc08_V08.xsd", &write(&document, &envelope()));
}

#[test]
fn index_and_summary_are_valid_and_the_package_is_named_as_the_ministry_says() {
    let package = PackageFacts {
        sender: InsurerNumber::parse("06990001").unwrap(),
        receiver: InsurerNumber::parse("01990002").unwrap(),
        created_on: CalendarDate::parse("2026-11-20").unwrap(),
        sequence: 0,
        documents: 12,
    };
    assert_eq!(package.stem(), "06990001_01990002_202611200_1");
    assert_valid("ix08_V08.xsd", &index(&package));
    assert_valid("su08_V08.xsd", &summary(&package));
}

#[test]
fn text_of_people_is_escaped_and_control_characters_are_dropped() {
    let xml = text(write(&document(Phase::Fourth, DocumentRequest::Keep), &envelope()));
    assert!(xml.contains("経過観察 &lt;A&amp;B&gt; &quot;可&quot;<"), "{xml}");
}

#[test]
fn numbers_of_the_insured_are_full_width_and_the_branch_has_two_digits() {
    let xml = text(write(&document(Phase::Fourth, DocumentRequest::Keep), &envelope()));
    assert!(xml.contains(r#"extension="１２－３４" root="1.2.392.200119.6.204""#));
    assert!(xml.contains(r#"extension="01" root="1.2.392.200119.6.211""#));
}

#[test]
fn a_deletion_carries_no_values() {
    let xml = text(write(&document(Phase::Fourth, DocumentRequest::Delete), &envelope()));
    assert!(!xml.contains("<observation"));
}

/// What a reader may not keep: the order of sections, and names that our table knows anyway.
fn comparable(mut document: CheckupDocument) -> CheckupDocument {
    document.facts.results.iter_mut().for_each(|result| result.sender_name = None);
    document.facts.results.sort_by(|a, b| a.item.cmp(&b.item));
    document
}

#[test]
fn a_written_document_is_read_back_as_it_was() {
    let mut written = document(Phase::Third, DocumentRequest::Keep);
    // Control characters cannot be written.
    written.facts.results.retain(|result| result.item.0 != "9N511000000000049");
    let read = crate::cda::read(&write(&written, &envelope())).unwrap();
    let (read, written) = (comparable(read), comparable(written));
    assert_eq!(read.facts, written.facts);
    assert!(read == written);
}

#[test]
fn a_written_deletion_is_read_back_as_a_deletion() {
    let mut written = document(Phase::Third, DocumentRequest::Delete);
    written.facts.results.clear();
    assert!(crate::cda::read(&write(&written, &envelope())).unwrap() == written);
}
