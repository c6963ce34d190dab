//! Reading and searching: what a person shares with an organisation that treats them, by the organisation's code alone.

use super::{
    ApiAccess, ApiRoutes, ApiState, FhirError, FhirIssue, SystemClient, outcome::fhir_json, sending,
};
use axum::{
    Form, Json,
    extract::{
        Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    response::{IntoResponse, Response},
};
use techo_custody::Failure;
use techo_exchange::fhir::{
    ResourceKind,
    bundle::{self, PageLinks, ResultPage},
    capability, openapi,
    search::{ResourceSearch, SearchProblem},
};

/// Day on which what the CapabilityStatement says last changed.
const AS_OF: &str = "2026-11-30";

type Pairs = Vec<(String, String)>;

/// Routes of this area.
pub(super) fn routes() -> ApiRoutes {
    ApiRoutes::new()
        .get(ApiAccess::Anybody, "/fhir/metadata", metadata)
        .get(ApiAccess::Anybody, "/openapi.json", document)
        .get(ApiAccess::Clients, "/fhir/{kind}", search)
        .post(ApiAccess::Clients, "/fhir/{kind}", sending::create)
        .post(ApiAccess::Clients, "/fhir/{kind}/_search", search_by_form)
        .get(ApiAccess::Clients, "/fhir/{kind}/{id}", read)
}

async fn metadata(State(state): State<ApiState>) -> Response {
    fhir_json(&capability::statement(state.settings.api_url.origin(), env!("CARGO_PKG_VERSION"), AS_OF))
}

async fn document(State(state): State<ApiState>) -> Response {
    Json(openapi::document(state.settings.api_url.origin(), env!("CARGO_PKG_VERSION"))).into_response()
}

async fn search(
    State(state): State<ApiState>,
    client: SystemClient,
    Path(kind): Path<String>,
    query: Result<Query<Pairs>, QueryRejection>,
) -> Result<Response, FhirError> {
    let Ok(Query(pairs)) = query else { return Err(FhirError::invalid("the query cannot be read")) };
    found((&state, &client), &kind, &pairs, Came::InTheAddress).await
}

/// The same without a code in an address.
async fn search_by_form(
    State(state): State<ApiState>,
    client: SystemClient,
    Path(kind): Path<String>,
    query: Result<Query<Pairs>, QueryRejection>,
    form: Result<Form<Pairs>, FormRejection>,
) -> Result<Response, FhirError> {
    let (Ok(Query(mut pairs)), Ok(Form(more))) = (query, form) else {
        return Err(FhirError::invalid("application/x-www-form-urlencoded is expected"));
    };
    pairs.extend(more);
    found((&state, &client), &kind, &pairs, Came::AsAForm).await
}

/// How a search came: what came as a form is kept out of addresses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    InTheAddress,
    AsAForm,
}

async fn found(
    (state, client): (&ApiState, &SystemClient),
    kind: &str,
    pairs: &Pairs,
    came: Came,
) -> Result<Response, FhirError> {
    let kind = ResourceKind::from_name(kind).ok_or_else(FhirError::not_found)?;
    client.may(kind.name(), 's')?;
    client.may_read_within(kind)?;
    let asking = client.asking();
    let search = match page_asked(pairs)? {
        Some(page) => {
            let opened = state.clinic_access.open_next_page(&asking, page).ok_or_else(page_is_over)?;
            ResourceSearch::take_up(kind, &opened).map_err(refused)?
        }
        None => ResourceSearch::read(kind, pairs).map_err(refused)?,
    };
    for by in &search.include {
        client.may(if *by == "result" { "Observation" } else { "Patient" }, 'r')?;
    }
    let looked = state.clinic_access.read_chart(&asking, &search.code, kind, |chart| {
        let page = bundle::page(kind, &search, chart);
        let taken = page.found.iter().chain(&page.included).cloned().collect();
        (page, taken)
    });
    let page = match looked.await {
        // Nobody there and nothing shared answer alike.
        Err(Failure::NotFound) => ResultPage::default(),
        other => other?,
    };
    let last = page.found.last().filter(|_| page.goes_on);
    let next = last.map(|last| state.clinic_access.seal_next_page(&asking, &search.continued(kind, last)));
    let links = PageLinks {
        own: match (page_asked(pairs)?, came) {
            (Some(page), _) => format!("_page={page}"),
            (None, Came::InTheAddress) => search.query(),
            (None, Came::AsAForm) => search.query_without_person(kind),
        },
        next: next.map(|next| format!("_page={next}")),
    };
    Ok(fhir_json(&bundle::searchset(state.settings.api_url.origin(), kind, &links, &page)))
}

/// The page that a link `next` led to. It says everything, so nothing may stand beside it.
fn page_asked(pairs: &Pairs) -> Result<Option<&str>, FhirError> {
    match pairs.iter().find(|(name, _)| name == "_page") {
        None => Ok(None),
        Some((_, page)) if pairs.len() == 1 => Ok(Some(page)),
        Some(_) => Err(FhirError::invalid("_page: nothing may stand beside it; follow the link as it is")),
    }
}

fn page_is_over() -> FhirError {
    FhirError::invalid("_page: this is no page of this organisation, or not any more: search again")
}

async fn read(
    State(state): State<ApiState>,
    client: SystemClient,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Response, FhirError> {
    let kind = ResourceKind::from_name(&kind).ok_or_else(FhirError::not_found)?;
    client.may(kind.name(), 'r')?;
    client.may_read_within(kind)?;
    let code = id.split('.').next().unwrap_or_default();
    let asking = client.asking();
    let looked = state.clinic_access.read_chart(&asking, code, kind, |chart| {
        let one = chart.iter().find(|resource| resource.kind == kind && resource.id == id).cloned();
        (one.clone(), one.into_iter().collect())
    });
    let resource = looked.await?.ok_or_else(FhirError::not_found)?;
    Ok(fhir_json(&resource.body))
}

fn refused(problem: SearchProblem) -> FhirError {
    FhirError::bad_request(FhirIssue { code: problem.code, text: problem.text, expression: None })
}
