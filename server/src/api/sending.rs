//! Sending: what a clinic or hospital writes about somebody whom it treats, as FHIR resources.
//!
//! To take another type: its reader in `techo_exchange::fhir::intake`, what becomes of it in `techo_disclosure::clinic`, an arm
//! in [`create`].

use super::{
    ApiAccess, ApiRoutes, ApiState, FhirError, FhirIssue, SystemClient,
    conditions::OnlyIfNone,
    outcome::{FHIR_JSON, fhir_json},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_TYPE, LOCATION},
    },
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use techo_audit::log::WriteEffect;
use techo_disclosure::clinic::{SendCondition, TakenReport};
use techo_exchange::fhir::{
    self, FhirResource, ResourceKind,
    intake::{self, DocumentSender, SentReport},
    request::RequestProblem,
};

/// Routes of this area; `POST /fhir/{kind}` stands beside its search.
pub(super) fn routes() -> ApiRoutes {
    ApiRoutes::new().post(ApiAccess::Clients, "/fhir", transaction)
}

/// `POST /fhir/{kind}`.
pub(super) async fn create(
    State(state): State<ApiState>,
    client: SystemClient,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, FhirError> {
    let wish = Wish { state: &state, client: &client, only_if_none: OnlyIfNone::read(&headers)? };
    let (asking, condition) = (client.asking(), wish.condition());
    match kind.as_str() {
        "DiagnosticReport" => {
            let sent = report((&state, &client), "DiagnosticReport", &body, intake::diagnostic_report)?;
            if let Some(there) = wish.found(ResourceKind::DiagnosticReport, &sent.code).await? {
                return Ok(there);
            }
            let taken = state.clinic_access.take_laboratory(&asking, &sent, condition).await?;
            wish.answered(&sent.code, taken.effect, &taken.report).await
        }
        "Immunization" => {
            let types = ("Immunization", &["Immunization"][..]);
            let (code, dose) = read((&state, &client), types, &body, intake::immunization)?;
            if let Some(there) = wish.found(ResourceKind::Immunization, &code).await? {
                return Ok(there);
            }
            let (effect, resource) =
                state.clinic_access.take_dose(&asking, &code, (&dose, condition)).await?;
            wish.answered(&code, effect, &resource).await
        }
        "Bundle" => {
            let types = ("Bundle", &["Bundle", "Observation"][..]);
            let sent = read((&state, &client), types, &body, intake::checkup)?;
            if let Some(there) = wish.found(ResourceKind::Bundle, &sent.code).await? {
                return Ok(there);
            }
            let (effect, document) = state.clinic_access.take_checkup(&asking, &sent, condition).await?;
            wish.answered(&sent.code, effect, &document).await
        }
        _ => Err(FhirError::not_found()),
    }
}

/// A create, and whether it is conditional.
struct Wish<'a> {
    state: &'a ApiState,
    client: &'a SystemClient,
    only_if_none: Option<OnlyIfNone>,
}

impl Wish<'_> {
    fn condition(&self) -> SendCondition {
        if self.only_if_none.is_some() { SendCondition::OnlyIfNone } else { SendCondition::Always }
    }

    /// What the condition finds among what may be seen.
    async fn found(&self, kind: ResourceKind, code: &str) -> Result<Option<Response>, FhirError> {
        match &self.only_if_none {
            Some(condition) => condition.found((self.state, self.client), kind, code).await,
            None => Ok(None),
        }
    }

    async fn answered(
        &self,
        code: &str,
        effect: WriteEffect,
        resource: &FhirResource,
    ) -> Result<Response, FhirError> {
        if effect != WriteEffect::Kept {
            return Ok(created(self.state, status(effect), resource));
        }
        // It may have come between the search and the writing, and be one that may be seen.
        let there = self.found(resource.kind, code).await?;
        Ok(there.unwrap_or_else(|| kept(self.state, resource)))
    }
}

/// One of the sender's own is there already and does not show itself: nothing of it is told but where it is.
fn kept(state: &ApiState, resource: &FhirResource) -> Response {
    let told = "this sender has sent one under the same key before: nothing was written";
    let body = json!({ "resourceType": "OperationOutcome",
        "issue": [{ "severity": "information", "code": "informational", "diagnostics": told }] });
    ([(LOCATION, location(state, resource))], fhir_json(&body)).into_response()
}

/// `POST /fhir`: one report with its observations, all or nothing.
async fn transaction(
    State(state): State<ApiState>,
    client: SystemClient,
    body: Bytes,
) -> Result<Response, FhirError> {
    let sent = report((&state, &client), "Bundle", &body, intake::transaction)?;
    let taken = state.clinic_access.take_laboratory(&client.asking(), &sent, SendCondition::Always).await?;
    let entries: Vec<Value> =
        sent.entries.iter().map(|place| entry(&state, &taken, part(&taken, *place))).collect();
    Ok(fhir_json(&json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": entries })))
}

type Reader<T> = fn(&Value, DocumentSender<'_>) -> Result<T, Vec<RequestProblem>>;

/// Reads a laboratory report in one of its wrappings.
fn report(
    (state, client): (&ApiState, &SystemClient),
    root: &str,
    body: &Bytes,
    reader: Reader<SentReport>,
) -> Result<SentReport, FhirError> {
    read((state, client), (root, &["DiagnosticReport", "Observation"]), body, reader)
}

/// Reads what was sent, a resource of the type `root`, when the token covers every type in it.
fn read<T>(
    (state, client): (&ApiState, &SystemClient),
    (root, types): (&str, &[&str]),
    body: &Bytes,
    reader: Reader<T>,
) -> Result<T, FhirError> {
    types.iter().try_for_each(|name| client.may(name, 'c'))?;
    state.clinic_access.may_send(&client.asking())?;
    let body = intake::sent_json(body, root).map_err(FhirError::bad_request)?;
    let sender = DocumentSender { number: &client.organisation.id, now: state.custody.environment.now() };
    reader(&body, sender).map_err(refused)
}

/// Every problem with its place.
fn refused(problems: Vec<RequestProblem>) -> FhirError {
    FhirError::unprocessable(problems.into_iter().map(FhirIssue::from).collect())
}

fn status(effect: WriteEffect) -> StatusCode {
    if effect == WriteEffect::New { StatusCode::CREATED } else { StatusCode::OK }
}

fn created(state: &ApiState, status: StatusCode, resource: &FhirResource) -> Response {
    let place = location(state, resource);
    (status, [(CONTENT_TYPE, FHIR_JSON.to_owned()), (LOCATION, place)], fhir::json_text(&resource.body))
        .into_response()
}

fn location(state: &ApiState, resource: &FhirResource) -> String {
    format!("{}/fhir/{}", state.settings.api_url.origin(), resource.reference())
}

/// What an entry of the transaction became: the report, or one of its results.
fn part(taken: &TakenReport, place: Option<usize>) -> Option<&FhirResource> {
    place.map_or(Some(&taken.report), |nth| taken.results.get(nth))
}

fn entry(state: &ApiState, taken: &TakenReport, resource: Option<&FhirResource>) -> Value {
    let mut response = json!({ "status": status(taken.effect).to_string() });
    if let Some(resource) = resource {
        response["location"] = location(state, resource).into();
        response["lastModified"] = resource.changed_at.rfc3339().into();
    }
    json!({ "response": response })
}
