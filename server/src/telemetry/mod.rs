//! Where log lines and spans go. Lines go to standard error; spans stand beside them there, and go to a collector when a setting
//! names one.

mod collector;
mod export;

pub use export::TraceExport;

use crate::{log_lines::BoundedLines, output::LogOutput};
use std::io::{self, IsTerminal as _};
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::FilterExt as _, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// The library of the passkeys writes whole answers of strangers as errors; what is wrong with one, we say ourselves.
const LOGGED: &str = "info,sqlx=warn,webauthn_rs=off,webauthn_rs_core=off";

/// The log goes to standard error: lines for people on a terminal, JSON elsewhere. `RUST_LOG` says how much of it. Spans go
/// nowhere else until [`TraceExport::start`].
pub fn start_log() -> (BoundedLines, TraceExport) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    let lines = BoundedLines::default();
    let filter = filter.and(lines.clone());
    let (slot, export) = TraceExport::new();
    let log = tracing_subscriber::registry().with(slot);
    let written = tracing_subscriber::fmt::layer().with_writer(|| LogOutput);
    if io::stderr().is_terminal() {
        log.with(written.with_filter(filter)).init();
    } else {
        log.with(written.json().with_span_list(false).with_filter(filter)).init();
    }
    (lines, export)
}
