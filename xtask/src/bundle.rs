//! The whole bundle, from its sources to `target/site`.

use crate::{
    files::{Sizes, below, one_sheet, short_hash, write},
    wasm::{Profile, bind, compile},
};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Changes when the recipe below does, so that an old bundle is not taken for a current one.
const RECIPE: &str = "1";

/// Builds what has changed and says how large everything is.
pub fn bundle(profile: Profile) -> Result<String> {
    let (root, target) = folders()?;
    let site = target.join("site");
    let compiled = compile(&root, &target, profile)?;
    let start = fs::read_to_string(root.join("app/start.js")).context("app/start.js")?;
    let sheet = one_sheet(&root.join("style"))?;
    let public = below(&root.join("public"))?;

    let named = public.iter().flat_map(|(path, bytes)| [path.as_os_str().as_encoded_bytes(), bytes]);
    let parts = [RECIPE.as_bytes(), &compiled, start.as_bytes(), sheet.as_bytes()].into_iter().chain(named);
    let stamp = short_hash(parts);
    if let Some(manifest) = current(&site, &stamp) {
        return Ok(report(&site, &manifest));
    }

    let mut out = Out { site: &site, sizes: BTreeMap::new() };
    let glue = bind(compiled, &target.join("site-work"))?;
    let wasm = out.hashed("wasm", &glue.wasm)?;
    let file = wasm.rsplit('/').next().unwrap_or(&wasm);
    let js = out.hashed("js", (glue.script + &start.replace("WASM_FILE", file)).as_bytes())?;
    let css = out.hashed("css", sheet.as_bytes())?;
    for (path, bytes) in &public {
        out.plain(path, bytes)?;
    }
    let manifest = json!({ "stamp": stamp, "css": css, "js": js, "wasm": wasm, "files": out.sizes });
    // The manifest comes last: a server that reads it finds everything that it names.
    let fresh = site.join("assets.json.new");
    fs::write(&fresh, serde_json::to_string_pretty(&manifest)?)?;
    fs::rename(fresh, site.join("assets.json"))?;
    sweep(&site, &out.sizes)?;
    Ok(report(&site, &manifest))
}

/// The workspace's folder and its target folder, as cargo sees them.
fn folders() -> Result<(PathBuf, PathBuf)> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(["metadata", "--no-deps", "--format-version", "1"]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let folder = |key: &str| {
        metadata[key].as_str().map(PathBuf::from).with_context(|| format!("cargo gives no {key}"))
    };
    Ok((folder("workspace_root")?, folder("target_directory")?))
}

/// The manifest of the bundle that is there, when it was made from the same sources and nothing of it is missing.
fn current(site: &Path, stamp: &str) -> Option<Value> {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(site.join("assets.json")).ok()?).ok()?;
    let whole = manifest["files"].as_object()?.keys().all(|path| site.join(path).is_file());
    (manifest["stamp"] == stamp && whole).then_some(manifest)
}

/// Where files go, and how large they became.
struct Out<'a> {
    site: &'a Path,
    sizes: BTreeMap<String, Sizes>,
}

impl Out<'_> {
    /// Writes `pkg/app.<hash>.<ending>`; gives its path for a browser.
    fn hashed(&mut self, ending: &str, bytes: &[u8]) -> Result<String> {
        let path = format!("pkg/app.{}.{ending}", short_hash([bytes]));
        self.plain(Path::new(&path), bytes)?;
        Ok(format!("/{path}"))
    }

    fn plain(&mut self, path: &Path, bytes: &[u8]) -> Result<()> {
        let sizes = write(&self.site.join(path), bytes)?;
        self.sizes.insert(path.to_string_lossy().into_owned(), sizes);
        Ok(())
    }
}

/// Removes what earlier bundles left.
fn sweep(site: &Path, kept: &BTreeMap<String, Sizes>) -> Result<()> {
    let endings = ["", ".br", ".gz"];
    let names = kept.keys().flat_map(|path| endings.map(|ending| PathBuf::from(format!("{path}{ending}"))));
    let mut wanted: BTreeSet<PathBuf> = names.collect();
    wanted.insert(PathBuf::from("assets.json"));
    for (path, _) in below(site)? {
        if !wanted.contains(&path) {
            fs::remove_file(site.join(path))?;
        }
    }
    Ok(())
}

fn report(site: &Path, manifest: &Value) -> String {
    let mut lines = vec![format!("{}:", site.display())];
    for (path, sizes) in manifest["files"].as_object().into_iter().flatten() {
        lines.push(format!(
            "  {path}  {} bytes, brotli {}, gzip {}",
            sizes["plain"], sizes["br"], sizes["gz"]
        ));
    }
    lines.join("\n")
}
