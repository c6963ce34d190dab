//! `techo`: one program for the server and everything around it.

use clap::Parser as _;
use std::process::ExitCode;
use techo::commands::{Cli, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => {
            eprintln!("techo: 実行環境を用意できません: {error}");
            ExitCode::from(2)
        }
    }
}
