//! `techo`: one program for the server and everything around it.

use clap::Parser as _;
use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};
use techo::{
    commands::{Cli, run},
    output::LogOutput,
};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => {
            let _ = writeln!(io::stderr(), "techo: 実行環境を用意できません: {error}");
            ExitCode::from(2)
        }
    }
}

/// The log goes to standard error: lines for people on a terminal, JSON elsewhere. `RUST_LOG` says how much of it.
fn start_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| LogOutput);
    if io::stderr().is_terminal() {
        log.init();
    } else {
        log.json().init();
    }
}
