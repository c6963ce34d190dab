//! The nouns of Techo: ids, dates, official numbers, records. Pure types without I/O.
//!
//! To add a noun: one file, one type with its parser and its `Display`, tests below it, and a line here.

pub mod account;
pub mod answer;
pub mod card;
pub mod checkup;
pub mod consent;
pub mod coverage;
pub mod date;
pub mod eligibility;
pub mod emergency;
pub mod free_text;
pub mod ids;
pub mod instant;
pub mod laboratory;
pub mod lang;
pub mod notice;
pub mod number;
pub mod organisation;
pub mod paging;
pub mod record;
pub mod resident;
pub mod staff;
pub mod text;
pub mod treatment;
pub mod vaccination;
pub mod vaccine;
pub mod words;

pub use date::CalendarDate;
pub use ids::*;
pub use instant::UnixMillis;
pub use lang::Lang;
