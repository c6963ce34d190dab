//! What people wrote about an emergency, sealed: it may hold names.

use crate::{Custody, Result, keys::KeyRing, seal::SealLocation};
use techo_model::EventId;

/// The clinician's reason.
pub const REASON: &str = "reason_sealed";
/// The person's answer.
pub const REPLY: &str = "reply_sealed";
/// The reviewer's remark to the person.
pub const REMARK: &str = "remark_sealed";

fn place<'a>(id: &'a EventId, column: &'static str) -> SealLocation<'a> {
    SealLocation { table: "emergency", column, row: id.0.as_bytes() }
}

/// Seals a text of an emergency.
pub fn seal(custody: &Custody, id: EventId, column: &'static str, text: &str) -> Vec<u8> {
    custody.keys.seal(&custody.environment, place(&id, column), text.as_bytes())
}

/// Opens a text of an emergency.
pub fn open(keys: &KeyRing, id: EventId, column: &'static str, sealed: &[u8]) -> Result<String> {
    Ok(keys.open_text(place(&id, column), sealed)?)
}
