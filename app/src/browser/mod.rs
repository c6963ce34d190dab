//! What the islands ask of the browser: requests, passkeys, its address bar and its clock.
//!
//! Compiled on the server too, because the islands' handlers name it there; it is never called there.

mod bytes;
mod http;
mod objects;
mod page;
mod webauthn;

pub(crate) use http::{Failure, post};
pub(crate) use objects::{object, text_at};
pub(crate) use page::{
    DialogState, focus, go_to, hide_page, keep_code_in_form, now, share_deadline, shared_deadline,
    show_dialog, take_code, typed,
};
pub use webauthn::PasskeyCeremony;
pub(crate) use webauthn::{CeremonyError, run as run_ceremony};
