//! How every door takes connections: one loop with caps by door and by address, times for silence, heads and slow takers,
//! and an end with a deadline.
//!
//! What comes by a connection is HTTP/1.1; there is no HTTP/2 and no upgrade. To add a door: a [`ListenerName`], a router that went
//! through [`crate::layers::stack`], a line in `commands/serve.rs` of the process.

mod connection;
mod descriptors;
mod paced;
mod presence;

pub use descriptors::{DescriptorShare, TooFewFiles, share_descriptors};
pub use presence::ConnectionPresence;

use crate::{
    limits::ConnectionLimits,
    metrics::{Ending, ListenerMetrics, ListenerName},
};
use axum::Router;
use presence::{ConnectionRegistry, Seat};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// After a failed accept: the machine is out of something, and trying at once would only burn a core.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// What is left of an answer that was on its way out when the deadline came.
const LAST_BREATH: Duration = Duration::from_millis(200);

/// How a door takes connections.
#[derive(Clone, Debug)]
pub struct ListenerPolicy {
    /// Which door.
    pub door: ListenerName,
    /// Connections of all addresses.
    pub connections: usize,
    /// Connections of one address; none where they all come from a proxy of ours.
    pub address_connections: Option<usize>,
    /// How long a connection may be silent before a request, and take for its head.
    pub head_time: Duration,
    /// How long an answer may be taken more slowly than `lowest_rate`.
    pub stall_time: Duration,
    /// Bytes a second.
    pub lowest_rate: u32,
    /// How long requests in flight may take once the door is told to close.
    pub stop_time: Duration,
}

impl ListenerPolicy {
    /// The settings, as far as descriptors reach.
    pub fn new(
        door: ListenerName,
        limits: &ConnectionLimits,
        share: DescriptorShare,
        proxy_hops: usize,
    ) -> Self {
        Self {
            door,
            connections: share.of(door),
            address_connections: (proxy_hops == 0 || door == ListenerName::Ops)
                .then_some(limits.address_connections),
            head_time: limits.head_time,
            stall_time: limits.stall_time,
            lowest_rate: limits.lowest_rate.get(),
            stop_time: limits.stop_time,
        }
    }
}

/// Takes connections until it is told to stop, then lets requests in flight end within the deadline and drops the rest.
pub async fn serve_listener(
    listener: TcpListener,
    router: Router,
    policy: ListenerPolicy,
    metrics: Arc<ListenerMetrics>,
    mut stop: watch::Receiver<bool>,
) {
    let registry = Arc::new(ConnectionRegistry::new(policy.connections, policy.address_connections));
    let host = Arc::new(connection::Host { router, policy, metrics, stop: stop.clone() });
    let mut running = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|told| *told) => break,
            Some(_) = running.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => welcome(&host, &registry, &mut running, stream, peer),
            Err(error) => {
                tracing::warn!(door = host.policy.door.name(), %error, "a connection could not be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    finish(&host, running).await;
}

fn welcome(
    host: &Arc<connection::Host>,
    registry: &Arc<ConnectionRegistry>,
    running: &mut JoinSet<()>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let Some(seat) = ConnectionRegistry::seat(registry, peer.ip()) else {
        host.metrics.count_ending(Ending::Full);
        tracing::warn!(door = host.policy.door.name(), "a connection was turned away: too many");
        connection::turn_away(stream);
        return;
    };
    running.spawn(attend(Arc::clone(host), seat, stream, peer));
}

async fn attend(host: Arc<connection::Host>, seat: Seat, stream: TcpStream, peer: SocketAddr) {
    host.metrics.connection_began();
    let ending = host.attend(seat, stream, peer).await;
    host.metrics.connection_ended(ending);
    if let Some(why) = ending.complaint() {
        tracing::warn!(door = host.policy.door.name(), why, "a connection was ended");
    }
}

/// Waits for what is in flight, but not for ever.
async fn finish(host: &connection::Host, mut running: JoinSet<()>) {
    let all_ended = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(host.policy.stop_time, all_ended).await.is_err() {
        let left = running.len();
        tracing::warn!(
            door = host.policy.door.name(),
            left,
            "connections were dropped: the deadline is over"
        );
        running.abort_all();
        let gone = async { while running.join_next().await.is_some() {} };
        drop(tokio::time::timeout(LAST_BREATH, gone).await);
    }
}
