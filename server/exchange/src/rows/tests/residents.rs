//! Rows of residents files: what goes in, and the sentence for what does not.

use super::*;

#[test]
fn a_resident_is_read_with_full_width_digits_and_wareki_dates() {
    let row = good_resident(&[
        ("転入日", "令和元年5月1日"),
        ("転出日", "9999-12-31"),
        ("死亡日", ""),
        ("支援措置", "１"),
        ("郵便番号", "１０００００１"),
        ("メールアドレス", "hanako@example.jp"),
        ("電話番号", "０３－１２３４－５６７８"),
    ]);
    assert_eq!(row.record_code.digits(), record_code(12_345));
    assert_eq!((row.name.as_str(), row.kana.as_str()), ("架空　花子", "カクウ ハナコ"));
    assert_eq!(row.birth_date.to_string(), "1980-04-01");
    assert_eq!(row.sex, Sex::Female);
    assert_eq!(row.moved_in_on.unwrap().to_string(), "2019-05-01");
    assert_eq!((row.moved_out_on, row.died_on), (None, None));
    assert_eq!(row.protection, ResidentProtection::Protected);
    assert_eq!(row.postal_code.as_deref(), Some("100-0001"));
    assert_eq!(row.phone.as_deref(), Some("03-1234-5678"));
}

#[test]
fn a_registered_name_keeps_its_rare_characters() {
    assert_eq!(good_resident(&[("氏名", "﨑\u{fa19}　髙子")]).name, "﨑\u{fa19}　髙子");
}

#[test]
fn guardians_are_at_most_two_different_people_and_never_the_person() {
    let (mother, father) = (record_code(111), record_code(222));
    let both = format!("{mother}；{father}");
    assert_eq!(good_resident(&[("保護者住民票コード", &both)]).guardians.len(), 2);
    let good = resident();
    for (cell, words) in [
        (format!("{mother};{father};{}", record_code(333)), "二人まで"),
        (format!("{mother};{mother}"), "二度"),
        (record_code(12_345), "本人と同じ"),
        (format!("{mother};12"), "11桁"),
    ] {
        expect_one::<ResidentsLayout>(&good, &[("保護者住民票コード", &cell)], "保護者住民票コード", words);
    }
}

#[test]
fn implausible_residents_are_refused_with_a_reason() {
    let good = resident();
    for (changes, column, words) in [
        (&[("生年月日", "2026-11-24")][..], "生年月日", "未来"),
        (&[("生年月日", "1880-01-01")], "生年月日", "古すぎ"),
        (&[("生年月日", "昭和64年2月1日")], "生年月日", "元号"),
        (&[("性別", "3")], "性別", "1（男）"),
        (&[("自治体コード", "131017")], "自治体コード", "検査用数字"),
        (&[("転入日", "2020-04-02"), ("転出日", "2020-04-01")], "転出日", "転入日"),
        (&[("転入日", "1979-04-02")], "転入日", "生年月日より前"),
        (&[("死亡日", "1979-04-02")], "死亡日", "生年月日より前"),
        (&[("死亡日", "2027-01-01")], "死亡日", "未来"),
        (&[("支援措置", "2")], "支援措置", "0か1"),
        (&[("郵便番号", "100-000")], "郵便番号", "7桁"),
        (&[("メールアドレス", "hanako@")], "メールアドレス", "形"),
        (&[("メールアドレス", "a b@example.jp")], "メールアドレス", "形"),
        (&[("メールアドレス", "a@b@example.jp")], "メールアドレス", "形"),
        (&[("電話番号", "123")], "電話番号", "形"),
        (&[("氏名", "　")], "氏名", "必須"),
        (&[("氏名", "架空\u{202e}花子")], "氏名", "目に見えない"),
        (&[("氏名", "\u{200b}")], "氏名", "目に見えない"),
        (&[("住所", "架空市\u{61c}1")], "住所", "目に見えない"),
        (&[("電話番号", "03-1234-5678\u{200b}")], "電話番号", "目に見えない"),
        (&[("転入日", "2099-01-01")], "転入日", "未来"),
        (&[("転入日", "2026-11-25")], "転入日", "未来"),
        (&[("転出日", "2099-01-01")], "転出日", "一年より先"),
        (&[("転入日", "2020-04-02"), ("死亡日", "2020-04-01")], "転入日", "死亡日より後"),
        (&[("転出日", "2020-04-02"), ("死亡日", "2020-04-01")], "転出日", "死亡日より後"),
        (&[("電話番号", "312345678")], "電話番号", "先頭の0"),
        (&[("電話番号", "9012345678")], "電話番号", "先頭の0"),
        (&[("電話番号", "3.12E+08")], "電話番号", "Excel"),
        (&[("郵便番号", "600001")], "郵便番号", "先頭の0"),
        (&[("自治体コード", "11002")], "自治体コード", "先頭の0"),
        (&[("氏名", "#N/A")], "氏名", "Excel"),
        (&[("生年月日", "29312")], "生年月日", "Excel"),
        (&[("生年月日", "########")], "生年月日", "Excel"),
        (&[("個人番号", "1.23457E+11")], "個人番号", "Excel"),
        (&[("住所", "3月4日")], "住所", "Excel"),
    ] {
        expect_one::<ResidentsLayout>(&good, changes, column, words);
    }
}

#[test]
fn moves_of_tomorrow_and_of_next_year_are_known_beforehand() {
    let row = good_resident(&[("転入日", "2026-11-24"), ("転出日", "2027-11-23")]);
    assert!(row.moved_in_on.is_some() && row.moved_out_on.is_some());
    let good = resident();
    expect_one::<ResidentsLayout>(&good, &[("転出日", "2027-11-24")], "転出日", "一年より先");
    assert_eq!(good_resident(&[("電話番号", "+81-3-1234-5678")]).phone.as_deref(), Some("+81-3-1234-5678"));
}

#[test]
fn a_blank_at_the_end_of_a_name_changes_nothing_within() {
    for (cell, name) in [
        ("架空 花子　", "架空 花子"),
        ("　架空 花子", "架空 花子"),
        ("架空　花子 ", "架空　花子"),
        ("架空 　 花子", "架空　花子"),
        ("A  B　C", "A B　C"),
    ] {
        assert_eq!(good_resident(&[("氏名", cell)]).name, name, "{cell:?}");
    }
}

#[test]
fn every_problem_of_a_row_is_reported_at_once() {
    let found = sentences::<ResidentsLayout>(&with(
        &resident(),
        &[("個人番号", "1"), ("性別", ""), ("生年月日", "x")],
    ));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|sentence| sentence.starts_with("2行目 ")));
}
