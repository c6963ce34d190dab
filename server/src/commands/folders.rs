//! Folders that only the account of the server may look into, and names that are given to what is whole.

use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    io::Errno,
};
use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

/// Makes a folder, and those above it, for the owner alone. One that is there already is left as it is.
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Gives a whole file its name, unless somebody took that meanwhile. Not every disk for backups knows both ways.
pub(super) fn name_file(draft: &Path, name: &Path) -> io::Result<()> {
    match renameat_with(CWD, draft, CWD, name, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            fs::hard_link(draft, name)?;
            fs::remove_file(draft)?;
        }
        renamed => renamed?,
    }
    keep_names(folder_of(name))
}

/// Returns when the names in a folder outlast a power cut.
pub(super) fn keep_names(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The folder in which a path stands.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A folder for copies on their way, for the owner alone, gone when dropped.
pub(super) struct Staging {
    /// Where the copies lie: within the folder that is held, because whoever opens a database holds the folder around it.
    pub(super) folder: PathBuf,
    around: PathBuf,
    /// Held as long as the folder is used: what nobody holds was left by a program that was killed.
    _held: File,
}

impl Staging {
    /// In this folder, under a name that begins so. What killed programs left there under such names is removed.
    pub(super) fn make(beside: &Path, name: &str) -> io::Result<Self> {
        clear(beside, name)?;
        let around = beside.join(format!("{name}{}", std::process::id()));
        let folder = around.join("copies");
        make_private(&around)?;
        let held = File::open(&around)?;
        held.try_lock()?;
        // Not made anew when somebody took the outer one for left behind before it was held.
        DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self { folder, around, _held: held })
    }
}

/// Removes folders that nobody holds.
fn clear(beside: &Path, name: &str) -> io::Result<()> {
    for entry in fs::read_dir(beside)? {
        let entry = entry?;
        let number = entry.file_name().into_string().ok();
        let number = number.as_deref().and_then(|found| found.strip_prefix(name));
        if number.is_some_and(|number| number.parse::<u32>().is_ok()) {
            let left = File::open(entry.path())?;
            if left.try_lock().is_ok() {
                fs::remove_dir_all(entry.path())?;
            }
        }
    }
    Ok(())
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.around);
    }
}
