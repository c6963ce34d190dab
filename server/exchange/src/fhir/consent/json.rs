//! The JSON of a `Consent`, read by the one strict reader.

use super::problem::{ConsentFault, Read, problem};
use crate::json::{JsonBounds, JsonFault, read_strict_json};
use serde_json::Value;

/// Largest file, in bytes: room for as many rules as one person can have, each of the longest kind.
pub const LONGEST: usize = 1024 * 1024;

/// Reads a whole text. What is no JSON is told by its line, everything else by its place.
pub(super) fn parse(bytes: &[u8]) -> Read<Value> {
    read_strict_json(bytes, JsonBounds::of_bytes(LONGEST)).map_err(|wrong| match wrong.fault {
        JsonFault::NameTwice => problem(wrong.place_below("Consent"), ConsentFault::Twice),
        JsonFault::TooLarge => problem("Consent", ConsentFault::TooLarge),
        JsonFault::TooDeep | JsonFault::NotJson | JsonFault::Nul | JsonFault::OtherForm => {
            problem(format!("line {}", wrong.line), ConsentFault::NoJson)
        }
    })
}
