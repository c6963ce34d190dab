//! The files that fill an installation with everything that keys protect.

use super::{AWAITED, CHILD, GUARDIAN_ELSEWHERE, PEOPLE};
use techo_model::{
    CalendarDate,
    checkup::{CheckupDocument, DocumentRequest},
    coverage::InsuredId,
};
use techo_testkit::{
    city, coverage_file,
    documents::{bytes, document, own_insurer},
    record_code, residents_file,
    results::weight,
    vaccinations_file,
};

/// The files that were imported, to be imported again.
pub(super) struct Files {
    pub(super) residents: String,
    pub(super) coverage: String,
    pub(super) doses: String,
    pub(super) documents: Vec<Vec<u8>>,
}

pub(super) fn files() -> Files {
    let guardians = format!("{};{}", record_code(1).digits(), record_code(GUARDIAN_ELSEWHERE).digits());
    let all: &[(&str, &str)] = &[
        ("郵便番号", "100-0001"),
        ("住所", "架空市１－２－３"),
        ("転入日", "2010-04-01"),
        ("支援措置", "1"),
        ("メールアドレス", "hanako@example.jp"),
        ("電話番号", "0300000000"),
    ];
    let child: &[(&str, &str)] = &[("保護者住民票コード", &guardians)];
    let mut people = vec![(1, "山田花子", "1975-04-01", all), (CHILD, "山田桃子", "2020-05-05", child)];
    people.extend((5..=PEOPLE).map(|n| (n, "架空太郎", "1980-01-02", &[][..])));
    let covered = |n, number, branch, from, to| (n, number, branch, from, to, "2026-01-01 09:00");
    let coverage = [
        covered(1, "３４５", "01", "2020-04-01", ""),
        covered(1, "111", "", "2015-04-01", "2020-04-01"),
        covered(CHILD, "345", "02", "2020-05-05", ""),
        covered(AWAITED, "900", "", "2021-01-01", ""),
    ];
    let doses = [
        (1, "2025-11-01", "influenza", 1, "F1", ""),
        (CHILD, "2020-10-10", "BCG", 1, "A1", ""),
        (CHILD, "2020-11-10", "5種混合", 1, "B1", ""),
        (AWAITED, "2024-06-10", "influenza", 1, "A1", ""),
    ];
    Files {
        residents: residents_file(&city(), &people),
        coverage: coverage_file(&own_insurer(), &coverage),
        doses: vaccinations_file(&city(), &doses),
        documents: documents().iter().map(bytes).collect(),
    }
}

/// One with history, one that was deleted, one that waits.
fn documents() -> Vec<CheckupDocument> {
    let mut newer = document();
    newer.facts.document_date = CalendarDate::parse("2025-11-01").unwrap();
    newer.facts.results[0] = weight("61.0");
    let mut gone = document();
    gone.facts.examined_on = CalendarDate::parse("2024-09-10").unwrap();
    let mut deletion = CheckupDocument { request: DocumentRequest::Delete, ..gone.clone() };
    deletion.facts.report_class = "19".into();
    let mut waiting = document();
    waiting.facts.examined_on = CalendarDate::parse("2024-10-01").unwrap();
    waiting.insured = InsuredId::new(waiting.insured.insurer.clone(), Some("12"), "777", Some("3"));
    vec![document(), newer, gone, deletion, waiting]
}
