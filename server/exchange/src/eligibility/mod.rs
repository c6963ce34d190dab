//! Eligibility on the wire: the FHIR request (`CoverageEligibilityRequest`), and the answer as FHIR and in the shape of the
//! official XML (`OQSsiquc01res`).
//!
//! To add an element: in `request` its name goes into the list of what is known; in `fhir` and `xml` beside its neighbours.
//! `docs/FORMATS.md` says which words are whose.

pub mod fhir;
pub mod request;
pub mod xml;

#[cfg(test)]
mod tests;
