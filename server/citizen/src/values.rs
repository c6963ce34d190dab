//! Names and values of items, as checkups and laboratory reports both show them.

use techo_model::{checkup::Bound, text::BilingualText};

/// The name of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemName {
    /// From our table.
    Known(BilingualText),
    /// What the sender wrote (or the code when it wrote nothing).
    Sender(String),
}

/// The value itself.
#[derive(Clone, Debug, PartialEq)]
pub enum CellValue {
    /// A number as written, e.g. `5.6`.
    Number {
        /// Decimal text.
        text: String,
        /// Below or above the measuring range.
        bound: Option<Bound>,
    },
    /// What is at an end of the measuring range or beyond it, as documents of checkups have it.
    Limit {
        /// Decimal text.
        text: String,
        /// Which end.
        bound: Bound,
    },
    /// A coded answer.
    Answer(AnswerView),
    /// Free text.
    Text(String),
    /// Not measured, with the reason as sent.
    Absent(String),
}

/// A coded answer with its words, where they are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerView {
    /// OID of the list.
    pub list: String,
    /// Code in that list.
    pub code: String,
    /// Words of that list for that code; none when the list is not public (show the code, invent nothing).
    pub label: Option<BilingualText>,
}
