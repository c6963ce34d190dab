//! Bodies that are not there: each must be covered by a later line of the same chain that says that it was erased.

use super::{FaultKind, LogFault, link::Link, said::Said};
use std::collections::HashMap;
use techo_model::ChainId;

/// Bodies that are missing and that no line has explained yet: number and place of each.
#[derive(Default)]
pub(super) struct Missing {
    unexplained: HashMap<ChainId, Vec<(i64, u64)>>,
    count: u64,
}

impl Missing {
    /// Takes the next line of a chain into account.
    pub(super) fn hear(&mut self, link: &Link<'_>, index: u64, said: &Said) {
        if link.content.is_none() {
            self.count += 1;
            self.unexplained.entry(link.chain).or_default().push((link.seq, index));
        }
        // An erasure speaks of what was before it and never of what comes.
        if let Said::Erased(through) = said
            && let Some(missing) = self.unexplained.get_mut(&link.chain)
        {
            missing.retain(|(seq, _)| seq > through || *seq >= link.seq);
        }
    }

    /// How many bodies are missing, explained or not.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The first body that is missing without an erasure.
    pub(super) fn fault(&self) -> Result<(), LogFault> {
        let first = self.unexplained.values().flatten().map(|(_, index)| *index).min();
        first.map_or(Ok(()), |index| Err(LogFault { index, what: FaultKind::BodyGone }))
    }
}
