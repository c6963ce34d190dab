//! Bodies that are not there: each must be covered by a later line of the same chain that says that it was erased.

use super::{LogFault, What, chains::Link};
use crate::log::{Action, erasure::THROUGH, tree::sequencer::LEAVES};
use serde_json::Value;
use std::collections::HashMap;
use techo_model::ChainId;

/// What a line says about other lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing.
    Nothing,
    /// Everything of its chain up to and with this number was erased.
    Erased(i64),
    /// Lines are sealed from here on; so many leaves were there before.
    SealsBegin(u64),
}

impl Said {
    /// Reads a body; none when it should say a number and does not.
    pub(super) fn read(action: &str, body: &str) -> Option<Self> {
        let number = |name: &str| {
            let body: Value = serde_json::from_str(body).ok()?;
            body["detail"][name].as_i64()
        };
        if action == Action::Erase.as_str() {
            return number(THROUGH).map(Self::Erased);
        }
        if action == Action::SealsBegin.as_str() {
            return number(LEAVES).and_then(|leaves| u64::try_from(leaves).ok()).map(Self::SealsBegin);
        }
        Some(Self::Nothing)
    }
}

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
        first.map_or(Ok(()), |index| Err(LogFault { index, what: What::BodyGone }))
    }
}
