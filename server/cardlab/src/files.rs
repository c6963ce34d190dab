//! Files that are whole at every instant: written under another name, flushed, renamed.

use crate::LabError;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
    process,
    sync::atomic::{AtomicU64, Ordering},
};

/// Makes temporary names differ within this process.
static WRITES: AtomicU64 = AtomicU64::new(0);

/// Replaces a file. Readers see the former content or the new one, never a part; mode 0600.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), LabError> {
    replace(path, content).map_err(|source| LabError::io(path, source))
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let turn = WRITES.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!(".{}-{turn}.tmp", process::id()));
    let written = write_flushed(&temporary, content).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // Nothing is lost if this fails too: the next lab ignores what ends in `.tmp`.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    File::open(folder)?.sync_all()
}

fn write_flushed(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// [`write`], as indented JSON.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), LabError> {
    let mut text = serde_json::to_vec_pretty(value).map_err(LabError::crypto)?;
    text.push(b'\n');
    write(path, &text)
}

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, LabError> {
    fs::read(path).map_err(|source| LabError::io(path, source))
}

/// Reads a JSON file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, LabError> {
    serde_json::from_slice(&read(path)?).map_err(|_| LabError::Broken(path.to_owned()))
}

/// Makes a folder and those above it, for its owner alone.
pub(crate) fn make_folder(path: &Path) -> Result<(), LabError> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| LabError::io(path, source))
}

/// Waits until nobody else, in this process or another, holds this file; held until the result is dropped.
pub(crate) fn lock(path: &Path) -> Result<File, LabError> {
    let options = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = options.map_err(|source| LabError::io(path, source))?;
    file.lock().map_err(|source| LabError::io(path, source))?;
    Ok(file)
}
