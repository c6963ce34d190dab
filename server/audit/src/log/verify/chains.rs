//! Every person's chain, followed through the whole log.

use super::{
    AuditError, FaultKind, LogFault,
    bodies::Missing,
    link::{Link, link},
    said::Said,
    seals::Seals,
};
use crate::log::{Commitment, EntrySalt, entry};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;
use std::{borrow::Cow, collections::HashMap};
use techo_custody::{Custody, keys::KeyRing};
use techo_model::ChainId;
use uuid::Uuid;

/// Chains of one page.
const PAGE: i64 = 1_000;

/// How far a chain is.
struct Reached {
    seq: i64,
    entry: Commitment,
    /// Key version of the last seal; 0 without one.
    version: i64,
}

/// How far each chain is, which lines have no seal, and whose bodies are missing.
pub(super) struct Chains {
    reached: HashMap<ChainId, Reached>,
    pub(super) seals: Seals,
    pub(super) missing: Missing,
}

/// What a body says about its own place.
#[derive(Deserialize)]
struct Placed<'a> {
    event_id: Uuid,
    chain: ChainId,
    seq: i64,
    #[serde(borrow)]
    previous: Option<&'a str>,
    #[serde(borrow)]
    action: Cow<'a, str>,
}

impl Chains {
    pub(super) fn new(keys: &KeyRing) -> Self {
        Self { reached: HashMap::new(), seals: Seals::new(keys), missing: Missing::default() }
    }

    pub(super) fn count(&self) -> usize {
        self.reached.len()
    }

    /// The next entry of a chain, at its place among the leaves: its content, its number, its link, its seal.
    pub(super) fn follow(&mut self, link: &Link<'_>, index: u64) -> Result<(), FaultKind> {
        let said = match link.content {
            Some((salt, body)) => check_content(link, salt, body)?,
            None => Said::Nothing,
        };
        let last = self.reached.get_mut(&link.chain);
        let expected = last.as_ref().map_or(1, |last| last.seq + 1);
        if link.seq != expected {
            return Err(FaultKind::Gap(expected));
        }
        if link.previous != last.as_ref().map(|last| last.entry.as_slice()) {
            return Err(FaultKind::Unlinked);
        }
        // A key that is not used any more seals nothing new.
        let version = self.seals.check(link, index)?;
        if version < last.as_ref().map_or(0, |last| last.version) {
            return Err(FaultKind::Forged);
        }
        self.seals.hear(link, &said)?;
        self.missing.hear(link, index, &said);
        let now = Reached { seq: link.seq, entry: link.entry, version };
        match last {
            Some(last) => *last = now,
            None => drop(self.reached.insert(link.chain, now)),
        }
        Ok(())
    }

    /// Follows what is not in the tree yet to the stored end of each chain. Returns how many entries that were.
    pub(super) async fn check_ends(&mut self, custody: &Custody, end: u64) -> Result<u64, AuditError> {
        let (mut after, mut waiting) = (ChainId(Uuid::nil()), 0);
        let records = &custody.stores.records;
        let fault = |what| AuditError::Fault(LogFault { index: end, what });
        loop {
            let heads = records.chain_heads_after(after, PAGE).await?;
            let Some(last) = heads.last() else { return Ok(waiting) };
            after = last.chain_id;
            for head in heads {
                let mut reached = self.reached.get(&head.chain_id).map_or(0, |last| last.seq);
                while reached + 1 < head.next_seq {
                    let entries = records.access_entries(head.chain_id, reached, PAGE).await?;
                    if entries.is_empty() {
                        return Err(fault(FaultKind::ChainCut(reached + 1)));
                    }
                    for stored in &entries {
                        let link = link(head.chain_id, stored).map_err(fault)?;
                        self.follow(&link, end).map_err(fault)?;
                        (reached, waiting) = (stored.chain_seq, waiting + 1);
                    }
                }
                self.ends_with(&head.chain_id, head.last_entry.as_deref(), head.next_seq).map_err(fault)?;
            }
        }
    }

    /// The stored end of a chain is its last entry, unless more came meanwhile.
    fn ends_with(&self, chain: &ChainId, last: Option<&[u8]>, next: i64) -> Result<(), FaultKind> {
        let reached = self.reached.get(chain);
        let (seq, entry) = reached.map_or((0, None), |last| (last.seq, Some(last.entry.as_slice())));
        if seq + 1 == next && entry != last { Err(FaultKind::ChainCut(next)) } else { Ok(()) }
    }
}

fn check_content(link: &Link<'_>, salt: &[u8], body: &str) -> Result<Said, FaultKind> {
    let salt = EntrySalt::try_from(salt).map_err(|_| FaultKind::Edited)?;
    if entry(&salt, body) != link.entry {
        return Err(FaultKind::Edited);
    }
    let placed: Placed<'_> = serde_json::from_str(body).map_err(|_| FaultKind::Edited)?;
    let mut encoded = [0; 44];
    let previous = link.previous.map(|entry| {
        let length = BASE64_STANDARD.encode_slice(entry, &mut encoded).unwrap_or(0);
        &encoded[..length]
    });
    let is_here = placed.event_id == link.event && placed.chain == link.chain && placed.seq == link.seq;
    if !is_here || placed.previous.map(str::as_bytes) != previous {
        return Err(FaultKind::Edited);
    }
    Said::read(&placed.action, body).ok_or(FaultKind::Edited)
}
