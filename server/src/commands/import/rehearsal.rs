//! `--dry-run`: the import is rehearsed on a copy of both databases. It does there whatever it would do, file after file, and
//! counts it; nobody waits for it, and nothing of it stays.

use crate::{
    commands::{CommandError, folders},
    config::ProcessSettings,
};
use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};
use techo_custody::Custody;
use techo_store::{Records, Stores, Vault};

const PREFIX: &str = "dry-run-";
const LOCK: &str = "lock";

/// Databases that are copies, in a folder of their own beside the databases. The folder goes away with it.
pub(super) struct Rehearsal {
    pub(super) custody: Custody,
    _folder: Folder,
}

impl Rehearsal {
    /// Copies both databases.
    pub(super) async fn begin(settings: &ProcessSettings, custody: &Custody) -> Result<Self, CommandError> {
        let unusable = |error: &dyn std::fmt::Display| {
            CommandError::Other(format!(
                "{} に下書き用の写しを作れません（データベースと同じだけの空きが要ります）: {error}",
                settings.data_dir.display()
            ))
        };
        let folder = Folder::make(&settings.data_dir).map_err(|error| unusable(&error))?;
        let copy = |name| folder.path.join(name);
        let stores = &custody.stores;
        let vault = stores.vault.db().rehearsal(&copy("identity.db")).await;
        let records = stores.records.db().rehearsal(&copy("records.db")).await;
        let stores = Stores {
            vault: Vault::new(vault.map_err(|error| unusable(&error))?),
            records: Records::new(records.map_err(|error| unusable(&error))?),
        };
        Ok(Self { custody: Custody { stores, ..custody.clone() }, _folder: folder })
    }

    /// Closes the copies, then removes them.
    pub(super) async fn end(self) {
        self.custody.stores.vault.db().close().await;
        self.custody.stores.records.db().close().await;
    }
}

/// A private folder that is removed when it is no longer used, at the latest by the next rehearsal: whoever uses one
/// holds a lock in it, and the lock of a program that was killed is free.
struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    fn make(data: &Path) -> io::Result<Self> {
        remove_abandoned(data)?;
        let path = data.join(format!("{PREFIX}{}", std::process::id()));
        folders::make_private(&path)?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(path.join(LOCK))?;
        lock.try_lock().map_err(io::Error::from)?;
        Ok(Self { path, _lock: lock })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next rehearsal.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn remove_abandoned(data: &Path) -> io::Result<()> {
    for entry in fs::read_dir(data)? {
        let path = entry?.path();
        let is_ours = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        if is_ours && File::open(path.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok()) {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}
