//! Activation letters of a municipality: who gets one, its code, and what happens when the code is typed.
//!
//! A code is 16 characters of Crockford's base32. The first half finds the letter, the second proves it; both are kept
//! as keyed hashes. Ten tries, thirty days, and a newer letter to the same person retires the older one.

mod code;
mod events;
mod issue;
mod open;

pub(crate) use open::open_letter;

pub use code::ActivationCode;
pub use events::{EventLetter, EventLetterRun, LetterEvent};
pub use issue::{AddresseeSelection, LetterDelivery, LetterRun, LetterUse, PrintedLetter};
pub use open::OpenedLetter;

use std::time::Duration;
use techo_custody::keys::set::{KeySet, LookupPurpose};

/// How long the code of a letter works.
pub const LETTER_LIFE: Duration = Duration::from_hours(30 * 24);

fn selector_lookup(keys: &KeySet, code: &ActivationCode) -> [u8; 32] {
    keys.lookup(LookupPurpose::Letter, &[b"selector", code.selector()])
}

/// The selector is hashed along, so that a secret proves its own letter only.
fn secret_lookup(keys: &KeySet, code: &ActivationCode) -> [u8; 32] {
    keys.lookup(LookupPurpose::Letter, &[b"secret", code.selector(), code.secret()])
}
