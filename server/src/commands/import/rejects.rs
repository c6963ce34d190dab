//! `PATH.rejects.csv`: rows that were not taken, whole, with the reason, ready to be corrected and imported again.
//!
//! It repeats numbers of people, so it has mode 0600 and is made only when there is something to write.

use super::file::column_names;
use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use techo_exchange::csv::{Header, IGNORED_COLUMN};

/// A rejects file that may never be needed.
pub(super) struct Rejects {
    path: PathBuf,
    columns: Vec<String>,
    file: Option<BufWriter<File>>,
}

/// Where the rejects of a file go.
pub(super) fn rejects_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".rejects.csv");
    PathBuf::from(name)
}

impl Rejects {
    /// For a file of rows: its own columns and the reason.
    pub(super) fn for_rows(path: PathBuf, header: &Header) -> Self {
        Self { path, columns: column_names(header), file: None }
    }

    /// For documents: path and reason.
    pub(super) fn for_documents(path: PathBuf) -> Self {
        Self { path, columns: vec!["文書".to_owned()], file: None }
    }

    /// Adds a row. A row whose structure is broken comes in one piece and is padded to the width of the file.
    pub(super) fn write<'a>(&mut self, cells: impl Iterator<Item = &'a str>, reason: &str) -> io::Result<()> {
        let width = self.columns.len();
        let mut cells: Vec<&str> = cells.take(width).collect();
        cells.resize(width, "");
        cells.push(reason);
        let file = self.open()?;
        write_row(file, &cells)
    }

    /// Makes everything last; the path, when there is a file.
    pub(super) fn finish(self) -> io::Result<Option<PathBuf>> {
        let Some(file) = self.file else {
            remove_former(&self.path)?;
            return Ok(None);
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(Some(self.path))
    }

    fn open(&mut self) -> io::Result<&mut BufWriter<File>> {
        if self.file.is_none() {
            remove_former(&self.path)?;
            let handle = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?;
            let mut file = BufWriter::new(handle);
            // Spreadsheet programs in Japan take UTF-8 for CP932 unless it begins with this mark.
            file.write_all("\u{FEFF}".as_bytes())?;
            let names: Vec<&str> = self.columns.iter().map(String::as_str).chain([IGNORED_COLUMN]).collect();
            write_row(&mut file, &names)?;
            self.file = Some(file);
        }
        Ok(self.file.as_mut().expect("it was opened just now"))
    }
}

/// A rejects file of an earlier run would be taken for this one's.
fn remove_former(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn write_row(file: &mut BufWriter<File>, cells: &[&str]) -> io::Result<()> {
    let quoted: Vec<String> = cells.iter().map(|cell| quote(cell)).collect();
    writeln!(file, "{}", quoted.join(","))
}

fn quote(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
