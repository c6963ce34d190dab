//! The audit: builds the whole log anew and compares it with everything that was promised about it.
//!
//! Leaves are read in order, in pages that the engine packs into one row each; memory grows with the number of people (about
//! a hundred bytes each), not with the number of entries. For each leaf: is it there, is its body the one that was committed
//! to, does it follow in its chain, is its hash the one that the tree holds. At each checkpoint, those of the second place
//! among them: is the root the one that was signed. Every line has a seal of our keys, every missing body a line that says that
//! it was erased, every checkpoint its twin in the second place. The first thing that is wrong ends the audit, so its index is the first
//! one.

mod bodies;
mod chains;
mod checkpoints;
mod fault;
mod leaves;
mod link;
mod said;
mod seals;

pub use fault::{FaultKind, LogFault};

use super::tree::{LogTree, TreeHash, checkpoint_mirror::CheckpointMirror};
use crate::log::log_verifiers;
use chains::Chains;
use checkpoints::Checkpoints;
use leaves::Tiles;
use link::Link;
use std::ops::ControlFlow;
use techo_custody::{Custody, Result};
use techo_store::{ReadConnection, records::packed_leaves::PackedLeaves};

/// Leaves of one page.
const PAGE: u64 = 4_096;

/// What a whole log holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AuditedLog {
    /// Entries in the tree.
    pub entries: u64,
    /// Entries whose body was erased, as a line of the log says.
    pub erased: u64,
    /// Entries from before lines had seals.
    pub unsealed: u64,
    /// Entries that wait for a place; their chains were checked.
    pub waiting: u64,
    /// People with a chain.
    pub chains: usize,
    /// Checkpoints that agree, here and in the second place together.
    pub checkpoints: u64,
    /// Those of them that stand in the database.
    pub checkpoints_here: u64,
    /// Those of them that stand in the second place.
    pub checkpoints_elsewhere: u64,
    /// Checkpoints that have not reached the second place; none where that cannot be read.
    pub checkpoints_waiting: Option<u64>,
    /// Root over all entries in the tree, in base64.
    pub root: String,
}

/// Why an audit did not end well.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The log is not whole.
    #[error("{0}")]
    Fault(#[from] LogFault),
    /// The second place cannot be read.
    #[error("控えの置き場所を読めません: {0}")]
    CheckpointMirror(#[from] super::tree::checkpoint_mirror::MirrorError),
    /// There is nothing in the second place although the log was signed.
    #[error("控えの置き場所（{0}）に控えが一つもないので、切り落としと作り直しを調べられません")]
    NothingToCompare(String),
    /// Whoever looked on ended it.
    #[error("途中で止めました")]
    Stopped,
    /// Ours.
    #[error(transparent)]
    Ours(#[from] techo_custody::Failure),
}

impl From<techo_store::StoreError> for AuditError {
    fn from(error: techo_store::StoreError) -> Self {
        Self::Ours(error.into())
    }
}

/// An audit under way.
struct Audit<'a> {
    custody: &'a Custody,
    reader: ReadConnection,
    tree: LogTree,
    chains: Chains,
    checkpoints: Checkpoints,
}

/// Audits the whole access log. `watch` is told how many entries were checked, and may end it.
///
/// # Errors
/// The first fault, or whatever kept the audit from its end.
pub async fn audit_log(
    custody: &Custody,
    place: &CheckpointMirror,
    watch: &mut (dyn FnMut(u64) -> ControlFlow<()> + Send),
) -> Result<AuditedLog, AuditError> {
    let keys = log_verifiers(custody).await?;
    let elsewhere = checkpoints::elsewhere(place, &keys)?;
    let end = u64::try_from(custody.stores.records.log_size().await?).unwrap_or(0);
    let events = custody.stores.records.count_access_events().await?;
    let mut audit = Audit {
        custody,
        reader: custody.stores.records.db().reader().await?,
        tree: LogTree::default(),
        chains: Chains::new(&custody.keys),
        checkpoints: Checkpoints::new(keys, place, elsewhere),
    };
    audit.leaves(end, watch).await?;
    audit.checkpoints.none_beyond(&custody.stores.records, end).await?;
    audit.checkpoints.none_missing(&custody.stores.records, place).await?;
    if custody.stores.records.count_log_places().await? < events {
        return Err(LogFault { index: end, what: FaultKind::Unplaced }.into());
    }
    let waiting = audit.chains.check_ends(custody, end).await?;
    audit.chains.seals.fault()?;
    audit.chains.missing.fault()?;
    let agreed = audit.checkpoints.agreed();
    let is_folder = matches!(place, CheckpointMirror::Folder(_));
    Ok(AuditedLog {
        entries: end,
        erased: audit.chains.missing.count(),
        unsealed: audit.chains.seals.count_unsealed(),
        waiting,
        chains: audit.chains.count(),
        checkpoints: agreed.here + agreed.elsewhere,
        checkpoints_here: agreed.here,
        checkpoints_elsewhere: agreed.elsewhere,
        checkpoints_waiting: is_folder.then(|| audit.checkpoints.waiting()),
        root: base64(&audit.tree.root()),
    })
}

impl Audit<'_> {
    async fn leaves(
        &mut self,
        end: u64,
        watch: &mut (dyn FnMut(u64) -> ControlFlow<()> + Send),
    ) -> Result<(), AuditError> {
        self.check_signed(0)?;
        while self.tree.size() < end {
            let from = self.tree.size();
            self.page(from, end.min(from + PAGE)).await?;
            if watch(self.tree.size()).is_break() {
                return Err(AuditError::Stopped);
            }
        }
        Ok(())
    }

    /// A page that is whole comes in one row. One that is not, if only since a body was erased, is read leaf by leaf.
    async fn page(&mut self, from: u64, until: u64) -> Result<(), AuditError> {
        let records = &self.custody.stores.records;
        let packed = records.packed_leaves(&mut self.reader, from.cast_signed(), until.cast_signed()).await?;
        if let Some(leaves) = packed.as_ref().and_then(PackedLeaves::unpack) {
            return self.links(from, leaves.into_iter().map(leaves::of_run).map(Ok).collect()).await;
        }
        let rows = records.leaves_from(from.cast_signed(), (until - from).cast_signed()).await?;
        if rows.is_empty() {
            return Err(LogFault { index: from, what: FaultKind::Removed }.into());
        }
        self.links(from, rows.iter().zip(from..).map(|(row, index)| leaves::of_row(row, index)).collect())
            .await
    }

    /// Checks leaves that should follow each other.
    async fn links(&mut self, from: u64, links: Vec<Result<Link<'_>, FaultKind>>) -> Result<(), AuditError> {
        let records = &self.custody.stores.records;
        let count = u64::try_from(links.len()).unwrap_or(0);
        let tiles = Tiles::load(records, from, count).await?;
        self.checkpoints.load(records, from + count).await?;
        for (index, link) in (from..).zip(links) {
            let fault = |what| LogFault { index, what };
            let link = link.map_err(fault)?;
            let leaf = leaves::check(&link, index, &mut self.chains, &tiles).map_err(fault)?;
            let mut full = Vec::new();
            self.tree.push(leaf, &mut |tile| full.push(tile));
            if !full.is_empty() {
                leaves::check_tiles(records, &full, index).await?;
            }
            self.check_signed(index + 1)?;
        }
        Ok(())
    }

    fn check_signed(&mut self, size: u64) -> Result<(), LogFault> {
        if self.checkpoints.is_due(size) {
            let root = self.tree.root();
            self.checkpoints.check(size, &root)?;
        }
        Ok(())
    }
}

fn base64(hash: &TreeHash) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(hash)
}

#[cfg(test)]
mod tests;
