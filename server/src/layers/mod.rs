//! Middleware of the portal, outermost first: reference, headers, errors, limits, origin, language.
//!
//! Each file is one promise of `docs/SECURITY.md`; the order is fixed in [`crate::portal::router`].

pub mod caller;
pub mod headers;
pub mod language;
pub mod origin;
pub mod problem;
pub mod rate;
pub mod reference;
pub mod strict_json;
