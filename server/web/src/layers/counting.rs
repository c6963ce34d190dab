//! Counting what leaves, and how long it took. It stands outside of every other layer, so that what they turn away is counted, too,
//! and so is what panics in one of them.

use crate::{
    metrics::ListenerMetrics,
    problem::{self, Panicked},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::Response,
};
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, sync::Arc};

/// How long to stay away when nothing better is known.
const AWAY: HeaderValue = HeaderValue::from_static("5");

/// Counts what leaves, and sees to it that whoever is told to wait is told for how long.
pub async fn layer(State(metrics): State<Arc<ListenerMetrics>>, request: Request, next: Next) -> Response {
    let count = metrics.request_began(request.extensions().get::<MatchedPath>());
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(problem::panicked);
    if response.extensions().get::<Panicked>().is_some() {
        metrics.panicked();
    }
    count.answered(response.status());
    if matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        response.headers_mut().entry(RETRY_AFTER).or_insert(AWAY);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{HttpMetrics, ListenerName};
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt as _;

    async fn ask(router: &Router, path: &str) -> StatusCode {
        let request = Request::get(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status()
    }

    fn text(metrics: &HttpMetrics) -> String {
        let mut text = String::new();
        metrics.encode(&mut text).unwrap();
        text
    }

    async fn fails() -> StatusCode {
        panic!("on purpose");
    }

    #[tokio::test]
    async fn what_panics_is_answered_and_counted_wherever_it_panics() {
        let metrics = HttpMetrics::default();
        let router = Router::new()
            .route("/fails/{id}", get(fails))
            .layer(from_fn_with_state(metrics.of(ListenerName::Api), layer));
        assert_eq!(ask(&router, "/fails/4711").await, StatusCode::INTERNAL_SERVER_ERROR);
        let text = text(&metrics);
        assert!(text.contains("techo_http_panics_total{listener=\"api\"} 1\n"), "{text}");
        let counted = "techo_http_requests_total{listener=\"api\",route=\"/fails/{id}\",class=\"5xx\"} 1\n";
        assert!(text.contains(counted) && !text.contains("4711"), "{text}");
    }

    #[tokio::test]
    async fn a_request_that_nobody_waits_for_is_in_flight_no_more_and_counted_apart() {
        let metrics = HttpMetrics::default();
        let router = Router::new()
            .route("/never", get(std::future::pending::<StatusCode>))
            .layer(from_fn_with_state(metrics.of(ListenerName::Portal), layer));
        let mut asked = Box::pin(ask(&router, "/never"));
        assert!(futures::poll!(&mut asked).is_pending());
        assert!(text(&metrics).contains("techo_http_requests_in_flight{listener=\"portal\"} 1\n"));
        drop(asked);
        let text = text(&metrics);
        assert!(text.contains("techo_http_requests_in_flight{listener=\"portal\"} 0\n"), "{text}");
        let counted = "techo_http_requests_total{listener=\"portal\",route=\"/never\",class=\"aborted\"} 1\n";
        assert!(text.contains(counted), "{text}");
    }

    #[tokio::test]
    async fn paths_that_lead_nowhere_are_one_label_and_counted_by_their_status() {
        let metrics = HttpMetrics::default();
        let router = Router::new()
            .route("/there", get(|| async { "" }))
            .layer(from_fn_with_state(metrics.of(ListenerName::Portal), layer));
        for path in ["/a", "/b", "/c"] {
            assert_eq!(ask(&router, path).await, StatusCode::NOT_FOUND);
        }
        let text = text(&metrics);
        let counted = "techo_http_requests_total{listener=\"portal\",route=\"unmatched\",class=\"4xx\"} 3\n";
        assert!(text.contains(counted), "{text}");
        assert!(text.contains("techo_http_refusals_total{listener=\"portal\",status=\"404\"} 3\n"), "{text}");
    }
}
