//! Sending: what a clinic or hospital writes about somebody whom it treats, as FHIR resources.
//!
//! To take another type: its reader in `techo_exchange::fhir::intake`, what becomes of it in `techo_domain::clinic`, an arm
//! in [`create`].

use super::{
    ApiState, Client, Issue, Outcome,
    conditions::OnlyIfNone,
    outcome::{FHIR_JSON, fhir_json},
};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_TYPE, LOCATION},
    },
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use techo_domain::clinic::{Effect, Taken};
use techo_exchange::{
    eligibility::request::{RequestProblem, strict_json},
    fhir::{
        self, Kind, Resource,
        intake::{self, Sender, SentReport},
    },
};

/// Routes of this area; `POST /fhir/{kind}` stands beside its search.
pub(super) fn routes() -> Router<ApiState> {
    Router::new().route("/fhir", post(transaction))
}

/// `POST /fhir/{kind}`.
pub(super) async fn create(
    State(state): State<ApiState>,
    client: Client,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Outcome> {
    let only_if_none = OnlyIfNone::read(&headers)?;
    let found = async |kind: Kind, code: &str| match only_if_none {
        Some(condition) => condition.found((&state, &client), kind, code).await,
        None => Ok(None),
    };
    match kind.as_str() {
        "DiagnosticReport" => {
            let sent = report((&state, &client), "DiagnosticReport", &body, intake::diagnostic_report)?;
            if let Some(there) = found(Kind::DiagnosticReport, &sent.code).await? {
                return Ok(there);
            }
            let taken = state.reception.take_laboratory(&client.asking(), &sent).await?;
            Ok(created(&state, status(taken.effect), &taken.report))
        }
        "Immunization" => {
            let types = ("Immunization", &["Immunization"][..]);
            let (code, dose) = read((&state, &client), types, &body, intake::immunization)?;
            if let Some(there) = found(Kind::Immunization, &code).await? {
                return Ok(there);
            }
            let (effect, resource) = state.reception.take_dose(&client.asking(), &code, &dose).await?;
            Ok(created(&state, status(effect), &resource))
        }
        "Bundle" => {
            let types = ("Bundle", &["Bundle", "Observation"][..]);
            let sent = read((&state, &client), types, &body, intake::checkup)?;
            if let Some(there) = found(Kind::Bundle, &sent.code).await? {
                return Ok(there);
            }
            let (effect, document) = state.reception.take_checkup(&client.asking(), &sent).await?;
            Ok(created(&state, status(effect), &document))
        }
        _ => Err(Outcome::not_found()),
    }
}

/// `POST /fhir`: one report with its observations, all or nothing.
async fn transaction(
    State(state): State<ApiState>,
    client: Client,
    body: Bytes,
) -> Result<Response, Outcome> {
    let sent = report((&state, &client), "Bundle", &body, intake::transaction)?;
    let taken = state.reception.take_laboratory(&client.asking(), &sent).await?;
    let entries: Vec<Value> =
        sent.entries.iter().map(|place| entry(&state, &taken, part(&taken, *place))).collect();
    Ok(fhir_json(&json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": entries })))
}

type Reader<T> = fn(&Value, Sender<'_>) -> Result<T, Vec<RequestProblem>>;

/// Reads a laboratory report in one of its wrappings.
fn report(
    (state, client): (&ApiState, &Client),
    root: &str,
    body: &Bytes,
    reader: Reader<SentReport>,
) -> Result<SentReport, Outcome> {
    read((state, client), (root, &["DiagnosticReport", "Observation"]), body, reader)
}

/// Reads what was sent, a resource of the type `root`, when the token covers every type in it.
fn read<T>(
    (state, client): (&ApiState, &Client),
    (root, types): (&str, &[&str]),
    body: &Bytes,
    reader: Reader<T>,
) -> Result<T, Outcome> {
    types.iter().try_for_each(|name| client.may(name, 'c'))?;
    state.reception.may_send(&client.asking())?;
    let body = strict_json(body, root).map_err(|problem| Outcome::bad_request(issue(problem)))?;
    let sender = Sender { number: &client.organisation.id, now: state.domain.world.now() };
    reader(&body, sender).map_err(refused)
}

/// Every problem with its place.
fn refused(problems: Vec<RequestProblem>) -> Outcome {
    Outcome::unprocessable(problems.into_iter().map(issue).collect())
}

fn issue(problem: RequestProblem) -> Issue {
    Issue { code: "invalid", text: problem.what.to_owned(), expression: Some(problem.place) }
}

fn status(effect: Effect) -> StatusCode {
    if effect == Effect::New { StatusCode::CREATED } else { StatusCode::OK }
}

fn created(state: &ApiState, status: StatusCode, resource: &Resource) -> Response {
    let place = location(state, resource);
    (status, [(CONTENT_TYPE, FHIR_JSON.to_owned()), (LOCATION, place)], fhir::json_text(&resource.body))
        .into_response()
}

fn location(state: &ApiState, resource: &Resource) -> String {
    format!("{}/fhir/{}", state.settings.api_url.origin(), resource.reference())
}

/// What an entry of the transaction became: the report, or one of its results.
fn part(taken: &Taken, place: Option<usize>) -> Option<&Resource> {
    place.map_or(Some(&taken.report), |nth| taken.results.get(nth))
}

fn entry(state: &ApiState, taken: &Taken, resource: Option<&Resource>) -> Value {
    let mut response = json!({ "status": status(taken.effect).to_string() });
    if let Some(resource) = resource {
        response["location"] = location(state, resource).into();
        response["lastModified"] = resource.changed_at.rfc3339().into();
    }
    json!({ "response": response })
}
