//! What holds now, and what held before.

use super::{ConsentVersion, ConsentView, Origin};
use crate::Portal;
use techo_audit::log::{Action, Category, Event};
use techo_custody::{Failure, Internal, Result};
use techo_disclosure::disclose::read_version;
use techo_identity::access::{ExportAllowed, PatientScope};
use techo_model::consent::ConsentOrigin;
use techo_model::organisation::{Organisation, OrganisationKind};
use techo_store::{RowKey, records::consent::ConsentVersionRow};

impl Portal {
    /// `/consent`.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn consent(&self, scope: &PatientScope) -> Result<ConsentView> {
        let row = self.custody.stores.records.consent(scope.record()).await?;
        let places = self.places().await?;
        self.log_read(scope, Category::Consent, None).await?;
        Ok(match row {
            None => ConsentView { version: 0, changed_at: None, state: Default::default(), places },
            Some(row) => ConsentView {
                version: row.version,
                changed_at: Some(row.changed_at),
                state: read_version(&row)?,
                places,
            },
        })
    }

    /// Places that treat or care for people, by name.
    pub(super) async fn places(&self) -> Result<Vec<Organisation>> {
        let mut all = self.custody.stores.vault.organisations().await?;
        all.retain(|one| {
            one.kind.is_facility() || matches!(one.kind, OrganisationKind::Pharmacy | OrganisationKind::Care)
        });
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// `/consent/history`: every version, newest first.
    pub async fn consent_history(&self, scope: &PatientScope) -> Result<Vec<ConsentVersion>> {
        let rows = self.custody.stores.records.consent_versions(scope.record()).await?;
        self.log_read(scope, Category::Consent, None).await?;
        Ok(rows.into_iter().map(version).collect::<Result<_, _>>()?)
    }

    /// One version, for its receipt and for going back to it.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none with this number.
    pub async fn consent_version(&self, scope: &PatientScope, number: i64) -> Result<ConsentVersion> {
        let all = self.consent_history(scope).await?;
        all.into_iter().find(|one| one.version == number).ok_or(Failure::NotFound)
    }

    /// The same, to be taken along as a file.
    ///
    /// # Errors
    /// [`Failure::NotFound`] likewise.
    pub async fn consent_receipt(&self, allowed: &ExportAllowed, number: i64) -> Result<ConsentVersion> {
        let scope = allowed.scope();
        let rows = self.custody.stores.records.consent_versions(scope.record()).await?;
        let row = rows.into_iter().find(|row| row.version == number).ok_or(Failure::NotFound)?;
        let event =
            Event::by_owner(&self.custody.environment, scope.chain(), Action::Export, Category::Consent);
        self.log.append(event).await?;
        Ok(version(row)?)
    }
}

fn version(row: ConsentVersionRow) -> Result<ConsentVersion, Internal> {
    Ok(ConsentVersion {
        version: row.version,
        origin: origin(row.origin, row.based_on, "consent_version")?,
        changed_at: row.changed_at,
        state: read_version(&row)?,
        language: row.language,
        shown: row.shown.lines().map(str::to_owned).collect(),
    })
}

/// How something came, as a row of this table has it.
pub(super) fn origin(
    origin: ConsentOrigin,
    based_on: Option<i64>,
    table: &'static str,
) -> Result<Origin, Internal> {
    match (origin, based_on) {
        (ConsentOrigin::Page, _) => Ok(Origin::Page),
        (ConsentOrigin::Restore, Some(version)) => Ok(Origin::Restore { version }),
        (ConsentOrigin::Import, _) => Ok(Origin::Import),
        (ConsentOrigin::Restore, None) => Err(Internal::corrupt(table, "based_on", RowKey::Unnamed)),
    }
}
