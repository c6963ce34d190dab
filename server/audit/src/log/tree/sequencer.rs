//! The sequencer: gives waiting entries their places in the tree, signs a checkpoint, and sends it to the second place.
//!
//! Any number of processes may run it: whoever holds the row of the head is the sequencer until its transaction ends.
//! A checkpoint that contradicts an earlier one, here or in the second place, is never signed: the sequencer stops with an
//! error that says at which size, and stays stopped until somebody has looked.

use super::{
    CheckpointSigner, HashTile, LogCheckpoint, LogTree, TreeHash, VerifierKey,
    checkpoint_mirror::{CheckpointMirror, MirrorError},
    grow::{levels, tile_of, unfinished},
    tiles,
};
use crate::log::{Action, LogEvent, append_in, leaf, nobody_chain, seal::SealedLine};
use std::sync::atomic::{AtomicBool, Ordering};
use techo_custody::{Custody, Internal, Result};
use techo_model::EventId;
use techo_store::{
    Tx,
    records::log_tree::{CheckpointRow, PendingEntry},
};

/// Entries of one checkpoint at most, so that the writer of the log never waits long.
const BATCH: i64 = 4_096;
/// Checkpoints that one turn delivers.
const DELIVERIES: i64 = 64;
/// The setting of the record store that names the log for good.
const ORIGIN: &str = "log_origin";
/// The setting of the record store that names the line about the beginning of seals.
const SEALS: &str = "log_seals";
/// Detail of that line: how many leaves there were before.
pub(crate) const LEAVES: &str = "leaves";

/// Why the tree does not grow.
#[derive(Debug, thiserror::Error)]
pub enum SequencerError {
    /// The log is not the one that was signed before.
    #[error(
        "the access log contradicts its checkpoint of size {0}; nothing is signed until somebody ran `techo audit verify`"
    )]
    Contradiction(u64),
    /// An entry waits for a place that has no seal of ours.
    #[error(
        "entry {0} of the access log has no seal of ours; nothing is signed until somebody ran `techo audit verify`"
    )]
    Forged(EventId),
    /// The beginning of seals was taken out of the database.
    #[error(
        "the access log has seals but not their beginning; nothing is signed until somebody ran `techo audit verify`"
    )]
    NoBeginning,
    /// The second place does not take checkpoints; they wait.
    #[error("checkpoints wait for the second place: {0}")]
    CheckpointMirror(MirrorError),
    /// Ours.
    #[error(transparent)]
    Ours(#[from] techo_custody::Failure),
}

impl From<techo_store::StoreError> for SequencerError {
    fn from(error: techo_store::StoreError) -> Self {
        Self::Ours(error.into())
    }
}

impl From<Internal> for SequencerError {
    fn from(error: Internal) -> Self {
        Self::Ours(error.into())
    }
}

/// Gives places, signs, delivers.
#[derive(Debug)]
pub struct Sequencer {
    custody: Custody,
    signer: CheckpointSigner,
    place: CheckpointMirror,
    agreed: AtomicBool,
    sealing: AtomicBool,
}

/// The name of this log. The first one that is proposed stays.
///
/// # Errors
/// A database.
pub async fn log_origin(custody: &Custody, proposed: &str) -> Result<String> {
    Ok(custody.stores.records.keep_setting(ORIGIN, proposed).await?)
}

/// The keys that check the checkpoints of this log: that of the writing key version first.
///
/// # Errors
/// A database.
pub async fn log_verifiers(custody: &Custody) -> Result<Vec<VerifierKey>> {
    let Some(origin) = custody.stores.records.setting(ORIGIN).await? else { return Ok(Vec::new()) };
    let signers =
        custody.keys.readers().map(|keys| CheckpointSigner::new(&origin, &keys.log_signing_secret()));
    Ok(signers.map(|signer| signer.verifier().clone()).collect())
}

impl Sequencer {
    /// The sequencer of a log that calls itself `origin` unless it has a name already.
    ///
    /// # Errors
    /// A database.
    pub async fn new(custody: Custody, origin: &str, place: CheckpointMirror) -> Result<Self> {
        let origin = log_origin(&custody, origin).await?;
        let signer = CheckpointSigner::new(&origin, &custody.keys.current().log_signing_secret());
        Ok(Self { custody, signer, place, agreed: AtomicBool::new(false), sealing: AtomicBool::new(false) })
    }

    /// Gives every waiting entry its place and delivers the checkpoints. Returns how many got one.
    ///
    /// # Errors
    /// See [`SequencerError`]. What was not done waits for the next turn.
    pub async fn run_once(&self) -> Result<u64, SequencerError> {
        if !self.agreed.load(Ordering::Relaxed) {
            self.agree_with_second_place().await?;
            self.agreed.store(true, Ordering::Relaxed);
        }
        if !self.sealing.load(Ordering::Relaxed) {
            self.begin_seals().await?;
            self.sealing.store(true, Ordering::Relaxed);
        }
        let mut placed = 0;
        loop {
            let count = self.grow().await?;
            placed += count;
            if count < BATCH.unsigned_abs() {
                break;
            }
        }
        self.deliver().await?;
        Ok(placed)
    }

    /// Asked once a process: what stands in the second place must be the past of this log.
    async fn agree_with_second_place(&self) -> Result<(), SequencerError> {
        let place = self.place.clone();
        let last = blocking(move || place.last()).await?.map_err(SequencerError::CheckpointMirror)?;
        let Some(LogCheckpoint { size, root, .. }) = last else { return Ok(()) };
        let records = &self.custody.stores.records;
        let has = u64::try_from(records.log_size().await?).unwrap_or(0);
        let whole = 0..size;
        let ours = if size <= has {
            tiles::hashes(records, std::slice::from_ref(&whole)).await?.pop()
        } else {
            None
        };
        if ours == Some(root) { Ok(()) } else { Err(SequencerError::Contradiction(size)) }
    }

    /// Done once for a log: a line says how many leaves are from before there were seals. What waits at that moment was
    /// written by an earlier version a moment ago and is sealed.
    async fn begin_seals(&self) -> Result<(), SequencerError> {
        let (custody, records) = (&self.custody, &self.custody.stores.records);
        let nobody = nobody_chain(custody).await?;
        let mut tx = records.begin().await?;
        let leaves = records.lock_log_head(&mut tx).await?;
        if records.setting_in(&mut tx, SEALS).await?.is_some() {
            return Ok(tx.rollback().await?);
        }
        if records.is_last_leaf_sealed(&mut tx).await? {
            return Err(SequencerError::NoBeginning);
        }
        loop {
            let waiting = records.unsealed_pending_entries(&mut tx, BATCH).await?;
            if waiting.is_empty() {
                break;
            }
            for pending in &waiting {
                let entry = committed(pending)?;
                let line = sealed_line(pending, &entry).ok_or(SequencerError::Forged(pending.event_id))?;
                let seal = line.seal(custody.keys.current());
                records.seal_access_event(&mut tx, pending.event_id, &seal).await?;
            }
        }
        let mut event = LogEvent::by_log(&custody.environment, nobody, Action::SealsBegin);
        event.detail.insert(LEAVES.to_owned(), leaves.into());
        records.put_setting(&mut tx, SEALS, &event.id.to_string()).await?;
        append_in(custody, &mut tx, &[event]).await?;
        Ok(tx.commit().await?)
    }

    async fn grow(&self) -> Result<u64, SequencerError> {
        let (records, environment) = (&self.custody.stores.records, &self.custody.environment);
        let mut tx = records.begin().await?;
        let first = records.lock_log_head(&mut tx).await?;
        let entries = records.pending_entries(&mut tx, BATCH).await?;
        if entries.is_empty() {
            tx.rollback().await?;
            return Ok(0);
        }
        if let Some(forged) = entries.iter().find(|pending| !self.is_sealed(pending)) {
            return Err(SequencerError::Forged(forged.event_id));
        }
        let mut tree = self.restore(&mut tx, first).await?;
        let mut tiles = Vec::new();
        push_all(&mut tree, &entries, &mut tiles)?;
        tiles.extend(tree.unfinished());
        let rows: Vec<_> = tiles.iter().map(tiles::row).collect();
        let size = i64::try_from(tree.size()).map_err(|_| Internal::Unexpected("the log is full"))?;
        records.place_entries(&mut tx, first, &entries).await?;
        records.put_tiles(&mut tx, &rows).await?;
        records.put_log_size(&mut tx, size).await?;
        let note = self.signer.sign(tree.size(), tree.root());
        let row = CheckpointRow { size, root: tree.root().to_vec(), note, signed_at: environment.now() };
        records.add_checkpoint(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(u64::try_from(entries.len()).unwrap_or(0))
    }

    fn is_sealed(&self, pending: &PendingEntry) -> bool {
        let Ok(entry) = committed(pending) else { return false };
        let line = sealed_line(pending, &entry);
        line.zip(pending.mac.as_deref())
            .is_some_and(|(line, mac)| line.check(&self.custody.keys, mac).is_some())
    }

    /// The tree so far, from its unfinished tiles. It must be the one that was signed last.
    async fn restore(&self, tx: &mut Tx, size: i64) -> Result<LogTree, SequencerError> {
        let records = &self.custody.stores.records;
        let signed = records.last_checkpoint_in(tx).await?;
        let size = u64::try_from(size).map_err(|_| Internal::corrupt("log_head", "size", size))?;
        let wanted: Vec<_> = (0..levels(size))
            .filter(|level| unfinished(size, *level) > 0)
            .map(|level| {
                (i64::try_from(level).unwrap_or(0), i64::try_from(tile_of(size, level)).unwrap_or(0))
            })
            .collect();
        let mut edge = vec![Vec::new(); levels(size)];
        for row in records.tiles_in(tx, &wanted).await? {
            edge[usize::try_from(row.level).unwrap_or(0)] = tiles::split(&row)?;
        }
        let tree = LogTree::restore(size, edge).ok_or(SequencerError::Contradiction(size))?;
        let agrees = match &signed {
            Some(signed) => signed.size.unsigned_abs() == size && signed.root == tree.root(),
            None => size == 0,
        };
        if agrees { Ok(tree) } else { Err(SequencerError::Contradiction(size)) }
    }

    async fn deliver(&self) -> Result<(), SequencerError> {
        let (records, environment) = (&self.custody.stores.records, &self.custody.environment);
        loop {
            let waiting = records.undelivered_checkpoints(DELIVERIES).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            for CheckpointRow { size, note, .. } in waiting {
                let place = self.place.clone();
                let put = move || place.put(size.unsigned_abs(), &note);
                match blocking(put).await? {
                    Ok(()) => records.checkpoint_delivered(size, environment.now()).await?,
                    Err(MirrorError::Contradiction(size)) => return Err(SequencerError::Contradiction(size)),
                    Err(other) => return Err(SequencerError::CheckpointMirror(other)),
                }
            }
        }
    }
}

fn push_all(tree: &mut LogTree, entries: &[PendingEntry], full: &mut Vec<HashTile>) -> Result<(), Internal> {
    for pending in entries {
        tree.push(leaf(&committed(pending)?), &mut |tile| full.push(tile));
    }
    Ok(())
}

fn committed(pending: &PendingEntry) -> Result<TreeHash, Internal> {
    let corrupt = || Internal::corrupt("log_pending", "entry", pending.event_id.0);
    pending.entry.as_slice().try_into().map_err(|_| corrupt())
}

/// What the seal of a waiting entry is about; none when the entry itself is not there.
fn sealed_line<'a>(pending: &PendingEntry, entry: &'a TreeHash) -> Option<SealedLine<'a>> {
    let (chain, seq, event) = (pending.chain_id?, pending.chain_seq, pending.event_id);
    Some(SealedLine { chain, seq, event, entry })
}

/// Disks and networks that may be slow do not hold up anybody else.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Internal> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Internal::Unexpected("the second place panicked"))
}
