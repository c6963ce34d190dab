//! What is kept: keys and what they seal, the codes under which people are known, and how all of it is carried over to new keys.
//!
//! Everything here is told the time and given its randomness by [`environment`]; everything that touches a database goes
//! through `techo-store`. To keep something sealed: a layout of its own beside [`resident_record`], and what rotation does with it in [`rotate`].

pub mod card_record;
pub mod codes;
pub mod coverage_record;
pub mod demographics;
pub mod emergency_text;
pub mod environment;
pub mod error;
pub mod keys;
pub mod page_watch;
pub mod parking;
pub mod refusal;
pub mod resident_record;
pub mod rotate;
pub mod seal;
pub mod stored;
pub mod use_case;
pub mod waiting_content;

pub use error::{Failure, Internal, LogUnavailable, Result};
pub use refusal::{Refusal, RefusalReason};

use environment::Environment;
use keys::KeyRing;
use techo_store::Stores;

/// What every promise needs: both databases, the keys, the clock and the randomness.
#[derive(Clone, Debug)]
pub struct Custody {
    /// Both databases.
    pub stores: Stores,
    /// The keys.
    pub keys: KeyRing,
    /// Time and randomness.
    pub environment: Environment,
}
