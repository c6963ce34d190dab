//! The header row: which column of a layout stands where in the file at hand.

use super::encoding::CsvEncoding;
use techo_model::text::{is_unseen, normalise};

/// A column that import ignores wherever it stands: rejects files carry it, and come back corrected.
pub const IGNORED_COLUMN: &str = "エラー";

/// A column of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvColumn {
    /// Its name in the header row.
    pub name: &'static str,
    /// Whether a file may do without it.
    pub presence: ColumnPresence,
}

/// Whether a column must be there, and filled in every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnPresence {
    /// ★ in the layout.
    Required,
    /// The column may be absent and its cells empty.
    Optional,
}

impl CsvColumn {
    /// A column marked ★.
    pub const fn required(name: &'static str) -> Self {
        Self { name, presence: ColumnPresence::Required }
    }

    /// A column without a mark.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, presence: ColumnPresence::Optional }
    }
}

/// What is wrong with a header row. Any of these ends the file before its first row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderProblem {
    /// Nothing in the file.
    #[error("ファイルが空です。1行目に見出し、2行目からデータを書いてください")]
    Empty,
    /// Another encoding than the two that are read, by the name that operators know.
    #[error("文字コードが{0}です。UTF-8またはCP932（Shift_JIS）のCSVとして保存し直してください")]
    OtherEncoding(&'static str),
    /// Two byte order marks, as when a file with one was joined to another or converted twice.
    #[error("ファイルの先頭に印（BOM）が二つあります。一つだけにして保存し直してください")]
    TwoMarks,
    /// Line breaks of old machines.
    #[error("改行がCRだけのファイルです。改行をLFかCRLFにして保存し直してください")]
    LoneCarriageReturns,
    /// Neither UTF-8 nor CP932.
    #[error("見出しの行がUTF-8としてもCP932（Shift_JIS）としても読めません。文字コードを確かめてください")]
    Undecodable,
    /// Broken quotes, control characters or an endless line.
    #[error("見出しの行が正しいCSVではありません：{0}")]
    Malformed(super::problem::CsvReason),
    /// Not one of our columns: the first row holds data, or this is another kind of file.
    #[error("1行目に見出しがありません。1行目に列の名前を書いてください（必須の列：{}）", .0.join("、"))]
    NotAHeader(Vec<&'static str>),
    /// Required columns that are not there.
    #[error("必須の列がありません：{}", .0.join("、"))]
    Missing(Vec<&'static str>),
    /// Columns that the layout does not know.
    #[error("知らない列があります：{}。列の名前を確かめるか、列を削除してください", .0.join("、"))]
    Unknown(Vec<String>),
    /// The same column more than once.
    #[error("同じ列が二度あります：{}", .0.join("、"))]
    Twice(Vec<&'static str>),
    /// More columns than any file of ours has.
    #[error("列が多すぎます（上限{0}列）")]
    TooManyColumns(usize),
}

/// Why a file could not be opened for reading rows.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The header row is not right; all that is wrong with it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Header(Vec<HeaderProblem>),
    /// The input could not be read.
    #[error("ファイルを読めません：{0}")]
    Io(#[from] std::io::Error),
}

impl From<HeaderProblem> for OpenError {
    fn from(problem: HeaderProblem) -> Self {
        Self::Header(vec![problem])
    }
}

/// The header of a file, matched with the columns of a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvHeader {
    encoding: CsvEncoding,
    columns: &'static [CsvColumn],
    names: Vec<String>,
    positions: Vec<Option<usize>>,
}

impl CsvHeader {
    /// Matches the names of a file with the columns of a layout; collects everything that does not fit.
    pub(super) fn matched(
        encoding: CsvEncoding,
        names: &[String],
        columns: &'static [CsvColumn],
    ) -> Result<Self, Vec<HeaderProblem>> {
        let names: Vec<String> = names.iter().map(|name| normalise(name)).collect();
        let position = |column: &CsvColumn| names.iter().position(|name| normalise(column.name) == *name);
        let positions: Vec<_> = columns.iter().map(position).collect();
        if positions.iter().all(Option::is_none) {
            return Err(vec![HeaderProblem::NotAHeader(required(columns).collect())]);
        }
        let problems = problems(&names, columns);
        if problems.is_empty() { Ok(Self { encoding, columns, names, positions }) } else { Err(problems) }
    }

    /// The encoding that the header row decided.
    pub fn encoding(&self) -> CsvEncoding {
        self.encoding
    }

    /// The names in the order of the file, without エラー.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str).filter(|name| *name != IGNORED_COLUMN)
    }

    /// Number of columns of the file, エラー included.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// The name of the column at a position of the file.
    pub(super) fn name_at(&self, position: usize) -> Option<&str> {
        self.names.get(position).map(String::as_str)
    }

    /// Where a column of the layout stands in the file, from 0.
    pub(super) fn position(&self, column: usize) -> Option<usize> {
        self.positions.get(column).copied().flatten()
    }

    /// A column of the layout.
    pub(super) fn column(&self, column: usize) -> Option<&'static CsvColumn> {
        self.columns.get(column)
    }

    /// Whether the column at this position of the file is エラー.
    pub(super) fn is_ignored(&self, position: usize) -> bool {
        self.name_at(position) == Some(IGNORED_COLUMN)
    }
}

fn required(columns: &'static [CsvColumn]) -> impl Iterator<Item = &'static str> {
    columns.iter().filter(|column| column.presence == ColumnPresence::Required).map(|column| column.name)
}

fn problems(names: &[String], columns: &'static [CsvColumn]) -> Vec<HeaderProblem> {
    let count = |wanted: &str| names.iter().filter(|name| **name == normalise(wanted)).count();
    let missing: Vec<_> = required(columns).filter(|name| count(name) == 0).collect();
    let twice: Vec<_> = columns.iter().map(|column| column.name).filter(|name| count(name) > 1).collect();
    let known = |name: &str| name == IGNORED_COLUMN || columns.iter().any(|c| normalise(c.name) == name);
    let unknown: Vec<_> = names.iter().enumerate().filter(|(_, name)| !known(name)).map(shown).collect();
    let mut problems = Vec::new();
    if !missing.is_empty() {
        problems.push(HeaderProblem::Missing(missing));
    }
    if !unknown.is_empty() {
        problems.push(HeaderProblem::Unknown(unknown));
    }
    if !twice.is_empty() {
        problems.push(HeaderProblem::Twice(twice));
    }
    problems
}

/// How an unknown column is named in the message. A name that holds a run of digits may be a number of a person that
/// slipped into the header row, so it is shown by its place only.
fn shown((position, name): (usize, &String)) -> String {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    if name.is_empty() {
        format!("（{}列目、名前なし）", position + 1)
    } else if digits >= 6 {
        format!("（{}列目）", position + 1)
    } else {
        format!(
            "「{}」",
            name.chars().filter(|c| !c.is_control() && !is_unseen(*c)).take(40).collect::<String>()
        )
    }
}
