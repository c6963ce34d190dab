//! `PATH.rejects.csv`: rows that were not taken, whole, with the reason, ready to be corrected and imported again.
//!
//! It repeats numbers of people, so it has mode 0600 and is made only when there is something to write. People open it in
//! spreadsheet programs, so a cell that would run there is guarded; import takes the guard away again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use techo_exchange::csv::{CsvDialect, CsvHeader, CsvWriter, IGNORED_COLUMN};

/// Rows of one rejects file. A file with more of them is to be corrected where it was made, not row by row.
pub(super) const MOST_ROWS: u64 = 100_000;

const THE_LAST: &str = "この後に却下した行は、数が多いためこのファイルに書いていません。もとのファイルを直して、取り込み直してください";

/// A rejects file that may never be needed.
pub(super) struct Rejects {
    path: PathBuf,
    columns: Vec<String>,
    file: Option<CsvWriter<BufWriter<File>>>,
    rows: u64,
}

/// What became of a rejects file.
#[derive(Debug)]
pub(super) struct Written {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Rows for which there was no room.
    pub(super) left_out: u64,
}

/// Where the rejects of a file go.
pub(super) fn rejects_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".rejects.csv");
    PathBuf::from(name)
}

/// Whether a rejects file could be made here. Asked before the first row, so that nothing is taken in whose rejects would
/// then be lost. It is tried with another name: another import of the same file may be writing its own at this moment.
pub(super) fn check_place(path: &Path) -> io::Result<()> {
    let named = |error: io::Error| unwritable(path, &error);
    match fs::symlink_metadata(path) {
        Ok(former) if former.is_dir() => Err(named(io::ErrorKind::IsADirectory.into())),
        // A name that is too long, for example.
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(named(error)),
        _ => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let probe = folder.unwrap_or(Path::new(".")).join(format!(".techo-{}", std::process::id()));
            match make(&probe) {
                // One that was left behind says as much.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                made => made.and_then(|_| fs::remove_file(&probe)).map_err(named),
            }
        }
    }
}

fn unwritable(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("却下した行を {} に書けません（{error}）", path.display()))
}

impl Rejects {
    /// For a file of rows: its own columns and the reason.
    pub(super) fn for_rows(path: PathBuf, header: &CsvHeader) -> Self {
        Self::new(path, header.names().map(str::to_owned).collect())
    }

    /// For documents: path and reason.
    pub(super) fn for_documents(path: PathBuf) -> Self {
        Self::new(path, vec!["文書".to_owned()])
    }

    fn new(path: PathBuf, columns: Vec<String>) -> Self {
        Self { path, columns, file: None, rows: 0 }
    }

    /// Adds a row. A row whose structure is broken comes in one piece and is padded to the width of the file.
    pub(super) fn write<'a>(&mut self, cells: impl Iterator<Item = &'a str>, reason: &str) -> io::Result<()> {
        self.rows += 1;
        if self.rows > MOST_ROWS {
            return Ok(());
        }
        let last = (self.rows == MOST_ROWS).then(|| format!("{reason} ／ {THE_LAST}"));
        let width = self.columns.len();
        let mut cells: Vec<&str> = cells.take(width).collect();
        cells.resize(width, "");
        cells.push(last.as_deref().unwrap_or(reason));
        let written = self.open().and_then(|file| file.row(&cells));
        written.map_err(|error| unwritable(&self.path, &error))
    }

    /// Makes everything last; what was written, when there was something to write.
    pub(super) fn finish(self) -> io::Result<Option<Written>> {
        let named = |error: io::Error| unwritable(&self.path, &error);
        let Some(file) = self.file else {
            remove_former(&self.path).map_err(named)?;
            return Ok(None);
        };
        let file = file.into_inner().into_inner().map_err(|error| named(error.into_error()))?;
        file.sync_all().map_err(named)?;
        Ok(Some(Written { left_out: self.rows.saturating_sub(MOST_ROWS), path: self.path }))
    }

    fn open(&mut self) -> io::Result<&mut CsvWriter<BufWriter<File>>> {
        if self.file.is_none() {
            remove_former(&self.path)?;
            let file = BufWriter::new(make(&self.path)?);
            let names = self.columns.iter().map(String::as_str).chain([IGNORED_COLUMN]);
            self.file = Some(CsvWriter::begin(file, CsvDialect::Correction, names)?);
        }
        Ok(self.file.as_mut().expect("it was opened just now"))
    }
}

fn make(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// A rejects file of an earlier run would be taken for this one's.
fn remove_former(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejects_file_is_bounded_and_its_last_row_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.rejects.csv");
        let mut rejects = Rejects::for_documents(path.clone());
        for _ in 0..MOST_ROWS + 7 {
            rejects.write(["a.xml"].into_iter(), "=理由").unwrap();
        }
        assert_eq!(rejects.finish().unwrap().unwrap().left_out, 7);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count() as u64, MOST_ROWS + 1);
        assert!(text.lines().last().unwrap().ends_with(&format!("'=理由 ／ {THE_LAST}")));
        assert_eq!(text.lines().filter(|line| line.contains(THE_LAST)).count(), 1);
    }

    #[test]
    fn a_place_where_nothing_can_be_written_is_named_before_anything_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.rejects.csv");
        check_place(&path).unwrap();
        assert!(!path.exists(), "asking leaves nothing behind");
        fs::write(&path, "former").unwrap();
        check_place(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "former");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let long = folder.path().join("あ".repeat(90)).with_extension("rejects.csv");
        for place in [&path, &long, &folder.path().join("none/x.rejects.csv")] {
            let error = check_place(place).unwrap_err().to_string();
            assert!(error.starts_with(&format!("却下した行を {} に書けません", place.display())), "{error}");
        }
    }
}
