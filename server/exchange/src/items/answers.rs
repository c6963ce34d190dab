//! Answer lists (結果コード).

use std::{collections::HashMap, sync::LazyLock};
use techo_model::text::BilingualText;

/// Where all lists of the ministry live.
const ROOT: &str = "1.2.392.200119.6";

/// How sure we are of the labels of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListState {
    /// Read in the public table.
    Confirmed,
    /// From general knowledge; to be compared with the ministry's table.
    ToBeVerified,
    /// No label is known: show the code.
    Unknown,
}

/// One list.
#[derive(Debug, PartialEq, Eq)]
pub struct AnswerList {
    /// Full OID.
    pub oid: String,
    /// How sure we are.
    pub state: ListState,
    /// What the list is about, in Japanese.
    pub title: &'static str,
    /// The answers in order.
    pub options: Vec<AnswerOption>,
}

/// One answer of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerOption {
    /// Code within the list.
    pub code: &'static str,
    /// Words.
    pub label: BilingualText,
}

impl AnswerList {
    /// The answer with this code.
    pub fn option(&self, code: &str) -> Option<&AnswerOption> {
        self.options.iter().find(|option| option.code == code)
    }
}

/// The words of an answer; none when the list or the code is unknown, and then a page shows the code.
pub fn answer_label(list_oid: &str, code: &str) -> Option<BilingualText> {
    answer_list(list_oid)?.option(code).map(|option| option.label)
}

/// The list with this full OID.
pub fn answer_list(list_oid: &str) -> Option<&'static AnswerList> {
    by_number(list_oid.strip_prefix(ROOT)?.strip_prefix('.')?)
}

/// The list with this number under the ministry's root.
pub(super) fn by_number(number: &str) -> Option<&'static AnswerList> {
    LISTS.get(number)
}

static LISTS: LazyLock<HashMap<&'static str, AnswerList>> =
    LazyLock::new(|| read(include_str!("../../data/answers.tsv")));

fn read(data: &'static str) -> HashMap<&'static str, AnswerList> {
    let mut lists = HashMap::new();
    for line in data.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('\t').collect();
        match columns[..] {
            ["list", number, state, title] => {
                let oid = format!("{ROOT}.{number}");
                lists.insert(number, AnswerList { oid, state: state_of(state), title, options: Vec::new() });
            }
            [number, code, ja, en] => {
                let list = lists.get_mut(number).expect("answers.tsv opens a list before its answers");
                list.options.push(AnswerOption { code, label: BilingualText { ja, en } });
            }
            _ => unreachable!("answers.tsv has lines of four columns, tested: {line}"),
        }
    }
    lists
}

fn state_of(word: &str) -> ListState {
    match word {
        "confirmed" => ListState::Confirmed,
        "to-be-verified" => ListState::ToBeVerified,
        _ => ListState::Unknown,
    }
}
