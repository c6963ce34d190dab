//! Reading and searching: what a person shares with an organisation that treats them, by the organisation's code alone.

use super::{ApiState, Client, Issue, Outcome, outcome::fhir_json, sending};
use axum::{
    Form, Json, Router,
    extract::{
        Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use techo_domain::Failure;
use techo_exchange::fhir::{
    Kind,
    bundle::{self, Page},
    capability, openapi,
    search::{Search, SearchProblem},
};

/// Day on which what the CapabilityStatement says last changed.
const AS_OF: &str = "2026-11-29";

type Pairs = Vec<(String, String)>;

/// Routes of this area.
pub(super) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/fhir/metadata", get(metadata))
        .route("/openapi.json", get(document))
        .route("/fhir/{kind}", get(search).post(sending::create))
        .route("/fhir/{kind}/_search", post(search_by_form))
        .route("/fhir/{kind}/{id}", get(read))
}

async fn metadata(State(state): State<ApiState>) -> Response {
    fhir_json(&capability::statement(state.settings.api_url.origin(), env!("CARGO_PKG_VERSION"), AS_OF))
}

async fn document(State(state): State<ApiState>) -> Response {
    Json(openapi::document(state.settings.api_url.origin(), env!("CARGO_PKG_VERSION"))).into_response()
}

async fn search(
    State(state): State<ApiState>,
    client: Client,
    Path(kind): Path<String>,
    query: Result<Query<Pairs>, QueryRejection>,
) -> Result<Response, Outcome> {
    let Ok(Query(pairs)) = query else { return Err(Outcome::invalid("the query cannot be read")) };
    found(&state, &client, &kind, &pairs).await
}

/// The same without a code in an address.
async fn search_by_form(
    State(state): State<ApiState>,
    client: Client,
    Path(kind): Path<String>,
    query: Result<Query<Pairs>, QueryRejection>,
    form: Result<Form<Pairs>, FormRejection>,
) -> Result<Response, Outcome> {
    let (Ok(Query(mut pairs)), Ok(Form(more))) = (query, form) else {
        return Err(Outcome::invalid("application/x-www-form-urlencoded is expected"));
    };
    pairs.extend(more);
    found(&state, &client, &kind, &pairs).await
}

async fn found(state: &ApiState, client: &Client, kind: &str, pairs: &Pairs) -> Result<Response, Outcome> {
    let kind = Kind::from_name(kind).ok_or_else(Outcome::not_found)?;
    client.may(kind.name(), 's')?;
    may_read_within(client, kind)?;
    let search = Search::read(kind, pairs).map_err(refused)?;
    for by in &search.include {
        client.may(if *by == "result" { "Observation" } else { "Patient" }, 'r')?;
    }
    let asking = client.asking();
    let looked = state.reception.look(&asking, &search.code, kind, |chart| {
        let page = bundle::page(kind, &search, chart);
        let taken = page.found.iter().chain(&page.included).cloned().collect();
        (page, taken)
    });
    let page = match looked.await {
        // Nobody there and nothing shared answer alike.
        Err(Failure::NotFound) => Page::default(),
        other => other?,
    };
    Ok(fhir_json(&bundle::searchset(state.settings.api_url.origin(), kind, &search, &page)))
}

async fn read(
    State(state): State<ApiState>,
    client: Client,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Response, Outcome> {
    let kind = Kind::from_name(&kind).ok_or_else(Outcome::not_found)?;
    client.may(kind.name(), 'r')?;
    may_read_within(&client, kind)?;
    let code = id.split('.').next().unwrap_or_default();
    let asking = client.asking();
    let looked = state.reception.look(&asking, code, kind, |chart| {
        let one = chart.iter().find(|resource| resource.kind == kind && resource.id == id).cloned();
        (one.clone(), one.into_iter().collect())
    });
    let resource = looked.await?.ok_or_else(Outcome::not_found)?;
    Ok(fhir_json(&resource.body))
}

/// What a document holds is read with it, so its token has to have the scopes of that, too.
fn may_read_within(client: &Client, kind: Kind) -> Result<(), Outcome> {
    kind.holds().iter().try_for_each(|held| client.may(held, 'r'))
}

fn refused(problem: SearchProblem) -> Outcome {
    Outcome::bad_request(Issue { code: problem.code, text: problem.text, expression: None })
}
