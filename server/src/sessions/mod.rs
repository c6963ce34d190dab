//! Sessions of the doors: [`store`] puts tower-sessions on top of the vault, [`current`] is what handlers use.

pub mod current;
mod failed;
mod people;
pub mod store;
pub mod stranger;
#[cfg(test)]
mod tests;

pub use current::{CurrentSession, NextCookie};
pub use failed::{broken, unsaved};
pub use people::{CitizenLookup, StaffLookup};
pub use store::VaultSessions;
pub use stranger::NotSignedIn;
