//! The account: its settings, passkeys and sessions, and showing once more who one is.

mod passkeys;
mod remove_passkey;
mod settings;
mod verify;

pub use passkeys::passkeys;
pub use remove_passkey::remove_passkey;
pub use settings::settings;
pub use verify::{add_passkey, verify};
