//! Middleware of every door. Each file is one promise of `docs/SECURITY.md`; the order is fixed in [`stack`].

pub mod changes;
pub mod counting;
pub mod csp_report;
pub mod headers;
pub mod language;
pub mod origin;
pub mod places;
pub mod rate;
pub mod receive;
pub mod reference;
pub mod request_head;
pub mod request_span;
pub mod shared;
pub mod stack;
pub mod turn_away;
