//! The access log: who read, refused, froze or changed what, when and why. Never what it said.
//!
//! Each person has a chain of entries, numbered without gaps, each naming the commitment of the one before, so that a
//! removed or altered line shows. Three ways lead into it:
//!
//! - [`LogWriter::append`] for reads: answers when the line is safely stored, and groups the lines that wait together;
//! - [`append_in`] for writes in the record store: the line and the change are one transaction;
//! - the outbox for writes in the vault, carried over by [`relay_outbox`].
//!
//! To log something new: a variant in [`event`] and its words in `app`. The form of stored lines never changes under
//! the name `access-event-v1`, or commitments that exist could not be checked any more.

mod actor;
pub mod announcement;
mod apart;
mod append;
mod canonical;
pub mod chain;
mod entry;
mod erasure;
pub mod event;
pub mod line;
mod relay;
mod repeats;
mod seal;
pub mod tree;
mod unlogged;
pub mod verify;
mod writer;

use actor::ActorKind;

pub use append::append_in;
pub use canonical::canonical;
pub use chain::nobody_chain;
pub use entry::{Commitment, EntrySalt, entry, leaf};
pub use erasure::{LogErasureError, erase_log_lines};
pub use event::{Action, Category, Initiative, LogActor, LogEvent, Purpose, Reason, Stage, WriteEffect};
pub use relay::relay_outbox;
pub use repeats::write_due_repeats;
pub use tree::{log_origin, log_verifiers, prove_lines};
pub use unlogged::{AccountedValue, LineSet, Unlogged};
pub use verify::audit_log;
pub use writer::{LogOutcome, LogResult, LogWriter};

#[cfg(test)]
mod tests;
