//! What a page needs to know about its reader.

use super::CitizenServices;
use techo_custody::{
    Internal, Result,
    seal::SealLocation,
    stored::{maybe_stored_date, stored_date},
};
use techo_identity::access::PatientScope;
use techo_model::CalendarDate;
use techo_store::vault::owners::OwnerRow;

/// The reader of a page.
pub(super) struct Owner {
    pub(super) birth: CalendarDate,
    /// Days on which a move was registered: into the present municipality, and out of it.
    pub(super) moves: Vec<CalendarDate>,
    /// 自治体コード of the present municipality.
    pub(super) municipality: String,
    pub(super) passkeys: i64,
    pub(super) card_ends_on: Option<CalendarDate>,
    row: OwnerRow,
}

impl CitizenServices {
    pub(super) async fn owner(&self, scope: &PatientScope) -> Result<Owner> {
        let row = self.custody.stores.vault.owner(scope.resident(), scope.account()).await?;
        let row = row.ok_or(Internal::Unexpected("the resident of a scope is gone"))?;
        let birth = self.open(scope, "birth_sealed", &row.birth_sealed)?;
        let id = scope.resident().0;
        let day = |column, day: &Option<String>| maybe_stored_date(day.as_deref(), "resident", column, id);
        let moved_in = day("moved_in_on", &row.moved_in_on)?;
        let moved_out = day("moved_out_on", &row.moved_out_on)?;
        Ok(Owner {
            birth: stored_date(&birth, "resident", "birth_sealed", id)?,
            moves: moved_in.into_iter().chain(moved_out).collect(),
            municipality: row.municipality.clone(),
            passkeys: row.passkeys,
            card_ends_on: row.card_not_after.map(techo_model::UnixMillis::date_in_japan),
            row,
        })
    }

    /// 氏名, opened only where a page shows it.
    pub(super) fn name_of(&self, scope: &PatientScope, owner: &Owner) -> Result<String> {
        self.open(scope, "name_sealed", &owner.row.name_sealed)
    }

    fn open(&self, scope: &PatientScope, column: &'static str, sealed: &[u8]) -> Result<String> {
        let row = scope.resident().0.into_bytes();
        Ok(self.custody.keys.open_text(SealLocation { table: "resident", column, row: &row }, sealed)?)
    }
}
