//! One file of the folder: when it counts as changed, and the list in it.

use crate::{CrlRefusal, TrustStore, crl::RevocationList, pem};
use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The longest file that is read: about 1.5 million revoked certificates.
const MAX_CRL_BYTES: u64 = 64 * 1024 * 1024;

/// A file as it was read last.
#[derive(Clone, Debug)]
pub(super) struct CrlFile {
    /// None of a file that could not be opened or read to its end: it is tried again at each look.
    pub(super) stamp: Option<FileStamp>,
    pub(super) list: Option<Arc<RevocationList>>,
    pub(super) refusal: Option<CrlRefusal>,
}

/// What changes when a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileStamp {
    inode: u64,
    length: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

impl FileStamp {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let meta = fs::metadata(path)?;
        let (written, changed) = ((meta.mtime(), meta.mtime_nsec()), (meta.ctime(), meta.ctime_nsec()));
        Ok(Self { inode: meta.ino(), length: meta.len(), written, changed })
    }
}

impl CrlFile {
    /// Reads a file whose stamp was taken before: one that is replaced meanwhile has another stamp at the next look. What
    /// cannot be used leaves the last good list of that name in force.
    pub(super) fn read(path: &Path, stamp: FileStamp, (known, trust): (Option<&Self>, &TrustStore)) -> Self {
        let (read, stamp) = match read_bytes(path) {
            Ok(bytes) => (read_list(&bytes, trust), Some(stamp)),
            Err(_) => (Err(CrlRefusal::Malformed), None),
        };
        match read {
            Ok(list) => Self { stamp, list: Some(Arc::new(list)), refusal: None },
            Err(refusal) => {
                if known.is_none_or(|known| known.refusal != Some(refusal)) {
                    tracing::warn!(path = %path.display(), %refusal, "失効リストを使えません");
                }
                Self { stamp, list: known.and_then(|known| known.list.clone()), refusal: Some(refusal) }
            }
        }
    }
}

/// The files in the folder that are called like lists.
pub(super) fn list_names(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("crl")) {
            names.insert(path);
        }
    }
    Ok(names)
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(fs::File::open(path)?, MAX_CRL_BYTES + 1), &mut bytes)?;
    Ok(bytes)
}

fn read_list(bytes: &[u8], trust: &TrustStore) -> Result<RevocationList, CrlRefusal> {
    if bytes.len() as u64 > MAX_CRL_BYTES {
        return Err(CrlRefusal::Malformed);
    }
    match pem::documents(bytes, "X509 CRL").as_deref() {
        Some([der]) => RevocationList::read(der, trust),
        _ => Err(CrlRefusal::Malformed),
    }
}
