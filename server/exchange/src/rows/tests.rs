//! The three layouts: what goes in, and every sentence for what does not. All people are made up.

use super::*;
use crate::csv::RowProblem;
use proptest::prelude::*;
use techo_model::{
    coverage::{CoverageRow, LossReason, Relation},
    number::{MyNumber, ResidentRecordCode},
    resident::{Protection, ResidentRow, Sex},
    vaccination::{Entry as DoseEntry, ProductCodeSystem, Programme, VaccinationRow},
    vaccine::Vaccine,
};

fn today() -> CalendarDate {
    CalendarDate::parse("2026-11-23").unwrap()
}

/// A row as pairs of column and cell; the good row of a kind, with some cells changed.
fn with<'c>(good: &[(&'c str, String)], changes: &[(&'c str, &str)]) -> Vec<(&'c str, String)> {
    let mut cells = good.to_vec();
    for (column, cell) in changes {
        match cells.iter_mut().find(|(name, _)| name == column) {
            Some((_, old)) => *old = (*cell).to_owned(),
            None => cells.push((column, (*cell).to_owned())),
        }
    }
    cells
}

fn parse<F: RowFormat>(cells: &[(&str, String)]) -> Result<F::Row, Vec<RowProblem>> {
    let names: Vec<_> = cells.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = cells.iter().map(|(_, cell)| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    let text = format!("{}\n{}\n", names.join(","), values.join(","));
    let mut rows = Rows::<_, F>::open(text.as_bytes(), today()).unwrap();
    match rows.next().unwrap() {
        Ok(good) => Ok(good.row),
        Err(RecordsError::Row(rejected)) => Err(rejected.problems),
        Err(RecordsError::Io(error)) => panic!("{error}"),
    }
}

fn sentences<F: RowFormat>(cells: &[(&str, String)]) -> Vec<String> {
    match parse::<F>(cells) {
        Ok(_) => vec![],
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

fn record_code(body: u64) -> String {
    ResidentRecordCode::with_check_digit(body).digits()
}

fn my_number(body: u64) -> String {
    MyNumber::with_check_digit(body).digits()
}

fn resident() -> Vec<(&'static str, String)> {
    vec![
        ("住民票コード", record_code(12_345)),
        ("個人番号", my_number(67_890)),
        ("氏名", "架空　花子".into()),
        ("氏名カナ", "ｶｸｳ ﾊﾅｺ".into()),
        ("生年月日", "S55.4.1".into()),
        ("性別", "２".into()),
        ("自治体コード", "131016".into()),
    ]
}

fn coverage() -> Vec<(&'static str, String)> {
    vec![
        ("個人番号", my_number(67_890)),
        ("保険者番号", "０６１３９４６３".into()),
        ("番号", "４５６".into()),
        ("本人家族区分", "1".into()),
        ("資格取得日", "令和6年4月1日".into()),
        ("負担割合", "30".into()),
        ("保険者名", "架空健康保険組合".into()),
        ("更新日時", "2026-04-01 09:30".into()),
    ]
}

fn vaccination() -> Vec<(&'static str, String)> {
    vec![
        ("住民票コード", record_code(12_345)),
        ("接種日", "20260401".into()),
        ("疾病", "５種混合".into()),
        ("回数", "1".into()),
        ("接種区分", "定期".into()),
        ("自治体コード", "131016".into()),
    ]
}

fn good_resident(changes: &[(&'static str, &str)]) -> ResidentRow {
    parse::<Residents>(&with(&resident(), changes)).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn good_coverage(changes: &[(&'static str, &str)]) -> CoverageRow {
    parse::<Coverage>(&with(&coverage(), changes)).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn good_vaccination(changes: &[(&'static str, &str)]) -> VaccinationRow {
    parse::<Vaccinations>(&with(&vaccination(), changes)).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Exactly one problem, in this column, with these words.
fn expect_one<F: RowFormat>(
    good: &[(&'static str, String)],
    changes: &[(&'static str, &str)],
    column: &str,
    words: &str,
) {
    let found = sentences::<F>(&with(good, changes));
    assert_eq!(found.len(), 1, "{changes:?}: {found:?}");
    assert!(
        found[0].contains(&format!("「{column}」")) && found[0].contains(words),
        "{changes:?}: {found:?}"
    );
}

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
    assert_eq!(row.protection, Protection::Protected);
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
        expect_one::<Residents>(&good, &[("保護者住民票コード", &cell)], "保護者住民票コード", words);
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
        (&[("氏名", "架空\u{202e}花子")], "氏名", "制御文字"),
    ] {
        expect_one::<Residents>(&good, changes, column, words);
    }
}

#[test]
fn every_problem_of_a_row_is_reported_at_once() {
    let found =
        sentences::<Residents>(&with(&resident(), &[("個人番号", "1"), ("性別", ""), ("生年月日", "x")]));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|sentence| sentence.starts_with("2行目 ")));
}

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
        (&[("取消", "はい")], "取消", "0か1"),
    ] {
        expect_one::<Vaccinations>(&good, changes, column, words);
    }
}

#[test]
fn a_half_of_a_product_code_is_reported_even_when_the_other_column_is_absent() {
    let found = sentences::<Vaccinations>(&with(&vaccination(), &[("ワクチンコード種別", "YJ")]));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_rejected_row_comes_back_with_all_its_cells_and_prints_none_of_them() {
    let number = my_number(67_890);
    let text = format!("個人番号,保険者番号\n{number},1\n");
    assert!(Rows::<_, Coverage>::open(text.as_bytes(), today()).is_err());
    let cells = with(&coverage(), &[("負担割合", "99")]);
    let names: Vec<_> = cells.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = cells.iter().map(|(_, cell)| cell.as_str()).collect();
    let text = format!("{}\n{}\n", names.join(","), values.join(","));
    let mut rows = CoverageRows::open(text.as_bytes(), today()).unwrap();
    let Some(Err(error)) = rows.next() else { panic!("the row must be rejected") };
    assert!(!format!("{error:?}").contains(&number));
    let RecordsError::Row(rejected) = error else { panic!() };
    assert_eq!(rejected.raw.cells().collect::<Vec<_>>(), values);
    assert!(rows.next().is_none());
}

/// Fails after its text, as a disk or a network does.
struct Failing<'t>(&'t [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn an_input_that_fails_ends_the_rows_with_one_error() {
    let header = Residents::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>().join(",");
    let text = format!("{header}\n{}", "x,y\n".repeat(60_000));
    let mut rows = ResidentRows::open(Failing(text.as_bytes()), today()).unwrap();
    assert_eq!(rows.by_ref().filter(|row| matches!(row, Err(RecordsError::Io(_)))).count(), 1);
    assert!(rows.next().is_none());
    assert!(matches!(ResidentRows::open(Failing(b"x"), today()), Err(OpenError::Io(_))));
}

proptest! {
    #[test]
    fn no_problem_ever_repeats_what_stood_in_a_cell(cell in "[a-zA-Z0-9]{8,16}", column in 0usize..7) {
        let good = resident();
        let name = good[column].0;
        for sentence in sentences::<Residents>(&with(&good, &[(name, &cell)])) {
            prop_assert!(!sentence.contains(&cell), "{sentence}");
        }
    }

    #[test]
    fn no_cells_make_a_parser_panic(cells in prop::collection::vec("\\PC{0,20}", 16)) {
        let row = |columns: &'static [Column]| -> Vec<(&'static str, String)> {
            columns.iter().map(|column| column.name).zip(cells.iter().cloned()).collect()
        };
        let _ = parse::<Residents>(&row(Residents::COLUMNS));
        let _ = parse::<Coverage>(&row(Coverage::COLUMNS));
        let _ = parse::<Vaccinations>(&row(Vaccinations::COLUMNS));
    }
}

#[test]
fn what_the_writer_writes_is_read_back_unchanged() {
    use crate::csv::write;
    fn columns<F: RowFormat>() -> Vec<&'static str> {
        F::COLUMNS.iter().map(|column| column.name).collect()
    }
    assert_eq!(columns::<Residents>(), write::RESIDENT_COLUMNS);
    assert_eq!(columns::<Coverage>(), write::COVERAGE_COLUMNS);
    assert_eq!(columns::<Vaccinations>(), write::VACCINATION_COLUMNS);

    let (mother, amount) = (record_code(111), [("接種量mL", "0.25"), ("ロット番号", "A,\"1\"")]);
    let row = good_resident(&[("保護者住民票コード", &mother), ("住所", "架空市, 1-2-3"), ("支援措置", "1")]);
    let mut file = Vec::new();
    write::header(&mut file, &write::RESIDENT_COLUMNS).unwrap();
    write::resident(&mut file, &row).unwrap();
    let read = ResidentRows::open(&file[..], today()).unwrap().next().unwrap();
    assert!(read.unwrap().row == row);

    let row = good_coverage(&[
        ("記号", "１２－３４"),
        ("枝番", "01"),
        ("資格喪失日", "2026-03-31"),
        ("喪失事由", "転職"),
    ]);
    let mut file = Vec::new();
    write::header(&mut file, &write::COVERAGE_COLUMNS).unwrap();
    write::coverage(&mut file, &row).unwrap();
    let read = CoverageRows::open(&file[..], today()).unwrap().next().unwrap();
    assert!(read.unwrap().row == row);

    let row = good_vaccination(&amount);
    let mut file = Vec::new();
    write::header(&mut file, &write::VACCINATION_COLUMNS).unwrap();
    write::vaccination(&mut file, &row).unwrap();
    let read = VaccinationRows::open(&file[..], today()).unwrap().next().unwrap();
    assert!(read.unwrap().row == row);
}
