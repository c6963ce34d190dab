//! Revocation lists as files in a folder (`TECHO_CARD_CRL`), which something else renews.
//!
//! The folder is looked at on every question; a file is read again only when its inode, length or time of change
//! differs. A file that cannot be read just now (half written, briefly unreadable) keeps its last good list, which
//! goes on ageing; a file that is gone takes its list with it.

use super::{
    CardStatus, CertStatus, CertificateId, CrlRefusal, StatusUnknown, TrustStore,
    crl::{Entry, RevocationList},
    linkage, pem,
};
use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use techo_model::UnixMillis;

/// The oldest list that is believed.
pub const MAX_CRL_AGE: Duration = Duration::from_hours(24);

/// How far a list may come from the future: the clock of a CA runs a little ahead of ours, and a list may be renewed
/// between the beginning of a request and the question about its card.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_mins(5);

/// The longest file that is read: about 1.5 million revoked certificates.
const MAX_CRL_BYTES: u64 = 64 * 1024 * 1024;

/// Why the folder cannot be used. One Japanese sentence for whoever starts the portal.
#[derive(Debug, thiserror::Error)]
#[error("TECHO_CARD_CRL: {} を読めません（{source}）。失効リスト（.crl）を置くフォルダーを指定してください。", path.display())]
pub struct CrlFolderError {
    path: PathBuf,
    source: io::Error,
}

/// What lies in the folder, for `/readyz` and for the log.
#[derive(Clone, Debug, Default)]
pub struct CrlCondition {
    /// The lists that verified.
    pub lists: Vec<ListCondition>,
    /// The files that did not, and why.
    pub refused: Vec<(PathBuf, CrlRefusal)>,
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

/// [`CertStatus`] by revocation lists in a folder.
#[derive(Debug)]
pub struct CrlFolder {
    folder: PathBuf,
    trust: Arc<TrustStore>,
    shelf: RwLock<Arc<LoadedCrls>>,
}

type LoadedCrls = BTreeMap<PathBuf, File>;

#[derive(Clone, Debug)]
struct File {
    stamp: Stamp,
    list: Option<Arc<RevocationList>>,
    refusal: Option<CrlRefusal>,
}

/// What changes when a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let meta = fs::metadata(path)?;
        let changed = (meta.mtime(), meta.mtime_nsec());
        Ok(Self { inode: meta.ino(), length: meta.len(), changed })
    }
}

impl CrlFolder {
    /// Opens the folder and reads what is there. An empty folder is no error: every status is unknown then.
    ///
    /// # Errors
    /// One sentence when the folder cannot be listed.
    pub fn open(folder: &Path, trust: Arc<TrustStore>) -> Result<Self, CrlFolderError> {
        let stamps =
            list_files(folder).map_err(|source| CrlFolderError { path: folder.to_owned(), source })?;
        let opened = Self { folder: folder.to_owned(), trust, shelf: RwLock::default() };
        opened.replace(&stamps, &LoadedCrls::new());
        Ok(opened)
    }

    /// What lies in the folder, judged at this instant.
    pub fn condition(&self, now: UnixMillis) -> CrlCondition {
        let mut condition = CrlCondition::default();
        for (path, file) in self.current().iter() {
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

    /// The shelf as the folder is now. A folder that cannot be listed has nothing in it.
    fn current(&self) -> Arc<LoadedCrls> {
        let mut stamps = list_files(&self.folder).unwrap_or_default();
        let shelf = Arc::clone(&self.shelf.read().unwrap_or_else(PoisonError::into_inner));
        // Some file systems leave a name out of a listing while another file is being renamed to it.
        for path in shelf.keys() {
            if let (false, Ok(stamp)) = (stamps.contains_key(path), Stamp::of(path)) {
                stamps.insert(path.clone(), stamp);
            }
        }
        if stamps.iter().eq(shelf.iter().map(|(path, file)| (path, &file.stamp))) {
            return shelf;
        }
        self.replace(&stamps, &shelf)
    }

    /// Reads what changed. Two threads may do so at once; the one that looked earlier is corrected by the next look.
    fn replace(&self, stamps: &BTreeMap<PathBuf, Stamp>, former: &LoadedCrls) -> Arc<LoadedCrls> {
        let mut shelf = LoadedCrls::new();
        for (path, stamp) in stamps {
            let file = match former.get(path) {
                Some(file) if file.stamp == *stamp => file.clone(),
                known => self.read(path, *stamp, known.and_then(|file| file.list.clone())),
            };
            shelf.insert(path.clone(), file);
        }
        let shelf = Arc::new(shelf);
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&shelf);
        shelf
    }

    fn read(&self, path: &Path, stamp: Stamp, last_good: Option<Arc<RevocationList>>) -> File {
        match read_list(path, &self.trust) {
            Ok(list) => File { stamp, list: Some(Arc::new(list)), refusal: None },
            Err(refusal) => {
                tracing::warn!(path = %path.display(), %refusal, "失効リストを使えません");
                File { stamp, list: last_good, refusal: Some(refusal) }
            }
        }
    }
}

impl CertStatus for CrlFolder {
    fn status(&self, certificate: &CertificateId, now: UnixMillis) -> CardStatus {
        let shelf = self.current();
        let newest = shelf
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

    fn is_renewal(&self, old: &CertificateId, new: &CertificateId) -> bool {
        linkage::is_renewal(&self.folder, old, new)
    }
}

fn has_begun(list: &RevocationList, now: UnixMillis) -> bool {
    list.this_update <= now.plus(MAX_CLOCK_SKEW)
}

fn is_fresh(list: &RevocationList, now: UnixMillis) -> bool {
    now.since(list.this_update) <= MAX_CRL_AGE && now <= list.next_update
}

fn list_files(folder: &Path) -> io::Result<BTreeMap<PathBuf, Stamp>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("crl")) {
            continue;
        }
        // A file may be gone between the two calls; then it is as if it had gone before the first.
        if let Ok(stamp) = Stamp::of(&path) {
            files.insert(path, stamp);
        }
    }
    Ok(files)
}

fn read_list(path: &Path, trust: &TrustStore) -> Result<RevocationList, CrlRefusal> {
    let file = fs::File::open(path).map_err(|_| CrlRefusal::Malformed)?;
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(file, MAX_CRL_BYTES + 1), &mut bytes)
        .map_err(|_| CrlRefusal::Malformed)?;
    if bytes.len() as u64 > MAX_CRL_BYTES {
        return Err(CrlRefusal::Malformed);
    }
    match pem::documents(&bytes, "X509 CRL").as_deref() {
        Some([der]) => RevocationList::read(der, trust),
        _ => Err(CrlRefusal::Malformed),
    }
}
