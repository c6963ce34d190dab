//! Files on disk: one per sender and kind, made when the first row comes.

mod package;
mod table;

pub(crate) use package::Packages;
pub(crate) use table::Tables;

use crate::SynthError;
use std::{fs, path::Path};

/// Makes the folder in which a file will stand.
pub(crate) fn make_folder(path: &Path) -> Result<(), SynthError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|source| SynthError::at(folder, source))
}
