//! Signed checkpoints, those of the database and those of the second place, against the roots that the entries give and
//! against each other.

use super::{AuditError, FaultKind, LogFault};
use crate::log::tree::{
    LogCheckpoint, TreeHash, VerifierKey, checkpoint_mirror::CheckpointMirror, note::NoteError,
};
use std::collections::{BTreeSet, VecDeque};
use techo_store::Records;

/// Checkpoints of one page.
const PAGE: i64 = 1_000;
/// Missing checkpoints that are named.
const NAMED: usize = 10;
const HERE: &str = "データベース";

/// A signed checkpoint and where it stands.
pub(super) struct Signed {
    size: u64,
    root: TreeHash,
    source: String,
}

/// How many checkpoints agreed, by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Agreed {
    pub(super) here: u64,
    pub(super) elsewhere: u64,
}

/// Those that are still to come, smallest first.
pub(super) struct Checkpoints {
    keys: Vec<VerifierKey>,
    here: VecDeque<Signed>,
    loaded: u64,
    elsewhere: VecDeque<Signed>,
    /// Whether the second place can be compared at all.
    is_compared: bool,
    known_elsewhere: BTreeSet<u64>,
    only_here: Vec<u64>,
    good: u64,
    last_here: u64,
    agreed: Agreed,
}

/// What stands in the second place, each signed by one of our keys.
pub(super) fn elsewhere(
    place: &CheckpointMirror,
    keys: &[VerifierKey],
) -> Result<VecDeque<Signed>, AuditError> {
    let mut found = VecDeque::new();
    for (path, note) in place.all()? {
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        found.push_back(open(&note, keys, source)?);
    }
    // A file may bear another name than that of its size.
    found.make_contiguous().sort_by_key(|signed| signed.size);
    Ok(found)
}

fn open(note: &str, keys: &[VerifierKey], source: String) -> Result<Signed, LogFault> {
    match LogCheckpoint::open(note, keys) {
        Ok(LogCheckpoint { size, root, .. }) => Ok(Signed { size, root, source }),
        Err(NoteError::Form | NoteError::LineEnds) => {
            Err(LogFault { index: 0, what: FaultKind::Unsigned(source) })
        }
        Err(_) => {
            let size = LogCheckpoint::read(note).map_or(0, |checkpoint| checkpoint.size);
            Err(LogFault { index: size.saturating_sub(1), what: FaultKind::Unsigned(source) })
        }
    }
}

impl Checkpoints {
    pub(super) fn new(keys: Vec<VerifierKey>, place: &CheckpointMirror, elsewhere: VecDeque<Signed>) -> Self {
        Self {
            keys,
            here: VecDeque::new(),
            loaded: 0,
            known_elsewhere: elsewhere.iter().map(|signed| signed.size).collect(),
            elsewhere,
            is_compared: matches!(place, CheckpointMirror::Folder(_)),
            only_here: Vec::new(),
            good: 0,
            last_here: 0,
            agreed: Agreed::default(),
        }
    }

    /// How many agreed.
    pub(super) fn agreed(&self) -> Agreed {
        self.agreed
    }

    /// How many of the database have not reached the second place; meaningless where that cannot be compared.
    pub(super) fn waiting(&self) -> u64 {
        u64::try_from(self.only_here.len()).unwrap_or(u64::MAX)
    }

    /// Loads those of the database over at most `until` leaves.
    pub(super) async fn load(&mut self, records: &Records, until: u64) -> Result<(), AuditError> {
        loop {
            let rows = records.checkpoints_after(self.loaded.cast_signed(), PAGE).await?;
            let known = self.loaded;
            for row in rows.iter().take_while(|row| row.size.unsigned_abs() <= until) {
                let signed = open(&row.note, &self.keys, format!("{HERE}、{}件", row.size))?;
                if signed.size != row.size.unsigned_abs() || signed.root != *row.root {
                    let what = FaultKind::Unsigned(signed.source);
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
    pub(super) fn check(&mut self, size: u64, root: &TreeHash) -> Result<(), LogFault> {
        let (mut is_here, mut foreign) = (false, None);
        while let Some(signed) = self.here.pop_front_if(|signed| signed.size == size) {
            self.agree(&signed, root)?;
            (is_here, self.last_here, self.agreed.here) = (true, size, self.agreed.here + 1);
        }
        while let Some(signed) = self.elsewhere.pop_front_if(|signed| signed.size == size) {
            self.agree(&signed, root)?;
            self.agreed.elsewhere += 1;
            foreign = Some(signed.source);
        }
        match foreign {
            Some(source) if !is_here => {
                return Err(LogFault { index: size.saturating_sub(1), what: FaultKind::NotHere(source) });
            }
            None if is_here && self.is_compared => self.only_here.push(size),
            _ => {}
        }
        self.good = size;
        Ok(())
    }

    fn agree(&self, signed: &Signed, root: &TreeHash) -> Result<(), LogFault> {
        if signed.root == *root {
            return Ok(());
        }
        let what = FaultKind::Rewritten { size: signed.size, source_of: signed.source.clone() };
        Err(LogFault { index: self.good, what })
    }

    /// Nothing may have been signed over more leaves than there are, and something over all of them.
    pub(super) async fn none_beyond(&self, records: &Records, end: u64) -> Result<(), AuditError> {
        let here = records.checkpoints_after(end.cast_signed(), 1).await?;
        // The log may have grown since the audit began.
        let now = u64::try_from(records.log_size().await?).unwrap_or(0);
        let here = here.iter().map(|row| (row.size.unsigned_abs(), HERE)).find(|(size, _)| *size > now);
        let elsewhere = self.elsewhere.iter().map(|signed| (signed.size, signed.source.as_str()));
        let beyond = elsewhere.min_by_key(|(size, _)| *size).or(here);
        if let Some((size, source)) = beyond {
            let what = FaultKind::CutOff { size, source_of: source.to_owned() };
            return Err(LogFault { index: end, what }.into());
        }
        if self.last_here < end {
            return Err(LogFault { index: self.last_here, what: FaultKind::UnsignedEnd }.into());
        }
        Ok(())
    }

    /// Whatever was delivered must stand in the second place. Deliveries go in order, so nothing may be missing before the
    /// last one that arrived, whatever the database says of it.
    pub(super) async fn none_missing(
        &mut self,
        records: &Records,
        place: &CheckpointMirror,
    ) -> Result<(), AuditError> {
        if self.only_here.is_empty() {
            return Ok(());
        }
        if self.known_elsewhere.is_empty() {
            return Err(AuditError::NothingToCompare(place.to_string()));
        }
        let delivered = records.last_delivered_checkpoint().await?.map_or(0, i64::unsigned_abs);
        let until = delivered.max(self.known_elsewhere.last().copied().unwrap_or(0));
        // Some may have arrived since the audit began.
        let now: BTreeSet<u64> = place
            .all()?
            .iter()
            .filter_map(|(_, note)| LogCheckpoint::read(note).ok())
            .map(|checkpoint| checkpoint.size)
            .collect();
        self.only_here.retain(|size| !now.contains(size));
        let missing: Vec<_> = self.only_here.iter().filter(|size| **size <= until).collect();
        let Some(first) = missing.first() else { return Ok(()) };
        let index = first.saturating_sub(1);
        let sizes: Vec<_> = missing.iter().take(NAMED).map(ToString::to_string).collect();
        let what = FaultKind::NotElsewhere { count: missing.len(), sizes: sizes.join("、") };
        Err(LogFault { index, what }.into())
    }
}
