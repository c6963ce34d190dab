//! One connection, from its first byte to its last.

use super::{
    ListenerPolicy,
    paced::{PacedStream, is_too_slow},
    presence::Seat,
};
use crate::metrics::{Ending, ListenerMetrics};
use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{error::Error, net::SocketAddr, pin::pin, sync::Arc};
use tokio::{net::TcpStream, sync::watch};
use tower::ServiceExt as _;

/// What a head and what was read ahead of a body may take.
const READ_BUFFER: usize = 32 * 1024;
/// Lines of a head.
const HEADERS: usize = 100;
/// For whom there is no place: said without having read a byte.
const TURNED_AWAY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\n\
    cache-control: no-store\r\nconnection: close\r\n\r\n";

/// What all connections of a door share.
pub(super) struct Host {
    pub(super) router: Router,
    pub(super) policy: ListenerPolicy,
    pub(super) metrics: Arc<ListenerMetrics>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Host {
    /// Answers what comes until one side has enough.
    pub(super) async fn attend(&self, seat: Seat, stream: TcpStream, peer: SocketAddr) -> Ending {
        // Answers are written whole; waiting for more to send would only add a delay.
        drop(stream.set_nodelay(true));
        let presence = seat.presence();
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(presence.clone());
            self.router.clone().oneshot(request.map(Body::new))
        });
        let stream = PacedStream::new(stream, self.policy.stall_time, self.policy.lowest_rate);
        let mut connection = pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(self.policy.head_time)
                .max_buf_size(READ_BUFFER)
                .max_headers(HEADERS)
                .serve_connection(TokioIo::new(stream), service)
        );
        let mut stop = self.stop.clone();
        let mut stopping = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => return ended.map_or_else(|error| ending(&error), |()| Ending::Done),
                () = seat.given_up() => return Ending::GaveWay,
                _ = stop.wait_for(|told| *told), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// Says that there is no place; whether it arrives is up to the other side.
pub(super) fn turn_away(stream: TcpStream) {
    drop(stream.try_write(TURNED_AWAY));
    drop(stream);
}

fn ending(error: &hyper::Error) -> Ending {
    let by_pace = error.source().and_then(|cause| cause.downcast_ref()).is_some_and(is_too_slow);
    if by_pace {
        Ending::SlowTaker
    } else if error.is_timeout() {
        Ending::LateHead
    } else if error.is_parse() {
        Ending::BadHead
    } else {
        Ending::Broken
    }
}
