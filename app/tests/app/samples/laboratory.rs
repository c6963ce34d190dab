//! Laboratory reports of somebody made up.

use super::{HOSTILE, day, id, morning};
use techo_citizen::{
    laboratory::{LaboratoryLine, LaboratoryRow, LaboratoryView},
    values::{CellValue, ItemName},
};
use techo_model::{
    LaboratoryId,
    checkup::{Bound, Judgement},
    laboratory::{ReferenceRange, ReportStatus},
    record::ReviewState,
};

fn line(n: u128, on: &str, status: ReportStatus) -> LaboratoryLine {
    LaboratoryLine {
        id: LaboratoryId(id(n)),
        examined_on: day(on),
        sender_name: "みどり総合病院".to_owned(),
        title: None,
        status,
        results: 4,
        standing: ReviewState::Open,
    }
}

pub fn lines() -> Vec<LaboratoryLine> {
    let review = ReviewState::UnderReview { since: morning("2026-11-20") };
    let hostile = line(63, "2026-03-02", ReportStatus::Final);
    vec![
        line(61, "2026-11-18", ReportStatus::Partial),
        line(62, "2026-10-01", ReportStatus::Corrected),
        LaboratoryLine { sender_name: HOSTILE.to_owned(), results: 0, standing: review, ..hostile },
    ]
}

fn row(name: &str, value: CellValue) -> LaboratoryRow {
    LaboratoryRow {
        name: ItemName::Sender(name.to_owned()),
        value,
        unit: String::new(),
        judgement: None,
        range: ReferenceRange::default(),
        specimen: None,
        note: None,
    }
}

fn number(text: &str, bound: Option<Bound>) -> CellValue {
    CellValue::Number { text: text.to_owned(), bound }
}

pub fn rows() -> Vec<LaboratoryRow> {
    let text = |text: &str| Some(text.to_owned());
    vec![
        LaboratoryRow {
            unit: "mg/dL".to_owned(),
            judgement: Some(Judgement::High),
            range: ReferenceRange { low: text("3.7"), high: text("7.8"), text: None },
            specimen: text("血清"),
            ..row("尿酸", number("8.4", None))
        },
        LaboratoryRow {
            range: ReferenceRange { text: text("(-)"), ..ReferenceRange::default() },
            ..row(HOSTILE, CellValue::Text("(-)".to_owned()))
        },
        LaboratoryRow { unit: "mg/dL".to_owned(), ..row("CRP", number("0.02", Some(Bound::Below))) },
        LaboratoryRow {
            note: text("再採血をお願いします。"),
            ..row("カリウム", CellValue::Absent("溶血のため".to_owned()))
        },
    ]
}

pub fn report() -> LaboratoryView {
    let line = line(62, "2026-10-01", ReportStatus::Corrected);
    LaboratoryView {
        line: LaboratoryLine { title: Some("定期検査".to_owned()), ..line },
        sent_by: "1312345670".to_owned(),
        issued_at: Some(morning("2026-10-01")),
        received_at: morning("2026-10-02"),
        changed_at: morning("2026-10-05"),
        rows: rows(),
    }
}

pub fn under_review() -> LaboratoryView {
    let line = lines().remove(2);
    LaboratoryView { line, rows: Vec::new(), ..report() }
}
