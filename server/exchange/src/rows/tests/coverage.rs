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
        (&[("保険者番号", "1234567")], "保険者番号", "8桁"),
        (&[("番号", "123456789012345678901")], "番号", "20文字"),
        (&[("枝番", "123")], "枝番", "2桁"),
        (&[("本人家族区分", "3")], "本人家族区分", "1（本人）"),
        (&[("更新日時", "2026-04-01")], "更新日時", "形式"),
        (&[("更新日時", "9999-04-01 00:00")], "更新日時", "未来"),
    ] {
        expect_one::<Coverage>(&good, changes, column, words);
    }
}
