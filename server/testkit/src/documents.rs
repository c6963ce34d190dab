//! Checkup documents about the first made-up person.

use crate::{
    insurer,
    results::{SMOKING, answer, weight},
};
use techo_exchange::cda::write::{DocumentEnvelope, PostalAddress, write};
use techo_model::{
    CalendarDate,
    checkup::{CheckupDocument, CheckupFacts, DocumentRequest, Phase},
    coverage::InsuredId,
    number::InsurerNumber,
    organisation::Organisation,
    resident::Sex,
};

/// A document about 山田花子, born 1975-04-01, insured as 12-345.
pub fn document() -> CheckupDocument {
    let examined_on = CalendarDate::parse("2025-09-10").unwrap();
    let insurer = InsurerNumber::parse(&own_insurer().id).unwrap();
    CheckupDocument {
        request: DocumentRequest::Keep,
        insured: InsuredId::new(insurer.clone(), Some("12"), "345", None),
        name: Some("ヤマダハナコ".into()),
        birth_date: CalendarDate::parse("1975-04-01").unwrap(),
        sex: Sex::Female,
        facts: CheckupFacts {
            facility: "1319999999".into(),
            facility_name: "架空健診センター".into(),
            examined_on,
            document_date: CalendarDate::parse("2025-10-01").unwrap(),
            report_class: "10".into(),
            programme: "010".into(),
            phase: Phase::Fourth,
            insurer: insurer.as_str().into(),
            results: vec![weight("60.0"), answer(SMOKING, "24060", "2")],
        },
    }
}

/// The insurer that sends these documents.
pub fn own_insurer() -> Organisation {
    insurer("06139999")
}

/// A document as it travels.
pub fn bytes(document: &CheckupDocument) -> Vec<u8> {
    let place = PostalAddress { postal_code: "100-0001", address: "架空市１－２－３" };
    write(document, &DocumentEnvelope { person: place, facility: place, facility_phone: "0300000000" })
}
