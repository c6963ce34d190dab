//! The promises of Techo: who may see what, codes, sealing, imports, the access log.
//!
//! Everything here is told the time and given its randomness by [`world`]; everything that touches a database goes
//! through `techo-store`.

pub mod portal;
pub mod world;
