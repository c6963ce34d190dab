//! Revocation lists as files in a folder (`TECHO_CARD_CRL`), which something else renews.
//!
//! Questions are answered from what was loaded last; the folder is looked at by [`CrlFolder::reload`] alone, which
//! somebody calls every few seconds. It reads a file again only when its inode, length or times differ, and
//! puts everything that it loaded in the place of the former at once. A file that cannot be read just now (half written,
//! briefly unreadable) keeps its last good list, which goes on ageing, and so do all of them while the folder cannot be
//! listed; a file that is gone takes its list with it, and so does a folder that is gone.

mod condition;
mod file;

pub use condition::{CrlCondition, ListCondition};

use super::{
    CardStatus, CardStatusSource, CardStatuses, CertificateId, StatusUnknown, TrustStore,
    crl::{Entry, RevocationList},
    linkage,
};
use async_trait::async_trait;
use file::{CrlFile, FileStamp, list_names};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};
use techo_model::UnixMillis;

/// The oldest list that is believed.
pub const MAX_CRL_AGE: Duration = Duration::from_hours(24);

/// How far a list may come from the future: the clock of a CA runs a little ahead of ours, and a list may be renewed
/// between the beginning of a request and the question about its card.
const MAX_CLOCK_SKEW: Duration = Duration::from_mins(5);

/// Why the folder cannot be used. One Japanese sentence for whoever starts the portal.
#[derive(Debug, thiserror::Error)]
#[error("TECHO_CARD_CRL: {} を読めません（{source}）。失効リスト（.crl）を置くフォルダーを指定してください。", path.display())]
pub struct CrlFolderError {
    path: PathBuf,
    source: io::Error,
}

/// What a look into the folder found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrlReload {
    /// The same files as before.
    Unchanged,
    /// A file came, went or changed, and answers come from what was loaded now.
    Changed,
}

/// [`CardStatusSource`] by revocation lists in a folder.
#[derive(Debug)]
pub struct CrlFolder {
    folder: PathBuf,
    trust: Arc<TrustStore>,
    loaded: RwLock<Arc<LoadedCrls>>,
    reloading: Mutex<()>,
}

/// What the folder held when it was looked at last.
#[derive(Debug)]
struct LoadedCrls {
    files: BTreeMap<PathBuf, CrlFile>,
    looked_at: UnixMillis,
    is_listed: bool,
    changes: u64,
}

impl CrlFolder {
    /// Opens the folder and reads what is there. An empty folder is no error: every status is unknown then.
    ///
    /// # Errors
    /// One sentence when the folder cannot be listed.
    pub fn open(folder: &Path, trust: Arc<TrustStore>, now: UnixMillis) -> Result<Self, CrlFolderError> {
        list_names(folder).map_err(|source| CrlFolderError { path: folder.to_owned(), source })?;
        let nothing = LoadedCrls { files: BTreeMap::new(), looked_at: now, is_listed: true, changes: 0 };
        let loaded = RwLock::new(Arc::new(nothing));
        let opened = Self { folder: folder.to_owned(), trust, loaded, reloading: Mutex::default() };
        opened.reload(now);
        Ok(opened)
    }

    /// Looks into the folder and reads what changed. Blocks for as long as that takes; whoever asks meanwhile is answered
    /// from what was loaded before.
    pub fn reload(&self, now: UnixMillis) -> CrlReload {
        let _one_at_a_time = self.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let former = self.current();
        let listed = list_names(&self.folder);
        if let (Err(error), true) = (&listed, former.is_listed) {
            tracing::error!(folder = %self.folder.display(), %error, "失効リストのフォルダーを読めません");
        }
        let is_listed = listed.is_ok();
        let files = self.load(listed.unwrap_or_default(), &former.files);
        let stamps = |files: &BTreeMap<_, CrlFile>| files.values().map(|file| file.stamp).collect::<Vec<_>>();
        let is_same = files.keys().eq(former.files.keys()) && stamps(&files) == stamps(&former.files);
        let changes = former.changes + u64::from(!is_same);
        let loaded = LoadedCrls { files, looked_at: now, is_listed, changes };
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
        if is_same { CrlReload::Unchanged } else { CrlReload::Changed }
    }

    /// What lies in the folder, judged at this instant.
    pub fn condition(&self, now: UnixMillis) -> CrlCondition {
        CrlCondition::judge(&self.current(), now)
    }

    fn current(&self) -> Arc<LoadedCrls> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The files of these names and those that were known before, as they are now. Some file systems leave a name out of
    /// a listing while another file is being renamed to it.
    fn load(
        &self,
        listed: BTreeSet<PathBuf>,
        former: &BTreeMap<PathBuf, CrlFile>,
    ) -> BTreeMap<PathBuf, CrlFile> {
        let mut files = BTreeMap::new();
        for path in listed.into_iter().chain(former.keys().cloned()).collect::<BTreeSet<_>>() {
            let known = former.get(&path);
            let file = match FileStamp::of(&path) {
                Ok(stamp) => match known {
                    Some(known) if known.stamp == Some(stamp) => known.clone(),
                    _ => CrlFile::read(&path, stamp, (known, &self.trust)),
                },
                Err(error) if is_gone(&error) => continue,
                Err(_) => match known {
                    Some(known) => known.clone(),
                    None => continue,
                },
            };
            files.insert(path, file);
        }
        files
    }
}

/// Whether there is no such file, as opposed to one that cannot be reached just now.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[async_trait]
impl CardStatusSource for CrlFolder {
    async fn statuses(&self, certificates: &[CertificateId], now: UnixMillis) -> CardStatuses {
        let loaded = self.current();
        certificates
            .iter()
            .map(|certificate| (certificate.clone(), loaded.status(certificate, now)))
            .collect()
    }

    async fn is_renewal(&self, old: &CertificateId, new: &CertificateId) -> bool {
        let (folder, old, new) = (self.folder.clone(), old.clone(), new.clone());
        let read = tokio::task::spawn_blocking(move || linkage::is_renewal(&folder, &old, &new)).await;
        read.unwrap_or(false)
    }
}

impl LoadedCrls {
    fn status(&self, certificate: &CertificateId, now: UnixMillis) -> CardStatus {
        let newest = self
            .files
            .values()
            .filter_map(|file| file.list.as_deref())
            .filter(|list| list.ca_key_id == certificate.ca_key_id && has_begun(list, now))
            .max_by_key(|list| (list.this_update, list.number.len(), &list.number));
        match newest {
            None => CardStatus::Unknown(StatusUnknown::NoList),
            Some(list) if !is_fresh(list, now) => CardStatus::Unknown(StatusUnknown::Stale),
            Some(list) => match list.entry(&certificate.serial) {
                None => CardStatus::Good,
                Some(Entry::OnHold(at)) => CardStatus::OnHold { at },
                Some(Entry::Revoked(reason, at)) => CardStatus::Revoked { reason, at },
            },
        }
    }
}

fn has_begun(list: &RevocationList, now: UnixMillis) -> bool {
    list.this_update <= now.plus(MAX_CLOCK_SKEW)
}

fn is_fresh(list: &RevocationList, now: UnixMillis) -> bool {
    now.since(list.this_update) <= MAX_CRL_AGE && now <= list.next_update
}
