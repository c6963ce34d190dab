//! What can be wrong with a row, as sentences for the person who has to correct it.

use super::encoding::CsvEncoding;
use std::{borrow::Cow, fmt};
use techo_model::{date::DateError, number::NumberError};

/// A column of the file at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnPosition {
    /// Counted from 1, as spreadsheets do.
    pub number: usize,
    /// Its name; none where a row has more cells than the header.
    pub name: Option<Cow<'static, str>>,
}

/// One thing that is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Physical line of the file, counted from 1; where the fault lies, if the row spans several.
    pub line: u64,
    /// Column, when it is the fault of one.
    pub column: Option<ColumnPosition>,
    /// Why.
    pub reason: CsvReason,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}行目", self.line)?;
        if let Some(column) = &self.column {
            write!(f, " {}列目", column.number)?;
            if let Some(name) = &column.name {
                write!(f, "「{name}」")?;
            }
        }
        write!(f, "：{}", self.reason)
    }
}

/// Why a row or a cell is refused. Made of fixed sentences and counts only, so that no cell's content can get into a
/// message, a log or a table of reports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvReason {
    /// A quote was opened and never closed.
    #[error("引用符（\"）が閉じられていません。閉じる引用符を付けるか、開いている引用符を消してください")]
    UnterminatedQuote,
    /// Something other than a comma follows a closing quote.
    #[error(
        "閉じる引用符（\"）の後に余分な文字があります。引用符そのものを書くときは二つ重ねて（\"\"）ください"
    )]
    TextAfterQuote,
    /// A quote in the middle of a cell that does not begin with one.
    #[error(
        "引用符（\"）がセルの途中にあります。セル全体を引用符で囲み、中の引用符は二つ重ねて（\"\"）ください"
    )]
    QuoteInsideCell,
    /// A NUL byte.
    #[error("使えない文字（NUL）が入っています。取り除いてください")]
    Nul,
    /// Another control character.
    #[error("使えない制御文字が入っています。取り除いてください")]
    ControlCharacter,
    /// Bytes that are no text in the encoding of the file.
    #[error("{}として読めない文字があります。文字を打ち直してください", .0.name())]
    Undecodable(CsvEncoding),
    /// The row has more or fewer cells than the header.
    #[error(
        "列の数が合いません（見出しは{expected}列、この行は{found}列）。コンマの過不足を確かめてください"
    )]
    Ragged {
        /// Columns of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A cell over the limit of bytes.
    #[error("セルが長すぎます（上限{0}バイト）")]
    CellTooLong(usize),
    /// A record over the limit of bytes.
    #[error("行が長すぎます。引用符の閉じ忘れや改行の抜けがないか確かめてください")]
    RecordTooLong,

    /// A line break of old machines, alone.
    #[error("改行（CR）だけが入っています。改行はLFかCRLFにしてください")]
    LoneCarriageReturn,
    /// A letter without width, or one that turns the direction of a line.
    #[error("目に見えない文字（幅のない文字や、文字の向きを変える文字）が入っています。取り除いてください")]
    UnseenLetter,
    /// What a spreadsheet program leaves of a number or a code.
    #[error(
        "Excelで形が変わったようです（指数表示、日付、エラー表示など）。もとの値を文字列として入れ直してください"
    )]
    Spreadsheet,
    /// A required cell is empty.
    #[error("必須の項目が空です")]
    Missing,
    /// Not a date.
    #[error("{0}")]
    Date(DateError),
    /// Not such a number.
    #[error("{0}")]
    Number(NumberError),
    /// More characters than allowed.
    #[error("長すぎます（{0}文字まで）")]
    TooLong(usize),
    /// What may be the number of a person, in a cell that is not for one.
    #[error("個人番号または住民票コードのような数字が入っています。この欄には書けません")]
    PersonalNumber,
    /// Anything else, said in a sentence of its own.
    #[error("{0}")]
    Other(&'static str),
}

impl From<DateError> for CsvReason {
    fn from(error: DateError) -> Self {
        Self::Date(error)
    }
}

impl From<NumberError> for CsvReason {
    fn from(error: NumberError) -> Self {
        Self::Number(error)
    }
}
