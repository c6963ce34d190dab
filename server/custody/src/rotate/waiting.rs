//! What waits for its person: aliases are carried or made again from what is sealed, digests and seals are made again.

use super::{RotateError, RotationPart, error::at, rekey::Rekey};
use crate::{
    Internal, Result, coverage_record,
    waiting_content::{self, WaitingKeys},
};
use techo_exchange::cda;
use techo_model::{RecordCode, WaitingId, record::WaitingKind};
use techo_store::{records::import::waiting::WaitingRecord, vault::waiting::WaitingCoverage};
use uuid::Uuid;

/// Rows of one page; documents are large.
const PAGE: i64 = 100;

impl Rekey<'_> {
    /// Carries every waiting coverage row that still stands under the old keys.
    pub(super) async fn rekey_waiting_coverage(&mut self) -> Result<(), RotateError> {
        let vault = self.custody.stores.vault.clone();
        let (mut after, mut done) = (WaitingId(Uuid::nil()), 0);
        loop {
            let page = vault.waiting_coverage_of_version(self.rotation.from, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.waiting_id;
            let mut tx = vault.begin().await?;
            for row in &page {
                let carried = self.rekey_statement(row).map_err(at("waiting_coverage", row.waiting_id.0))?;
                vault.rekey_waiting_coverage(&mut tx, &carried, self.rotation.from).await?;
            }
            self.close(tx).await?;
            done += u64::try_from(page.len()).unwrap_or(0);
            self.step(RotationPart::Waiting, done)?;
        }
    }

    fn rekey_statement(&self, row: &WaitingCoverage) -> Result<WaitingCoverage> {
        let (facts, branch) = coverage_record::open_waiting(&self.custody.keys, row)?;
        let waiting = coverage_record::NewWaitingCoverage {
            id: row.waiting_id,
            alias: self.old().rekey_my_number(row.my_number_alias, self.new_keys())?,
            facts: &facts,
            branch,
            sent_by: row.sent_by.clone(),
            received_at: row.received_at,
        };
        Ok(waiting.row(&self.custody))
    }

    /// Carries every waiting document and dose that still stands under the old keys.
    pub(super) async fn rekey_waiting_records(&mut self) -> Result<(), RotateError> {
        let records = self.custody.stores.records.clone();
        let (mut after, mut done) = (WaitingId(Uuid::nil()), 0);
        loop {
            let mut tx = records.begin().await?;
            let page = records.waiting_after(&mut tx, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.waiting_id;
            for row in page.iter().filter(|row| row.key_version == self.rotation.from) {
                let carried = self.rekey_waiting(row).map_err(at("waiting_record", row.waiting_id.0))?;
                records.rekey_waiting(&mut tx, &carried, self.rotation.from).await?;
            }
            self.close(tx).await?;
            done += u64::try_from(page.len()).unwrap_or(0);
            self.step(RotationPart::Waiting, done)?;
        }
    }

    fn rekey_waiting(&self, row: &WaitingRecord) -> Result<WaitingRecord> {
        let content = waiting_content::open(&self.custody.keys, row)?;
        let marks = match row.kind {
            WaitingKind::Checkup => cda::read(&content).map_or_else(
                |_| WaitingKeys::of_unreadable(self.new_keys(), &content),
                |document| WaitingKeys::of_checkup(self.new_keys(), &document, &content),
            ),
            WaitingKind::Vaccination => {
                let alias = Uuid::from_slice(&row.alias);
                let alias =
                    alias.map_err(|_| Internal::corrupt("waiting_record", "alias", row.waiting_id.0))?;
                let code = self.old().rekey_record(RecordCode(alias), self.new_keys())?;
                WaitingKeys::of_dose(self.new_keys(), code, &content)
            }
        };
        Ok(WaitingRecord {
            alias: marks.alias,
            family_alias: marks.family_alias,
            content_digest: marks.content_digest,
            content_sealed: waiting_content::seal(&self.custody, row.waiting_id, &content),
            key_version: self.new_keys().version(),
            ..row.clone()
        })
    }
}
