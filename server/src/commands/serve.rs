//! `techo serve`: the listeners and the jobs.

use super::{CommandError, CommandResult, Done, lock, opening};
use crate::{
    api::{self, ApiState},
    config::{ConfigError, Settings},
    console::{self, ConsoleState},
    jobs, ops,
    portal::{self, DemoReader, PortalState},
};
use axum::Router;
use std::{future::Future, net::SocketAddr};
use techo_domain::{Domain, world::World};
use tokio::{net::TcpListener, signal, sync::watch};

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

/// Serves until a signal arrives; requests in flight are finished.
pub(crate) async fn serve(
    domain: Domain,
    settings: Settings,
    demo: Option<DemoReader>,
    ready: impl FnOnce(&Settings),
) -> CommandResult {
    let (portal_addr, api_addr, ops_addr) = (settings.portal_addr, settings.api_addr, settings.ops_addr);
    let console_addr = settings.console_addr;
    let state = PortalState::new(domain.clone(), settings, demo).await?;
    let console_state = ConsoleState::new(&state).await?;
    state
        .settings
        .log_checkpoints
        .check()
        .map_err(|error| ConfigError::new("TECHO_LOG_CHECKPOINTS", error.to_string()))?;
    let portal_listener = listen("TECHO_PORTAL_ADDR", portal_addr).await?;
    let console_listener = listen("TECHO_CONSOLE_ADDR", console_addr).await?;
    let api_listener = listen("TECHO_API_ADDR", api_addr).await?;
    let ops_listener = listen("TECHO_OPS_ADDR", ops_addr).await?;
    let api_state = ApiState::new(&state);
    let limits = [&state.rate_limit, &api_state.rate_limit, &console_state.rate_limit];
    let mut jobs = jobs::start(&state, limits.map(Clone::clone).to_vec());
    let (stop, stopped) = watch::channel(());
    let doors = [
        run_door(portal_listener, portal::router(state.clone()), stopped.clone()),
        run_door(console_listener, console::router(console_state), stopped.clone()),
        run_door(api_listener, api::router(api_state), stopped.clone()),
        run_door(ops_listener, ops::router(ops::OpsState::new(&state)), stopped),
    ];
    ready(&state.settings);
    let signal = async {
        wait_for_signal().await;
        drop(stop);
    };
    let (ended, ()) = tokio::join!(futures::future::join_all(doors), signal);
    // Before the databases close: a job that finds them closed would call it an error.
    jobs.shutdown().await;
    let all: std::io::Result<()> = ended.into_iter().collect();
    all.map_err(|error| CommandError::Other(format!("受付が止まりました: {error}")))?;
    domain.stores.vault.db().close().await;
    domain.stores.records.db().close().await;
    Ok(Done::Whole)
}

async fn listen(name: &str, address: SocketAddr) -> Result<TcpListener, CommandError> {
    let bound = TcpListener::bind(address).await;
    Ok(bound.map_err(|error| ConfigError::new(name, format!("{address} で待ち受けられません（{error}）")))?)
}

fn run_door(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<()>,
) -> impl Future<Output = std::io::Result<()>> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let until = async move { while stopped.changed().await.is_ok() {} };
    axum::serve(listener, service).with_graceful_shutdown(until).into_future()
}

/// Ctrl-C on a terminal, SIGTERM from a service manager.
async fn wait_for_signal() {
    let interrupt = async { signal::ctrl_c().await.unwrap_or(()) };
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signals) => drop(signals.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
