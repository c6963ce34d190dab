//! What `make bench` measures. Each step prints one JSON object; `report` puts those that `scripts/bench` kept together,
//! holds them against the aims and writes `target/bench.json`.
//!
//! Quote ratios and medians: absolute times belong to the machine. Pages are measured through every layer of the real
//! router with 50 requests in flight, beside a handler that answers the same bytes from memory behind the same layers.
//! Imports are measured as a whole process, beside reading the same file line by line.
//!
//! To add a step: a file here and an arm in [`main`] (or any other program that prints a JSON object), a line in
//! `scripts/bench`, and what it should reach in `aims.rs`.

#![expect(clippy::unwrap_used, reason = "a measurement may stop on failure")]

#[path = "../../tests/techo/fixtures/mod.rs"]
#[expect(dead_code, reason = "a measurement needs a part of what the tests of the process stand on")]
mod fixtures;

mod aims;
mod hidden;
mod imports;
mod log;
mod pages;
mod sizes;

fn main() {
    let step = std::env::args().nth(1).unwrap_or_default();
    let figures = match step.as_str() {
        "pages" => runtime().block_on(pages::measure()),
        "hidden" => runtime().block_on(hidden::measure()),
        "log" => runtime().block_on(log::measure()),
        "imports" => imports::measure(),
        "sizes" => sizes::measure(),
        "report" => return aims::report(),
        other => panic!("no step {other}: pages, hidden, log, imports, sizes or report"),
    };
    println!("{}", serde_json::to_string_pretty(&figures).unwrap());
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

/// Cargo's target folder.
fn target() -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()).into()
}
