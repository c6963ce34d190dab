//! One JSON object under a strict reader: it knows its place, and tells what nobody asked for when it is dropped.

use super::numbers::plain_decimal;
use crate::fhir::{
    request::RequestProblem,
    span::{is_instant, whole_date},
    stated::{STATED, stated},
};
use serde_json::{Map, Value};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};
use techo_model::{CalendarDate, UnixMillis, free_text::holds_personal_number, text::is_unseen};

/// Problems that are told of one request.
const TOLD: usize = 100;
/// A sender's clock may be ahead by this much.
const GRACE_MILLIS: i64 = 5 * 60 * 1_000;

const UNKNOWN: &str = "this element is not taken here";
const PERSONAL_NUMBER: &str =
    "this may hold a My Number (個人番号) or a resident-record code (住民票コード), which must not be sent";

/// What is wrong so far.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<RequestProblem>>);

impl Problems {
    pub(super) fn add(&self, place: &str, what: &'static str) {
        let mut all = self.0.borrow_mut();
        if all.len() < TOLD {
            all.push(RequestProblem { place: place.to_owned(), what });
        }
    }

    /// What was read, when nothing is wrong.
    pub(super) fn or<T>(self, read: Option<T>) -> Result<T, Vec<RequestProblem>> {
        match read {
            Some(read) if self.0.borrow().is_empty() => Ok(read),
            _ => Err(self.0.into_inner()),
        }
    }
}

/// An object.
pub(super) struct Element<'a> {
    pub(super) place: String,
    fields: &'a Map<String, Value>,
    asked: RefCell<BTreeSet<&'static str>>,
    /// Nothing in it means what it would mean in the right place.
    is_void: Cell<bool>,
    problems: &'a Problems,
}

impl<'a> Element<'a> {
    pub(super) fn of(value: &'a Value, place: &str, problems: &'a Problems) -> Option<Self> {
        let Some(fields) = value.as_object() else {
            problems.add(place, "an object is expected");
            return None;
        };
        Some(Self {
            place: place.to_owned(),
            fields,
            asked: RefCell::default(),
            is_void: Cell::new(false),
            problems,
        })
    }

    /// A resource of this type. What says nothing that would have to be kept is passed over: its id, a narrative that only
    /// repeats the rest, and which profile it claims.
    pub(super) fn resource(
        value: &'a Value,
        place: &str,
        kind: &'static str,
        problems: &'a Problems,
    ) -> Option<Self> {
        let resource = Self::of(value, place, problems)?;
        if resource.pointer("resourceType").as_deref() != Some(kind) {
            resource.wrong("resourceType", "another type of resource is expected here");
            resource.is_void.set(true);
            return None;
        }
        resource.pointer("id");
        if let Some(narrative) = resource.child("text") {
            if narrative.pointer("status").as_deref() != Some("generated") {
                narrative.wrong("status", "only a narrative that repeats the rest (generated) may be there");
            }
            narrative.text("div", 100_000);
        }
        Some(resource)
    }

    pub(super) fn problems(&self) -> &'a Problems {
        self.problems
    }

    fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.place)
    }

    /// Something is wrong with an element of this one.
    pub(super) fn wrong(&self, name: &str, what: &'static str) {
        self.problems.add(&self.at(name), what);
    }

    /// The element as it stands.
    pub(super) fn raw(&self, name: &'static str) -> Option<&'a Value> {
        self.asked.borrow_mut().insert(name);
        self.fields.get(name)
    }

    /// A text that points at something and is not kept.
    pub(super) fn pointer(&self, name: &'static str) -> Option<String> {
        let value = self.raw(name)?;
        let text = value.as_str().filter(|text| !text.is_empty() && text.len() <= 256);
        if text.is_none() {
            self.wrong(name, "a text of at most 256 characters is expected");
        }
        text.map(str::to_owned)
    }

    /// A text of at most so many characters.
    pub(super) fn text(&self, name: &'static str, most: usize) -> Option<String> {
        let value = self.raw(name)?;
        let Some(text) = value.as_str().filter(|text| !text.trim().is_empty()) else {
            self.wrong(name, "a text that is not empty is expected");
            return None;
        };
        let what = if text.chars().count() > most {
            "the text is too long"
        } else if text.chars().any(|letter| letter.is_control() || is_unseen(letter)) {
            "the text holds control characters, or letters that nobody sees"
        } else if holds_personal_number(text) {
            PERSONAL_NUMBER
        } else {
            return Some(text.to_owned());
        };
        self.wrong(name, what);
        None
    }

    /// The same for one that has to be there.
    pub(super) fn needed_text(&self, name: &'static str, most: usize) -> Option<String> {
        if !self.fields.contains_key(name) {
            self.wrong(name, "this element is needed");
        }
        self.text(name, most)
    }

    /// A word of a closed list, which has to be there.
    pub(super) fn word<T>(
        &self,
        name: &'static str,
        read: fn(&str) -> Option<T>,
        what: &'static str,
    ) -> Option<T> {
        let word = self.raw(name).and_then(Value::as_str).and_then(read);
        if word.is_none() {
            self.wrong(name, what);
        }
        word
    }

    /// A decimal number as text, with the digits that it was sent with.
    pub(super) fn decimal(&self, name: &'static str) -> Option<String> {
        self.raw(name)?;
        let text = stated(self.fields, name).and_then(|text| plain_decimal(&text));
        let Some(text) = text.filter(|text| text.len() <= 20) else {
            self.wrong(name, "a number of at most 20 digits is expected");
            return None;
        };
        if holds_personal_number(&text) {
            self.wrong(name, PERSONAL_NUMBER);
        }
        Some(text)
    }

    /// An instant with its zone that has been.
    pub(super) fn instant(&self, name: &'static str, now: UnixMillis) -> Option<UnixMillis> {
        let text = self.raw(name)?.as_str().filter(|text| is_instant(text));
        let read = text.and_then(UnixMillis::parse_rfc3339);
        match read {
            None => self.wrong(name, "an instant with its zone is expected: 2026-11-27T09:30:00+09:00"),
            Some(at) if at.0 > now.0.saturating_add(GRACE_MILLIS) => self.wrong(name, "this lies ahead"),
            Some(at) if at.date_in_japan().civil().year() < 1900 => self.wrong(name, "this is too long ago"),
            Some(at) => return Some(at),
        }
        None
    }

    /// An instant as it was written, which [`Self::instant`] has read.
    pub(super) fn stated(&self, name: &'static str) -> Option<String> {
        self.raw(name)?.as_str().filter(|text| is_instant(text)).map(str::to_owned)
    }

    /// A whole date in Japan, or an instant, that has been.
    pub(super) fn day(
        &self,
        name: &'static str,
        now: UnixMillis,
    ) -> Option<(CalendarDate, Option<UnixMillis>)> {
        let text = self.raw(name).and_then(Value::as_str);
        if text.is_some_and(|text| text.contains('T')) {
            return self.instant(name, now).map(|at| (at.date_in_japan(), Some(at)));
        }
        match text.and_then(whole_date) {
            None => self.wrong(name, "a whole date or an instant with its zone is expected"),
            Some(date) if date > now.date_in_japan() => self.wrong(name, "this lies ahead"),
            Some(date) if date.civil().year() < 1900 => self.wrong(name, "this is too long ago"),
            Some(date) => return Some((date, None)),
        }
        None
    }

    /// The same where only the day is kept. One that is another day in Japan than where it was written is refused, since nobody
    /// could tell which one was meant.
    pub(super) fn day_alone(&self, name: &'static str, now: UnixMillis) -> Option<CalendarDate> {
        let (date, _) = self.day(name, now)?;
        let written = self.raw(name)?.as_str()?.get(..10).and_then(whole_date);
        if written != Some(date) {
            self.wrong(name, "in Japan this is another day than where it was written: send the day");
            return None;
        }
        Some(date)
    }

    /// The object under this name.
    pub(super) fn child(&self, name: &'static str) -> Option<Self> {
        Self::of(self.raw(name)?, &self.at(name), self.problems)
    }

    /// The objects under this name; more than `most` are a problem.
    pub(super) fn children(&self, name: &'static str, most: usize) -> Vec<Self> {
        let Some(value) = self.raw(name) else { return Vec::new() };
        let Some(all) = value.as_array().filter(|all| !all.is_empty()) else {
            self.wrong(name, "a list that is not empty is expected");
            return Vec::new();
        };
        if all.len() > most {
            self.wrong(name, "there are more of these than are taken here");
        }
        let at = |i| format!("{}[{i}]", self.at(name));
        all.iter()
            .take(most)
            .enumerate()
            .filter_map(|(i, one)| Self::of(one, &at(i), self.problems))
            .collect()
    }

    /// The only object of the list under this name.
    pub(super) fn only(&self, name: &'static str) -> Option<Self> {
        self.children(name, 1).pop()
    }

    /// Whether an element is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }
}

impl Drop for Element<'_> {
    fn drop(&mut self) {
        if self.is_void.get() {
            return;
        }
        let asked = self.asked.borrow();
        let shown = self.fields.keys().filter(|name| !name.starts_with(STATED));
        for name in shown.filter(|name| !asked.contains(name.as_str())) {
            let plain = name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let place = if plain { self.at(name) } else { self.place.clone() };
            self.problems.add(&place, UNKNOWN);
        }
    }
}
