//! How the lists stand, for the operators.

use super::{LoadedCrls, has_begun, is_fresh};
use crate::CrlRefusal;
use std::path::PathBuf;
use techo_model::UnixMillis;

/// What lay in the folder when it was looked at last, for `/readyz`, for `/metrics` and for the log.
#[derive(Clone, Debug)]
pub struct CrlCondition {
    /// The lists that verified.
    pub lists: Vec<ListCondition>,
    /// The files that did not, and why.
    pub refused: Vec<(PathBuf, CrlRefusal)>,
    /// When that was.
    pub looked_at: UnixMillis,
    /// Whether the folder could be listed.
    pub is_listed: bool,
    /// How often a look found other files than the one before, since the start.
    pub changes: u64,
}

/// One verified list.
#[derive(Clone, Debug)]
pub struct ListCondition {
    /// The file.
    pub path: PathBuf,
    /// When it was made.
    pub this_update: UnixMillis,
    /// When the CA promised the next one.
    pub next_update: UnixMillis,
    /// How many certificates it names.
    pub entries: usize,
    /// Whether it would be believed at the instant that was asked about.
    pub is_fresh: bool,
}

impl CrlCondition {
    pub(super) fn judge(loaded: &LoadedCrls, now: UnixMillis) -> Self {
        let LoadedCrls { files, looked_at, is_listed, changes } = loaded;
        let (looked_at, is_listed, changes) = (*looked_at, *is_listed, *changes);
        let mut condition = Self { lists: Vec::new(), refused: Vec::new(), looked_at, is_listed, changes };
        for (path, file) in files {
            if let Some(refusal) = file.refusal {
                condition.refused.push((path.clone(), refusal));
            }
            if let Some(list) = &file.list {
                condition.lists.push(ListCondition {
                    path: path.clone(),
                    this_update: list.this_update,
                    next_update: list.next_update,
                    entries: list.len(),
                    is_fresh: has_begun(list, now) && is_fresh(list, now),
                });
            }
        }
        condition
    }
}
