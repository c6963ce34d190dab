//! The second place: where signed checkpoints go that whoever owns the database should not be able to reach.
//!
//! A folder takes numbered files that are written once, or a web address takes each checkpoint by POST.

use super::LogCheckpoint;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Where checkpoints go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckpointMirror {
    /// A folder.
    Folder(PathBuf),
    /// A web address.
    Url(String),
}

impl std::fmt::Display for CheckpointMirror {
    /// An address may hold a secret, so it is not shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Url(_) => f.write_str("URL"),
        }
    }
}

/// Why a checkpoint is not in the second place.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The folder.
    #[error("{path}: {1}", path = .0.display())]
    Io(PathBuf, io::Error),
    /// The web address.
    #[error("{0}")]
    Post(String),
    /// What stands there is about another log than ours: ours was rewritten, or cut off.
    #[error("the checkpoint of size {0} in the second place contradicts the log")]
    Contradiction(u64),
    /// A file there cannot be read.
    #[error("{}: not a checkpoint", .0.display())]
    Form(PathBuf),
}

/// Numbers drafts, so that two writers of this process never share one.
static DRAFTS: AtomicU64 = AtomicU64::new(0);
const ENDING: &str = "checkpoint";
const PATIENCE: Duration = Duration::from_secs(10);

impl CheckpointMirror {
    /// Reads the setting: a web address, `file:` with a path, or a path. None for an address of another kind: taken as a path
    /// it would make a strange folder, and nobody would hear of it.
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with("http://") || text.starts_with("https://") {
            let address = text.parse::<ureq::http::Uri>().ok()?;
            return address.host().filter(|host| !host.is_empty()).map(|_| Self::Url(text.to_owned()));
        }
        let path = match text.strip_prefix("file:") {
            Some(path) => path.strip_prefix("//").unwrap_or(path),
            None if has_scheme(text) => return None,
            None => text,
        };
        (!path.is_empty()).then(|| Self::Folder(PathBuf::from(path)))
    }

    /// Makes sure that the folder is there and takes files, so that a wrong one is known at the start and not after weeks. A web
    /// address may be away for a while; it is not asked.
    pub fn check(&self) -> Result<(), MirrorError> {
        let Self::Folder(folder) = self else { return Ok(()) };
        let trial = folder.join(format!(".trial.{}", std::process::id()));
        let linked = trial.with_extension("linked");
        let written = fs::create_dir_all(folder)
            .and_then(|()| remove(&linked))
            .and_then(|()| fs::write(&trial, "trial"))
            .and_then(|()| fs::hard_link(&trial, &linked));
        let removed = remove(&trial).and(remove(&linked));
        written.and(removed).map_err(|error| MirrorError::Io(folder.clone(), error))
    }

    /// Puts a checkpoint there; returns when it lasts. Again with the same one: nothing happens.
    pub fn put(&self, size: u64, note: &str) -> Result<(), MirrorError> {
        match self {
            Self::Folder(folder) => put_file(folder, size, note),
            Self::Url(url) => post(url, note),
        }
    }

    /// Every checkpoint that stands there, smallest first. A web address is not asked.
    pub fn all(&self) -> Result<Vec<(PathBuf, String)>, MirrorError> {
        let Self::Folder(folder) = self else { return Ok(Vec::new()) };
        let mut files = names(folder)?;
        files.sort();
        files.into_iter().map(|path| read(&path).map(|text| (path, text))).collect()
    }

    /// The newest checkpoint that stands there.
    pub fn last(&self) -> Result<Option<LogCheckpoint>, MirrorError> {
        let Self::Folder(folder) = self else { return Ok(None) };
        let Some(path) = names(folder)?.into_iter().max() else { return Ok(None) };
        let checkpoint = LogCheckpoint::read(&read(&path)?);
        checkpoint.map(Some).map_err(|_| MirrorError::Form(path))
    }
}

/// Whether a text begins as addresses do: a word, a colon.
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(word, _)| {
        word.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && word.chars().all(|letter| letter.is_ascii_alphanumeric() || "+.-".contains(letter))
    })
}

fn names(folder: &Path) -> Result<Vec<PathBuf>, MirrorError> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(MirrorError::Io(folder.to_owned(), error)),
    };
    let paths = listed.map(|file| file.map(|file| file.path())).collect::<io::Result<Vec<_>>>();
    let mut paths = paths.map_err(|error| MirrorError::Io(folder.to_owned(), error))?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == ENDING));
    Ok(paths)
}

fn read(path: &Path) -> Result<String, MirrorError> {
    fs::read_to_string(path).map_err(|error| MirrorError::Io(path.to_owned(), error))
}

/// Twenty digits, so that names sort as sizes do.
fn file_name(size: u64) -> String {
    format!("{size:020}.{ENDING}")
}

/// Writes beside, then links into place: a file under its name is whole, and one that is there is never touched.
fn put_file(folder: &Path, size: u64, note: &str) -> Result<(), MirrorError> {
    let path = folder.join(file_name(size));
    if path.exists() {
        return agree(&path, size, note);
    }
    let run = format!("{}-{}", std::process::id(), DRAFTS.fetch_add(1, Ordering::Relaxed));
    let draft = folder.join(format!(".{}.{run}", file_name(size)));
    let written = fs::create_dir_all(folder).and_then(|()| {
        put_in_place(&draft, &path, |file| file.write_all(note.as_bytes()))?;
        fs::File::open(folder)?.sync_all()
    });
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => agree(&path, size, note),
        other => other.map_err(|error| MirrorError::Io(path, error)),
    }
}

/// Whatever happens, no draft stays: on a full disk there would be one more at each turn.
fn put_in_place(
    draft: &Path,
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> io::Result<()> {
    let written = OpenOptions::new().write(true).create(true).truncate(true).open(draft);
    let linked = written.and_then(|mut file| {
        write(&mut file)?;
        file.sync_all()?;
        fs::hard_link(draft, path)
    });
    let removed = remove(draft);
    linked.and(removed)
}

/// Removes a file that may not be there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn agree(path: &Path, size: u64, note: &str) -> Result<(), MirrorError> {
    let there = LogCheckpoint::read(&read(path)?).map_err(|_| MirrorError::Form(path.to_owned()))?;
    if LogCheckpoint::read(note) == Ok(there) { Ok(()) } else { Err(MirrorError::Contradiction(size)) }
}

fn post(url: &str, note: &str) -> Result<(), MirrorError> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let answer = agent.post(url).header("content-type", "text/plain; charset=utf-8").send(note);
    // The address may hold a secret, so an error says what happened and not where.
    answer.map(drop).map_err(|error| {
        MirrorError::Post(match error {
            ureq::Error::StatusCode(status) => format!("the second place answered {status}"),
            _ => "the second place does not answer".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_another_kind_is_not_taken_for_a_folder() {
        for wrong in [
            "htp://log.example.jp/",
            "ftp://x",
            "s3://bucket",
            "s3:bucket",
            "http:/x",
            "https:x",
            "http://",
            "log.example.jp:9000/in",
            "file:",
            "",
        ] {
            assert_eq!(CheckpointMirror::parse(wrong), None, "{wrong}");
        }
        for (folder, path) in [
            ("/srv/a", "/srv/a"),
            ("a/b", "a/b"),
            ("./a:b", "./a:b"),
            ("file:///srv/a", "/srv/a"),
            ("file:a", "a"),
        ] {
            assert_eq!(
                CheckpointMirror::parse(folder),
                Some(CheckpointMirror::Folder(PathBuf::from(path))),
                "{folder}"
            );
        }
        let url = "https://log.example.jp:9000/in?key=x";
        assert_eq!(CheckpointMirror::parse(url), Some(CheckpointMirror::Url(url.to_owned())));
    }

    #[test]
    fn a_folder_that_takes_no_files_is_known_before_the_first_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(CheckpointMirror::Folder(file.join("below")).check().is_err());
        let good = folder.path().join("made");
        CheckpointMirror::Folder(good.clone()).check().unwrap();
        assert_eq!(fs::read_dir(good).unwrap().count(), 0, "nothing is left of the trial");
    }

    #[test]
    fn a_full_disk_leaves_no_draft_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (draft, path) = (folder.path().join("draft"), folder.path().join("place"));
        let full = put_in_place(&draft, &path, |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
        fs::write(&path, "there").unwrap();
        let taken = put_in_place(&draft, &path, |file| file.write_all(b"whole"));
        assert_eq!(taken.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only what was there");
    }
}
