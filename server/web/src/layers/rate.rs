//! How often somebody may ask: by address, by account, by organisation.
//!
//! A limit slows down and never locks out: the bucket refills every second.

use crate::{caller, problem::HttpError};
use axum::{extract::Request, http::Method};
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
pub trait RateBuckets: Send + Sync {
    /// Forgets whose buckets are full again.
    fn tidy(&self);
}

/// Buckets by key.
#[derive(Clone, Debug)]
pub struct RateLimit<K: Hash + Eq + Clone> {
    buckets: Arc<Governor<K>>,
    burst: NonZeroU32,
    per_second: NonZeroU32,
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    /// Full buckets for everybody.
    pub fn new(per_second: NonZeroU32) -> Self {
        let burst = per_second.saturating_mul(BURST_SECONDS);
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Self { buckets: Arc::new(RateLimiter::keyed(quota)), burst, per_second }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// The bucket is empty.
    pub fn check(&self, key: &K) -> Result<(), HttpError> {
        self.buckets.check_key(key).map_err(|_| HttpError::Limited { retry_after: 1 })
    }

    /// Counts what one request asks for beside itself. More than a bucket holds beside the request counts as all of it, so that
    /// whoever waits long enough is served.
    ///
    /// # Errors
    /// There is not enough in the bucket; how many seconds fill it for the request and these.
    pub fn check_more(&self, key: &K, more: usize) -> Result<(), u64> {
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let Some(more) = NonZeroU32::new(more.min(self.burst.get() - 1)) else { return Ok(()) };
        match self.buckets.check_key_n(key, more) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(u64::from((more.get() + 1).div_ceil(self.per_second.get()))),
        }
    }
}

impl<K: Hash + Eq + Clone + Send + Sync> RateBuckets for RateLimit<K> {
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
    pub fn check(&self, request: &Request) -> Result<(), HttpError> {
        let address = caller::address(request, self.proxy_hops);
        let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        self.buckets.check(&caller::network(address))
    }
}

impl RateBuckets for AddressLimit {
    fn tidy(&self) {
        self.buckets.tidy();
    }
}

/// Whether a request asks for a change.
pub fn is_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_asks_for_beside_itself_is_served_to_whoever_waited_for_a_full_bucket() {
        for per_second in [1, 10, 50] {
            let limit = RateLimit::new(NonZeroU32::new(per_second).unwrap());
            assert!(limit.check(&"organisation").is_ok());
            assert_eq!(limit.check_more(&"organisation", 199), Ok(()), "{per_second} a second");
        }
        let limit = RateLimit::new(NonZeroU32::new(1).unwrap());
        assert!((0..12).all(|_| limit.check(&"other").is_ok()));
        assert_eq!(limit.check_more(&"other", 199), Err(12));
    }
}
