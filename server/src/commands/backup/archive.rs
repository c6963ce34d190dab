//! The file that a backup is: a tar archive, its manifest last, under its name only when it is whole.

use super::{
    cipher::{Lock, Locked, Unlocked},
    manifest::{FileEntry, MANIFEST, MANIFEST_LIMIT, Manifest},
};
use crate::commands::{CommandError, folders};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use tar::{Archive, Builder, Header};

/// Writes all files and the manifest about them. An archive that exists is never overwritten.
pub(super) fn write(
    to: &Path,
    lock: Lock,
    files: &[(String, PathBuf)],
    mut manifest: Manifest,
) -> io::Result<()> {
    let draft = Draft::beside(to)?;
    let mut archive = Builder::new(lock.wrap(draft.create()?)?);
    for (name, path) in files {
        manifest.files.push(add(&mut archive, name, path)?);
    }
    let text = manifest.to_json();
    archive.append_data(&mut header(text.len() as u64), MANIFEST, &*text)?;
    archive.into_inner()?.finish()?;
    draft.publish(to)
}

/// Writes one file through a lock, with the same care.
pub(super) fn write_alone(to: &Path, lock: Lock, from: &Path) -> io::Result<()> {
    let draft = Draft::beside(to)?;
    let mut output: Locked = lock.wrap(draft.create()?)?;
    io::copy(&mut File::open(from)?, &mut output)?;
    output.finish()?;
    draft.publish(to)
}

fn header(size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(0);
    header
}

fn add(archive: &mut Builder<Locked>, name: &str, path: &Path) -> io::Result<FileEntry> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut hashed = Hashed { inner: file.take(bytes), hash: Sha256::new(), bytes: 0 };
    archive.append_data(&mut header(bytes), name, &mut hashed)?;
    if hashed.bytes != bytes {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{name} became shorter")));
    }
    Ok(FileEntry { name: name.to_owned(), bytes, sha256: hex(&hashed.hash.finalize()) })
}

/// Counts and hashes what goes through it.
struct Hashed<R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file under another name until it is whole; gone when it never is.
struct Draft(PathBuf);

impl Draft {
    fn beside(to: &Path) -> io::Result<Self> {
        if to.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(to.file_name().ok_or(io::ErrorKind::InvalidFilename)?);
        name.push(format!(".unfinished.{}", std::process::id()));
        Ok(Self(to.with_file_name(name)))
    }

    fn create(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.0)
    }

    /// Gives it its name, unless somebody took that meanwhile.
    fn publish(&self, to: &Path) -> io::Result<()> {
        folders::name_file(&self.0, to)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Takes an archive apart into an empty folder, and says what its manifest says, after everything agreed with it.
pub(in crate::commands) fn unpack(
    from: &Path,
    input: Unlocked,
    into: &Path,
) -> Result<Manifest, CommandError> {
    let damaged =
        |what: &str| CommandError::Other(format!("控え {} は使えません（{what}）。", from.display()));
    unpack_all(input, into)
        .map_err(|error| damaged(&error.to_string()))?
        .ok_or_else(|| damaged("途中で切れているか、手帳の控えではありません"))
}

fn unpack_all(input: Unlocked, into: &Path) -> io::Result<Option<Manifest>> {
    let mut archive = Archive::new(input);
    let (mut files, mut manifest) = (Vec::new(), None);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        if manifest.is_some() {
            return Ok(None);
        }
        if name == MANIFEST {
            let mut text = Vec::new();
            entry.by_ref().take(MANIFEST_LIMIT as u64 + 1).read_to_end(&mut text)?;
            manifest = Manifest::read(&text);
            if manifest.is_none() {
                return Ok(None);
            }
        } else if is_known(&name) && entry.header().entry_type().is_file() {
            files.push(unpack_one(&mut entry, &name, into)?);
        } else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "知らないファイルがあります"));
        }
    }
    // Only the end of an age file proves that it is whole.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(manifest.filter(|manifest| manifest.files == files))
}

/// Names that a backup may have; none of them leads out of the folder.
fn is_known(name: &str) -> bool {
    let checkpoint = name.strip_prefix("checkpoints/").and_then(|name| name.strip_suffix(".checkpoint"));
    let is_number = |name: &str| name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_digit());
    ["identity.db", "identity.dump", "records.db", "records.dump"].contains(&name)
        || checkpoint.is_some_and(is_number)
}

fn unpack_one(entry: &mut impl Read, name: &str, into: &Path) -> io::Result<FileEntry> {
    let path = into.join(name);
    if let Some(folder) = path.parent() {
        folders::make_private(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    let mut hashed = Hashed { inner: entry, hash: Sha256::new(), bytes: 0 };
    io::copy(&mut hashed, &mut file)?;
    file.flush()?;
    file.sync_all()?;
    Ok(FileEntry { name: name.to_owned(), bytes: hashed.bytes, sha256: hex(&hashed.hash.finalize()) })
}
