//! How often somebody may ask: by address, by account, by organisation.
//!
//! A limit slows down and never locks out: the bucket refills every second.

use super::{caller, problem::Trouble, receive};
use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use governor::{Quota, RateLimiter, clock::DefaultClock, state::keyed::DefaultKeyedStateStore};
use std::{
    hash::Hash,
    net::{IpAddr, Ipv4Addr},
    num::NonZeroU32,
    sync::Arc,
};

/// How many seconds' worth may come at once.
const BURST_SECONDS: NonZeroU32 = NonZeroU32::new(12).expect("twelve is not zero");

type Governor<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// Buckets of whatever kind, for who tidies up.
pub trait Buckets: Send + Sync {
    /// Forgets whose buckets are full again.
    fn tidy(&self);
}

/// Buckets by key.
#[derive(Clone, Debug)]
pub struct RateLimit<K: Hash + Eq + Clone> {
    buckets: Arc<Governor<K>>,
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    /// Full buckets for everybody.
    pub fn new(per_second: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(per_second.saturating_mul(BURST_SECONDS));
        Self { buckets: Arc::new(RateLimiter::keyed(quota)) }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// The bucket is empty.
    pub fn check(&self, key: &K) -> Result<(), Trouble> {
        self.buckets.check_key(key).map_err(|_| Trouble::Limited { retry_after: 1 })
    }
}

impl<K: Hash + Eq + Clone + Send + Sync> Buckets for RateLimit<K> {
    fn tidy(&self) {
        self.buckets.retain_recent();
        self.buckets.shrink_to_fit();
    }
}

/// Buckets by address, behind a known number of our proxies.
#[derive(Clone, Debug)]
pub struct AddressLimit {
    buckets: RateLimit<IpAddr>,
    proxy_hops: usize,
}

impl AddressLimit {
    /// Full buckets for everybody.
    pub fn new(per_second: NonZeroU32, proxy_hops: usize) -> Self {
        Self { buckets: RateLimit::new(per_second), proxy_hops }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The bucket of its address is empty.
    pub fn check(&self, request: &Request) -> Result<(), Trouble> {
        let address = caller::address(request, self.proxy_hops);
        let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        self.buckets.check(&caller::network(address))
    }
}

impl Buckets for AddressLimit {
    fn tidy(&self) {
        self.buckets.tidy();
    }
}

/// Whether a request asks for a change.
pub fn is_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Counts changing requests, before their body was read. Who reads is counted by account, once it is known.
pub async fn layer(State(limit): State<AddressLimit>, request: Request, next: Next) -> Response {
    if is_change(request.method())
        && let Err(limited) = limit.check(&request)
    {
        return receive::turn_away(request, limited).await;
    }
    next.run(request).await
}
