//! One walk over a text that keeps nothing but the way to where it stands.

use super::{JsonFault, JsonProblem};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::{cell::RefCell, collections::HashSet, fmt};

/// Longest name that is repeated in a place.
const LONGEST_NAME: usize = 40;

pub(super) fn walk(bytes: &[u8], depth: usize) -> Result<(), JsonProblem> {
    let trail = RefCell::new(Trail { steps: Vec::new(), depth, fault: None });
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let walked = AnyValue(&trail).deserialize(&mut text).and_then(|()| text.end());
    walked.map_err(|error| {
        let (place, fault) = trail.into_inner().fault.unwrap_or((String::new(), JsonFault::NotJson));
        JsonProblem { place, line: error.line(), column: error.column(), fault }
    })
}

enum Step {
    Name(String),
    Item(usize),
}

struct Trail {
    steps: Vec<Step>,
    depth: usize,
    fault: Option<(String, JsonFault)>,
}

impl Trail {
    fn refuse<E: Error>(&mut self, fault: JsonFault) -> E {
        self.fault = Some((self.place(), fault));
        E::custom(fault.as_str())
    }

    fn place(&self) -> String {
        let mut place = String::new();
        for step in &self.steps {
            match step {
                Step::Item(at) => place.push_str(&format!("[{at}]")),
                Step::Name(name) => {
                    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
                    let plain = !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(is_plain);
                    place.push_str(if place.is_empty() { "" } else { "." });
                    place.push_str(if plain { name } else { "*" });
                }
            }
        }
        place
    }

    fn enter<E: Error>(&mut self, step: Step) -> Result<(), E> {
        self.steps.push(step);
        if self.steps.len() > self.depth { Err(self.refuse(JsonFault::TooDeep)) } else { Ok(()) }
    }
}

#[derive(Clone, Copy)]
struct AnyValue<'t>(&'t RefCell<Trail>);

impl<'de> DeserializeSeed<'de> for AnyValue<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text.contains('\0') { Err(self.0.borrow_mut().refuse(JsonFault::Nul)) } else { Ok(()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for at in 0.. {
            self.0.borrow_mut().enter(Step::Item(at))?;
            let item = items.next_element_seed(self)?;
            self.0.borrow_mut().steps.pop();
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            self.0.borrow_mut().enter(Step::Name(name.clone()))?;
            self.visit_str(&name)?;
            if !names.insert(name) {
                return Err(self.0.borrow_mut().refuse(JsonFault::NameTwice));
            }
            members.next_value_seed(self)?;
            self.0.borrow_mut().steps.pop();
        }
        Ok(())
    }
}
