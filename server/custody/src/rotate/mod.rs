//! Rotation: everything that the keys protect is carried from one key version to the next.
//!
//! Codes are inverted with the old key and made again with the new one, look-ups and digests are made again from what is
//! sealed, sealed values are opened and sealed again. Residents go in pages: the record store's half of a page is one
//! transaction, the vault's half the next, so that a kill between the two only leaves a half that finds nothing to do.
//! What is done is seen by its key version; what a rotation is about stands in the vault ([`state`]) until its end, and
//! nobody else may work with the databases meanwhile.
//!
//! Before anything is written, the whole way is rehearsed with keys that are thrown away, and every page rolled back: a
//! value that does not open stops a rotation before its beginning, not in its middle.
//!
//! To add something that a key protects: a part here, its table in the counts of `techo_store::{vault, records}::rotation`.
//! Activation letters stay as they are: their codes are known to their readers only, so look-ups try every version
//! ([`crate::keys::KeyRing::readers`]).

mod adoption;
mod cards;
mod codes;
mod emergencies;
mod error;
mod people;
mod rekey;
mod row_counts;
mod state;
mod summary;
mod waiting;

pub use adoption::adopt_keys;
pub use error::RotateError;
pub use state::{UnfinishedRotation, unfinished};
pub use summary::{RotationSummary, TableSummary};

use crate::{
    Custody,
    environment::Environment,
    keys::{
        KeyRing, file,
        installed::Installed,
        set::{KeySet, MasterKey},
    },
};
use rekey::{Rekey, RunMode};
use row_counts::RowCounts;
use state::Rotation;
use std::{ops::ControlFlow, path::Path, time::Duration};
use techo_store::{DatabaseName, Db, Stores, jobs::count_live_leases};

/// What a rotation is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RotationPart {
    /// Everything once, without writing.
    Rehearsal,
    /// The new key and the note that a rotation began.
    Beginning,
    /// Residents, with their records.
    People,
    /// Records whose resident is not in the vault.
    Codes,
    /// Cards.
    Cards,
    /// Coverage and records that wait for their person.
    Waiting,
    /// What was written about emergencies.
    Emergencies,
    /// Counts, and the note that it is over.
    End,
}

/// How far a rotation is: told after each transaction, and asked whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationStep {
    /// What it is busy with.
    pub part: RotationPart,
    /// Rows or people of this part so far.
    pub done: u64,
}

/// Who looks on. To break is as safe as a kill, and the next rotation goes on from there.
pub type RotationObserver<'a> = &'a mut (dyn FnMut(RotationStep) -> ControlFlow<()> + Send);

/// Rotates to a new key version, or finishes a rotation that was interrupted.
///
/// The caller sees to it that nobody else works with the databases; a worker on another machine is seen by its leases. The new version is added to the key file; the old
/// ones stay there, because backups need them.
///
/// # Errors
/// See [`RotateError`]. Whatever stops a rotation, the next one goes on from there.
pub async fn rotate(
    stores: &Stores,
    key_file: &Path,
    environment: &Environment,
    watch: RotationObserver<'_>,
) -> Result<RotationSummary, RotateError> {
    stop_beside_workers(stores, environment).await?;
    let ring = file::load(key_file)?;
    let rotation = match Rotation::noted(stores).await? {
        Some(rotation) => rotation,
        None => begin(stores, key_file, environment, &ring, watch).await?,
    };
    let rotation = count_alone(stores, environment, rotation).await?;
    let keys = rotation.to.choose(&file::load(key_file)?)?;
    keys.version(rotation.from)?;
    let custody = Custody { stores: stores.clone(), keys, environment: environment.clone() };
    Rekey::new(custody, RunMode::Real, rotation, watch).run().await
}

/// How long after the note of a rotation nobody on another machine writes any more: doors ask every five seconds and finish what they
/// have in hand within twenty, imports ask before each batch. On this machine nobody is there.
const NOTICE: Duration = Duration::from_secs(30);

/// Counts again what there is, once nobody writes any more, so that what was written until then is no reason to stop at the end.
async fn count_alone(
    stores: &Stores,
    environment: &Environment,
    rotation: Rotation,
) -> Result<Rotation, RotateError> {
    if rotation.is_counted_alone {
        return Ok(rotation);
    }
    if matches!(stores.vault.db(), Db::Postgres(_)) || matches!(stores.records.db(), Db::Postgres(_)) {
        environment.wait(NOTICE).await;
    }
    let rotation = Rotation { before: RowCounts::take(stores).await?, is_counted_alone: true, ..rotation };
    rotation.note(stores).await?;
    Ok(rotation)
}

/// A worker that is alive has the lease of some job at any moment.
async fn stop_beside_workers(stores: &Stores, environment: &Environment) -> Result<(), RotateError> {
    let (now, mut at_work) = (environment.now(), 0);
    for which in [DatabaseName::Identity, DatabaseName::Records] {
        at_work += count_live_leases(stores.db(which), now).await?;
    }
    if at_work > 0 { Err(RotateError::AtWork(at_work)) } else { Ok(()) }
}

/// Rehearses, adds the new version to the key file, and notes the rotation. The file goes first: a version that nothing
/// stands under does no harm, a noted rotation without its key would.
async fn begin(
    stores: &Stores,
    key_file: &Path,
    environment: &Environment,
    ring: &KeyRing,
    watch: RotationObserver<'_>,
) -> Result<Rotation, RotateError> {
    let ring = adopt_keys(ring, stores).await?;
    let from = ring.current().version();
    row_counts::all_under(stores, from).await?;
    let before = RowCounts::take(stores).await?;

    let throwaway = KeySet::derive(ring.newest().version() + 1, &MasterKey::new(environment.bytes()));
    let rotation = Rotation::new(from, Installed::under(&throwaway), before.clone());
    let keys = ring.with(throwaway).writing(rotation.to.version())?;
    let custody = Custody { stores: stores.clone(), keys, environment: environment.clone() };
    Rekey::new(custody, RunMode::Rehearsal, rotation, watch).rehearse().await?;

    let ring = file::add_version(key_file, environment)?;
    report_step(watch, RotationStep { part: RotationPart::Beginning, done: 1 })?;
    let rotation = Rotation::new(from, Installed::under(ring.newest()), before);
    rotation.note(stores).await?;
    report_step(watch, RotationStep { part: RotationPart::Beginning, done: 2 })?;
    Ok(rotation)
}

fn report_step(watch: RotationObserver<'_>, step: RotationStep) -> Result<(), RotateError> {
    match watch(step) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(RotateError::Stopped),
    }
}
