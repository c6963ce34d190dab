//! Records whose resident is not in the vault: their code alone leads from the old keys to the new ones. And the proof
//! that every code of the record store was made with the new key.

use super::{RotateError, RotationPart, rekey::Rekey};
use techo_model::RecordCode;
use techo_store::records::rotation::{CODED, CodedTable};
use uuid::Uuid;

/// Codes of one page.
const PAGE: i64 = 500;

impl Rekey<'_> {
    /// Walks through every record code there is, and carries those that are left.
    pub(super) async fn rekey_codes(&mut self) -> Result<(), RotateError> {
        let mut done = 0;
        for table in CODED {
            let mut after = RecordCode(Uuid::nil());
            loop {
                let page = self.custody.stores.records.codes_after(table, after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = *last;
                let left = self.left_behind(table, &page)?;
                // A rehearsal rolled everybody back, so there all are left; that they can be carried is enough.
                if !left.is_empty() && !self.rehearses() {
                    self.move_records(&left).await?;
                }
                done += u64::try_from(page.len()).unwrap_or(0);
                self.step(RotationPart::Codes, done)?;
            }
        }
        Ok(())
    }

    /// Codes of the old key, each with its new one.
    fn left_behind(
        &self,
        table: CodedTable,
        codes: &[RecordCode],
    ) -> Result<Vec<(RecordCode, RecordCode)>, RotateError> {
        let foreign = |_| RotateError::ForeignCode { table: table.name };
        codes
            .iter()
            .filter(|code| !self.new_keys().made_record(**code))
            .map(|code| Ok((*code, self.old().rekey_record(*code, self.new_keys()).map_err(foreign)?)))
            .collect()
    }
}
