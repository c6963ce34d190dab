//! How spans reach a collector: one POST at a time, on the thread that gathers them.

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::time::Duration;

/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is read of its answer.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// A client for a collector.
#[derive(Debug)]
pub(super) struct Collector(ureq::Agent);

impl Default for Collector {
    fn default() -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false);
        Self(config.build().into())
    }
}

#[async_trait]
impl HttpClient for Collector {
    /// Blocks: only the thread of the exporter waits here.
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let sent = self.0.run(Request::from_parts(parts, body.to_vec()));
        let answer =
            sent.inspect_err(|_| tracing::warn!("spans could not be sent: the collector is away"))?;
        if !answer.status().is_success() {
            let status = answer.status().as_u16();
            tracing::warn!(status, "spans could not be sent: the collector refuses them");
        }
        let (parts, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(LONGEST_ANSWER).read_to_vec()?;
        Ok(Response::from_parts(parts, bytes.into()))
    }
}
