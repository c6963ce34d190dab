//! How often one address may send changing requests. Reading is bounded by the number of requests in flight instead.
//!
//! A limit slows down and never locks out: the bucket refills every second.

use super::{caller, problem::Trouble};
use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
};

const PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
const BURST: NonZeroU32 = NonZeroU32::new(120).expect("a hundred and twenty is not zero");

/// Buckets by address.
#[derive(Clone)]
pub struct RateLimit {
    buckets: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    proxy_hops: usize,
}

impl RateLimit {
    /// Full buckets for everybody.
    pub fn new(proxy_hops: usize) -> Self {
        let quota = Quota::per_second(PER_SECOND).allow_burst(BURST);
        Self { buckets: Arc::new(DefaultKeyedRateLimiter::keyed(quota)), proxy_hops }
    }

    /// Forgets addresses whose buckets are full again.
    pub fn tidy(&self) {
        self.buckets.retain_recent();
    }
}

/// Counts changing requests.
pub async fn layer(State(limit): State<RateLimit>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        let address =
            caller::address(&request, limit.proxy_hops).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        if limit.buckets.check_key(&network(address)).is_err() {
            return Trouble::Limited { retry_after: 1 }.into_response();
        }
    }
    next.run(request).await
}

/// One household has a whole /64 of IPv6 addresses to choose from.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}
