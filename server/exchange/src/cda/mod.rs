//! 特定健診 documents: CDA R2 XML as the ministry's schema `hc08_V08` shapes it.

pub mod oid;
pub mod write;
