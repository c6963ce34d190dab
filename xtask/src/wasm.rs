//! The islands as wasm, and the script that wasm-bindgen makes for it.

use anyhow::{Context as _, Result, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// How the wasm is compiled.
#[derive(Clone, Copy, Debug)]
pub enum Profile {
    /// Quickly.
    Dev,
    /// As small as it gets.
    Release,
}

impl Profile {
    /// Name for cargo, and of its folder in the target folder.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Dev => ("dev", "debug"),
            Self::Release => ("wasm-release", "wasm-release"),
        }
    }
}

/// The files for the browser.
pub struct Glue {
    /// The module that wasm-bindgen wrote.
    pub script: String,
    /// The wasm that it loads.
    pub wasm: Vec<u8>,
}

/// Compiles `techo-app` for browsers; the bytes as the compiler wrote them.
pub fn compile(root: &Path, target: &Path, profile: Profile) -> Result<Vec<u8>> {
    let (name, folder) = profile.names();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["build", "--quiet", "--package", "techo-app", "--lib", "--no-default-features"])
        .args(["--features", "hydrate", "--target", "wasm32-unknown-unknown", "--profile", name])
        .arg("--target-dir")
        .arg(target)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", without_paths(root));
    let status = command.status().context("cargo does not start")?;
    ensure!(
        status.success(),
        "the islands do not compile (is the target there? rustup target add wasm32-unknown-unknown)"
    );
    let path = target.join("wasm32-unknown-unknown").join(folder).join("techo_app.wasm");
    fs::read(&path).with_context(|| format!("{} is missing", path.display()))
}

/// Leaves the folders of this machine out of the wasm, so that every machine makes the same bytes.
fn without_paths(root: &Path) -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let sources =
        home.map(|home| format!("--remap-path-prefix={}=/cargo ", home.display())).unwrap_or_default();
    format!("{sources}--remap-path-prefix={}=/techo", root.display())
}

/// Runs wasm-bindgen over compiled wasm. Its version is the one in `Cargo.lock`, so it always fits.
pub fn bind(compiled: Vec<u8>, work: &Path) -> Result<Glue> {
    fs::create_dir_all(work)?;
    let input = work.join("input.wasm");
    fs::write(&input, compiled)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(&input)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(work)?;
    Ok(Glue { script: fs::read_to_string(work.join("app.js"))?, wasm: fs::read(work.join("app_bg.wasm"))? })
}
