//! A person's choices as one FHIR R4 `Consent`, and back: our profile of IHE PCF 1.1.1, which `docs/FORMATS.md` describes.
//!
//! The root provision denies. Each rule is one provision in it; a deny that names both categories and labels is two with
//! the same rule id, because the elements of a provision narrow each other in R4 and our deny means either. What R4 has no
//! element for (the switches, and that a deny beats a permit) changes what the provisions mean, so it stands in a
//! `modifierExtension`, which nobody may read past. Whatever cannot be expressed is refused with its place, in both
//! directions: a choice that was dropped on the way would be a choice that nobody made.
//!
//! To add a choice: its part in [`terms`] or [`settings`], a paragraph in `docs/FORMATS.md`; the property test shows whether
//! it survives.

mod actor;
mod element;
mod frame;
mod json;
mod period;
mod problem;
mod provision;
mod read;
mod settings;
mod terms;
mod write;

#[cfg(test)]
mod tests;

pub use json::LONGEST;
pub use problem::{ConsentFault, ConsentProblem};
pub use read::read;
pub use write::{StatedVersion, write};
