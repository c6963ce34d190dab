//! Organisations on whose behalf a command works.

use super::CommandError;
use techo_custody::Custody;
use techo_model::organisation::{Organisation, OrganisationState};

/// The registered organisation with this number, unless its operator stopped it: what is stopped sends no files and no letters
/// either.
pub(super) async fn active_organisation(custody: &Custody, id: &str) -> Result<Organisation, CommandError> {
    let id = techo_model::text::normalise(id);
    let found = custody.stores.vault.organisation(&id).await?.ok_or_else(|| {
        CommandError::Other(format!("組織 {id} は登録されていません。「techo org add」で登録してください。"))
    })?;
    let access = custody.stores.vault.system_access(&id).await?;
    if access.is_some_and(|access| access.state != OrganisationState::Active) {
        return Err(CommandError::Other(format!(
            "組織 {id} は停止中です。「techo org resume {id}」で、また受け付けられます。"
        )));
    }
    Ok(found)
}
