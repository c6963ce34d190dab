//! What lines say about other lines.

use crate::log::{Action, erasure::THROUGH, tree::sequencer::LEAVES};
use serde_json::Value;

/// What a line says about other lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing.
    Nothing,
    /// Everything of its chain up to and with this number was erased.
    Erased(i64),
    /// Lines are sealed from here on; so many leaves were there before.
    SealsBegin(u64),
}

impl Said {
    /// Reads a body; none when it should say a number and does not.
    pub(super) fn read(action: &str, body: &str) -> Option<Self> {
        let number = |name: &str| {
            let body: Value = serde_json::from_str(body).ok()?;
            body["detail"][name].as_i64()
        };
        if action == Action::Erase.as_str() {
            return number(THROUGH).map(Self::Erased);
        }
        if action == Action::SealsBegin.as_str() {
            return number(LEAVES).and_then(|leaves| u64::try_from(leaves).ok()).map(Self::SealsBegin);
        }
        Some(Self::Nothing)
    }
}
