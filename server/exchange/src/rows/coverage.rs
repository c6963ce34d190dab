//! 資格ファイル: one row a period of insurance, from the insurer.

use super::{
    CellReader, Parsed, RowFormat,
    spreadsheet::is_made_a_day,
    text::{free, plain, whole_number},
    timestamp::timestamp,
};
use crate::csv::{CsvColumn, CsvReason};
use techo_model::{
    coverage::{CoverageFacts, CoverageRow, InsuredId, LossReason, Relation},
    number::{InsurerNumber, MyNumber},
    text::normalise_hyphens,
};

/// The layout of coverage files.
pub struct CoverageLayout;

const MY_NUMBER: usize = 0;
const INSURER: usize = 1;
const SYMBOL: usize = 2;
const NUMBER: usize = 3;
const BRANCH: usize = 4;
const RELATION: usize = 5;
const ACQUIRED: usize = 6;
const LOST: usize = 7;
const LOSS_REASON: usize = 8;
const BURDEN: usize = 9;
const INSURER_NAME: usize = 10;
const STATED_AT: usize = 11;

/// 記号 and 番号 have at most this many characters in the ministry's schema (co08_V08.xsd).
const LONGEST_NUMBER: usize = 20;

/// Nothing that is still told began earlier; an earlier day is a slip of era or century.
const OLDEST_YEAR: i16 = 1900;
/// Who begins to work somewhere next year may be insured already.
const BEGINS_AHEAD_MONTHS: i32 = 12;
/// The longest time for which an insurer states an end in advance is five years; twice that is a slip.
const ENDS_AHEAD_MONTHS: i32 = 120;

impl RowFormat for CoverageLayout {
    type Row = CoverageRow;

    const COLUMNS: &'static [CsvColumn] = &[
        CsvColumn::required("個人番号"),
        CsvColumn::required("保険者番号"),
        CsvColumn::optional("記号"),
        CsvColumn::required("番号"),
        CsvColumn::optional("枝番"),
        CsvColumn::required("本人家族区分"),
        CsvColumn::required("資格取得日"),
        CsvColumn::optional("資格喪失日"),
        CsvColumn::optional("喪失事由"),
        CsvColumn::required("負担割合"),
        CsvColumn::required("保険者名"),
        CsvColumn::required("更新日時"),
    ];
    const PERSONAL_NUMBERS: &'static [usize] = &[MY_NUMBER];

    fn parse(cells: &mut CellReader<'_>) -> Option<CoverageRow> {
        let my_number = cells.required(MY_NUMBER, |cell| Ok(MyNumber::parse(cell)?));
        let insurer = cells.required(INSURER, insurer);
        let symbol = cells.optional(SYMBOL, symbol_or_number);
        let number = cells.required(NUMBER, symbol_or_number);
        let branch = cells.optional(BRANCH, branch);
        let relation = cells.required(RELATION, relation);
        let acquired_on = cells.required_date(ACQUIRED);
        let lost_on = cells.optional_date(LOST);
        let loss_reason = cells.optional(LOSS_REASON, loss_reason);
        let burden_percent = cells.required(BURDEN, burden);
        let insurer_name = cells.required(INSURER_NAME, |cell| free(cell, 100));
        let stated_at = cells.required(STATED_AT, timestamp);

        let in_order = acquired_on.zip(lost_on).map(|(acquired, lost)| acquired <= lost);
        cells.expect(LOST, in_order, "資格喪失日が資格取得日より前です");
        let has_end = loss_reason.map(|_| lost_on.is_some());
        cells.expect(LOSS_REASON, has_end, "喪失事由がありますが、資格喪失日がありません");
        let today = cells.today();
        let (begins, ends) = (today.plus_months(BEGINS_AHEAD_MONTHS), today.plus_months(ENDS_AHEAD_MONTHS));
        cells.expect(ACQUIRED, acquired_on.map(|day| day <= begins), "資格取得日が一年より先の日付です");
        let recent = acquired_on.map(|day| day.year() >= OLDEST_YEAR);
        cells.expect(ACQUIRED, recent, "資格取得日が古すぎます（元号や西暦を確かめてください）");
        cells.expect(LOST, lost_on.map(|day| day <= ends), "資格喪失日が十年より先の日付です");
        // The latest statement wins, so one from a far future could never be corrected.
        let tomorrow = today.plus_days(1);
        let believable = stated_at.map(|at| at.date_in_japan() <= tomorrow);
        cells.expect(STATED_AT, believable, "更新日時が未来の日時です");
        let recent = stated_at.map(|at| at.date_in_japan().year() >= OLDEST_YEAR);
        cells.expect(STATED_AT, recent, "更新日時が古すぎます（元号や西暦を確かめてください）");

        Some(CoverageRow {
            my_number: my_number?,
            coverage: CoverageFacts {
                insured: InsuredId::new(insurer?, symbol.as_deref(), &number?, branch.as_deref()),
                relation: relation?,
                acquired_on: acquired_on?,
                lost_on,
                loss_reason,
                burden_percent: burden_percent?,
                insurer_name: insurer_name?,
                stated_at: stated_at?,
            },
        })
    }
}

/// Insurers of 国民健康保険 have six digits, in older systems also seven: the zeros in front are meant, as in documents.
fn insurer(cell: &str) -> Parsed<InsurerNumber> {
    let text = plain(cell);
    let short = (6..=7).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let filled = if short { format!("{text:0>8}") } else { text.into_owned() };
    Ok(InsurerNumber::parse(&filled)?)
}

fn symbol_or_number(cell: &str) -> Parsed<String> {
    let text = normalise_hyphens(cell);
    if text.chars().any(char::is_control) {
        return Err(CsvReason::ControlCharacter);
    }
    if is_made_a_day(&text) {
        return Err(CsvReason::Spreadsheet);
    }
    if text.chars().count() > LONGEST_NUMBER { Err(CsvReason::TooLong(LONGEST_NUMBER)) } else { Ok(text) }
}

fn branch(cell: &str) -> Parsed<String> {
    let text = plain(cell);
    if (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.into_owned())
    } else {
        Err(CsvReason::Other("枝番は2桁の数字で書いてください"))
    }
}

fn relation(cell: &str) -> Parsed<Relation> {
    Relation::from_code(&plain(cell)).ok_or(CsvReason::Other("1（本人）か2（家族）で書いてください"))
}

fn loss_reason(cell: &str) -> Parsed<LossReason> {
    LossReason::from_word(&plain(cell)).ok_or(CsvReason::Other(
        "喪失事由は、退職、転職、転居、死亡、75歳到達、扶養終了、その他のどれかで書いてください",
    ))
}

fn burden(cell: &str) -> Parsed<i64> {
    whole_number(cell)
        .filter(|percent| matches!(percent, 10 | 20 | 30))
        .ok_or(CsvReason::Other("負担割合は10、20、30のどれかで書いてください"))
}
