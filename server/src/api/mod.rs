//! The door for systems: clinics, hospitals, dentists and pharmacies ask and send here, each as itself and for a purpose.
//!
//! There are no cookies and no sessions behind this door, so there is nothing that another site could make a browser bring
//! along, and no origin layer: every request carries its own access token, or it is a stranger's.
//!
//! To add an area: a module with `routes()`, a line in [`router`] below. Its handlers take a [`Client`]; `tests/api` walks
//! every route as a stranger.

mod card;
mod client;
mod eligibility;
mod emergency;
mod oauth;
mod outcome;
mod pointed;
mod records;
mod sending;
mod state;

pub use client::Client;
pub use outcome::{Issue, Outcome};
pub use state::ApiState;

use crate::layers::{headers, problem, rate, reference};
use axum::{Router, error_handling::HandleErrorLayer, middleware::from_fn_with_state};
use std::time::Duration;
use tower::{
    ServiceBuilder, limit::GlobalConcurrencyLimitLayer, load_shed::LoadShedLayer, timeout::TimeoutLayer,
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer};

/// Largest body: a checkup bundle, or a batch for a day's appointments.
const BODY_LIMIT: usize = 1024 * 1024;
/// A request that takes longer is given up.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// Requests in flight; what comes above is turned away.
const IN_FLIGHT: usize = 256;

/// The whole door.
pub fn router(state: ApiState) -> Router {
    let layers = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(problem::turned_away))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(IN_FLIGHT))
        .layer(TimeoutLayer::new(TIME_LIMIT));
    Router::new()
        .merge(oauth::routes())
        .merge(card::routes())
        .merge(eligibility::routes())
        .merge(emergency::routes())
        .merge(records::routes())
        .merge(sending::routes())
        .fallback(outcome::unknown_route)
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(from_fn_with_state(state.rate_limit.clone(), rate::layer))
        .layer(layers)
        .layer(from_fn_with_state(state.clone(), outcome::layer))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(
            headers::HeaderPolicy {
                world: state.domain.world.clone(),
                https: state.settings.api_url.is_https(),
                scripts: headers::Scripts::None,
            },
            headers::layer,
        ))
        .layer(from_fn_with_state(state.domain.world.clone(), reference::layer))
        .with_state(state)
}
