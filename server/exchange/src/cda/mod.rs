//! 特定健診 documents: CDA R2 XML as the ministry's schema `hc08_V08` shapes it.

pub mod oid;
mod read;
pub mod write;

pub use read::{DocumentFault, DocumentLimits, DocumentProblem, looks_like_xml, read, read_on};

/// Namespace of all elements of a document.
const NAMESPACE: &str = "urn:hl7-org:v3";
