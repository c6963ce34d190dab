//! `--manifest`: registers the organisations that a manifest names, and lists its files in order.

use super::{CommandError, Job, sender};
use serde::Deserialize;
use std::path::Path;
use techo_domain::{
    Domain,
    import::{Kind, Mode},
};
use techo_exchange::json::{JsonBounds, read_strict_json};
use techo_model::organisation::Organisation;

/// Longest manifest: some ten thousand files.
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

pub(super) async fn jobs(domain: &Domain, path: &Path, mode: Mode) -> Result<Vec<Job>, CommandError> {
    let wrong = |what: String| CommandError::Other(format!("一覧 {}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("読めません: {error}")))?;
    let manifest: Manifest =
        read_strict_json(text.as_bytes(), LONGEST).map_err(|problem| wrong(problem.japanese()))?;
    if mode == Mode::Real {
        register(domain, &manifest.organisations).await?;
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut jobs = Vec::with_capacity(manifest.files.len());
    for file in manifest.files {
        let kind = Kind::from_name(&file.kind)
            .ok_or_else(|| wrong(format!("「{}」という種類はありません", file.kind)))?;
        let declared = manifest.organisations.iter().find(|organisation| organisation.id == file.sender);
        let sender = match (mode, declared) {
            (Mode::DryRun, Some(declared)) if kind.may_come_from(declared.kind) => declared.clone(),
            _ => sender(domain, &file.sender, kind).await?,
        };
        jobs.push(Job { kind, path: folder.join(file.path), sender });
    }
    Ok(jobs)
}

async fn register(domain: &Domain, organisations: &[Organisation]) -> Result<(), CommandError> {
    let mut tx = domain.stores.vault.begin().await?;
    for organisation in organisations {
        organisation
            .check()
            .map_err(|error| CommandError::Other(format!("組織 {} の{error}", organisation.id)))?;
        domain.stores.vault.put_organisation(&mut tx, organisation, domain.world.now()).await?;
    }
    Ok(tx.commit().await?)
}
