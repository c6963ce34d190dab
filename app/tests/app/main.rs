//! What the pages and their texts promise, in both languages.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod html;
mod pages;
mod samples;
mod texts;
