//! `techo`: one program for the server and everything around it.

use clap::Parser as _;
use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};
use techo::{
    commands::{Cli, run},
    log_lines::BoundedLines,
    output::LogOutput,
};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let lines = start_log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            runtime.spawn(lines.tell());
            let ended = runtime.block_on(run(cli));
            // Work that was given up may still sit on a thread; nobody waits for it.
            runtime.shutdown_background();
            ended
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "techo: 実行環境を用意できません: {error}");
            ExitCode::from(2)
        }
    }
}

/// The library of the passkeys writes whole answers of strangers as errors; what is wrong with one, we say ourselves.
const LOGGED: &str = "info,sqlx=warn,webauthn_rs=off,webauthn_rs_core=off";

/// The log goes to standard error: lines for people on a terminal, JSON elsewhere. `RUST_LOG` says how much of it.
fn start_log() -> BoundedLines {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    let lines = BoundedLines::default();
    let log = tracing_subscriber::registry().with(filter).with(lines.clone());
    let written = tracing_subscriber::fmt::layer().with_writer(|| LogOutput);
    if io::stderr().is_terminal() {
        log.with(written).init();
    } else {
        log.with(written.json()).init();
    }
    lines
}
