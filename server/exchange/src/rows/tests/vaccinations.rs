//! Rows of vaccinations files: what goes in, and the sentence for what does not.

use super::*;

#[test]
fn a_dose_is_read_with_exact_microlitres() {
    let row = good_vaccination(&[
        ("ワクチン名", "架空ワクチン"),
        ("ワクチンコード種別", "hot9"),
        ("ワクチンコード", "１８２１１０９０１"),
        ("ロット番号", "ＡＢ１２"),
        ("接種量mL", "０．２５"),
        ("医療機関コード", "1310000001"),
        ("取消", "1"),
    ]);
    assert_eq!(row.dose.vaccine, Vaccine::DptIpvHib);
    assert_eq!(row.dose.amount_microlitres, Some(250));
    assert_eq!(row.dose.programme, Programme::Routine);
    let code = row.dose.product_code.unwrap();
    assert_eq!((code.system, code.code.as_str()), (ProductCodeSystem::Hot9, "182110901"));
    assert_eq!(row.dose.lot.as_deref(), Some("AB12"));
    assert!(row.entry == DoseEntry::Cancelled);
    for (cell, microlitres) in [("0.5", 500), ("1", 1_000), ("10", 10_000), ("0.001", 1), ("1.5", 1_500)] {
        assert_eq!(
            good_vaccination(&[("接種量mL", cell)]).dose.amount_microlitres,
            Some(microlitres),
            "{cell}"
        );
    }
}

#[test]
fn a_disease_may_be_named_by_id_or_in_japanese() {
    assert_eq!(good_vaccination(&[("疾病", "mr1")]).dose.vaccine, Vaccine::Mr1);
    assert_eq!(good_vaccination(&[("疾病", "麻しん・風しん（第1期）")]).dose.vaccine, Vaccine::Mr1);
}

#[test]
fn implausible_doses_are_refused_with_a_reason() {
    let good = vaccination();
    for (changes, column, words) in [
        (&[("接種日", "2026-11-24")][..], "接種日", "未来"),
        (&[("接種日", "1826-04-01")], "接種日", "古すぎ"),
        (&[("疾病", "ペスト")], "疾病", "知らない疾病"),
        (&[("回数", "0")], "回数", "1から20"),
        (&[("回数", "21")], "回数", "1から20"),
        (&[("接種区分", "その他")], "接種区分", "定期、臨時、任意"),
        (&[("接種量mL", "0")], "接種量mL", "0より大きく"),
        (&[("接種量mL", "0.0005")], "接種量mL", "第3位"),
        (&[("接種量mL", "25")], "接種量mL", "10mL以下"),
        (&[("接種量mL", "-0.5")], "接種量mL", "0より大きく"),
        (&[("接種量mL", "1.")], "接種量mL", "例 0.5"),
        (&[("ワクチンコード", "182110901")], "ワクチンコード", "両方"),
        (&[("ワクチンコード種別", "HOT13"), ("ワクチンコード", "182110901")], "ワクチンコード", "桁"),
        (&[("医療機関コード", "131")], "医療機関コード", "10桁"),
        (&[("医療機関コード", "131000001")], "医療機関コード", "先頭の0"),
        (&[("ロット番号", "1.20E+35")], "ロット番号", "Excel"),
        (&[("ロット番号", "3-Apr")], "ロット番号", "Excel"),
        (&[("ワクチン名", "架空\u{61c}")], "ワクチン名", "目に見えない"),
        (&[("取消", "はい")], "取消", "0か1"),
    ] {
        expect_one::<VaccinationsLayout>(&good, changes, column, words);
    }
}

#[test]
fn a_half_of_a_product_code_is_reported_even_when_the_other_column_is_absent() {
    let found = sentences::<VaccinationsLayout>(&with(&vaccination(), &[("ワクチンコード種別", "YJ")]));
    assert_eq!(found.len(), 1, "{found:?}");
}
