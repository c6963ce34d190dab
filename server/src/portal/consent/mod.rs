//! `/consent` and what stands below it: draft, preview, save, history, receipts, marks. A change goes form → draft →
//! preview → fresh check → saved, and nothing that was entered gets lost on the way.

mod file;
mod form;
mod mark;
mod receipt;

pub use file::{export, import, import_page};
pub use mark::{mark, mark_page};
pub use receipt::{history, receipt, receipt_file};
pub use techo_citizen::consent::LONGEST_FILE;

use super::{PortalState, SignedInCitizen, mistakes::draft_refused, step_up::require_step_up_for_form};
use axum::{
    Form,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use techo_app::{
    consent_words, pages,
    views::{
        consent::{ConsentMistake, ConsentPage, OrganisationForm, TeamForm, refused_consent},
        frame::Notice,
    },
};
use techo_citizen::consent::{
    ConfirmedWords, ConsentSaveError, NewDraft, OrganisationSearch, PreviewAs, VersionOrigin, fingerprint,
};
use techo_consent::choices::{ConsentChoices, ConsentPreset, SHARED};
use techo_custody::Failure;
use techo_identity::{access, session::InterruptedForm};
use techo_model::{
    RuleId,
    consent::{Effect, OrganisationNumber},
    organisation::OrganisationKind,
};
use techo_web::{
    form::{FilledForm, SentFields, refused},
    problem::{HttpError, HttpResult},
};

const PREVIEW: &str = "/consent/preview";

/// `?draft=yes`: the form shows the draft instead of what holds. `?block=NUMBER`: it is ready to shut out this
/// organisation, as a line of the access log offers.
#[derive(Deserialize)]
pub struct ConsentQuery {
    draft: Option<String>,
    block: Option<String>,
}

/// `GET /consent`.
pub async fn page(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Query(shown): Query<ConsentQuery>,
) -> HttpResult {
    let search = OrganisationSearch::keeping(shown.block.clone());
    let mut view = state.reading.consent_with(&citizen.scope, &search).await?;
    let draft = state.reading.consent_draft(&citizen.scope).await?;
    let has_draft = draft.is_some();
    if let (Some(_), Some(draft)) = (shown.draft, draft) {
        view.state = draft.state;
    }
    let known = |number: &String| view.places.iter().any(|place| place.id == *number);
    let place = shown.block.filter(known).map_or_else(OrganisationForm::default, |number| OrganisationForm {
        number,
        effect: Some(Effect::Deny),
        categories: SHARED.to_vec(),
        ..OrganisationForm::default()
    });
    let page =
        ConsentPage { view, has_draft, place, team: TeamForm::default(), mistakes: FilledForm::default() };
    Ok(citizen.page(pages::consent(citizen.lang(), &page)))
}

/// `POST /consent/places`: looks for places to choose from. Changes nothing; it is a form so that the name of a clinic stands in
/// no address and no proxy's log.
pub async fn places(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(SentFields(sent)): Form<SentFields>,
) -> HttpResult {
    let search = form::search(&sent)?;
    let view = state.reading.consent_with(&citizen.scope, &search).await?;
    let has_draft = state.reading.consent_draft(&citizen.scope).await?.is_some();
    let page = ConsentPage {
        view,
        has_draft,
        place: OrganisationForm::default(),
        team: TeamForm::default(),
        mistakes: FilledForm::default(),
    };
    Ok(citizen.page(pages::consent(citizen.lang(), &page)))
}

/// `POST /consent/draft`.
pub async fn draft(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(SentFields(sent)): Form<SentFields>,
) -> HttpResult {
    let search = OrganisationSearch::keeping(form::numbers(&sent));
    let mut view = state.reading.consent_with(&citizen.scope, &search).await?;
    let considered = state.reading.consent_draft(&citizen.scope).await?;
    let known =
        considered.map(|draft| draft.state).into_iter().chain([view.state.clone()]).collect::<Vec<_>>();
    let read = form::read(&sent, &known, &view.places, &state.custody.environment);
    if !read.mistakes.is_empty() {
        let form::ReadForm { state, place, team, mistakes } = read;
        view.state = state;
        let page = ConsentPage { view, has_draft: false, place, team, mistakes: refused_consent(mistakes) };
        return Ok(again(&citizen, &page));
    }
    let base = form::base(&sent)?;
    keep(&state, &citizen, NewDraft { state: read.state, origin: VersionOrigin::Page, base }).await
}

/// The form again, with what is wrong with it first.
fn again(citizen: &SignedInCitizen, page: &ConsentPage) -> Response {
    refused(citizen.page(pages::consent(citizen.lang(), page)))
}

/// Keeps a draft and leads to its preview.
async fn keep(state: &PortalState, citizen: &SignedInCitizen, draft: NewDraft) -> HttpResult {
    state.reading.draft_consent(citizen.present(), draft).await.map_err(draft_refused)?;
    Ok(Redirect::to(PREVIEW).into_response())
}

/// `POST /consent/preset`.
#[derive(Deserialize)]
pub struct PresetForm {
    base: i64,
    preset: String,
    #[serde(default)]
    place: String,
}

/// A ready-made choice becomes a draft.
pub async fn preset(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(chosen): Form<PresetForm>,
) -> HttpResult {
    let search = OrganisationSearch::keeping([chosen.place.clone()]);
    let view = state.reading.consent_with(&citizen.scope, &search).await?;
    let preset = match chosen.preset.as_str() {
        "nobody" => ConsentPreset::Nobody,
        "treating" => ConsentPreset::TreatingWithoutValues,
        "regular" => match view.places.iter().find(|place| place.id == chosen.place) {
            Some(place) => ConsentPreset::Regular(OrganisationNumber(place.id.clone())),
            None => {
                let page = ConsentPage {
                    view,
                    has_draft: false,
                    place: OrganisationForm::default(),
                    team: TeamForm::default(),
                    mistakes: refused_consent([ConsentMistake::NoRegularPlace]),
                };
                return Ok(again(&citizen, &page));
            }
        },
        _ => return Err(HttpError::BadRequest),
    };
    let environment = &state.custody.environment;
    let new_id = || RuleId(environment.new_id());
    let choices = ConsentChoices::of(&view.state).preset(&preset, environment.now(), new_id);
    let considered = choices.state(&view.state, environment.now(), new_id);
    keep(&state, &citizen, NewDraft { state: considered, origin: VersionOrigin::Page, base: chosen.base })
        .await
}

/// `?as=`: whose eyes.
#[derive(Deserialize)]
pub struct PreviewQuery {
    #[serde(rename = "as")]
    eyes: Option<String>,
}

/// `GET /consent/preview`. Without a draft there is nothing to look at, and the way leads back.
pub async fn preview(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Query(viewed): Query<PreviewQuery>,
) -> HttpResult {
    let eyes = preview_as(&state, viewed.eyes.as_deref()).await?;
    match state.reading.consent_preview(&citizen.scope, eyes).await {
        Ok(view) => {
            let name = fingerprint(&view.draft)?;
            Ok(citizen.page(pages::consent_preview(citizen.lang(), &view, &name)))
        }
        Err(Failure::NotFound) => Ok(Redirect::to("/consent").into_response()),
        Err(other) => Err(other.into()),
    }
}

async fn preview_as(state: &PortalState, word: Option<&str>) -> Result<PreviewAs, HttpError> {
    let word = word.unwrap_or("clinic");
    if word == "emergency" {
        return Ok(PreviewAs::Emergency);
    }
    if let Some(class) = OrganisationKind::parse(word) {
        return Ok(PreviewAs::Class(class));
    }
    let organisation = state.custody.stores.vault.organisation(word).await;
    let organisation = organisation.map_err(|error| HttpError::from(Failure::from(error)))?;
    organisation.map(PreviewAs::Organisation).ok_or(HttpError::NotFound)
}

/// `POST /consent/save` and `POST /consent/drop`: which draft the page showed.
#[derive(Deserialize)]
pub struct DraftForm {
    #[serde(default)]
    draft: DraftPrint,
}

/// The fingerprint of a draft, 43 letters of base64url. Anything else becomes empty, which no draft has: it is kept in the
/// session during a check, where nothing that somebody typed has a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
struct DraftPrint(String);

impl From<String> for DraftPrint {
    fn from(sent: String) -> Self {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if sent.len() == 43 && sent.bytes().all(is_letter) { Self(sent) } else { Self::default() }
    }
}

/// After a fresh check, which is the last step: what was shown is saved by it. A draft that was made meanwhile, on another
/// device, is shown first.
pub async fn save(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(sent): Form<DraftForm>,
) -> HttpResult {
    let form = InterruptedForm {
        path: "/consent/save".to_owned(),
        fields: vec![("draft".to_owned(), sent.draft.0.clone())],
        page: PREVIEW.to_owned(),
    };
    if let Some(interruption) = require_step_up_for_form(&state, &citizen, "consent", form).await? {
        return Ok(interruption);
    }
    let Some(draft) = state.reading.consent_draft(&citizen.scope).await? else {
        return citizen.see_other("/consent", Notice::ConsentNoDraft).await;
    };
    if fingerprint(&draft.state)? != sent.draft.0 {
        return citizen.see_other(PREVIEW, Notice::ConsentNotSaved).await;
    }
    let places = state.reading.consent(&citizen.scope).await?.places;
    let words = ConfirmedWords {
        language: citizen.lang().code().to_owned(),
        sentences: consent_words(citizen.lang(), &draft.state, &places),
        about: draft.state,
    };
    let verified = access::prove_verified(&state.custody, &citizen.signed_in, &citizen.scope).await?;
    match state.reading.save_consent(&verified, words).await {
        Ok(version) => citizen.see_other(&format!("/consent/receipts/{version}"), Notice::ConsentSaved).await,
        Err(ConsentSaveError::SavedMeanwhile | ConsentSaveError::DraftedMeanwhile) => {
            citizen.see_other(PREVIEW, Notice::ConsentNotSaved).await
        }
        // Pressed twice: the first one has saved it.
        Err(ConsentSaveError::Failure(Failure::NotFound)) => {
            citizen.see_other("/consent", Notice::ConsentNoDraft).await
        }
        Err(ConsentSaveError::Failure(failure)) => Err(failure.into()),
    }
}

/// `POST /consent/drop`. A draft that was made meanwhile, on another device, is shown and not given up.
pub async fn drop_draft(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(sent): Form<DraftForm>,
) -> HttpResult {
    match state.reading.drop_consent_draft(citizen.present(), &sent.draft.0).await {
        Ok(()) => citizen.see_other("/consent", Notice::ConsentDropped).await,
        Err(ConsentSaveError::SavedMeanwhile | ConsentSaveError::DraftedMeanwhile) => {
            citizen.see_other(PREVIEW, Notice::ConsentNotSaved).await
        }
        Err(ConsentSaveError::Failure(failure)) => Err(failure.into()),
    }
}

/// `POST /consent/restore`.
#[derive(Deserialize)]
pub struct RestoreForm {
    base: i64,
    version: i64,
}

/// An earlier version becomes a draft.
pub async fn restore(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(restored): Form<RestoreForm>,
) -> HttpResult {
    let former = state.reading.consent_version(&citizen.scope, restored.version).await?;
    let origin = VersionOrigin::Restore { version: former.version };
    keep(&state, &citizen, NewDraft { state: former.state, origin, base: restored.base }).await
}
