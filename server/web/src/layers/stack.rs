//! The layers that every door has, with what differs between doors as a policy. Outermost first:
//!
//! counting, reference, span, headers, language, compression | the door's own error answers, who asks how often | the head of the
//! request, its body, places in flight and time, origin, panics | routes. Each group is one service, with a
//! [shared](super::shared) one at its bottom.

use super::{
    counting,
    headers::{self, HeaderPolicy},
    language, origin,
    receive::{self, BodyPolicy},
    reference,
    request_head::{self, SessionCookie},
    request_span,
    shared::ShareLayer,
};
use crate::{metrics::ListenerMetrics, problem};
use axum::{Router, error_handling::HandleErrorLayer, middleware::from_fn_with_state};
use std::{sync::Arc, time::Duration};
use tower::{
    ServiceBuilder, limit::GlobalConcurrencyLimitLayer, load_shed::LoadShedLayer, timeout::TimeoutLayer,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, CompressionLevel,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
};

/// What a door lets in.
#[derive(Clone, Debug)]
pub struct RequestPolicy {
    /// Whose pages may send changes; none where requests bring no cookie.
    pub own_origin: Option<origin::OwnOrigin>,
    /// The door's session cookie.
    pub session_cookie: SessionCookie,
    /// Bodies, and places of one asker.
    pub bodies: BodyPolicy,
    /// A request that takes longer is given up.
    pub time_limit: Duration,
    /// Requests in flight; what comes above is asked to try again in a moment.
    pub in_flight: usize,
}

/// Puts the bounds of requests around routes.
pub fn bounded<S: Clone + Send + Sync + 'static>(routes: Router<S>, policy: RequestPolicy) -> Router<S> {
    let bounds = ServiceBuilder::new()
        .layer(from_fn_with_state(policy.session_cookie, request_head::layer))
        .layer(from_fn_with_state(Arc::new(policy.bodies), receive::layer))
        .layer(HandleErrorLayer::new(problem::turned_away))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(policy.in_flight))
        .layer(TimeoutLayer::new(policy.time_limit))
        .layer(from_fn_with_state(policy.own_origin, origin::layer))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(ShareLayer);
    routes.layer(bounds)
}

/// Puts what every answer carries around a door, and the counting around everything.
pub fn finished<S: Clone + Send + Sync + 'static>(
    door: Router<S>,
    policy: HeaderPolicy,
    metrics: Arc<ListenerMetrics>,
) -> Router<S> {
    let worth_it = SizeAbove::new(512).and(NotForContentType::new("image/"));
    let environment = policy.environment.clone();
    let language = language::LanguageCookie::at(policy.https);
    let listener = metrics.listener();
    let around = ServiceBuilder::new()
        .layer(from_fn_with_state(metrics, counting::layer))
        .layer(from_fn_with_state(environment, reference::layer))
        .layer(from_fn_with_state(listener, request_span::layer))
        .layer(from_fn_with_state(policy, headers::layer))
        .layer(from_fn_with_state(language, language::layer))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(worth_it))
        .layer(ShareLayer);
    door.layer(around)
}
