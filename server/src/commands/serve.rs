//! `techo serve`: the listeners and the jobs.

use super::{CommandError, CommandOutcome, CommandResult, lock, opening};
use crate::{
    api::{self, ApiState},
    config::{ConfigError, ProcessSettings},
    console::{self, ConsoleState},
    jobs,
    key_watch::keys_changed,
    ops::{self, OpsState},
    portal::{self, DemoReader, PortalState},
    roles::{ProcessRole, RoleSet},
    services::Services,
};
use axum::Router;
use futures::future::join_all;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use techo_app::views::frame::PortalEdition;
use techo_custody::{Custody, environment::Environment};
use techo_jobs::RunningJobs;
use techo_web::{
    layers::rate::RateBuckets,
    listener::{DescriptorShare, ListenerPolicy, serve_listener, share_descriptors},
    metrics::{ListenerMetrics, ListenerName},
};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};

/// How long a database may take to close.
const CLOSE_TIME: Duration = Duration::from_secs(5);

const KEYS_CHANGED: &str = "動いているあいだに鍵が更新されたため、止まりました。更新が終わってから、新しい鍵ファイルを置いて、もう一度実行してください。";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "例: techo serve --set DATA_DIR=/srv/techo\n    techo serve --only api,ops")]
pub struct Args {
    /// この役だけを動かします（portal, console, api, ops, worker をコンマで区切る）。ほかの役は別のプロセスで動かします
    #[arg(long, value_delimiter = ',', value_name = "役")]
    only: Vec<ProcessRole>,
}

/// Starts what was asked for and runs until it is told to stop.
pub async fn run(settings: ProcessSettings, args: Args) -> CommandResult {
    let lock = lock::shared(&settings)?;
    let custody = opening::open(&settings, Environment::system(), &lock).await?;
    let roles = RoleSet::only(&args.only);
    let ready = |settings: &ProcessSettings| {
        if roles.includes(ProcessRole::Portal) {
            say!("手帳は {} で動いています。", settings.portal_url.origin());
        } else {
            say!("手帳の一部（{roles}）が動いています。");
        }
    };
    serve(Installation { custody, settings, roles: roles.clone(), demo: None }, ready).await
}

/// What is served.
pub(crate) struct Installation {
    /// Databases, keys, clock.
    pub(crate) custody: Custody,
    /// Settings.
    pub(crate) settings: ProcessSettings,
    /// Which parts.
    pub(crate) roles: RoleSet,
    /// The demo's card reader; none outside the demo.
    pub(crate) demo: Option<DemoReader>,
}

/// Serves until a signal arrives; requests in flight are finished within a deadline.
pub(crate) async fn serve(installation: Installation, ready: impl FnOnce(&ProcessSettings)) -> CommandResult {
    let Installation { custody, settings, roles, demo } = installation;
    let mut signals = StopSignals::register().map_err(stopped)?;
    let share = share_descriptors(&settings.limits)
        .map_err(|error| ConfigError::new("ulimit -n", error.to_string()))?;
    let checkpoints = settings.log_checkpoints.check();
    checkpoints.map_err(|error| ConfigError::new("TECHO_LOG_CHECKPOINTS", error.to_string()))?;
    let edition = if demo.is_some() { PortalEdition::Demo } else { PortalEdition::Live };
    let services = Services::open(custody.clone(), settings, edition)?;
    let (stop, told) = watch::channel(false);
    let mut doors =
        Doors { share, told: told.clone(), services: services.clone(), limits: Vec::new(), open: Vec::new() };
    doors.open_all(&roles, demo).await?;
    if !roles.includes(ProcessRole::Ops) {
        tracing::warn!(%roles, "this process has no operators' door: nobody sees how it stands");
    }
    let jobs = jobs::start(&services, &roles, doors.limits, &told);
    ready(&services.settings);
    let serving = doors.open.into_iter().map(|door| tokio::spawn(door.serve())).collect();
    let ended = tokio::select! {
        () = signals.next() => Ok(CommandOutcome::Whole),
        () = keys_changed(&custody) => Err(CommandError::Other(KEYS_CHANGED.to_owned())),
    };
    stop.send_replace(true);
    finish(serving, jobs, &mut signals, services.settings.limits.stop_time).await?;
    close(&custody).await;
    ended
}

/// The doors of this process, as they are opened.
struct Doors {
    share: DescriptorShare,
    told: watch::Receiver<bool>,
    services: Services,
    /// Limits whose memory must be tidied.
    limits: Vec<Arc<dyn RateBuckets>>,
    open: Vec<BoundListener>,
}

/// A door that is bound to its address.
struct BoundListener {
    listener: TcpListener,
    router: Router,
    policy: ListenerPolicy,
    metrics: Arc<ListenerMetrics>,
    told: watch::Receiver<bool>,
}

impl Doors {
    async fn open_all(&mut self, roles: &RoleSet, demo: Option<DemoReader>) -> Result<(), CommandError> {
        let settings = self.services.settings.clone();
        if roles.includes(ProcessRole::Portal) {
            let state = PortalState::new(&self.services, demo).await?;
            self.limits.push(Arc::new(state.change_limit.clone()));
            self.open(ListenerName::Portal, settings.portal_addr, portal::router(state)).await?;
        }
        if roles.includes(ProcessRole::Console) {
            let state = ConsoleState::new(&self.services, console::console_menu()).await?;
            self.limits.push(Arc::new(state.change_limit.clone()));
            self.open(ListenerName::Console, settings.console_addr, console::router(state)).await?;
        }
        if roles.includes(ProcessRole::Api) {
            let state = ApiState::new(&self.services);
            self.limits.push(Arc::new(state.rate_limit.clone()));
            self.limits.push(Arc::new(state.organisation_limit.clone()));
            self.open(ListenerName::Api, settings.api_addr, api::router(state)).await?;
        }
        if roles.includes(ProcessRole::Ops) {
            let state = OpsState::new(&self.services, roles.clone());
            self.open(ListenerName::Ops, settings.ops_addr, ops::bounded_router(state, &settings.limits))
                .await?;
        }
        Ok(())
    }

    async fn open(
        &mut self,
        door: ListenerName,
        address: SocketAddr,
        router: Router,
    ) -> Result<(), CommandError> {
        let settings = &self.services.settings;
        self.open.push(BoundListener {
            listener: listen(door, address).await?,
            router,
            policy: ListenerPolicy::new(door, &settings.limits, self.share, settings.proxy_hops),
            metrics: self.services.metrics.of(door),
            told: self.told.clone(),
        });
        Ok(())
    }
}

impl BoundListener {
    async fn serve(self) {
        serve_listener(self.listener, self.router, self.policy, self.metrics, self.told).await;
    }
}

async fn listen(door: ListenerName, address: SocketAddr) -> Result<TcpListener, CommandError> {
    let bound = TcpListener::bind(address).await;
    let name = format!("TECHO_{}_ADDR", door.name().to_uppercase());
    Ok(bound
        .map_err(|error| ConfigError::new(&name, format!("{address} で待ち受けられません（{error}）")))?)
}

/// Waits for doors and jobs, each of which knows the deadline; a second signal waits for nobody.
async fn finish(
    doors: Vec<JoinHandle<()>>,
    jobs: RunningJobs,
    signals: &mut StopSignals,
    within: Duration,
) -> Result<(), CommandError> {
    let aborts: Vec<_> = doors.iter().map(JoinHandle::abort_handle).collect();
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
async fn close(custody: &Custody) {
    let both = async { tokio::join!(custody.stores.vault.db().close(), custody.stores.records.db().close()) };
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
