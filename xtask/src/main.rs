//! Builds what browsers load: `cargo xtask bundle [--release]`.
//!
//! The folder `site` in the target folder then holds `pkg/` (style sheet, script and wasm, each with the hash of its
//! contents in its name), the files of `public/`, both also compressed as `.br` and `.gz`, and `assets.json`, which
//! names them for the server. To add a static file: put it into `public/`. To add a style: a file in `style/`.

mod bundle;
mod files;
mod licences;
mod wasm;

use std::{fmt::Display, process::ExitCode};

const USAGE: &str = "usage: cargo xtask bundle [--release]

  bundle            builds the wasm quickly, without optimisation
  bundle --release  builds it as small as it gets
  licences          checks the licence of every crate against deny.toml";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let profile = match arguments.as_slice() {
        ["licences"] => return finish(licences::check()),
        ["bundle"] => wasm::Profile::Dev,
        ["bundle", "--release"] => wasm::Profile::Release,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    finish(bundle::bundle(profile).map_err(|error| format!("bundle: {error:#}")))
}

fn finish(done: Result<impl Display, impl Display>) -> ExitCode {
    match done {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
