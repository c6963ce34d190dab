//! The way from the old keys to the new ones, real or rehearsed.

use super::{
    RotateError, RotationObserver, RotationPart, RotationStep, RotationSummary, report_step, row_counts,
    state::Rotation, summary,
};
use crate::{
    Custody,
    keys::{installed, set::KeySet},
};
use techo_store::Tx;

/// Whether a rotation lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunMode {
    /// Everything is done and rolled back, page by page.
    Rehearsal,
    /// Everything is done.
    Real,
}

/// What every part works with.
pub(super) struct Rekey<'a> {
    /// Databases and clock; the new keys write, the old ones open.
    pub(super) custody: Custody,
    /// What it is about.
    pub(super) rotation: Rotation,
    mode: RunMode,
    watch: RotationObserver<'a>,
}

impl<'a> Rekey<'a> {
    pub(super) fn new(
        custody: Custody,
        way: RunMode,
        rotation: Rotation,
        watch: RotationObserver<'a>,
    ) -> Self {
        Self { custody, rotation, mode: way, watch }
    }

    /// The old keys.
    pub(super) fn old(&self) -> &KeySet {
        self.custody.keys.version(self.rotation.from).expect("both versions were looked for at the beginning")
    }

    /// The new keys.
    pub(super) fn new_keys(&self) -> &KeySet {
        self.custody.keys.current()
    }

    /// Whether this is a rehearsal.
    pub(super) fn rehearses(&self) -> bool {
        self.mode == RunMode::Rehearsal
    }

    /// Makes a page last, unless it is a rehearsal.
    pub(super) async fn close(&self, tx: Tx) -> Result<(), RotateError> {
        match self.mode {
            RunMode::Real => Ok(tx.commit().await?),
            RunMode::Rehearsal => Ok(tx.rollback().await?),
        }
    }

    /// Tells how far it is.
    pub(super) fn step(&mut self, part: RotationPart, done: u64) -> Result<(), RotateError> {
        let part = if self.rehearses() { RotationPart::Rehearsal } else { part };
        report_step(self.watch, RotationStep { part, done })
    }

    /// Does everything without writing.
    pub(super) async fn rehearse(mut self) -> Result<(), RotateError> {
        self.rekey_all().await
    }

    /// Does everything, compares, and closes the books.
    pub(super) async fn run(mut self) -> Result<RotationSummary, RotateError> {
        self.rekey_all().await?;
        let stores = self.custody.stores.clone();
        row_counts::all_under(&stores, self.new_keys().version()).await?;
        let summary = summary::compare(&stores, &self.rotation).await?;
        let text = self.rotation.to.text();
        // The vault last: as long as it notes the rotation, nobody compares the two.
        let mut tx = stores.records.begin().await?;
        stores.records.put_setting(&mut tx, installed::SETTING, &text).await?;
        tx.commit().await?;
        self.step(RotationPart::End, 1)?;
        let mut tx = stores.vault.begin().await?;
        stores.vault.put_setting(&mut tx, installed::SETTING, &text).await?;
        Rotation::forget(&stores, &mut tx).await?;
        tx.commit().await?;
        Ok(summary)
    }

    async fn rekey_all(&mut self) -> Result<(), RotateError> {
        self.rekey_people().await?;
        self.rekey_codes().await?;
        self.rekey_cards().await?;
        self.rekey_waiting_coverage().await?;
        self.rekey_waiting_records().await?;
        self.rekey_emergencies().await
    }
}
