//! Who somebody is: letters, cards, passkeys, sessions and staff, and the proofs that somebody is there now and may see something.

pub mod access;
pub mod enrol;
pub mod legal_age;
pub mod letters;
pub mod ownership;
pub mod passkey;
mod refusal;
pub mod session;
pub mod staff;
