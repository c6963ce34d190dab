//! How far an import is: one line that rewrites itself on a terminal, a plain line now and then elsewhere. Also what is
//! noted on the way: rejected rows, and letters to be repaired.

use super::{
    letters::Letters,
    rejects::{Rejects, Written},
};
use std::{
    io::{self, IsTerminal as _},
    path::Path,
};
use techo_exchange::csv::RawRow;
use techo_intake::{ImportCounts, ImportSink, LetterPlace, MatchedCounts};

const PLAIN_EVERY: u64 = 100_000;
/// Rejected lines that are remembered for when the same file comes again. A file with more of them is not remembered.
const MOST_LINES: usize = 10_000;

/// Shows progress and passes rejects on.
pub(super) struct Progress {
    rejects: Rejects,
    name: String,
    terminal: bool,
    shown: u64,
    lines: Vec<i64>,
    letters: Letters,
    settled: MatchedCounts,
}

/// What was noted.
pub(super) struct Notes {
    /// The rejects file, when there is one.
    pub(super) rejects: Option<Written>,
    /// The rejected lines in order; none when they are too many to be remembered.
    pub(super) lines: Option<Vec<i64>>,
    /// Letters to be repaired.
    pub(super) letters: Letters,
}

impl Progress {
    pub(super) fn new(rejects: Rejects, path: &Path) -> Self {
        let name = super::shown(Path::new(path.file_name().unwrap_or(path.as_os_str())));
        let terminal = io::stderr().is_terminal();
        let (lines, letters, settled) = (Vec::new(), Letters::default(), MatchedCounts::default());
        Self { rejects, name, terminal, shown: 0, lines, letters, settled }
    }

    /// Ends the line and closes the rejects file.
    pub(super) fn finish(self) -> io::Result<Notes> {
        if self.terminal && self.shown > 0 {
            tell!();
        }
        tell_matched(self.settled);
        let lines = Some(self.lines).filter(|lines| lines.len() <= MOST_LINES);
        Ok(Notes { rejects: self.rejects.finish()?, lines, letters: self.letters })
    }
}

/// Says what waited and has found its person.
pub(super) fn tell_matched(settled: MatchedCounts) {
    if settled.total() > 0 {
        tell!(
            "待っていた記録が本人とつながりました: 資格{}件、健診{}件、予防接種{}件",
            settled.coverages,
            settled.checkups,
            settled.vaccinations
        );
    }
}

impl ImportSink for Progress {
    fn rejected_row(&mut self, line: u64, raw: &RawRow, reason: &str) -> io::Result<()> {
        if self.lines.len() <= MOST_LINES {
            self.lines.extend(i64::try_from(line));
        }
        self.rejects.write(raw.cells(), reason)
    }

    fn rejected_document(&mut self, path: &str, reason: &str) -> io::Result<()> {
        self.rejects.write(std::iter::once(path), reason)
    }

    fn settled(&mut self, settled: MatchedCounts) {
        self.settled.add(settled);
    }

    fn unshowable_letter(&mut self, place: LetterPlace<'_>) {
        self.letters.add(place);
    }

    fn progress(&mut self, counts: &ImportCounts) {
        if self.terminal {
            tell_part!("\r{}: {}件", self.name, counts.read);
            self.shown = counts.read;
        } else if counts.read / PLAIN_EVERY > self.shown / PLAIN_EVERY {
            tell!("{}: {}件", self.name, counts.read);
            self.shown = counts.read;
        }
    }
}
