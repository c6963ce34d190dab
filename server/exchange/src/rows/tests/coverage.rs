//! Rows of coverage files: what goes in, and the sentence for what does not.

use super::*;

#[test]
fn a_coverage_row_is_read_whole() {
    let row = good_coverage(&[
        ("記号", "１２－３４"),
        ("枝番", "０１"),
        ("資格喪失日", "2026-03-31"),
        ("喪失事由", "７５歳到達"),
    ]);
    let facts = row.coverage;
    assert_eq!(facts.insured.with_branch().as_deref(), Some("06139463:12-34:456:1"));
    assert_eq!(facts.relation, Relation::Insured);
    assert_eq!(facts.acquired_on.to_string(), "2024-04-01");
    assert_eq!(facts.loss_reason, Some(LossReason::SeventyFive));
    assert_eq!(facts.burden_percent, 30);
    assert_eq!(facts.stated_at.rfc3339(), "2026-04-01T00:30:00.000Z");
    assert_eq!(good_coverage(&[("資格喪失日", "99991231")]).coverage.lost_on, None);
}

#[test]
fn implausible_coverage_is_refused_with_a_reason() {
    let good = coverage();
    for (changes, column, words) in [
        (&[("資格喪失日", "2024-03-31")][..], "資格喪失日", "資格取得日より前"),
        (&[("喪失事由", "退職")], "喪失事由", "資格喪失日がありません"),
        (&[("資格喪失日", "2026-01-01"), ("喪失事由", "失踪")], "喪失事由", "どれか"),
        (&[("負担割合", "15")], "負担割合", "10、20、30"),
        (&[("保険者番号", "12345")], "保険者番号", "先頭の0"),
        (&[("保険者番号", "123456789")], "保険者番号", "8桁"),
        (&[("番号", "1.23E+08")], "番号", "Excel"),
        (&[("番号", "2001/2/3")], "番号", "Excel"),
        (&[("記号", "3月4日")], "記号", "Excel"),
        (&[("記号", "#N/A")], "記号", "Excel"),
        (&[("記号", "1\u{200b}2")], "記号", "目に見えない"),
        (&[("資格取得日", "2099-04-01")], "資格取得日", "一年より先"),
        (&[("資格取得日", "9999-12-31")], "資格取得日", "一年より先"),
        (&[("資格取得日", "1899-12-31")], "資格取得日", "古すぎ"),
        (&[("資格喪失日", "2099-04-01")], "資格喪失日", "十年より先"),
        (&[("更新日時", "0001-01-01 00:00")], "更新日時", "古すぎ"),
        (&[("番号", "123456789012345678901")], "番号", "20文字"),
        (&[("枝番", "123")], "枝番", "2桁"),
        (&[("本人家族区分", "3")], "本人家族区分", "1（本人）"),
        (&[("更新日時", "2026-04-01")], "更新日時", "形式"),
        (&[("更新日時", "9999-04-01 00:00")], "更新日時", "未来"),
    ] {
        expect_one::<CoverageLayout>(&good, changes, column, words);
    }
}

#[test]
fn an_insurer_number_of_six_or_seven_digits_is_filled_as_in_documents() {
    for (cell, number) in [("138057", "00138057"), ("６１３９４６３", "06139463"), ("06139463", "06139463")]
    {
        assert_eq!(good_coverage(&[("保険者番号", cell)]).coverage.insured.insurer.as_str(), number);
    }
}

#[test]
fn who_begins_next_year_and_whose_certificate_ends_in_five_is_insured() {
    let facts = good_coverage(&[("資格取得日", "2027-11-23"), ("資格喪失日", "2031-11-23")]).coverage;
    assert!(facts.lost_on.is_some());
}
