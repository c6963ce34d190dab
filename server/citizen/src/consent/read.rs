//! What holds now, and what held before.

use super::{ConsentHistory, ConsentVersion, ConsentView, OrganisationSearch, VersionOrigin};
use crate::CitizenServices;
use techo_audit::log::{Action, Category, LogEvent};
use techo_custody::{Failure, Internal, Result};
use techo_disclosure::disclose::read_version;
use techo_identity::access::{ExportAllowed, PatientScope};
use techo_model::consent::ConsentOrigin;
use techo_model::paging::PageRequest;
use techo_store::{RowKey, records::consent::ConsentVersionRow};

impl CitizenServices {
    /// `/consent`.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn consent(&self, scope: &PatientScope) -> Result<ConsentView> {
        self.consent_with(scope, &OrganisationSearch::default()).await
    }

    /// `/consent`, with what somebody looks for among the places.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn consent_with(
        &self,
        scope: &PatientScope,
        search: &OrganisationSearch,
    ) -> Result<ConsentView> {
        let row = self.custody.stores.records.consent(scope.record()).await?;
        let draft = self.consent_draft(scope).await?;
        let state = row.as_ref().map(read_version).transpose()?.unwrap_or_default();
        let states: Vec<_> = draft.iter().map(|draft| &draft.state).chain([&state]).collect();
        let (places, finder) = self.places(&states, search).await?;
        self.log_read(scope, Category::Consent, None).await?;
        Ok(ConsentView {
            version: row.as_ref().map_or(0, |row| row.version),
            changed_at: row.map(|row| row.changed_at),
            state,
            places,
            finder,
        })
    }

    /// `/consent/history`: versions, newest first, before the one with this number.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn consent_history(&self, scope: &PatientScope, before: Option<i64>) -> Result<ConsentHistory> {
        let records = &self.custody.stores.records;
        let newest = records.consent(scope.record()).await?.map_or(0, |row| row.version);
        let request = PageRequest::from_place(before, VERSIONS);
        let page = records.consent_versions(scope.record(), request).await?;
        self.log_read(scope, Category::Consent, None).await?;
        let versions = page.items.into_iter().map(version).collect::<Result<_, _>>()?;
        Ok(ConsentHistory { versions, newest, older: page.next })
    }

    /// One version, for its receipt and for going back to it.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none with this number.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn consent_version(&self, scope: &PatientScope, number: i64) -> Result<ConsentVersion> {
        let row = self.custody.stores.records.consent_version(scope.record(), number).await?;
        self.log_read(scope, Category::Consent, None).await?;
        Ok(version(row.ok_or(Failure::NotFound)?)?)
    }

    /// The same, to be taken along as a file.
    ///
    /// # Errors
    /// [`Failure::NotFound`] likewise.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn consent_receipt(&self, allowed: &ExportAllowed, number: i64) -> Result<ConsentVersion> {
        let scope = allowed.scope();
        let row = self.custody.stores.records.consent_version(scope.record(), number).await?;
        let row = row.ok_or(Failure::NotFound)?;
        let event =
            LogEvent::by_owner(&self.custody.environment, scope.chain(), Action::Export, Category::Consent);
        self.log.append(event).await?;
        Ok(version(row)?)
    }
}

/// Versions of one page.
const VERSIONS: u16 = 50;

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
) -> Result<VersionOrigin, Internal> {
    match (origin, based_on) {
        (ConsentOrigin::Page, _) => Ok(VersionOrigin::Page),
        (ConsentOrigin::Restore, Some(version)) => Ok(VersionOrigin::Restore { version }),
        (ConsentOrigin::Import, _) => Ok(VersionOrigin::Import),
        (ConsentOrigin::Restore, None) => Err(Internal::corrupt(table, "based_on", RowKey::Unnamed)),
    }
}
