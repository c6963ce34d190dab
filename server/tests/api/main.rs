//! The door for systems, asked as systems ask: real databases, real signatures, every layer.

#[path = "../support/mod.rs"]
mod support;

mod away;
mod batch;
mod beside;
mod bounds;
mod care;
mod checkups;
mod codes;
mod conditions;
mod documents;
mod door;
mod doses;
mod eligibility;
mod emergency;
mod hidden;
mod json;
mod lock;
mod log_down;
mod opt_out;
mod profile;
mod protected;
mod records;
mod replay;
mod sending;
mod share_codes;
mod spoilt;
mod strangers;
mod tokens;
mod trial;
mod two_stores;
mod unmoved;
mod valid;
