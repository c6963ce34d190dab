//! `make bench`: measured figures of this machine, printed and written to `target/bench.json`.
//!
//! Quote ratios and medians: absolute times belong to the machine. Pages are measured through every layer of the real
//! router with 50 requests in flight, beside a handler that answers the same bytes from memory behind the same layers.
//! Imports are measured as a whole process, beside reading the same file line by line.

#![expect(clippy::unwrap_used, reason = "a measurement may stop on failure")]

#[path = "../../tests/support/mod.rs"]
mod support;

mod imports;
mod log;
mod pages;
mod sizes;

use serde_json::json;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let pages = runtime.block_on(pages::measure());
    let log = runtime.block_on(log::measure());
    let imports = imports::measure();
    let sizes = sizes::measure();
    let report = json!({ "pages": pages, "log": log, "imports": imports, "sizes": sizes });
    let folder = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let path = std::path::Path::new(&folder).join("bench.json");
    let text = serde_json::to_string_pretty(&report).unwrap();
    std::fs::write(&path, &text).unwrap();
    println!("{text}\n\nwritten to {}", path.display());
}
