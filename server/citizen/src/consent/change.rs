//! Considering a change, and making it: draft, then a version that is added to those before it, never put in their place.

use super::{ConsentDraftError, ConsentSaveError, NewDraft, VersionOrigin, read::origin};
use crate::CitizenServices;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use techo_audit::log::{Action, Category, LogEvent, append_in};
use techo_consent::is_sound;
use techo_custody::{Failure, Internal, Result};
use techo_disclosure::{
    clinic,
    disclose::{self, read_draft},
};
use techo_identity::{
    access::{self, PatientScope, PresentOwner, VerifiedOwner},
    session,
};
use techo_model::consent::{ConsentSettings, ConsentState, Effect, Switch};
use techo_model::{consent::ConsentOrigin, treatment::CodeDomain};
use techo_store::{
    StoreError,
    records::consent::{ConsentDraftRow, ConsentVersionRow},
};

/// Rules that one person can have; more than anybody can keep in mind.
const MOST_RULES: usize = 200;

/// The words under which a change is made.
#[derive(Clone, Debug)]
pub struct ConfirmedWords {
    /// Language: `ja` or `en`.
    pub language: String,
    /// The sentences that stood on the page.
    pub sentences: Vec<String>,
    /// The draft that they are about.
    pub about: ConsentState,
}

impl CitizenServices {
    /// Keeps a draft, in place of a former one. It changes nothing until it is saved.
    ///
    /// # Errors
    /// [`ConsentDraftError`] when a rule contradicts itself or there are too many; [`Failure::Refused`] when the session
    /// has ended.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn draft_consent(
        &self,
        by: PresentOwner<'_>,
        draft: NewDraft,
    ) -> Result<(), ConsentDraftError> {
        if !draft.state.rules.iter().all(is_sound) {
            return Err(ConsentDraftError::Contradiction);
        }
        if draft.state.rules.len() > MOST_RULES {
            return Err(ConsentDraftError::TooManyRules);
        }
        let (origin, based_on) = stored(draft.origin);
        let row = ConsentDraftRow {
            state: write_state(&draft.state)?,
            origin,
            based_on,
            base: draft.base,
            drafted_at: self.custody.environment.now(),
        };
        let records = &self.custody.stores.records;
        access::confirm_present(&self.custody, by).await?;
        let mut tx = records.begin().await?;
        records.put_consent_draft(&mut tx, by.scope.record(), &row).await?;
        Ok(tx.commit().await?)
    }

    /// The draft that is being considered.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn consent_draft(&self, scope: &PatientScope) -> Result<Option<NewDraft>> {
        let row = self.custody.stores.records.consent_draft(scope.record()).await?;
        let read = |row: ConsentDraftRow| {
            Ok::<_, Internal>(NewDraft {
                state: read_draft(&row)?,
                origin: origin(row.origin, row.based_on, "consent_draft")?,
                base: row.base,
            })
        };
        Ok(row.map(read).transpose()?)
    }

    /// Gives the draft up that goes by this [`fingerprint`].
    ///
    /// # Errors
    /// [`ConsentSaveError::DraftedMeanwhile`] when another one was made, which stays; [`Failure::Refused`] when the session
    /// has ended.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn drop_consent_draft(
        &self,
        by: PresentOwner<'_>,
        shown: &str,
    ) -> Result<(), ConsentSaveError> {
        let records = &self.custody.stores.records;
        let Some(row) = records.consent_draft(by.scope.record()).await? else { return Ok(()) };
        if fingerprint(&read_draft(&row)?)? != shown {
            return Err(ConsentSaveError::DraftedMeanwhile);
        }
        access::confirm_present(&self.custody, by).await?;
        let mut tx = records.begin().await?;
        records.drop_consent_draft(&mut tx, by.scope.record(), &row).await?;
        Ok(tx.commit().await?)
    }

    /// Makes the draft hold from the next request on, and tells its version.
    ///
    /// # Errors
    /// [`Failure::NotFound`] without a draft; [`ConsentSaveError`] when something else was saved or drafted meanwhile;
    /// [`Failure::Refused`] when the session has ended: then nothing happened, and the draft is still there.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn save_consent(
        &self,
        verified: &VerifiedOwner,
        words: ConfirmedWords,
    ) -> Result<i64, ConsentSaveError> {
        let (records, scope) = (&self.custody.stores.records, verified.scope());
        let draft = records.consent_draft(scope.record()).await?.ok_or(Failure::NotFound)?;
        let (current, _) = disclose::consent_state(&self.custody, scope.record()).await?;
        if current != draft.base {
            return Err(ConsentSaveError::SavedMeanwhile);
        }
        let state = read_draft(&draft)?;
        if state != words.about {
            return Err(ConsentSaveError::DraftedMeanwhile);
        }
        let row = ConsentVersionRow {
            version: current + 1,
            state: draft.state.clone(),
            origin: draft.origin,
            based_on: draft.based_on,
            language: words.language,
            shown: words.sentences.join("\n"),
            changed_at: self.custody.environment.now(),
        };
        self.custody.environment.pause_point("consent.save").await;
        let held = session::hold_verified_account(&self.custody, verified.signed_in()).await?;
        held.release_after(self.put_version(scope, &draft, &row, &state)).await?;
        Ok(row.version)
    }

    /// Adds a version with all that follows from it.
    async fn put_version(
        &self,
        scope: &PatientScope,
        draft: &ConsentDraftRow,
        row: &ConsentVersionRow,
        state: &ConsentState,
    ) -> Result<(), ConsentSaveError> {
        let (records, environment) = (&self.custody.stores.records, &self.custody.environment);
        let mut tx = records.begin().await?;
        // Whoever is making a code or a window by the former choices ends first, so that what it made is seen below.
        disclose::locked_consent(&self.custody, &mut tx, scope.whose()).await?;
        match records.insert_consent(&mut tx, scope.record(), row).await {
            Err(StoreError::Conflict) => return Err(ConsentSaveError::SavedMeanwhile),
            other => other?,
        }
        // A draft that another device made meanwhile is not what was saved, and stays.
        records.drop_consent_draft(&mut tx, scope.record(), draft).await?;
        let ConsentSettings { clinics, research, .. } = state.settings;
        for (switch, codes) in [(clinics, CodeDomain::Clinics), (research, CodeDomain::Research)] {
            if switch == Switch::Off {
                clinic::retire_codes(&self.custody, &mut tx, scope.record(), codes).await?;
            }
        }
        let mut event =
            LogEvent::by_owner(environment, scope.chain(), Action::ConsentChange, Category::Consent);
        event.detail = detail(row.version, state);
        append_in(&self.custody, &mut tx, &[event]).await?;
        environment.pause_point("consent.save.locked").await;
        Ok(tx.commit().await?)
    }
}

/// Names a draft by what it says, for a page that wants to save nothing but what it showed.
///
/// # Errors
/// Choices that do not serialise, which is our failure.
pub fn fingerprint(draft: &ConsentState) -> Result<String> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(write_state(draft)?)))
}

/// What the access log says about a change: numbers and closed words.
fn detail(version: i64, state: &ConsentState) -> Map<String, Value> {
    let count = |effect| state.rules.iter().filter(|rule| rule.effect == effect).count();
    let settings = &state.settings;
    [
        ("version", Value::from(version)),
        ("permits", count(Effect::Permit).into()),
        ("denies", count(Effect::Deny).into()),
        ("clinics", settings.clinics.as_str().into()),
        ("research", settings.research.as_str().into()),
        ("emergency", settings.emergency.as_str().into()),
        ("insurer-transfer", settings.insurer_transfer.as_str().into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

fn stored(origin: VersionOrigin) -> (ConsentOrigin, Option<i64>) {
    match origin {
        VersionOrigin::Page => (ConsentOrigin::Page, None),
        VersionOrigin::Restore { version } => (ConsentOrigin::Restore, Some(version)),
        VersionOrigin::Import => (ConsentOrigin::Import, None),
    }
}

fn write_state(state: &ConsentState) -> Result<String, Internal> {
    serde_json::to_string(state).map_err(|_| Internal::Unexpected("choices do not serialise"))
}
