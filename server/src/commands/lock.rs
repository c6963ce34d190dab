//! Who may work with the databases: many at once, or a rotation of the keys alone. A lock on a file in the data folder,
//! held as long as the value lives; the operating system lets go of it when the program ends, however it ends.

use super::CommandError;
use crate::config::ProcessSettings;
use std::fs::{File, OpenOptions, TryLockError};

/// The name of the file.
const NAME: &str = "techo.lock";

const ROTATING: &str =
    "鍵の更新（techo keys rotate）が動いています。終わってから、もう一度実行してください。";
const WORKING: &str =
    "手帳が動いています（techo serve、techo import など）。すべて止めてから、もう一度実行してください。";

/// The right to work with the databases of one data folder.
#[derive(Debug)]
#[must_use = "the lock is let go when this is dropped"]
pub struct FolderLock {
    _file: File,
}

/// Works beside others; refused while keys are rotated.
///
/// # Errors
/// A rotation is running, or the data folder cannot be used.
pub fn shared(settings: &ProcessSettings) -> Result<FolderLock, CommandError> {
    lock(settings, File::try_lock_shared, ROTATING)
}

/// Works alone; refused while anybody else works with the databases.
///
/// # Errors
/// Somebody else is at work, or the data folder cannot be used.
pub fn exclusive(settings: &ProcessSettings) -> Result<FolderLock, CommandError> {
    lock(settings, File::try_lock, WORKING)
}

fn lock(
    settings: &ProcessSettings,
    take: impl FnOnce(&File) -> Result<(), TryLockError>,
    busy: &str,
) -> Result<FolderLock, CommandError> {
    let path = settings.data_dir.join(NAME);
    let unusable = |error| CommandError::Other(format!("{} を使えません: {error}", path.display()));
    super::folders::make_private(&settings.data_dir).map_err(unusable)?;
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(unusable)?;
    match take(&file) {
        Ok(()) => Ok(FolderLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(CommandError::Other(busy.to_owned())),
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SettingSources;

    #[test]
    fn many_may_work_at_once_but_a_rotation_works_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let settings =
            ProcessSettings::load(&SettingSources::of_pairs(&[("DATA_DIR", data.to_str().unwrap())]))
                .unwrap();
        let one = shared(&settings).unwrap();
        let two = shared(&settings).unwrap();
        assert!(exclusive(&settings).unwrap_err().to_string().contains("止めてから"));
        drop((one, two));
        let alone = exclusive(&settings).unwrap();
        assert!(shared(&settings).unwrap_err().to_string().contains("鍵の更新"));
        assert!(exclusive(&settings).is_err());
        drop(alone);
        drop(shared(&settings).unwrap());
    }
}
