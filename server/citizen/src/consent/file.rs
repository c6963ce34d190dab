//! Choices as a FHIR `Consent`: taken along as a file, and considered again from one.

use super::{ConsentDraftError, ConsentProblem, NewDraft, VersionOrigin};
use crate::CitizenServices;
use std::collections::BTreeSet;
use techo_audit::log::{Action, Category, LogEvent};
use techo_custody::{Internal, Result};
use techo_disclosure::disclose::read_version;
use techo_exchange::fhir::consent::{StatedVersion, read, write};
use techo_identity::access::{ExportAllowed, PatientScope, PresentOwner};
use techo_model::{
    RuleId,
    consent::ConsentState,
    paging::{LARGEST_PAGE, PageRequest},
};

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportedConsent {
    /// A draft, which changes nothing until it is saved.
    Drafted,
    /// Something in it cannot be expressed here, so nothing was taken over.
    Refused(ConsentProblem),
    /// More rules than one person can have.
    TooMany,
}

impl CitizenServices {
    /// What holds now, as the JSON of a `Consent`. The access log has the line before anybody has the file.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn export_consent(&self, allowed: &ExportAllowed) -> Result<String> {
        let scope = allowed.scope();
        let row = self.custody.stores.records.consent(scope.record()).await?;
        let now = self.custody.environment.now();
        let (state, version) = match row {
            Some(row) => {
                (read_version(&row)?, StatedVersion { number: row.version, chosen_at: row.changed_at })
            }
            None => (ConsentState::default(), StatedVersion { number: 0, chosen_at: now }),
        };
        let body =
            write(&state, version).map_err(|_| Internal::Unexpected("choices that FHIR cannot express"))?;
        let event =
            LogEvent::by_owner(&self.custody.environment, scope.chain(), Action::Export, Category::Consent);
        self.log.append(event).await?;
        Ok(body.to_string())
    }

    /// Makes a draft of a file; `base` is the version that the person looked at.
    ///
    /// # Errors
    /// As [`CitizenServices::draft_consent`], but for too many rules.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn import_consent(
        &self,
        by: PresentOwner<'_>,
        file: &[u8],
        base: i64,
    ) -> Result<ImportedConsent, ConsentDraftError> {
        let environment = &self.custody.environment;
        let read = match read(file, environment.now()) {
            Ok(state) => state,
            Err(problem) => return Ok(ImportedConsent::Refused(problem)),
        };
        let state = self.at_home(by.scope, read).await?;
        match self.draft_consent(by, NewDraft { state, origin: VersionOrigin::Import, base }).await {
            Ok(()) => Ok(ImportedConsent::Drafted),
            Err(ConsentDraftError::TooManyRules) => Ok(ImportedConsent::TooMany),
            Err(other) => Err(other),
        }
    }

    /// A rule that the person has or had keeps its id. Any other gets a new one: a file says what somebody chooses, not what
    /// things are called here, and the rules of two people never share an id.
    async fn at_home(&self, scope: &PatientScope, mut state: ConsentState) -> Result<ConsentState> {
        let mut unknown: BTreeSet<usize> = (0..state.rules.len()).collect();
        let mut request = PageRequest::first(LARGEST_PAGE);
        loop {
            let page = self.custody.stores.records.consent_versions(scope.record(), request).await?;
            for row in &page.items {
                let former = read_version(row)?;
                unknown.retain(|i| !former.rules.contains(&state.rules[*i]));
            }
            let Some(next) = page.next else { break };
            request = PageRequest::after(next, LARGEST_PAGE);
        }
        for i in unknown {
            state.rules[i].id = RuleId(self.custody.environment.new_id());
        }
        Ok(state)
    }
}
