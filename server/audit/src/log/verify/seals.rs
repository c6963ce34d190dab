//! Seals: every line has one that our keys made, but for those from before there were seals, of which a line says how many
//! these are.

use super::{FaultKind, LogFault, link::Link, said::Said};
use crate::log::seal::SealedLine;
use techo_custody::keys::KeyRing;
use techo_model::EventId;

/// Which lines have no seal, and where seals began.
pub(super) struct Seals {
    keys: KeyRing,
    /// First and last place of each run of lines without a seal.
    unsealed: Vec<(u64, u64)>,
    count: u64,
    /// How many leaves were there before seals began, as the first line about it says.
    before: Option<u64>,
    /// Whether a line with a seal was found.
    is_used: bool,
}

impl Seals {
    pub(super) fn new(keys: &KeyRing) -> Self {
        Self { keys: keys.clone(), unsealed: Vec::new(), count: 0, before: None, is_used: false }
    }

    /// How many lines are from before there were seals.
    pub(super) fn count_unsealed(&self) -> u64 {
        self.count
    }

    /// The key version of a line's seal; 0 for a line without one, as long as that may be so.
    pub(super) fn check(&mut self, link: &Link<'_>, index: u64) -> Result<i64, FaultKind> {
        let Some(mac) = link.mac else {
            if self.before.is_some_and(|before| index >= before) {
                return Err(FaultKind::Forged);
            }
            self.count += 1;
            match self.unsealed.last_mut() {
                Some((_, last)) if *last + 1 >= index => *last = index,
                _ => self.unsealed.push((index, index)),
            }
            return Ok(0);
        };
        self.is_used = true;
        let event = EventId(link.event);
        let line = SealedLine { chain: link.chain, seq: link.seq, event, entry: &link.entry };
        line.check(&self.keys, mac).ok_or(FaultKind::Forged)
    }

    /// Takes what a line says into account. The line about the beginning has a seal itself, and only the first one counts.
    pub(super) fn hear(&mut self, link: &Link<'_>, said: &Said) -> Result<(), FaultKind> {
        let Said::SealsBegin(leaves) = said else { return Ok(()) };
        if link.mac.is_none() {
            return Err(FaultKind::Forged);
        }
        self.before.get_or_insert(*leaves);
        Ok(())
    }

    /// The first line without a seal that should have one: what came after the beginning, or everything when there are
    /// lines with seals and none tells of a beginning.
    pub(super) fn fault(&self) -> Result<(), LogFault> {
        let allowed = match self.before {
            Some(before) => before,
            None if self.is_used => 0,
            None => return Ok(()),
        };
        let late = self.unsealed.iter().find(|(_, last)| *last >= allowed);
        late.map_or(Ok(()), |(first, _)| {
            Err(LogFault { index: (*first).max(allowed), what: FaultKind::Forged })
        })
    }
}
