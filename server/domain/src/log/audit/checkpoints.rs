//! Signed checkpoints, those of the database and those of the second place, against the roots that the entries give.

use super::{AuditError, LogFault, What};
use crate::log::tree::{Checkpoint, Hash, VerifierKey, note::NoteError, second_place::SecondPlace};
use std::collections::VecDeque;
use techo_store::Records;

/// Checkpoints of one page.
const PAGE: i64 = 1_000;
const HERE: &str = "データベース";

/// A signed checkpoint and where it stands.
pub(super) struct Signed {
    size: u64,
    root: Hash,
    source: String,
}

/// Those that are still to come, smallest first.
pub(super) struct Checkpoints {
    keys: Vec<VerifierKey>,
    here: VecDeque<Signed>,
    loaded: u64,
    elsewhere: VecDeque<Signed>,
    good: u64,
    agreed: u64,
}

/// What stands in the second place, each signed by one of our keys.
pub(super) fn elsewhere(place: &SecondPlace, keys: &[VerifierKey]) -> Result<VecDeque<Signed>, AuditError> {
    let mut found = VecDeque::new();
    for (path, note) in place.all()? {
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        found.push_back(open(&note, keys, source)?);
    }
    Ok(found)
}

fn open(note: &str, keys: &[VerifierKey], source: String) -> Result<Signed, LogFault> {
    match Checkpoint::open(note, keys) {
        Ok(Checkpoint { size, root, .. }) => Ok(Signed { size, root, source }),
        Err(NoteError::Form) => Err(LogFault { index: 0, what: What::Unsigned(source) }),
        Err(NoteError::Signature) => {
            let size = Checkpoint::read(note).map_or(0, |checkpoint| checkpoint.size);
            Err(LogFault { index: size.saturating_sub(1), what: What::Unsigned(source) })
        }
    }
}

impl Checkpoints {
    pub(super) fn new(keys: Vec<VerifierKey>, elsewhere: VecDeque<Signed>) -> Self {
        Self { keys, here: VecDeque::new(), loaded: 0, elsewhere, good: 0, agreed: 0 }
    }

    /// How many agreed.
    pub(super) fn agreed(&self) -> u64 {
        self.agreed
    }

    /// Loads those of the database over at most `until` leaves.
    pub(super) async fn load(&mut self, records: &Records, until: u64) -> Result<(), AuditError> {
        loop {
            let rows = records.checkpoints_after(self.loaded.cast_signed(), PAGE).await?;
            let known = self.loaded;
            for row in rows.iter().take_while(|row| row.size.unsigned_abs() <= until) {
                let signed = open(&row.note, &self.keys, format!("{HERE}、{}件", row.size))?;
                if signed.size != row.size.unsigned_abs() || signed.root != *row.root {
                    let what = What::Unsigned(signed.source);
                    return Err(LogFault { index: row.size.unsigned_abs().saturating_sub(1), what }.into());
                }
                self.loaded = signed.size;
                self.here.push_back(signed);
            }
            if self.loaded == known {
                return Ok(());
            }
        }
    }

    /// Whether something was signed over this many leaves.
    pub(super) fn is_due(&self, size: u64) -> bool {
        let due = |queue: &VecDeque<Signed>| queue.front().is_some_and(|signed| signed.size == size);
        due(&self.here) || due(&self.elsewhere)
    }

    /// Compares everything that was signed over this many leaves with their root.
    pub(super) fn check(&mut self, size: u64, root: &Hash) -> Result<(), LogFault> {
        for queue in [&mut self.here, &mut self.elsewhere] {
            while let Some(signed) = queue.pop_front_if(|signed| signed.size == size) {
                if signed.root != *root {
                    let what = What::Rewritten { size, source_of: signed.source };
                    return Err(LogFault { index: self.good, what });
                }
                self.agreed += 1;
            }
        }
        self.good = size;
        Ok(())
    }

    /// Nothing may have been signed over more leaves than there are.
    pub(super) async fn none_beyond(&self, records: &Records, end: u64) -> Result<(), AuditError> {
        let here = records.checkpoints_after(end.cast_signed(), 1).await?;
        // The log may have grown since the audit began.
        let now = u64::try_from(records.log_size().await?).unwrap_or(0);
        let here = here.iter().map(|row| (row.size.unsigned_abs(), HERE)).find(|(size, _)| *size > now);
        let elsewhere = self.elsewhere.iter().map(|signed| (signed.size, signed.source.as_str()));
        let beyond = elsewhere.min_by_key(|(size, _)| *size).or(here);
        beyond.map_or(Ok(()), |(size, source)| {
            Err(LogFault { index: end, what: What::CutOff { size, source_of: source.to_owned() } }.into())
        })
    }
}
