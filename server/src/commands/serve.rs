//! `techo serve`: the listeners and the jobs.

use super::{CommandError, CommandResult, Done, lock, opening};
use crate::{
    api::{self, ApiState},
    config::{ConfigError, Settings},
    console::{self, ConsoleState},
    jobs::{self, Jobs},
    layers::rate::Buckets,
    listener::{DescriptorShare, ListenerPolicy, serve_listener, share_descriptors},
    metrics::Door,
    ops,
    portal::{self, DemoReader, PortalState},
};
use axum::Router;
use futures::future::join_all;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use techo_domain::{Domain, world::World};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};

/// How long a database may take to close.
const CLOSE_TIME: Duration = Duration::from_secs(5);

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "例: techo serve --set DATA_DIR=/srv/techo")]
pub struct Args {}

/// Starts everything and runs until it is told to stop.
pub async fn run(settings: Settings, _args: Args) -> CommandResult {
    let lock = lock::shared(&settings)?;
    let domain = opening::open(&settings, World::system(), &lock).await?;
    let ready = |settings: &Settings| say!("手帳は {} で動いています。", settings.portal_url.origin());
    serve(domain, settings, None, ready).await
}

/// Serves until a signal arrives; requests in flight are finished within a deadline.
pub(crate) async fn serve(
    domain: Domain,
    settings: Settings,
    demo: Option<DemoReader>,
    ready: impl FnOnce(&Settings),
) -> CommandResult {
    let mut signals = StopSignals::register().map_err(stopped)?;
    let share = share_descriptors(&settings.limits)?;
    let state = PortalState::new(domain.clone(), settings, demo).await?;
    let checkpoints = state.settings.log_checkpoints.check();
    checkpoints.map_err(|error| ConfigError::new("TECHO_LOG_CHECKPOINTS", error.to_string()))?;
    let (console, api) = (ConsoleState::new(&state).await?, ApiState::new(&state));
    let (stop, told) = watch::channel(false);
    let house = House { share, told: told.clone(), state: state.clone() };
    let limits = every_bucket(&state, &console, &api);
    let ops_router = ops::bounded_router(ops::OpsState::new(&state), &state.settings.limits);
    let addresses = &state.settings;
    let doors = [
        house.open(Door::Portal, addresses.portal_addr, portal::router(state.clone())).await?,
        house.open(Door::Console, addresses.console_addr, console::router(console)).await?,
        house.open(Door::Api, addresses.api_addr, api::router(api)).await?,
        house.open(Door::Ops, addresses.ops_addr, ops_router).await?,
    ];
    let jobs = jobs::start(&state, limits, told);
    ready(&state.settings);
    let doors = doors.map(|door| tokio::spawn(door.serve()));
    signals.next().await;
    stop.send_replace(true);
    finish(doors, jobs, &mut signals, state.settings.limits.stop_time).await?;
    close(&domain).await;
    Ok(Done::Whole)
}

/// What every door is opened with.
struct House {
    share: DescriptorShare,
    told: watch::Receiver<bool>,
    state: PortalState,
}

/// A door that is bound to its address.
struct OpenDoor {
    listener: TcpListener,
    router: Router,
    policy: ListenerPolicy,
    state: PortalState,
    told: watch::Receiver<bool>,
}

impl House {
    async fn open(&self, door: Door, address: SocketAddr, router: Router) -> Result<OpenDoor, CommandError> {
        let settings = &self.state.settings;
        Ok(OpenDoor {
            listener: listen(door, address).await?,
            router,
            policy: ListenerPolicy::new(door, &settings.limits, self.share, settings.proxy_hops),
            state: self.state.clone(),
            told: self.told.clone(),
        })
    }
}

impl OpenDoor {
    async fn serve(self) {
        let metrics = self.state.metrics.of(self.policy.door);
        serve_listener(self.listener, self.router, self.policy, metrics, self.told).await;
    }
}

async fn listen(door: Door, address: SocketAddr) -> Result<TcpListener, CommandError> {
    let bound = TcpListener::bind(address).await;
    let name = format!("TECHO_{}_ADDR", door.name().to_uppercase());
    Ok(bound
        .map_err(|error| ConfigError::new(&name, format!("{address} で待ち受けられません（{error}）")))?)
}

fn every_bucket(portal: &PortalState, console: &ConsoleState, api: &ApiState) -> Vec<Arc<dyn Buckets>> {
    vec![
        Arc::new(portal.change_limit.clone()),
        Arc::new(console.change_limit.clone()),
        Arc::new(api.rate_limit.clone()),
        Arc::new(api.organisation_limit.clone()),
    ]
}

/// Waits for doors and jobs, each of which knows the deadline; a second signal waits for nobody.
async fn finish(
    doors: [JoinHandle<()>; 4],
    jobs: Jobs,
    signals: &mut StopSignals,
    within: Duration,
) -> Result<(), CommandError> {
    let aborts = doors.each_ref().map(JoinHandle::abort_handle);
    tokio::select! {
        (ended, ()) = async { tokio::join!(join_all(doors), jobs.finish(within)) } => {
            let all: Result<Vec<()>, _> = ended.into_iter().collect();
            all.map(drop).map_err(stopped)
        }
        () = signals.next() => {
            tracing::warn!("told to stop a second time: nothing is waited for");
            aborts.iter().for_each(tokio::task::AbortHandle::abort);
            Ok(())
        }
    }
}

/// What is written is safe when it was promised; a database that does not close is left as a crash would leave it.
async fn close(domain: &Domain) {
    let both = async { tokio::join!(domain.stores.vault.db().close(), domain.stores.records.db().close()) };
    if tokio::time::timeout(CLOSE_TIME, both).await.is_err() {
        tracing::warn!("a database did not close in time");
    }
}

fn stopped(error: impl std::fmt::Display) -> CommandError {
    CommandError::Other(format!("受付が止まりました: {error}"))
}

/// Ctrl-C on a terminal, SIGTERM from a service manager; heard from the moment they are registered.
struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    fn register() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
