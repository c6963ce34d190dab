//! How far an import is: one line that rewrites itself on a terminal, a plain line now and then elsewhere.

use super::rejects::Rejects;
use std::{
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
};
use techo_domain::import::{Counts, Sink};
use techo_exchange::csv::RawRow;

const PLAIN_EVERY: u64 = 100_000;

/// Shows progress and passes rejects on.
pub(super) struct Progress {
    rejects: Rejects,
    name: String,
    terminal: bool,
    shown: u64,
}

impl Progress {
    pub(super) fn new(rejects: Rejects, path: &Path) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self { rejects, name, terminal: io::stderr().is_terminal(), shown: 0 }
    }

    /// Ends the line and closes the rejects file.
    pub(super) fn finish(self) -> io::Result<Option<PathBuf>> {
        if self.terminal && self.shown > 0 {
            tell!();
        }
        self.rejects.finish()
    }
}

impl Sink for Progress {
    fn rejected_row(&mut self, _line: u64, raw: &RawRow, reason: &str) -> io::Result<()> {
        self.rejects.write(raw.cells(), reason)
    }

    fn rejected_document(&mut self, path: &str, reason: &str) -> io::Result<()> {
        self.rejects.write(std::iter::once(path), reason)
    }

    fn progress(&mut self, counts: &Counts) {
        if self.terminal {
            tell_part!("\r{}: {}件", self.name, counts.read);
            self.shown = counts.read;
        } else if counts.read / PLAIN_EVERY > self.shown / PLAIN_EVERY {
            tell!("{}: {}件", self.name, counts.read);
            self.shown = counts.read;
        }
    }
}
