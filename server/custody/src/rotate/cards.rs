//! Cards: look-up and seal of the serial number are made again.

use super::{RotateError, RotationPart, error::at, rekey::Rekey};
use crate::{Result, card_record::rekey_card};
use techo_model::BindingId;
use techo_store::vault::bindings::BindingRecord;
use uuid::Uuid;

/// Cards of one page.
const PAGE: i64 = 500;

impl Rekey<'_> {
    /// Carries every card that still stands under the old keys.
    pub(super) async fn rekey_cards(&mut self) -> Result<(), RotateError> {
        let vault = self.custody.stores.vault.clone();
        let (mut after, mut done) = (BindingId(Uuid::nil()), 0);
        loop {
            let page = vault.bindings_of_version(self.rotation.from, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.binding_id;
            let mut tx = vault.begin().await?;
            for row in &page {
                let carried = self.rekey_card(row).map_err(at("card_binding", row.binding_id.0))?;
                vault.reseal_binding(&mut tx, &carried, self.rotation.from).await?;
            }
            self.close(tx).await?;
            done += u64::try_from(page.len()).unwrap_or(0);
            self.step(RotationPart::Cards, done)?;
        }
    }

    fn rekey_card(&self, row: &BindingRecord) -> Result<BindingRecord> {
        rekey_card(&self.custody, self.old(), row)
    }
}
