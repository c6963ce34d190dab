//! Strict reading of one JSON object: every field is asked for by name, and what is left over is a problem.

use serde_json::{Map, Value};
use techo_model::{CalendarDate, UnixMillis, organisation::OrganisationKind};

/// What was not understood, and where: one Japanese sentence with the path of the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {what}")]
pub struct CaseProblem {
    /// e.g. `rules[2].grantee.class`.
    pub path: String,
    /// What is wrong and what to write instead.
    pub what: String,
}

impl CaseProblem {
    pub(super) fn new(path: &str, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), what: what.into() }
    }
}

pub(super) type Read<T> = Result<T, CaseProblem>;

/// One object and where it stands.
pub(super) struct Fields {
    path: String,
    left: Map<String, Value>,
}

impl Fields {
    pub(super) fn of(value: &Value, path: &str) -> Read<Self> {
        let object = value
            .as_object()
            .ok_or_else(|| CaseProblem::new(path, "{ } で囲んだ項目の集まりを書いてください。"))?;
        Ok(Self { path: path.to_owned(), left: object.clone() })
    }

    pub(super) fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// A field that may be absent; null is absent.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.left.remove(name).filter(|value| !value.is_null())
    }

    /// Puts a field back that was only looked at.
    pub(super) fn give_back(&mut self, name: &str, value: Option<Value>) {
        self.left.extend(value.map(|value| (name.to_owned(), value)));
    }

    pub(super) fn require(&mut self, name: &str) -> Read<Value> {
        self.take(name).ok_or_else(|| CaseProblem::new(&self.path(name), "この項目は必ず書いてください。"))
    }

    pub(super) fn maybe_text(&mut self, name: &str) -> Read<Option<String>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(CaseProblem::new(&self.path(name), "空でない文字列を書いてください。")),
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Read<String> {
        self.maybe_text(name)?
            .ok_or_else(|| CaseProblem::new(&self.path(name), "この項目は必ず書いてください。"))
    }

    /// A word of a closed set.
    pub(super) fn word<T>(&mut self, name: &str, read: fn(&str) -> Option<T>) -> Read<T> {
        let text = self.text(name)?;
        read(&text).ok_or_else(|| unknown(&self.path(name), &text))
    }

    pub(super) fn maybe_word<T>(&mut self, name: &str, read: fn(&str) -> Option<T>) -> Read<Option<T>> {
        let Some(text) = self.maybe_text(name)? else { return Ok(None) };
        read(&text).map(Some).ok_or_else(|| unknown(&self.path(name), &text))
    }

    /// Words of a closed set, in the order of the file, each once.
    pub(super) fn words<T: PartialEq>(&mut self, name: &str, read: fn(&str) -> Option<T>) -> Read<Vec<T>> {
        let path = self.path(name);
        let Some(value) = self.take(name) else { return Ok(Vec::new()) };
        let list =
            value.as_array().ok_or_else(|| CaseProblem::new(&path, "[ ] で囲んだ並びを書いてください。"))?;
        let mut words = Vec::with_capacity(list.len());
        for (index, item) in list.iter().enumerate() {
            let place = format!("{path}[{index}]");
            let text = item.as_str().ok_or_else(|| CaseProblem::new(&place, "文字列を書いてください。"))?;
            let word = read(text).ok_or_else(|| unknown(&place, text))?;
            if words.contains(&word) {
                return Err(CaseProblem::new(&place, "同じ語が二度書かれています。"));
            }
            words.push(word);
        }
        Ok(words)
    }

    pub(super) fn flag(&mut self, name: &str) -> Read<bool> {
        match self.take(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(CaseProblem::new(&self.path(name), "true または false を書いてください。")),
        }
    }

    pub(super) fn maybe_date(&mut self, name: &str) -> Read<Option<CalendarDate>> {
        let Some(text) = self.maybe_text(name)? else { return Ok(None) };
        let date = CalendarDate::parse(&text).ok().filter(|date| date.to_string() == text);
        date.map(Some)
            .ok_or_else(|| CaseProblem::new(&self.path(name), "日付は YYYY-MM-DD の形で書いてください。"))
    }

    pub(super) fn date(&mut self, name: &str) -> Read<CalendarDate> {
        self.maybe_date(name)?
            .ok_or_else(|| CaseProblem::new(&self.path(name), "この項目は必ず書いてください。"))
    }

    /// An instant with an offset.
    pub(super) fn instant(&mut self, name: &str) -> Read<UnixMillis> {
        let text = self.text(name)?;
        instant(&text).ok_or_else(|| CaseProblem::new(&self.path(name), NO_INSTANT))
    }

    /// An instant, or a date that stands for the midnight in Japan that begins it.
    pub(super) fn maybe_beginning(&mut self, name: &str) -> Read<Option<UnixMillis>> {
        let Some(text) = self.maybe_text(name)? else { return Ok(None) };
        let date = CalendarDate::parse(&text).ok().filter(|date| date.to_string() == text);
        let at = date.map(UnixMillis::start_of).or_else(|| instant(&text));
        at.map(Some).ok_or_else(|| CaseProblem::new(&self.path(name), NO_INSTANT))
    }

    /// Ends the reading: nothing may be left over.
    pub(super) fn end(self) -> Read<()> {
        match self.left.keys().next() {
            Some(name) => Err(CaseProblem::new(
                &self.path(name),
                "この項目は知られていません。書き間違いがないか確かめてください。",
            )),
            None => Ok(()),
        }
    }
}

const NO_INSTANT: &str =
    "時刻は 2026-11-27T10:00:00+09:00 のように、時差をつけて書いてください（秒は59まで）。";

/// `YYYY-MM-DDThh:mm:ss`, up to three decimals, and `Z` or an offset with a colon. What RFC 3339 leaves open is closed here, so that
/// two readers of one file decide about the same instant: no blank for the `T`, no small letters, no 60th second, nothing
/// that would be rounded.
fn instant(text: &str) -> Option<UnixMillis> {
    let (clock, rest) = text.split_at_checked(19)?;
    let offset = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            (1..=3).contains(&(fraction.len() - offset.len())).then_some(offset)?
        }
    };
    let shape: String = clock.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let zone: String = offset.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let shaped = shape == "0000-00-00T00:00:00" && matches!(zone.as_str(), "Z" | "+00:00" | "-00:00");
    (shaped && &clock[17..] != "60").then(|| UnixMillis::parse_rfc3339(text))?
}

pub(super) fn unknown(path: &str, word: &str) -> CaseProblem {
    // A long value is not a misspelt word, and need not be repeated.
    let shown: String = word.chars().take(40).collect();
    CaseProblem::new(path, format!("「{shown}」という語は使えません。docs/FORMATS.md の語を書いてください。"))
}

/// The class of an organisation.
pub(super) fn class(word: &str) -> Option<OrganisationKind> {
    OrganisationKind::parse(word)
}
