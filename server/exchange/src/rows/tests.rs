//! The three layouts: what goes in, and every sentence for what does not. All people are made up.

mod coverage;
mod numbers;
mod residents;
mod vaccinations;

use super::*;
use crate::csv::{CsvDialect, CsvWriter, RowProblem};
use proptest::prelude::*;
use techo_model::{
    coverage::{CoverageRow, LossReason, Relation},
    number::{MyNumber, ResidentRecordCode},
    resident::{ResidentProtection, ResidentRow, Sex},
    vaccination::{DoseEntry, ProductCodeSystem, Programme, VaccinationRow},
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
    let mut rows = FileRows::<_, F>::open(text.as_bytes(), today()).unwrap();
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
    parse::<ResidentsLayout>(&with(&resident(), changes)).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn good_coverage(changes: &[(&'static str, &str)]) -> CoverageRow {
    parse::<CoverageLayout>(&with(&coverage(), changes)).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn good_vaccination(changes: &[(&'static str, &str)]) -> VaccinationRow {
    parse::<VaccinationsLayout>(&with(&vaccination(), changes))
        .unwrap_or_else(|problems| panic!("{problems:?}"))
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
fn a_rejected_row_comes_back_with_all_its_cells_and_prints_none_of_them() {
    let number = my_number(67_890);
    let text = format!("個人番号,保険者番号\n{number},1\n");
    assert!(FileRows::<_, CoverageLayout>::open(text.as_bytes(), today()).is_err());
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
    let header = ResidentsLayout::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>().join(",");
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
        for sentence in sentences::<ResidentsLayout>(&with(&good, &[(name, &cell)])) {
            prop_assert!(!sentence.contains(&cell), "{sentence}");
        }
    }

    #[test]
    fn no_cells_make_a_parser_panic(cells in prop::collection::vec("\\PC{0,20}", 16)) {
        let row = |columns: &'static [CsvColumn]| -> Vec<(&'static str, String)> {
            columns.iter().map(|column| column.name).zip(cells.iter().cloned()).collect()
        };
        let _ = parse::<ResidentsLayout>(&row(ResidentsLayout::COLUMNS));
        let _ = parse::<CoverageLayout>(&row(CoverageLayout::COLUMNS));
        let _ = parse::<VaccinationsLayout>(&row(VaccinationsLayout::COLUMNS));
    }
}

fn written(columns: &[&str], row: impl FnOnce(&mut CsvWriter<Vec<u8>>) -> io::Result<()>) -> Vec<u8> {
    let mut out = CsvWriter::begin(Vec::new(), CsvDialect::Rfc4180, columns).unwrap();
    row(&mut out).unwrap();
    out.into_inner()
}

#[test]
fn what_the_writer_writes_is_read_back_unchanged() {
    fn columns<F: RowFormat>() -> Vec<&'static str> {
        F::COLUMNS.iter().map(|column| column.name).collect()
    }
    assert_eq!(columns::<ResidentsLayout>(), write::RESIDENT_COLUMNS);
    assert_eq!(columns::<CoverageLayout>(), write::COVERAGE_COLUMNS);
    assert_eq!(columns::<VaccinationsLayout>(), write::VACCINATION_COLUMNS);

    let (mother, amount) = (record_code(111), [("接種量mL", "0.25"), ("ロット番号", "A,\"1\"")]);
    let row = good_resident(&[("保護者住民票コード", &mother), ("住所", "架空市, 1-2-3"), ("支援措置", "1")]);
    let file = written(&write::RESIDENT_COLUMNS, |out| write::resident(out, &row));
    let read = ResidentRows::open(&file[..], today()).unwrap().next().unwrap();
    assert!(read.unwrap().row == row);

    let row = good_coverage(&[
        ("記号", "１２－３４"),
        ("枝番", "01"),
        ("資格喪失日", "2026-03-31"),
        ("喪失事由", "転職"),
    ]);
    let file = written(&write::COVERAGE_COLUMNS, |out| write::coverage(out, &row));
    let read = CoverageRows::open(&file[..], today()).unwrap().next().unwrap();
    assert!(read.unwrap().row == row);

    let row = good_vaccination(&amount);
    let file = written(&write::VACCINATION_COLUMNS, |out| write::vaccination(out, &row));
    let read = VaccinationRows::open(&file[..], today()).unwrap().next().unwrap();
    assert!(read.unwrap().row == row);
}
