//! Bodies that come to the door for systems: read strictly, refused with their place.

use crate::json::{JsonBounds, read_strict_json};
use serde_json::Value;

/// Longest body; the door has the same bound.
const BODY: JsonBounds = JsonBounds::of_bytes(1024 * 1024);

/// What is wrong with a request, with its place as FHIRPath. Never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct RequestProblem {
    /// Where.
    pub place: String,
    /// What, in English for whoever builds the system.
    pub what: &'static str,
}

/// Reads the body of a request to the door for systems, which is to be a resource of this type.
///
/// # Errors
/// No JSON, a name twice in one object, or nested without end, with its place.
pub fn strict_json(bytes: &[u8], root: &str) -> Result<Value, RequestProblem> {
    read_strict_json(bytes, BODY)
        .map_err(|problem| RequestProblem { place: problem.place_below(root), what: problem.fault.as_str() })
}
