//! The key file: text that an operator can read, mode 0600, replaced in one step.

use super::{
    KeyRing,
    set::{KeySet, MasterKey},
};
use crate::environment::Environment;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};
use techo_exchange::json::{JsonBounds, read_strict_json};
use zeroize::Zeroizing;

/// Longest key file: some thousand versions.
const LONGEST: JsonBounds = JsonBounds::of_bytes(1024 * 1024);

/// Why a key file cannot be used. Every text names the file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is there already; overwriting would make every sealed value unreadable.
    #[error(
        "鍵ファイル {0} はすでにあります。上書きすると封印した情報がすべて読めなくなるため、何もしませんでした。"
    )]
    Exists(PathBuf),
    /// It is not there.
    #[error("鍵ファイル {0} がありません。初めての場合は「techo keys init」で作ってください。")]
    Missing(PathBuf),
    /// A folder, a pipe or a device.
    #[error(
        "鍵ファイル {0} は、ふつうのファイルではありません（フォルダーなど）。鍵のファイルを指定してください。"
    )]
    NotAFile(PathBuf),
    /// Others may read it.
    #[error("鍵ファイル {0} をほかの利用者が読めます。「chmod 600」で本人だけが読めるようにしてください。")]
    Open(PathBuf),
    /// It is damaged.
    #[error("鍵ファイル {0} の内容が壊れています（{1}）。控えから戻してください。")]
    Damaged(PathBuf, &'static str),
    /// The disk or its rights.
    #[error("鍵ファイル {0} を扱えません: {1}")]
    Io(PathBuf, io::Error),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    about: String,
    versions: Vec<KeyFileVersion>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFileVersion {
    version: i64,
    created: String,
    master: Zeroizing<String>,
}

const ABOUT: &str = "Master secrets of Techo. Whoever has this file and the databases can read everything: keep it apart from them, with a copy in a safe.";

/// Makes a new key file with version 1. Fails when there is one.
pub fn init(path: &Path, environment: &Environment) -> Result<KeyRing, KeyFileError> {
    let file = KeyFile { about: ABOUT.to_owned(), versions: vec![new_version(1, environment)] };
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(path);
    let mut handle = opened.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists(path.to_owned()),
        _ => KeyFileError::Io(path.to_owned(), error),
    })?;
    let text = Zeroizing::new(to_text(&file));
    let written = handle.write_all(text.as_bytes()).and_then(|()| handle.sync_all());
    written.map_err(|error| {
        // Half a key file would keep the next try from making a whole one. Nothing was sealed with it yet.
        let _ = fs::remove_file(path);
        KeyFileError::Io(path.to_owned(), error)
    })?;
    ring(path, &file)
}

/// Reads the key file.
pub fn load(path: &Path) -> Result<KeyRing, KeyFileError> {
    ring(path, &read(path)?)
}

/// Adds a version that writes from now on, and returns the new ring. The file is replaced in one step.
pub fn add_version(path: &Path, environment: &Environment) -> Result<KeyRing, KeyFileError> {
    let mut file = read(path)?;
    let next = file.versions.iter().map(|version| version.version).max().unwrap_or(0) + 1;
    file.versions.push(new_version(next, environment));
    replace(path, &file).map_err(|error| KeyFileError::Io(path.to_owned(), error))?;
    ring(path, &file)
}

fn new_version(version: i64, environment: &Environment) -> KeyFileVersion {
    let master = MasterKey::new(environment.bytes());
    KeyFileVersion {
        version,
        created: environment.today().to_string(),
        master: Zeroizing::new(STANDARD.encode(master.as_ref())),
    }
}

fn read(path: &Path) -> Result<KeyFile, KeyFileError> {
    let io_error = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => KeyFileError::Missing(path.to_owned()),
        _ => KeyFileError::Io(path.to_owned(), error),
    };
    let metadata = fs::metadata(path).map_err(io_error)?;
    if !metadata.is_file() {
        return Err(KeyFileError::NotAFile(path.to_owned()));
    }
    let mode = metadata.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open(path.to_owned()));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(io_error)?);
    read_strict_json(text.as_bytes(), LONGEST)
        .map_err(|problem| KeyFileError::Damaged(path.to_owned(), problem.fault.japanese()))
}

fn ring(path: &Path, file: &KeyFile) -> Result<KeyRing, KeyFileError> {
    let damaged = |why| KeyFileError::Damaged(path.to_owned(), why);
    let mut sets = Vec::new();
    for version in &file.versions {
        let bytes = Zeroizing::new(
            STANDARD.decode(version.master.as_bytes()).map_err(|_| damaged("base64が不正です"))?,
        );
        let master: [u8; 32] = bytes.as_slice().try_into().map_err(|_| damaged("鍵の長さが違います"))?;
        if version.version < 1 || sets.iter().any(|set: &KeySet| set.version() == version.version) {
            return Err(damaged("版の番号が不正です"));
        }
        sets.push(KeySet::derive(version.version, &MasterKey::new(master)));
    }
    KeyRing::new(sets).ok_or_else(|| damaged("鍵がひとつもありません"))
}

fn to_text(file: &KeyFile) -> String {
    serde_json::to_string_pretty(file).expect("strings and numbers always serialise") + "\n"
}

fn replace(path: &Path, file: &KeyFile) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut handle =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    handle.write_all(Zeroizing::new(to_text(file)).as_bytes())?;
    handle.sync_all()?;
    fs::rename(&temporary, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use techo_model::UnixMillis;

    fn environment() -> Environment {
        Environment::test(UnixMillis(0), 1)
    }

    #[test]
    fn a_new_key_file_is_readable_by_its_owner_only_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let made = init(&path, &environment()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(init(&path, &environment()), Err(KeyFileError::Exists(_))));
        assert_eq!(load(&path).unwrap().current().check(), made.current().check());
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        init(&path, &environment()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(load(&path), Err(KeyFileError::Open(_))));
    }

    #[test]
    fn a_new_version_writes_and_the_old_one_still_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let old = init(&path, &environment()).unwrap();
        let new = add_version(&path, &Environment::test(UnixMillis(0), 2)).unwrap();
        assert_eq!((new.current().version(), new.versions().collect::<Vec<_>>()), (2, vec![1, 2]));
        assert_eq!(new.version(1).unwrap().check(), old.current().check());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(new.version(3).is_err());
    }
}
