//! CSV files.

use super::make_folder;
use crate::{
    SynthError,
    manifest::{FileKind, ListedFile},
};
use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};
use techo_exchange::csv::{CsvDialect, CsvWriter};

/// A file that is being written.
type Table = CsvWriter<BufWriter<File>>;

/// The CSV files of one kind, by the position of their sender.
pub(crate) struct Tables {
    kind: FileKind,
    folder: PathBuf,
    columns: &'static [&'static str],
    open: Vec<Option<Table>>,
    senders: Vec<String>,
}

impl Tables {
    /// No file yet; `senders` are the official numbers of those who may send.
    pub(crate) fn new(
        kind: FileKind,
        root: &Path,
        columns: &'static [&'static str],
        senders: Vec<String>,
    ) -> Self {
        let open = senders.iter().map(|_| None).collect();
        Self { kind, folder: root.to_owned(), columns, open, senders }
    }

    /// Writes one row to a sender's file.
    pub(crate) fn row(
        &mut self,
        sender: usize,
        row: impl FnOnce(&mut Table) -> io::Result<()>,
    ) -> Result<(), SynthError> {
        let path = self.folder.join(self.path(sender));
        let slot = &mut self.open[sender];
        let out = match slot {
            Some(out) => out,
            None => slot.insert(create(&path, self.columns)?),
        };
        row(out).map_err(|source| SynthError::at(&path, source))
    }

    /// Finishes all files and lists them in the order of their senders.
    pub(crate) fn finish(mut self) -> Result<Vec<ListedFile>, SynthError> {
        let mut listed = Vec::new();
        for sender in 0..self.open.len() {
            let path = self.path(sender);
            let Some(out) = self.open[sender].take() else { continue };
            out.into_inner().flush().map_err(|source| SynthError::at(&self.folder.join(&path), source))?;
            listed.push(ListedFile { kind: self.kind, sender: self.senders[sender].clone(), path });
        }
        Ok(listed)
    }

    fn path(&self, sender: usize) -> String {
        format!("{}/{}.csv", self.kind, self.senders[sender])
    }
}

fn create(path: &Path, columns: &[&str]) -> Result<Table, SynthError> {
    make_folder(path)?;
    let file = File::create(path).map_err(|source| SynthError::at(path, source))?;
    let out = BufWriter::with_capacity(64 * 1024, file);
    CsvWriter::begin(out, CsvDialect::Rfc4180, columns).map_err(|source| SynthError::at(path, source))
}
