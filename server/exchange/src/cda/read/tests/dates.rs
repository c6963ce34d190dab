//! Dates of a document that comes in: none from the future, none out of order, each refused by its place.

use super::*;

fn on(text: &str) -> Result<CheckupDocument, DocumentProblem> {
    read_on(text.as_bytes(), CalendarDate::parse("2026-10-01").unwrap())
}

#[test]
fn no_date_of_a_document_lies_beyond_tomorrow_or_out_of_order() {
    use DocumentFault::{BeforeBirth, InTheFuture, Malformed, TooOld, WrittenBeforeExamined};
    const EVENT: &str = "/ClinicalDocument/documentationOf/serviceEvent/effectiveTime";
    const WRITTEN: &str = "/ClinicalDocument/effectiveTime";
    let examined = r#"<effectiveTime value="20260910"/>"#;
    for (from, to, place, fault) in [
        (r#""20261001""#, r#""99991231""#, WRITTEN, InTheFuture("文書の作成日")),
        (r#""20261001""#, r#""20261003""#, WRITTEN, InTheFuture("文書の作成日")),
        (r#""20261001""#, r#""20260909""#, WRITTEN, WrittenBeforeExamined),
        (examined, r#"<effectiveTime value="20310910"/>"#, EVENT, InTheFuture("健診実施日")),
        (examined, r#"<effectiveTime value="19690910"/>"#, EVENT, BeforeBirth),
        (
            examined,
            r#"<effectiveTime><low value="20260910"/><high value="20991231"/></effectiveTime>"#,
            EVENT,
            InTheFuture("健診実施日"),
        ),
        (
            examined,
            r#"<effectiveTime><low value="20260910"/><high value="20260909"/></effectiveTime>"#,
            EVENT,
            Malformed("健診実施日"),
        ),
        (
            r#""19700504""#,
            r#""18700504""#,
            "/ClinicalDocument/recordTarget/patientRole/patient/birthTime",
            TooOld("生年月日"),
        ),
    ] {
        let refused = on(&with_header(from, to)).map(drop);
        assert_eq!(refused, Err(DocumentProblem::new(place, fault)), "{to}");
    }
}

#[test]
fn a_document_of_tomorrow_is_taken_and_one_that_was_kept_stays_readable() {
    assert!(on(&with_header(r#""20261001""#, r#""20261002""#)).is_ok());
    let kept = with_header(r#""20261001""#, r#""99991231""#);
    assert!(read(kept.as_bytes()).is_ok(), "what waits since before this was refused can still be opened");
    let open_end = r#"<effectiveTime><low value="20260910"/><high nullFlavor="NI"/></effectiveTime>"#;
    assert!(on(&with_header(r#"<effectiveTime value="20260910"/>"#, open_end)).is_ok());
}
