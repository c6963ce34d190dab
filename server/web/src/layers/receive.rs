//! How the body of a request comes in: whole, before anything is worked on, and within bounds of size and time. Whoever
//! sends slowly holds a connection of their own and nothing else.

use super::{
    places::{KeyedSlot, KeyedSlots, RequestAsker},
    request_head,
    turn_away::{announced, closing, turn_away},
};
use crate::{caller, limits::ConnectionLimits, listener::ConnectionPresence, problem::HttpError};
use axum::{
    body::{Body, BodyDataStream, Bytes, HttpBody as _},
    extract::{Request, State},
    http::{HeaderMap, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures::StreamExt as _;
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

/// A body that takes longer counts as a slow one.
const PROMPT: Duration = Duration::from_secs(1);
/// Slow bodies of one address at once.
const SLOW_OF_ADDRESS: usize = 64;
/// Bodies above the usual size that are in memory at once.
const LARGE_AT_ONCE: usize = 64;

/// Larger bodies than usual below one path.
#[derive(Clone, Copy, Debug)]
pub struct LargerBodies {
    /// The path itself and everything below it.
    pub below: &'static str,
    /// Bytes.
    pub most: usize,
}

/// What bodies of a door may be like, and how many requests of one asker are worked on at once.
#[derive(Clone, Debug)]
pub struct BodyPolicy {
    usual: usize,
    larger: Option<LargerBodies>,
    time: Duration,
    stall_time: Duration,
    lowest_rate: u32,
    proxy_hops: usize,
    slow: KeyedSlots<IpAddr>,
    large: Arc<Semaphore>,
    in_flight_of_address: KeyedSlots<RequestAsker>,
    in_flight_of_organisation: KeyedSlots<RequestAsker>,
}

impl BodyPolicy {
    /// Bodies of so many bytes.
    pub fn new(usual: usize, limits: &ConnectionLimits, proxy_hops: usize) -> Self {
        Self {
            usual,
            larger: None,
            time: limits.body_time,
            stall_time: limits.stall_time,
            lowest_rate: limits.lowest_rate.get(),
            proxy_hops,
            slow: KeyedSlots::new(SLOW_OF_ADDRESS),
            large: Arc::new(Semaphore::new(LARGE_AT_ONCE)),
            in_flight_of_address: KeyedSlots::new(limits.address_in_flight),
            in_flight_of_organisation: KeyedSlots::new(limits.organisation_in_flight),
        }
    }

    /// Larger ones below a path.
    pub fn with_larger(self, larger: LargerBodies) -> Self {
        Self { larger: Some(larger), ..self }
    }

    fn most(&self, path: &str) -> usize {
        let below = |larger: &LargerBodies| {
            path.strip_prefix(larger.below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.larger.filter(below).map_or(self.usual, |larger| larger.most)
    }

    async fn receive(
        &self,
        body: BodyDataStream,
        most: usize,
        address: Option<IpAddr>,
    ) -> Result<Received, HttpError> {
        let began = Instant::now();
        let mut arriving = Arriving { policy: self, body, began, received: Received::default(), slow: None };
        while let Some(part) = arriving.next(address).await? {
            let received = &mut arriving.received;
            if received.bytes.len() + part.len() > most {
                return Err(HttpError::TooLarge);
            }
            received.bytes.extend_from_slice(&part);
            if received.bytes.len() > self.usual && received.large.is_none() {
                received.large = Some(self.large.clone().try_acquire_owned().map_err(|_| HttpError::Busy)?);
            }
        }
        Ok(arriving.received)
    }
}

/// A whole body, and the right to be a large one.
#[derive(Default)]
struct Received {
    bytes: Vec<u8>,
    large: Option<OwnedSemaphorePermit>,
}

struct Arriving<'a> {
    policy: &'a BodyPolicy,
    body: BodyDataStream,
    began: Instant,
    received: Received,
    slow: Option<KeyedSlot<IpAddr>>,
}

impl Arriving<'_> {
    /// The next part of the body, in time.
    async fn next(&mut self, address: Option<IpAddr>) -> Result<Option<Bytes>, HttpError> {
        if let (None, Some(address)) = (&self.slow, address) {
            match timeout_at(self.began + PROMPT, self.body.next()).await {
                Ok(part) => return part.transpose().map_err(|_| HttpError::BadRequest),
                Err(_) => {
                    let place = self.policy.slow.try_take(&address);
                    self.slow = Some(place.ok_or(HttpError::Limited { retry_after: 1 })?);
                }
            }
        }
        match timeout_at(self.deadline(), self.body.next()).await {
            Ok(part) => part.transpose().map_err(|_| HttpError::BadRequest),
            Err(_) => {
                tracing::warn!(bytes = self.received.bytes.len(), "a body came too slowly");
                Err(HttpError::TooSlow)
            }
        }
    }

    /// What arrived buys time, up to the end of all patience.
    fn deadline(&self) -> Instant {
        let bytes = u64::try_from(self.received.bytes.len()).unwrap_or(u64::MAX);
        let earned = Duration::from_secs(bytes) / self.policy.lowest_rate;
        self.began + (self.policy.stall_time + earned).min(self.policy.time)
    }
}

/// Takes the body in, then lets the request be worked on, as many of one asker at once as there are places.
pub async fn layer(State(policy): State<Arc<BodyPolicy>>, request: Request, next: Next) -> Response {
    let address = caller::address(&request, policy.proxy_hops).map(caller::network);
    let most = policy.most(request.uri().path());
    if announced(request.headers()).is_some_and(|length| length > most) {
        return turn_away(request, HttpError::TooLarge).await;
    }
    let (parts, body) = request.into_parts();
    let received = if body.is_end_stream() {
        Received::default()
    } else {
        match policy.receive(body.into_data_stream(), most, address).await {
            Ok(received) => received,
            Err(trouble) => return closing(trouble),
        }
    };
    if is_encoded_form(&parts.headers) && request_head::holds_nul(&received.bytes) {
        return HttpError::BadRequest.into_response();
    }
    let _working = parts.extensions.get::<ConnectionPresence>().map(ConnectionPresence::work);
    let asker = parts.extensions.get::<RequestAsker>().cloned().or(address.map(RequestAsker::Address));
    let place = match &asker {
        None => None,
        Some(asker) => {
            let places = match asker {
                RequestAsker::Address(_) => &policy.in_flight_of_address,
                RequestAsker::Organisation(_) => &policy.in_flight_of_organisation,
            };
            let Some(place) = places.take(asker).await else {
                return HttpError::Limited { retry_after: 1 }.into_response();
            };
            Some(place)
        }
    };
    let response = next.run(Request::from_parts(parts, Body::from(received.bytes))).await;
    drop((place, received.large));
    response
}

fn is_encoded_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}
