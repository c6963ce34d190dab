//! Conditional requests. `If-None-Exist` (conditional create) is done where something is sent; every other condition is
//! refused by its name, since a condition that is ignored does what the sender ruled out.

use super::{ApiState, FhirError, FhirIssue, SystemClient, outcome::fhir_json};
use axum::{
    extract::Request,
    http::{HeaderMap, Method, header::LOCATION},
    middleware::Next,
    response::{IntoResponse, Response},
};
use techo_custody::Failure;
use techo_exchange::fhir::{
    FhirResource, KINDS, ResourceKind,
    bundle::{self, ResultPage},
    search::ResourceSearch,
};

const IF_NONE_EXIST: &str = "if-none-exist";
/// Conditions that HTTP and FHIR know and this door does not.
const OTHERS: [&str; 5] =
    ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"];

/// A search that has to find nothing before something is created.
pub(super) struct OnlyIfNone(Vec<(String, String)>);

/// Refuses conditions that are not done here.
pub(super) async fn layer(request: Request, next: Next) -> Response {
    let (path, headers) = (request.uri().path(), request.headers());
    let is_create = *request.method() == Method::POST
        && KINDS.iter().any(|facts| facts.is_sent && path == format!("/fhir/{}", facts.name));
    let refused = OTHERS
        .iter()
        .find(|name| headers.contains_key(**name))
        .or_else(|| (headers.contains_key(IF_NONE_EXIST) && !is_create).then_some(&IF_NONE_EXIST));
    match refused.filter(|_| path.starts_with("/fhir")) {
        Some(name) => {
            FhirError::not_supported(format!("the header {name} is not supported here")).into_response()
        }
        None => next.run(request).await,
    }
}

impl OnlyIfNone {
    /// The condition of a create, if it has one.
    ///
    /// # Errors
    /// 400 when it stands there twice or is no search.
    pub(super) fn read(headers: &HeaderMap) -> Result<Option<Self>, FhirError> {
        let mut all = headers.get_all(IF_NONE_EXIST).iter();
        let Some(value) = all.next() else { return Ok(None) };
        let wrong = || {
            FhirError::invalid("If-None-Exist: one search of this type is expected: identifier=system|value")
        };
        let text = value.to_str().ok().filter(|_| all.next().is_none()).ok_or_else(wrong)?;
        // A header is no address: `#` ends nothing in it.
        let text = text.trim().trim_start_matches('?');
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).map_err(|_| wrong())?;
        let narrows = |name: &str| !matches!(name, "_count" | "_page" | "_include" | "_format");
        if pairs.is_empty() || !pairs.iter().all(|(name, _)| narrows(name)) {
            return Err(wrong());
        }
        Ok(Some(Self(pairs)))
    }

    /// What is there already, as R4 says: none, so that the create goes on; the one that is found; 412 for several.
    pub(super) async fn found(
        &self,
        (state, client): (&ApiState, &SystemClient),
        kind: ResourceKind,
        code: &str,
    ) -> Result<Option<Response>, FhirError> {
        client.may(kind.name(), 's')?;
        client.may_read_within(kind)?;
        let mut pairs = self.0.clone();
        let person = kind.facts().person[0];
        pairs.push((person.to_owned(), code.to_owned()));
        let refused = |problem: techo_exchange::fhir::search::SearchProblem| {
            let text = format!("If-None-Exist: {}", problem.text);
            FhirError::bad_request(FhirIssue { code: problem.code, text, expression: None })
        };
        let mut search = ResourceSearch::read(kind, &pairs).map_err(refused)?;
        search.count = 2;
        let asking = client.asking();
        let looked = state.clinic_access.read_chart(&asking, code, kind, |chart| {
            let page = bundle::page(kind, &search, chart);
            let taken = page.found.clone();
            (page, taken)
        });
        let page = match looked.await {
            Err(Failure::NotFound) => ResultPage::default(),
            other => other?,
        };
        match page.found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(there(state, one))),
            _ => Err(FhirError::several("If-None-Exist finds several: nothing was created")),
        }
    }
}

/// The one that is there: nothing was created.
fn there(state: &ApiState, one: &FhirResource) -> Response {
    let place = format!("{}/fhir/{}", state.settings.api_url.origin(), one.reference());
    ([(LOCATION, place)], fhir_json(&one.body)).into_response()
}
