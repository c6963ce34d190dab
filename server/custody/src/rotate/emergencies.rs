//! What was written about emergencies: opened with the old key, sealed with the new one.

use super::{RotateError, RotationPart, error::at, rekey::Rekey};
use crate::{Result, emergency_text};
use techo_model::EventId;
use techo_store::records::emergencies::EmergencyRow;
use uuid::Uuid;

/// Rows of one page.
const PAGE: i64 = 200;

impl Rekey<'_> {
    /// Carries every emergency that still stands under the old keys.
    pub(super) async fn rekey_emergencies(&mut self) -> Result<(), RotateError> {
        let records = self.custody.stores.records.clone();
        let (mut after, mut done) = (EventId(Uuid::nil()), 0);
        loop {
            let page = records.emergencies_of_version(self.rotation.from, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.emergency_id;
            let mut tx = records.begin().await?;
            for row in &page {
                let carried = self.rekey_emergency(row).map_err(at("emergency", row.emergency_id.0))?;
                records.reseal_emergency(&mut tx, &carried, self.rotation.from).await?;
            }
            self.close(tx).await?;
            done += u64::try_from(page.len()).unwrap_or(0);
            self.step(RotationPart::Emergencies, done)?;
        }
    }

    fn rekey_emergency(&self, row: &EmergencyRow) -> Result<EmergencyRow> {
        let (custody, id) = (&self.custody, row.emergency_id);
        let again = |column, value: &[u8]| {
            let opened = emergency_text::open(&custody.keys, id, column, value)?;
            Ok::<_, crate::Failure>(emergency_text::seal(custody, id, column, &opened))
        };
        let optional =
            |column, value: &Option<Vec<u8>>| value.as_deref().map(|value| again(column, value)).transpose();
        Ok(EmergencyRow {
            reason_sealed: again(emergency_text::REASON, &row.reason_sealed)?,
            reply_sealed: optional(emergency_text::REPLY, &row.reply_sealed)?,
            remark_sealed: optional(emergency_text::REMARK, &row.remark_sealed)?,
            key_version: self.new_keys().version(),
            ..row.clone()
        })
    }
}
