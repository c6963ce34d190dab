//! The engine against a table, against its own algebra, and against a second model that was written from the prose.

mod algebra;
mod cases;
mod fhir;
mod naive;
mod sentences;
mod table;
