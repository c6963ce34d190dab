//! Files that an operator names: what they are is asked before anything is read from them, and nothing is read without end.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _},
    path::Path,
};

/// Bytes of the longest address, passphrase or key that stands in a file.
pub(crate) const LONGEST_SECRET: u64 = 64 * 1024;
/// Opening a pipe would wait for somebody at its other end.
const DO_NOT_WAIT: i32 = libc::O_NONBLOCK;

/// Why a file cannot be used. A sentence without the name of the file.
#[derive(Debug)]
pub(crate) enum FileFault {
    /// Nothing has this name.
    Missing,
    /// A folder.
    Folder,
    /// A pipe, a device, a socket.
    NotAFile,
    /// Its rights.
    Forbidden,
    /// More bytes than anything of this kind has.
    TooLarge(u64),
    /// Not UTF-8.
    NotText,
    /// Anything else that the system says.
    Other(io::Error),
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("ファイルがありません"),
            Self::Folder => f.write_str("フォルダーです。ファイルを指定してください"),
            Self::NotAFile => f.write_str(
                "ふつうのファイルではありません（パイプや装置からは取り込めません）。いったんファイルに保存してください",
            ),
            Self::Forbidden => f.write_str("読む権限がありません"),
            Self::TooLarge(limit) => write!(f, "大きすぎます（上限{limit}バイト）"),
            Self::NotText => f.write_str("UTF-8の文字として読めません"),
            Self::Other(error) => write!(f, "ファイルを読めません（{error}）"),
        }
    }
}

impl From<io::Error> for FileFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::IsADirectory => Self::Folder,
            _ => Self::Other(error),
        }
    }
}

/// Opens a file that can be read more than once and has an end: a plain one with a name of its own.
pub(crate) fn open_plain(path: &Path) -> Result<File, FileFault> {
    let file = OpenOptions::new().read(true).custom_flags(DO_NOT_WAIT).open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(FileFault::Folder);
    }
    // What belongs to a file is written beside it, and there is no place beside these.
    let has_place = !["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
    if kind.is_file() && has_place { Ok(file) } else { Err(FileFault::NotAFile) }
}

/// Reads a whole text of at most so many bytes. A pipe is fine here, since nothing is read twice.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, FileFault> {
    let bytes = read_bytes(path, limit)?;
    String::from_utf8(bytes).map_err(|_| FileFault::NotText)
}

/// Reads a whole file of at most so many bytes.
pub(crate) fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, FileFault> {
    let kind = std::fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(FileFault::Folder);
    }
    if kind.is_block_device() {
        return Err(FileFault::NotAFile);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(FileFault::TooLarge(limit)) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn only_a_plain_file_is_opened_and_nothing_waits_or_reads_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let (plain, pipe) = (folder.path().join("a.csv"), folder.path().join("pipe"));
        std::fs::write(&plain, "text").unwrap();
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(open_plain(&plain).is_ok());
        for (path, words) in [
            (pipe.as_path(), "ふつうのファイルではありません"),
            (Path::new("/dev/zero"), "ふつうのファイルではありません"),
            (folder.path(), "フォルダー"),
            (&folder.path().join("none"), "ありません"),
        ] {
            let fault = open_plain(path).unwrap_err().to_string();
            assert!(fault.contains(words), "{}: {fault}", path.display());
        }
        assert!(matches!(read_text(Path::new("/dev/zero"), 1000), Err(FileFault::TooLarge(1000))));
        assert_eq!(read_text(&plain, 4).unwrap(), "text");
        assert!(matches!(read_text(&plain, 3), Err(FileFault::TooLarge(3))));
        assert!(matches!(read_text(folder.path(), 3), Err(FileFault::Folder)));
    }
}
