//! The door for systems: clinics, hospitals, dentists and pharmacies ask and send here, each as itself and for a purpose.
//!
//! There are no cookies and no sessions behind this door, so there is nothing that another site could make a browser bring
//! along, and no origin layer: every request carries its own access token, or it is a stranger's. Bounds count by organisation
//! once the token is known, by address only before.
//!
//! To add an area: a module with `routes()`, a line in [`about_people`] below. Its handlers take a [`SystemClient`]; `tests/techo/api` walks
//! every route as a stranger.

mod card;
mod client;
mod conditions;
mod eligibility;
mod emergency;
mod even_time;
mod mistakes;
mod oauth;
mod outcome;
mod pointed;
mod records;
mod sending;
mod smart;
mod state;

pub use client::SystemClient;
pub use even_time::ANSWER_STEP;
pub use outcome::{FhirError, FhirIssue};
pub use state::ApiState;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};
use std::time::Duration;
use techo_web::{
    layers::{
        headers,
        receive::{BodyPolicy, LargerBodies},
        request_head::SessionCookie,
        shared::ShareLayer,
        stack::{RequestPolicy, bounded, finished},
    },
    metrics::ListenerName,
    route_table::RouteTable,
};
use tower::ServiceBuilder;

/// Largest body: an assertion, a challenge.
const BODY_LIMIT: usize = 64 * 1024;
/// The same for resources: a checkup bundle, or a batch for a day's appointments.
const RESOURCE_LIMIT: usize = 1024 * 1024;
/// A request that takes longer is given up.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// Requests in flight; what comes above is turned away.
const IN_FLIGHT: usize = 256;

/// The whole door.
pub fn router(state: ApiState) -> Router {
    let even_time = from_fn_with_state(state.clone(), even_time::layer);
    let routes = Router::new()
        .merge(way_in().into_router())
        .merge(about_people().into_router().route_layer(even_time))
        .fallback(outcome::unknown_route)
        .layer(from_fn(conditions::layer));
    let answers = ServiceBuilder::new()
        .layer(from_fn(outcome::layer))
        .layer(from_fn_with_state(state.clone(), client::layer))
        .layer(ShareLayer);
    let door = bounded(routes, request_policy(&state)).layer(answers);
    let headers = headers::HeaderPolicy {
        environment: state.custody.environment.clone(),
        https: state.settings.api_url.is_https(),
        scripts: headers::ScriptPolicy::None,
    };
    finished(door, headers, state.metrics.of(ListenerName::Api)).with_state(state)
}

/// Who may ask a route of this door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiAccess {
    /// Anybody.
    Anybody,
    /// Systems with a good token. Everybody else is told to get one.
    Clients,
}

/// Routes of this door.
type ApiRoutes = RouteTable<ApiState, ApiAccess>;

/// Every route of this door.
pub fn route_table() -> RouteTable<ApiState, ApiAccess> {
    way_in().merge(about_people())
}

fn way_in() -> ApiRoutes {
    oauth::routes().merge(card::routes())
}

/// What may be about somebody, and so leaves at even times.
fn about_people() -> ApiRoutes {
    eligibility::routes()
        .merge(emergency::routes())
        .merge(records::routes())
        .merge(smart::routes())
        .merge(sending::routes())
}

fn request_policy(state: &ApiState) -> RequestPolicy {
    let settings = &state.settings;
    let resources = LargerBodies { below: "/fhir", most: RESOURCE_LIMIT };
    RequestPolicy {
        own_origin: None,
        session_cookie: SessionCookie(None),
        bodies: BodyPolicy::new(BODY_LIMIT, &settings.limits, settings.proxy_hops).with_larger(resources),
        time_limit: TIME_LIMIT,
        in_flight: IN_FLIGHT,
    }
}
