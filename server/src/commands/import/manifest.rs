//! `--manifest`: registers the organisations that a manifest names, and lists its files in order.

use super::{CommandError, Job, sender, shown};
use crate::named_files::read_text;
use serde::Deserialize;
use std::path::Path;
use techo_custody::Custody;
use techo_exchange::json::{JsonBounds, read_strict_json};
use techo_intake::{ImportKind, repeat_overtaken};
use techo_model::organisation::Organisation;
use techo_store::StoreError;

/// Longest manifest: some ten thousand files.
const LONGEST_BYTES: u64 = 4 * 1024 * 1024;
const LONGEST: JsonBounds = JsonBounds::of_bytes(4 * 1024 * 1024);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    organisations: Vec<Organisation>,
    files: Vec<ManifestFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    kind: String,
    #[serde(rename = "as")]
    sender: String,
    path: String,
}

pub(super) async fn jobs(custody: &Custody, path: &Path) -> Result<Vec<Job>, CommandError> {
    let wrong = |what: String| CommandError::Other(format!("一覧 {}: {what}", shown(path)));
    let text = read_text(path, LONGEST_BYTES).map_err(|fault| wrong(fault.to_string()))?;
    let manifest: Manifest =
        read_strict_json(text.as_bytes(), LONGEST).map_err(|problem| wrong(problem.japanese()))?;
    register(custody, &manifest.organisations).await?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut jobs = Vec::with_capacity(manifest.files.len());
    for file in manifest.files {
        let kind = ImportKind::parse(&file.kind)
            .ok_or_else(|| wrong(format!("「{}」という種類はありません", file.kind)))?;
        let sender = sender(custody, &file.sender, kind).await?;
        jobs.push(Job { kind, path: folder.join(file.path), sender });
    }
    Ok(jobs)
}

async fn register(custody: &Custody, organisations: &[Organisation]) -> Result<(), CommandError> {
    for organisation in organisations {
        organisation
            .check()
            .map_err(|error| CommandError::Other(format!("組織 {} の{error}", organisation.id)))?;
        crate::commands::org::check_name(&organisation.name)?;
    }
    Ok(repeat_overtaken(async || Ok(put(custody, organisations).await?)).await?)
}

async fn put(custody: &Custody, organisations: &[Organisation]) -> Result<(), StoreError> {
    let vault = &custody.stores.vault;
    let mut tx = vault.begin().await?;
    for organisation in organisations {
        vault.put_organisation(&mut tx, organisation, custody.environment.now()).await?;
    }
    tx.commit().await
}
