//! The promises of Techo: who may see what, codes, sealing, imports, the access log.
//!
//! Everything here is told the time and given its randomness by [`world`]; everything that touches a database goes
//! through `techo-store`.

pub mod access;
pub mod card;
pub mod clinic;
pub mod codes;
pub mod consent;
mod coverage_record;
pub mod demographics;
pub mod disclosure;
pub mod emergency;
pub mod enrol;
pub mod error;
pub mod holdings;
pub mod import;
pub mod keys;
pub mod letters;
pub mod log;
pub mod notices;
pub mod outbox;
mod parking;
pub mod passkey;
pub mod portal;
pub mod reports;
mod resident_record;
pub mod rotate;
pub mod seal;
pub mod session;
pub mod staff;
pub mod systems;
pub mod world;

pub use error::{Failure, Internal, Result};

use keys::KeyRing;
use techo_store::Stores;
use world::World;

/// What every promise needs: both databases, the keys, the clock and the randomness.
#[derive(Clone, Debug)]
pub struct Domain {
    /// Both databases.
    pub stores: Stores,
    /// The keys.
    pub keys: KeyRing,
    /// Time and randomness.
    pub world: World,
}
