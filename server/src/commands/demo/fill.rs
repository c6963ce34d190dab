//! Fills the demo: files, keys, imports, letters, cards. A marker is written last; without it everything is made anew.

use super::cards;
use crate::{
    commands::{CommandError, folders, import, lock, opening},
    config::ProcessSettings,
};
use serde::{Deserialize, Serialize};
use std::{fs, io, path::Path, time::Instant};
use techo_custody::{environment::Environment, keys::file};

/// What the demo in a folder was made of.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Marker {
    residents: u32,
    seed: u64,
    program: String,
}

const MARKER: &str = "demo.json";
/// What a demo consists of; nothing else in the folder is ever touched.
const PARTS: [&str; 11] = [
    "identity.db",
    "identity.db-wal",
    "identity.db-shm",
    "records.db",
    "records.db-wal",
    "records.db-shm",
    "keys.json",
    "files",
    "cards",
    "holders.json",
    "systems",
];

/// Makes the demo unless the folder holds the same one already.
pub(super) async fn fill(
    settings: &ProcessSettings,
    environment: &Environment,
    options: &techo_synth::SynthOptions,
) -> Result<(), CommandError> {
    let folder = &settings.data_dir;
    let wanted = Marker {
        residents: options.residents,
        seed: options.seed,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    if read_marker(folder).is_some_and(|marker| marker == wanted) {
        return Ok(());
    }
    let began = Instant::now();
    say!("架空の住民{}人の記録を作っています…", options.residents);
    clear(folder).map_err(|error| on_disk(folder, &error))?;
    folders::make_private(folder).map_err(|error| on_disk(folder, &error))?;
    file::init(&settings.keys, environment)?;
    let files = folder.join("files");
    techo_synth::write(&files, options)
        .map_err(|error| CommandError::Other(format!("{}: {error}", files.display())))?;
    let lock = lock::shared(settings)?;
    let custody = opening::open(settings, environment.clone(), &lock).await?;
    let jobs = import::manifest_jobs(&custody, &files.join("manifest.json")).await?;
    let (reports, ended) = import::import_all(&custody, &jobs).await;
    ended?;
    let count: u64 = reports.iter().map(|report| report.counts.read).sum();
    say!("{}個のファイルから{count}件を取り込みました。", reports.len());
    cards::make(&custody, settings).await?;
    custody.stores.vault.db().close().await;
    custody.stores.records.db().close().await;
    let text = serde_json::to_string(&wanted).expect("numbers and text always serialise");
    fs::write(folder.join(MARKER), text).map_err(|error| on_disk(folder, &error))?;
    say!("準備ができました（{}秒）。", began.elapsed().as_secs());
    Ok(())
}

fn read_marker(folder: &Path) -> Option<Marker> {
    serde_json::from_str(&fs::read_to_string(folder.join(MARKER)).ok()?).ok()
}

fn clear(folder: &Path) -> io::Result<()> {
    for part in [MARKER].iter().chain(&PARTS) {
        let path = folder.join(part);
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match gone {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn on_disk(folder: &Path, error: &io::Error) -> CommandError {
    CommandError::Other(format!("フォルダー {} に書けません: {error}", folder.display()))
}
