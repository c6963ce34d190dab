//! Choices as a file: written as a FHIR `Consent`, and read again into a draft.

use super::PREVIEW;
use crate::portal::{PortalState, SignedInCitizen, mistakes::draft_refused, step_up::export_allowed};
use axum::{
    extract::{Multipart, State, multipart::MultipartError},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Redirect},
};
use techo_app::{
    pages,
    views::consent::{ConsentImportPage, ImportField, ImportMistake},
};
use techo_citizen::consent::ImportedConsent;
use techo_web::{
    form::{FilledForm, refused},
    problem::{HttpError, HttpResult},
};

/// `GET /consent/fhir.json`.
pub async fn export(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let allowed = match export_allowed(&state, &citizen, "/consent").await? {
        Ok(allowed) => allowed,
        Err(instead) => return Ok(instead),
    };
    let body = state.reading.export_consent(&allowed).await?;
    let headers = [
        (CONTENT_TYPE, "application/fhir+json; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"techo-consent.json\""),
    ];
    Ok((headers, body).into_response())
}

/// `GET /consent/import`.
pub async fn import_page(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let base = state.reading.consent(&citizen.scope).await?.version;
    let page = ConsentImportPage { base, ..ConsentImportPage::default() };
    Ok(citizen.page(pages::consent_import(citizen.lang(), &page)))
}

/// `POST /consent/import`: a draft, or the form again with what is wrong.
pub async fn import(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    form: Multipart,
) -> HttpResult {
    let Sent { base, file } = sent(form).await?;
    let mistake = if file.trim_ascii().is_empty() {
        ImportMistake::Nothing
    } else {
        let imported = state.reading.import_consent(citizen.present(), &file, base).await;
        match imported.map_err(draft_refused)? {
            ImportedConsent::Drafted => return Ok(Redirect::to(PREVIEW).into_response()),
            ImportedConsent::Refused(problem) => ImportMistake::Refused(problem),
            ImportedConsent::TooMany => ImportMistake::TooMany,
        }
    };
    let form = FilledForm::default().with(ImportField::Text, String::from_utf8_lossy(&file));
    let page = ConsentImportPage { base, form: form.refused(ImportField::Text, mistake) };
    Ok(refused(citizen.page(pages::consent_import(citizen.lang(), &page))))
}

/// What the form had in it.
struct Sent {
    base: i64,
    file: Vec<u8>,
}

/// A file that was chosen goes before what stands in the box. A part that comes twice is refused, as in other forms.
async fn sent(mut form: Multipart) -> Result<Sent, HttpError> {
    let (mut base, mut file, mut text) = (None, Vec::new(), Vec::new());
    let mut names: Vec<String> = Vec::new();
    while let Some(field) = form.next_field().await.map_err(trouble)? {
        let name = field.name().unwrap_or_default().to_owned();
        if names.contains(&name) {
            return Err(HttpError::BadRequest);
        }
        names.push(name.clone());
        let bytes = field.bytes().await.map_err(trouble)?.to_vec();
        match name.as_str() {
            "base" => base = std::str::from_utf8(&bytes).ok().and_then(|base| base.parse().ok()),
            "file" => file = bytes,
            "text" => text = bytes,
            _ => return Err(HttpError::BadRequest),
        }
    }
    let base = base.ok_or(HttpError::BadRequest)?;
    Ok(Sent { base, file: if file.is_empty() { text } else { file } })
}

/// A body that stopped coming is our limit, or somebody who is not there any more to be told.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err, which gives the error away")]
fn trouble(error: MultipartError) -> HttpError {
    match HttpError::of_status(error.status()) {
        Some(HttpError::Broken(_)) | None => HttpError::TooLarge,
        Some(known) => known,
    }
}
