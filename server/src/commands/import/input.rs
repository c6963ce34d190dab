//! The file that is taken in: opened once, so that what is marked as taken is what was read.

use crate::named_files::{FileFault, open_plain};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{self, Read, Seek as _, SeekFrom, Take},
    path::Path,
    sync::{Arc, OnceLock},
    time::SystemTime,
};
use techo_intake::ImportError;

/// An open file with its fingerprint.
pub(super) struct Input {
    file: File,
    state: State,
    /// SHA-256 of its bytes.
    pub(super) sha256: [u8; 32],
}

/// What a file system knows of a file that anybody writes to.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    length: u64,
    written: Option<SystemTime>,
}

impl State {
    fn of(file: &File) -> io::Result<Self> {
        let known = file.metadata()?;
        Ok(Self { length: known.len(), written: known.modified().ok() })
    }
}

const CHANGED: &str =
    "取り込んでいる間にファイルが変わりました。書き込みが終わってから、もう一度取り込んでください";

impl Input {
    /// Opens a file and reads it once for its fingerprint.
    pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
        let mut file = open_plain(path).map_err(|fault| ImportError::File(fault.to_string()))?;
        let reading = |error: io::Error| ImportError::File(FileFault::from(error).to_string());
        let state = State::of(&file).map_err(reading)?;
        let sha256 = fingerprint(&mut (&mut file).take(state.length)).map_err(reading)?;
        Ok(Self { file, state, sha256 })
    }

    /// The file from its beginning, for a reader that goes through it once, and the watch over it.
    pub(super) fn read(mut self) -> io::Result<(Watched, Watch)> {
        self.file.seek(SeekFrom::Start(0))?;
        let seen = Arc::new(OnceLock::new());
        let watch = Watch { file: self.file.try_clone()?, state: self.state, sha256: self.sha256, seen };
        let file = self.file.take(self.state.length);
        Ok((Watched { file, hash: Sha256::new(), seen: watch.seen.clone() }, watch))
    }

    /// The file from its beginning, for a reader that jumps about in it, and the watch over it.
    pub(super) fn jump(mut self) -> io::Result<(File, Watch)> {
        self.file.seek(SeekFrom::Start(0))?;
        let seen = Arc::new(OnceLock::from(self.sha256));
        let file = self.file.try_clone()?;
        Ok((self.file, Watch { file, state: self.state, sha256: self.sha256, seen }))
    }
}

/// Sees whether a file changed while it was read.
pub(super) struct Watch {
    file: File,
    state: State,
    sha256: [u8; 32],
    seen: Arc<OnceLock<[u8; 32]>>,
}

impl Watch {
    /// To be asked when everything was read.
    pub(super) fn check(&self) -> Result<(), ImportError> {
        let state = State::of(&self.file).map_err(ImportError::Reading)?;
        if state == self.state && self.seen.get() == Some(&self.sha256) {
            Ok(())
        } else {
            Err(ImportError::File(CHANGED.to_owned()))
        }
    }
}

/// Hashes what is read from it.
pub(super) struct Watched {
    file: Take<File>,
    hash: Sha256,
    seen: Arc<OnceLock<[u8; 32]>>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hash.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() {
            // A second end is the same end.
            let _ = self.seen.set(self.hash.clone().finalize().into());
        }
        Ok(count)
    }
}

fn fingerprint(file: &mut impl Read) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            count => hash.update(&buffer[..count]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_file_that_is_replaced_grows_or_is_rewritten_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let whole = |change: &dyn Fn()| {
            std::fs::write(&path, "one\ntwo\n").unwrap();
            let (mut file, watch) = Input::open(&path).unwrap().read().unwrap();
            change();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (text, watch.check().is_ok())
        };
        assert_eq!(whole(&|| {}), ("one\ntwo\n".to_owned(), true));
        let replaced = || {
            std::fs::write(folder.path().join("b.csv"), "three\n").unwrap();
            std::fs::rename(folder.path().join("b.csv"), &path).unwrap();
        };
        assert_eq!(whole(&replaced), ("one\ntwo\n".to_owned(), true), "the file that was opened is read");
        let grown = || {
            File::options().append(true).open(&path).unwrap().write_all(b"three\n").unwrap();
        };
        assert_eq!(whole(&grown), ("one\ntwo\n".to_owned(), false));
        assert!(!whole(&|| std::fs::write(&path, "one\nTWO\n").unwrap()).1);
    }

    #[test]
    fn a_file_in_which_a_reader_jumps_about_is_noticed_when_it_is_rewritten_at_the_same_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, "one").unwrap();
        let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        let (_, watch) = Input::open(&path).unwrap().jump().unwrap();
        assert!(watch.check().is_ok());
        std::fs::write(&path, "two").unwrap();
        assert!(watch.check().is_err());
    }
}
