//! What is read, what is refused, and how an answer is written.

use super::{
    fhir,
    request::read,
    xml::{self, XmlEncoding},
};
use crate::fhir::pointer::PointerKind;
use serde_json::{Value, json};
use techo_model::{
    CalendarDate, UnixMillis,
    coverage::{CoverageFacts, InsuredId, LossReason, Relation},
    eligibility::{
        self, ClinicCode, ConsentFlag, ConsentFlags, EligibilityAnswer, Entitlement, OutdatedStatement,
        PresentedInsurance,
    },
    number::InsurerNumber,
    resident::Sex,
};
use uuid::Uuid;

type Change = fn(&mut Value);

fn date(text: &str) -> CalendarDate {
    CalendarDate::parse(text).unwrap()
}

fn request(change: impl FnOnce(&mut Value)) -> Result<super::request::EligibilityRequest, String> {
    let mut body = json!({ "resourceType": "CoverageEligibilityRequest", "status": "active", "purpose": ["validation"],
        "patient": { "identifier": { "system": "urn:techo:share-code", "value": "12345678" } },
        "servicedDate": "2026-11-27", "created": "2026-11-27", "insurer": { "display": "-" } });
    change(&mut body);
    read(body.to_string().as_bytes()).map_err(|problem| problem.to_string())
}

fn answer(insurer: &str, symbol: Option<&str>, branch: Option<&str>) -> EligibilityAnswer {
    let insured = InsuredId::new(InsurerNumber::parse(insurer).unwrap(), symbol, "1234567", branch);
    EligibilityAnswer {
        id: Uuid::from_u128(7),
        asked_on: date("2026-11-27"),
        made_at: UnixMillis::start_of(date("2026-11-27")).plus(std::time::Duration::from_secs(3_661)),
        organisation: "1310000019".into(),
        person: PresentedInsurance {
            name: "髙橋＆花子".into(),
            kana: "タカハシ　ハナコ".into(),
            birth_date: date("1950-01-02"),
            sex: Sex::Female,
        },
        standing: Entitlement::InForce,
        behind: None,
        coverage: Some(CoverageFacts {
            insured,
            relation: Relation::Insured,
            acquired_on: date("2026-04-01"),
            lost_on: None,
            loss_reason: None,
            burden_percent: 10,
            insurer_name: "架空広域連合".into(),
            stated_at: UnixMillis(0),
        }),
        code: None,
        flags: ConsentFlags::default(),
    }
}

fn text(answer: &EligibilityAnswer) -> String {
    String::from_utf8(xml::write(answer, XmlEncoding::Utf8)).unwrap()
}

#[test]
fn a_request_points_at_somebody_and_names_a_day() {
    let read = request(|_| ()).unwrap();
    assert_eq!((read.patient.kind, read.serviced), (PointerKind::ShareCode, Some(date("2026-11-27"))));
    assert!(!format!("{read:?}").contains("12345678"), "a code does not print");
    assert_eq!(
        request(|body| drop(body.as_object_mut().unwrap().remove("servicedDate"))).unwrap().serviced,
        None
    );
}

#[test]
fn whatever_a_request_has_that_is_not_understood_is_refused_with_its_place() {
    let wrong: [(Change, &str); 10] = [
        (|body| body["resourceType"] = "Patient".into(), ".resourceType"),
        (|body| body["status"] = "draft".into(), ".status"),
        (|body| body["purpose"] = json!(["benefits"]), ".purpose"),
        (|body| body["purpose"] = json!(["validation", "benefits"]), ".purpose"),
        (|body| body["servicedDate"] = "2026-11".into(), ".servicedDate"),
        (|body| body["servicedDate"] = "2026-13-01".into(), ".servicedDate"),
        (|body| body["patient"] = json!({ "reference": "Patient/1" }), ".patient.identifier"),
        (|body| body["patient"]["identifier"]["system"] = "urn:other".into(), ".patient.identifier"),
        (|body| body["pateint"] = json!({}), ".pateint"),
        (|body| body["servicedPeriod"] = json!({}), ".servicedPeriod"),
    ];
    for (change, place) in wrong {
        let told = request(change).unwrap_err();
        assert!(told.contains(place), "{told} should name {place}");
    }
    assert!(read(b"{").is_err());
}

#[test]
fn whoever_is_over_75_has_neither_symbol_nor_branch_in_either_form() {
    let answer = answer("39131008", None, None);
    let xml = text(&answer);
    assert!(!xml.contains("InsuredCardSymbol") && !xml.contains("InsuredBranchNumber"));
    assert!(xml.contains("<InsuredIdentificationNumber>1234567</InsuredIdentificationNumber>"));
    let fhir = fhir::response(&answer).to_string();
    assert!(fhir.contains("InsuredPersonNumber") && !fhir.contains("InsuredPersonSymbol"));
}

#[test]
fn each_standing_has_its_validity_and_says_why() {
    let mut one = answer("06139992", Some("１２"), Some("01"));
    assert!(text(&one).contains("<QualificationValidity>1</QualificationValidity>"));
    one.standing = Entitlement::Pending;
    one.behind =
        Some(OutdatedStatement { change: eligibility::Change::NewerCoverage, since: date("2026-10-01") });
    assert!(text(&one).contains("<QualificationValidity>3</QualificationValidity>"));
    let response = fhir::response(&one);
    assert_eq!(response["insurance"][0]["inforce"], false);
    assert_eq!(response["extension"][0]["extension"][1]["valueCode"], "newer-coverage");
    assert_eq!(response["extension"][0]["extension"][2]["valueDate"], "2026-10-01");
    (one.standing, one.behind) = (Entitlement::Ended, None);
    if let Some(coverage) = &mut one.coverage {
        (coverage.lost_on, coverage.loss_reason) = (Some(date("2026-10-01")), Some(LossReason::JobChange));
    }
    assert!(text(&one).contains("<InsuredCardExpirationDate>20260930</InsuredCardExpirationDate>"));
    assert!(text(&one).contains("<ReasonOfLoss>転職</ReasonOfLoss>"));
    assert_eq!(fhir::response(&one)["extension"][0]["extension"][2]["valueCode"], "job-change");
    (one.standing, one.coverage) = (Entitlement::Unknown, None);
    assert!(text(&one).contains("<QualificationValidity>4</QualificationValidity>"));
    assert!(!text(&one).contains("ResultList") && fhir::response(&one).get("insurance").is_none());
}

#[test]
fn the_four_consents_have_flag_time_and_end() {
    let mut one = answer("06139992", None, None);
    let given_at = UnixMillis::start_of(date("2026-11-01"));
    one.flags.checkups = Some(ConsentFlag { given_at, until: UnixMillis::start_of(date("2026-11-28")) });
    one.code = Some(ClinicCode { code: Uuid::from_u128(9), window_ends_at: Some(given_at) });
    let xml = text(&one);
    for part in [
        "<SpecificHealthCheckupsInfoConsFlg>1</SpecificHealthCheckupsInfoConsFlg>",
        "<SpecificHealthCheckupsInfoConsTime>20261101000000</SpecificHealthCheckupsInfoConsTime>",
        "<SpecificHealthCheckupsInfoAvailableTime>20261128000000</SpecificHealthCheckupsInfoAvailableTime>",
        "<PharmacistsInfoConsFlg>0</PharmacistsInfoConsFlg>",
        "<DiagnosisInfoConsFlg>0</DiagnosisInfoConsFlg>",
        "<OperationInfoConsFlg>0</OperationInfoConsFlg>",
        "<ProcessExecutionTime>20261127010101</ProcessExecutionTime>",
    ] {
        assert!(xml.contains(part), "{part}\n{xml}");
    }
    assert!(!xml.contains("PharmacistsInfoConsTime"));
}

#[test]
fn shift_jis_writes_what_it_has_and_references_for_the_rest() {
    let bytes = xml::write(&answer("06139992", None, None), XmlEncoding::ShiftJis);
    let (text, _, broken) = encoding_rs::SHIFT_JIS.decode(&bytes);
    assert!(!broken && text.contains("架空広域連合") && text.contains("encoding=\"Shift_JIS\""));
    let document = roxmltree::Document::parse(&text).unwrap();
    let name = document.descendants().find(|node| node.has_tag_name("Name")).unwrap();
    assert_eq!(name.text(), Some("髙橋＆花子"));
    // 髙 is in CP932 and not in the Shift_JIS that the file declares; － is there under another name.
    assert!(text.contains("&#39641;橋"));
    assert!(bytes.windows(2).all(|pair| pair != b"\xfb\xfc"));
}

#[test]
fn a_name_that_looks_like_markup_stays_text() {
    let mut one = answer("06139992", None, None);
    one.person.name = "</Name><Sex1>1".into();
    let xml = text(&one);
    let document = roxmltree::Document::parse(&xml).unwrap();
    let name = document.descendants().find(|node| node.has_tag_name("Name")).unwrap();
    assert_eq!(name.text(), Some("</Name><Sex1>1"));
}

#[test]
fn a_branch_number_of_zeros_is_told_in_two_digits_in_either_form() {
    let answer = answer("06139992", Some("12"), Some("00"));
    let xml = text(&answer);
    assert!(xml.contains("<InsuredBranchNumber>00</InsuredBranchNumber>"), "{xml}");
    assert!(fhir::response(&answer).to_string().contains("\"00\""));
}
