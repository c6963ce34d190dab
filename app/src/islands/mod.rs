//! The parts that run in browsers. Each is one leaf, gets everything it needs as properties, and finished sentences.
//!
//! To add one: a file here with its `#[island]`, and its first state drawn by the server like any other part. The
//! buttons stay disabled until the wasm is there, so nothing that is pressed gets lost.

mod card_reader;
mod keep_code;
mod passkey_button;
mod session_warning;
mod share_watch;
mod texts;

pub use {
    card_reader::{CardReader, CardTexts, CardTransport, CodeField},
    keep_code::KeepCode,
    passkey_button::{PasskeyButton, PasskeyTexts},
    session_warning::{SessionLengths, SessionTexts, SessionWarning},
    share_watch::ShareWatch,
    texts::FailureTexts,
};

pub use crate::browser::PasskeyCeremony;
