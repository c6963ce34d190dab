//! Systems of organisations: how one proves who it is, on whose behalf and why it asks, and what it may ask for.
//!
//! ```text
//! client assertion (JWT) ─ assertion::verify ─▶ claims   signed by a registered key, for this door, for the first time?
//!                        ─ TokenContext       ─▶ who sits there, and why: no purpose, no token
//!                        ─ GrantedScopes      ─▶ what the class of the organisation may ask for
//! access token           ─ 32 random bytes, five minutes, kept as its SHA-256
//! ```
//!
//! Sources: RFC 7523, RFC 7515 to 7518, SMART Backend Services (SMART App Launch 2), HL7 UDAP Security 1.0 (`hl7-b2b`).
//!
//! To add an algorithm: a variant of [`Algorithm`] and its arm in `jwk`. To let a class of organisations do more: its line
//! in `scope`.

mod assertion;
mod context;
mod jwk;
mod scope;
mod token;

#[cfg(feature = "fuzzing")]
pub use assertion::read_assertion;
pub use assertion::{AssertionRefusal, ClaimedSender, LONGEST_LIFE};
pub use context::TokenContext;
pub use jwk::{Algorithm, KeyFault, PublicKey, PublicKeys, SigningKey};
pub use scope::GrantedScopes;
pub use token::{
    AccessToken, AuthenticatedSystem, TOKEN_LIFE, TokenKey, TokenRefusal, authenticate_client,
    issue_access_token, purge_systems,
};

#[cfg(test)]
mod tests;
