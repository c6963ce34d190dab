//! Structure, encoding and recovery of the reader, on a layout of three columns.

use super::{guard::guarded, *};
use encoding_rs::SHIFT_JIS;
use proptest::prelude::*;

const COLUMNS: &[CsvColumn] =
    &[CsvColumn::required("名"), CsvColumn::required("数"), CsvColumn::optional("備考")];

/// What became of a file: cells of good rows with their line, and problems as sentences.
#[derive(Debug, PartialEq)]
struct Outcome {
    good: Vec<(u64, Vec<String>)>,
    bad: Vec<(u64, String, Vec<String>)>,
}

fn read_with(bytes: &[u8], limits: CsvLimits) -> Result<Outcome, OpenError> {
    let mut reader = CsvReader::open_with_limits(bytes, COLUMNS, limits)?;
    let mut outcome = Outcome { good: vec![], bad: vec![] };
    while let Some(entry) = reader.read().unwrap() {
        match entry {
            CsvEntry::Record(record) => {
                let cells = (0..COLUMNS.len()).map(|column| record.cell(column).to_owned());
                outcome.good.push((record.line(), cells.collect()));
            }
            CsvEntry::Rejected(row) => {
                outcome.bad.push((row.line, row.summary(), row.raw.cells().map(str::to_owned).collect()));
            }
        }
    }
    Ok(outcome)
}

fn read(text: &str) -> Outcome {
    read_with(text.as_bytes(), CsvLimits::default()).unwrap()
}

fn header_problems(bytes: &[u8]) -> Vec<HeaderProblem> {
    match read_with(bytes, CsvLimits::default()) {
        Err(OpenError::Header(problems)) => problems,
        other => panic!("expected header problems, got {other:?}"),
    }
}

fn row(line: u64, cells: [&str; 3]) -> (u64, Vec<String>) {
    (line, cells.map(str::to_owned).to_vec())
}

#[test]
fn columns_may_stand_in_any_order_and_optional_ones_may_be_absent() {
    let outcome = read("数,名\r\n1,甲\r\n2,乙");
    assert_eq!(outcome.good, [row(2, ["甲", "1", ""]), row(3, ["乙", "2", ""])]);
    assert_eq!(outcome.bad, []);
}

#[test]
fn a_byte_order_mark_and_line_feeds_alone_are_fine() {
    assert_eq!(read("\u{feff}名,数\n甲,1\n").good, [row(2, ["甲", "1", ""])]);
}

#[test]
fn cp932_is_recognised_by_the_header_and_keeps_characters_with_a_backslash_byte() {
    let (bytes, _, _) = SHIFT_JIS.encode("名,数,備考\r\n能登ソノ,1,\"髙﨑①\"\r\n");
    assert!(bytes.contains(&b'\\'));
    let mut reader = CsvReader::open(&bytes[..], COLUMNS).unwrap();
    assert_eq!(reader.header().encoding(), CsvEncoding::Cp932);
    let Some(CsvEntry::Record(record)) = reader.read().unwrap() else { panic!() };
    assert_eq!((record.cell(0), record.cell(2)), ("能登ソノ", "髙﨑①"));
}

#[test]
fn undecodable_bytes_reject_their_row_only_and_name_the_column() {
    let mut bytes = "名,数\n甲,1\n".as_bytes().to_vec();
    bytes.extend(b"\x83\x5c,2\n");
    bytes.extend("丙,3\n".as_bytes());
    let outcome = read_with(&bytes, CsvLimits::default()).unwrap();
    assert_eq!(outcome.good.len(), 2);
    assert_eq!(
        outcome.bad[0].1,
        "3行目 1列目「名」：UTF-8として読めない文字があります。文字を打ち直してください"
    );
    let (bytes, _, _) = SHIFT_JIS.encode("名,数\n甲,1\n");
    let mut bytes = bytes.into_owned();
    bytes.extend(b"\x81,2\n");
    let outcome = read_with(&bytes, CsvLimits::default()).unwrap();
    assert_eq!(outcome.good.len(), 1);
    assert_eq!(outcome.bad.len(), 1, "a lead byte before a comma must not swallow the comma");
}

#[test]
fn quoted_cells_may_hold_commas_doubled_quotes_and_line_breaks() {
    let outcome = read("名,数,備考\r\n\"a,\"\"b\"\"\",1,\"x\r\ny\"\r\n\"\",2,\"\"\"\"\r\n");
    assert_eq!(outcome.good, [row(2, ["a,\"b\"", "1", "x\r\ny"]), row(4, ["", "2", "\""])]);
}

#[test]
fn an_unterminated_quote_is_reported_where_it_opens_and_later_good_rows_still_go_in() {
    let outcome = read("名,数,備考\n甲,1,\n乙,\"2,\n丙,3,\n\"丁\",4,\n");
    assert_eq!(outcome.good, [row(2, ["甲", "1", ""]), row(4, ["丙", "3", ""]), row(5, ["丁", "4", ""])]);
    let (line, problem, raw) = &outcome.bad[0];
    assert_eq!(*line, 3);
    assert!(problem.starts_with("3行目 2列目「数」：引用符（\"）が閉じられていません"), "{problem}");
    assert_eq!(raw, &["乙,\"2,"]);
    assert_eq!(outcome.bad.len(), 1);
}

#[test]
fn an_unterminated_quote_far_from_the_end_costs_one_row_and_not_the_rest() {
    let mut text = String::from("名,数\n\"甲,1\n");
    for number in 0..20_000 {
        text.push_str(&format!("乙,{number}\n"));
    }
    let outcome = read(&text);
    assert_eq!((outcome.good.len(), outcome.bad.len()), (20_000, 1));
    assert_eq!(outcome.bad[0].0, 2);
}

#[test]
fn a_quote_left_open_on_the_second_line_of_a_record_is_reported_there() {
    let outcome = read("名,数,備考\n\"a\nb\",\"1,\n甲,2,\n");
    assert_eq!(outcome.good, [row(4, ["甲", "2", ""])]);
    assert!(outcome.bad[0].1.starts_with("3行目 2列目"), "{}", outcome.bad[0].1);
    assert_eq!(outcome.bad[0].0, 2);
}

#[test]
fn a_forgotten_quote_is_found_even_when_a_later_stray_quote_closes_it() {
    let outcome = read("名,数,備考\n甲,\"1,\n乙,2,\n丙,3\"\n丁,4,\n");
    assert_eq!(outcome.good, [row(3, ["乙", "2", ""]), row(5, ["丁", "4", ""])]);
    assert!(outcome.bad[0].1.starts_with("2行目 2列目「数」：引用符"), "{}", outcome.bad[0].1);
    assert!(
        outcome.bad[1].1.starts_with("4行目 2列目「数」：引用符（\"）がセルの途中"),
        "{}",
        outcome.bad[1].1
    );
    let outcome = read("名,数,備考\n甲,\"1,\n乙,2,\n丙\",3,x\"y\n丁,4,\n");
    assert_eq!(outcome.good.len(), 2, "{outcome:?}");
}

#[test]
fn text_after_a_closing_quote_and_quotes_inside_a_cell_are_told_apart() {
    let outcome = read("名,数\n\"甲\"x,1\n乙\"y\",2\n丙,3\n");
    assert_eq!(outcome.good, [row(4, ["丙", "3", ""])]);
    assert!(outcome.bad[0].1.contains("閉じる引用符"), "{}", outcome.bad[0].1);
    assert!(outcome.bad[0].1.starts_with("2行目 1列目「名」"));
    assert!(outcome.bad[1].1.contains("セルの途中"), "{}", outcome.bad[1].1);
}

#[test]
fn nul_and_control_characters_are_refused_but_tabs_are_not() {
    let outcome = read("名,数\n甲\0,1\n乙,\u{1b}2\n丙\t,3\n丁\r,4\n戊,\u{7f}\n");
    assert_eq!(outcome.good, [row(4, ["丙\t", "3", ""])]);
    let problems: Vec<_> = outcome.bad.iter().map(|(line, problem, _)| (*line, problem.as_str())).collect();
    assert!(problems[0].1.contains("NUL") && problems[0].1.contains("1列目"), "{problems:?}");
    assert!(problems[1].1.contains("制御文字") && problems[1].1.contains("2列目"), "{problems:?}");
    assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 5, 6]);
}

#[test]
fn a_ragged_row_says_how_many_columns_were_expected_and_found() {
    let outcome = read("名,数,備考\n甲,1\n乙,2,,\n丙,3,\n");
    assert_eq!(outcome.good.len(), 1);
    assert!(outcome.bad[0].1.starts_with("2行目：列の数が合いません（見出しは3列、この行は2列）"));
    assert!(outcome.bad[1].1.starts_with("3行目：列の数が合いません（見出しは3列、この行は4列）"));
    assert_eq!(outcome.bad[0].2, ["甲", "1"]);
    assert_eq!(outcome.bad[1].2, ["乙,2,,"], "no cell gets lost in a file of three columns");
}

#[test]
fn empty_lines_are_stepped_over_and_counted() {
    assert_eq!(read("\n名,数\n\r\n\n甲,1\n\n").good, [row(5, ["甲", "1", ""])]);
}

#[test]
fn an_overlong_cell_and_an_endless_line_reject_only_themselves() {
    let long = "x".repeat(40_000);
    let endless = "y".repeat(900_000);
    let outcome = read(&format!("名,数\n甲,{long}\n{endless}\n\"{endless}\",2\n乙,2\n"));
    assert_eq!(outcome.good, [row(5, ["乙", "2", ""])]);
    assert!(outcome.bad[0].1.starts_with("2行目 2列目「数」：セルが長すぎます（上限32768バイト）"));
    assert!(outcome.bad[1].1.starts_with("3行目：行が長すぎます"));
    assert!(outcome.bad[2].1.starts_with("4行目：行が長すぎます"));
    assert_eq!(outcome.bad.len(), 3);
}

#[test]
fn a_record_of_many_quoted_lines_that_grows_too_long_is_reported_at_its_beginning() {
    let mut text = String::from("名,数\n甲,\"\n");
    for _ in 0..20_000 {
        text.push_str("\",x,\"\n");
    }
    let outcome = read(&text);
    assert!(outcome.bad[0].1.starts_with("2行目：行が長すぎます"), "{}", outcome.bad[0].1);
}

#[test]
fn the_error_column_is_ignored_wherever_it_stands_and_left_out_of_the_raw_row() {
    let outcome = read("名,エラー,数\n甲,前回の理由,1\n\"乙\",x\n");
    assert_eq!(outcome.good, [row(2, ["甲", "1", ""])]);
    assert_eq!(outcome.bad[0].2, ["乙"]);
    let mut reader = CsvReader::open("名,エラー,数\n甲,理由,1\n".as_bytes(), COLUMNS).unwrap();
    assert_eq!(reader.header().names().collect::<Vec<_>>(), ["名", "数"]);
    let Some(CsvEntry::Record(record)) = reader.read().unwrap() else { panic!() };
    assert_eq!(record.to_raw().cells().collect::<Vec<_>>(), ["甲", "1"]);
}

#[test]
fn a_wrong_header_names_what_is_missing_unknown_and_doubled() {
    let problems = header_problems("名,名,余り\n".as_bytes());
    assert_eq!(
        problems,
        [
            HeaderProblem::Missing(vec!["数"]),
            HeaderProblem::Unknown(vec!["「余り」".into()]),
            HeaderProblem::Twice(vec!["名"])
        ]
    );
    assert_eq!(header_problems(b""), [HeaderProblem::Empty]);
    assert_eq!(header_problems(b"\xef\xbb\xbf\r\n\r\n"), [HeaderProblem::Empty]);
    assert_eq!(header_problems(b"\xff\xfen\0"), [HeaderProblem::OtherEncoding("UTF-16")]);
    assert_eq!(header_problems(b"\xff\x81,\x80"), [HeaderProblem::Undecodable]);
    assert!(matches!(header_problems("\"名,数\n甲,1\n".as_bytes())[0], HeaderProblem::Malformed(_)));
    assert!(matches!(header_problems("名\0,数\n".as_bytes())[0], HeaderProblem::Malformed(CsvReason::Nul)));
    assert!(matches!(header_problems("名,".repeat(250).as_bytes())[0], HeaderProblem::TooManyColumns(_)));
}

#[test]
fn a_first_row_of_data_is_never_echoed() {
    let problems = header_problems("123456789018,甲野花子\n".as_bytes());
    assert_eq!(problems, [HeaderProblem::NotAHeader(vec!["名", "数"])]);
    let problems = header_problems("名,数,１２３４５６７８９０１８\n".as_bytes());
    assert_eq!(problems, [HeaderProblem::Unknown(vec!["（3列目）".into()])]);
}

#[test]
fn a_full_width_column_name_is_the_same_column() {
    const WITH_LATIN: &[CsvColumn] = &[CsvColumn::required("接種量mL")];
    assert!(CsvReader::open("接種量ｍＬ\n1\n".as_bytes(), WITH_LATIN).is_ok());
}

/// Gives one byte at a time, as a slow pipe does.
struct Dripping<'b>(&'b [u8]);

impl std::io::Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::io::Read::read(&mut self.0, &mut buffer[..1])
    }
}

#[test]
fn the_result_does_not_depend_on_how_the_bytes_arrive() {
    let text = "名,数\n\"甲,1\n乙,2\n\"丙\n丁\",3";
    let mut reader = CsvReader::open(Dripping(text.as_bytes()), COLUMNS).unwrap();
    let mut lines = vec![];
    while let Some(entry) = reader.read().unwrap() {
        lines.push(match entry {
            CsvEntry::Record(record) => (record.line(), true),
            CsvEntry::Rejected(row) => (row.line, false),
        });
    }
    assert_eq!(lines, [(2, false), (3, true), (4, true)]);
}

#[test]
fn rows_of_nothing_but_commas_and_blanks_are_stepped_over() {
    let outcome = read(",,\n名,数,備考\n,,\n甲,1,\n ,　,\t\n\"\",,\n,,,,,\n,\n乙,2,\n,,x\n");
    assert_eq!(outcome.good, [row(4, ["甲", "1", ""]), row(9, ["乙", "2", ""]), row(10, ["", "", "x"])]);
    assert_eq!(outcome.bad, []);
    let (bytes, _, _) = SHIFT_JIS.encode("名,数,備考\r\n　,　,　\r\n甲,1,\r\n");
    assert_eq!(read_with(&bytes, CsvLimits::default()).unwrap().good, [row(3, ["甲", "1", ""])]);
}

#[test]
fn a_file_that_cannot_be_read_is_called_what_it_is() {
    use HeaderProblem::{LoneCarriageReturns, OtherEncoding, TwoMarks};
    let utf_16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "名,数,備考\r\n甲,1,\r\n".encode_utf16().flat_map(order).collect()
    };
    let (jis, _, _) = encoding_rs::ISO_2022_JP.encode("名,数,備考\r\n");
    let (euc, _, _) = encoding_rs::EUC_JP.encode("名,数,備考\r\n");
    for (bytes, problem) in [
        (utf_16(u16::to_le_bytes), OtherEncoding("UTF-16")),
        (utf_16(u16::to_be_bytes), OtherEncoding("UTF-16")),
        (b"\xff\xfe\0\0n\0\0\0".to_vec(), OtherEncoding("UTF-32")),
        (jis.into_owned(), OtherEncoding("ISO-2022-JP（JISコード）")),
        (euc.into_owned(), OtherEncoding("EUC-JP")),
        ("\u{feff}\u{feff}名,数\n甲,1\n".into(), TwoMarks),
        ("名,数\r甲,1\r乙,2\r".into(), LoneCarriageReturns),
        (format!("名,数\r{}", "甲,1\r".repeat(20_000)).into(), LoneCarriageReturns),
    ] {
        assert_eq!(header_problems(&bytes), [problem]);
    }
    let outcome = read("名,数\n甲\r,1\n乙,2\r\n");
    assert!(outcome.bad[0].1.contains("CR"), "{}", outcome.bad[0].1);
    assert_eq!(outcome.good, [row(3, ["乙", "2", ""])]);
}

#[test]
fn the_guard_of_a_cell_that_would_run_is_taken_away_and_nothing_else() {
    let outcome = read("名,数,備考\n'=1+1,'\t1,\"''@a\"\nO'Neil,''t,'\n'=x,\n");
    assert_eq!(outcome.good, [row(2, ["=1+1", "\t1", "'@a"]), row(3, ["O'Neil", "''t", "'"])]);
    assert_eq!(outcome.bad[0].2, ["=x", ""], "a rejected row is given back without its guard, too");
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn what_is_quoted_properly_is_read_back(rows in prop::collection::vec(prop::array::uniform3("[^\\x00-\\x1f\\x7f]{0,12}|[,\"\n]{0,4}"), 0..20)) {
        let mut text = String::from("名,数,備考\n");
        for cells in &rows {
            text.push_str(&cells.iter().map(|cell| quoted(&guarded(cell))).collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        let outcome = read(&text);
        prop_assert_eq!(&outcome.bad, &[]);
        let cells: Vec<_> = outcome.good.into_iter().map(|(_, cells)| cells).collect();
        let blank = |row: &&[String; 3]| row.iter().all(|cell| guarded(cell).trim().is_empty());
        let kept = rows.iter().filter(|row| !blank(row)).map(|row| row.to_vec()).collect::<Vec<_>>();
        prop_assert_eq!(cells, kept);
    }

    #[test]
    fn no_bytes_make_the_reader_panic_or_lose_a_line(tail in prop::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), any::<u8>()], 0..300)) {
        let mut bytes = "名,数\n".as_bytes().to_vec();
        bytes.extend(&tail);
        let limits = CsvLimits { cell: 40, record: 60, columns: 8 };
        let outcome = read_with(&bytes, limits).unwrap();
        let lines: Vec<u64> = outcome.good.iter().map(|r| r.0).chain(outcome.bad.iter().map(|r| r.0)).collect();
        let physical = 1 + bytes.iter().filter(|b| **b == b'\n').count() as u64;
        prop_assert!(lines.iter().all(|line| (2..=physical).contains(line)));
    }
}
