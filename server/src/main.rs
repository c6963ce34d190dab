//! `techo`: one program for the server and everything around it.

use clap::Parser as _;
use std::{
    io::{self, Write as _},
    process::ExitCode,
};
use techo::{
    commands::{Cli, run},
    telemetry::start_log,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let (lines, mut export) = start_log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            runtime.spawn(lines.tell());
            let ended = runtime.block_on(run(cli, &mut export));
            // Work that was given up may still sit on a thread; nobody waits for it.
            runtime.shutdown_background();
            export.finish();
            ended
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "techo: 実行環境を用意できません: {error}");
            ExitCode::from(2)
        }
    }
}
