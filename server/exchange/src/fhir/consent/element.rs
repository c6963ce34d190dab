//! Strict reading: every element is taken by name, and what is left over at the end is refused by name.

use super::problem::{ConsentFault, ConsentProblem, Read, problem};
use serde_json::{Map, Value};

/// Something, and where it stands.
pub(super) struct Found<'a> {
    pub(super) value: &'a Value,
    pub(super) place: String,
}

impl<'a> Found<'a> {
    pub(super) fn is(&self, fault: ConsentFault) -> ConsentProblem {
        problem(self.place.as_str(), fault)
    }

    pub(super) fn text(&self) -> Read<&'a str> {
        self.value.as_str().filter(|text| !text.is_empty()).ok_or_else(|| self.is(ConsentFault::Shape))
    }

    /// A word of a closed set.
    pub(super) fn word<T>(&self, known: impl FnOnce(&str) -> Option<T>) -> Read<T> {
        known(self.text()?).ok_or_else(|| self.is(ConsentFault::Unknown))
    }

    pub(super) fn element(&self) -> Read<Element<'a>> {
        let object = self.value.as_object().ok_or_else(|| self.is(ConsentFault::Shape))?;
        Ok(Element { place: self.place.clone(), all: object, taken: Vec::new() })
    }

    /// The items of a list, which FHIR never leaves empty.
    pub(super) fn items(&self) -> Read<Vec<Found<'a>>> {
        let list = self
            .value
            .as_array()
            .filter(|list| !list.is_empty())
            .ok_or_else(|| self.is(ConsentFault::Shape))?;
        let item = |(index, value)| Found { value, place: format!("{}[{index}]", self.place) };
        Ok(list.iter().enumerate().map(item).collect())
    }

    /// The one item of a list. A second one is named.
    pub(super) fn only(&self) -> Read<Found<'a>> {
        let mut items = self.items()?;
        match items.get(1) {
            Some(second) => Err(second.is(ConsentFault::NotSupported)),
            None => Ok(items.remove(0)),
        }
    }

    /// Where there is nothing to choose.
    pub(super) fn exactly(&self, value: &Value, or_else: ConsentFault) -> Read<()> {
        if self.value == value { Ok(()) } else { Err(self.is(or_else)) }
    }
}

/// One object.
pub(super) struct Element<'a> {
    place: String,
    all: &'a Map<String, Value>,
    taken: Vec<&'static str>,
}

impl<'a> Element<'a> {
    pub(super) fn place(&self, name: &str) -> String {
        format!("{}.{name}", self.place)
    }

    pub(super) fn take(&mut self, name: &'static str) -> Option<Found<'a>> {
        self.taken.push(name);
        self.all.get(name).map(|value| Found { value, place: self.place(name) })
    }

    pub(super) fn need(&mut self, name: &'static str) -> Read<Found<'a>> {
        self.take(name).ok_or_else(|| problem(self.place(name), ConsentFault::Missing))
    }

    /// Ends the reading. A name that could be anything is not repeated.
    pub(super) fn end(self) -> Read<()> {
        match self.all.keys().find(|name| !self.taken.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let plain = name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                let place = if plain { self.place(name) } else { self.place };
                Err(problem(place, ConsentFault::NotSupported))
            }
        }
    }
}
