//! The one strict reader of JSON for every door, file and command: no object has the same name twice, nothing is nested
//! without end, nothing is longer than its bound.
//!
//! `serde_json` keeps the last of two members of one name, so that two readers of one text could see two things. Here the
//! text is walked once before it is read, and refused with the place of what is wrong. No value gets into a problem.

mod walk;

use serde::de::DeserializeOwned;
use std::fmt;

/// How deep one may stand in another: more than any format of ours, less than what a parser's stack holds.
const DEPTH: usize = 64;

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonBounds {
    /// Longest text in bytes.
    pub bytes: usize,
    /// Deepest nesting of objects and lists.
    pub depth: usize,
}

impl JsonBounds {
    /// So many bytes, and the usual depth.
    pub const fn of_bytes(bytes: usize) -> Self {
        Self { bytes, depth: DEPTH }
    }
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonProblem {
    /// Steps from the outermost value: `contained[0].status`. Empty for the whole. A name that could be anything is `*`.
    pub place: String,
    /// Line in the text, from 1; 0 where no line can be told.
    pub line: usize,
    /// Column in the line, from 1.
    pub column: usize,
    /// What.
    pub fault: JsonFault,
}

/// What can be wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// More bytes than are read.
    TooLarge,
    /// Nested deeper than is read.
    TooDeep,
    /// No JSON.
    NotJson,
    /// One object has the same name twice, and nobody could tell which one is meant.
    NameTwice,
    /// A text holds U+0000, which no database keeps.
    Nul,
    /// JSON of another form than is expected.
    OtherForm,
}

impl JsonFault {
    /// In English, for whoever builds a system.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "this is too large",
            Self::TooDeep => "this is nested too deeply",
            Self::NotJson => "this is no JSON",
            Self::NameTwice => "this name stands twice in one object",
            Self::Nul => "this text holds U+0000",
            Self::OtherForm => "this JSON has another form than is expected",
        }
    }

    /// In Japanese, for operators.
    pub const fn japanese(self) -> &'static str {
        match self {
            Self::TooLarge => "大きすぎます",
            Self::TooDeep => "入れ子が深すぎます",
            Self::NotJson => "JSON として読めません",
            Self::NameTwice => "同じ名前が一つの { } の中に二度あります。一つにしてください",
            Self::Nul => "文字 U+0000 は使えません",
            Self::OtherForm => "JSON の形が違います",
        }
    }
}

impl JsonProblem {
    /// The place as FHIRPath below a resource of this type.
    pub fn place_below(&self, root: &str) -> String {
        match self.place.chars().next() {
            None => root.to_owned(),
            Some('[') => format!("{root}{}", self.place),
            Some(_) => format!("{root}.{}", self.place),
        }
    }

    /// One Japanese sentence with line, column and place, for operators.
    pub fn japanese(&self) -> String {
        let mut at = if self.line > 0 {
            format!("{}行目、{}文字目", self.line, self.column)
        } else {
            String::new()
        };
        if !self.place.is_empty() {
            at = if at.is_empty() { self.place.clone() } else { format!("{at}、{}", self.place) };
        }
        if at.is_empty() {
            format!("{}。", self.fault.japanese())
        } else {
            format!("{at}: {}。", self.fault.japanese())
        }
    }
}

impl fmt::Display for JsonProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(self.fault.as_str())
    }
}

impl std::error::Error for JsonProblem {}

/// Reads a whole text strictly.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read_strict_json<T: DeserializeOwned>(bytes: &[u8], bounds: JsonBounds) -> Result<T, JsonProblem> {
    if bytes.len() > bounds.bytes {
        return Err(JsonProblem { place: String::new(), line: 0, column: 0, fault: JsonFault::TooLarge });
    }
    walk::walk(bytes, bounds.depth)?;
    serde_json::from_slice(bytes).map_err(|error| JsonProblem {
        place: String::new(),
        line: error.line(),
        column: error.column(),
        fault: if error.is_data() { JsonFault::OtherForm } else { JsonFault::NotJson },
    })
}

#[cfg(test)]
mod tests;
