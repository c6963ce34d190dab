//! The console: the door for those who work with the system. Plain pages without wasm, a cookie and passkeys of its own.
//!
//! To add an area: a module with its `AREA`, a line in the list of [`areas`]. Its handlers take a [`SignedInMember`] and ask it for the proof of
//! a role; `tests/techo/console` walks every route as a stranger and as each role.

mod area;
mod areas;
mod guest;
mod menu;
mod mistakes;
mod page;
mod problem;
mod state;

pub use area::{ConsoleAccess, ConsoleArea};
pub use areas::{AREAS, console_menu, route_table};
pub use guest::{ConsoleVisitor, SignedInMember};
pub use state::ConsoleState;

use crate::{
    config::ProcessSettings,
    portal::files,
    sessions::{VaultSessions, unsaved},
};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};
use std::time::Duration;
use techo_model::account::SessionDoor;
use techo_web::{
    layers::{
        changes, headers, origin,
        receive::BodyPolicy,
        request_head::SessionCookie,
        shared::ShareLayer,
        stack::{RequestPolicy, bounded, finished},
    },
    metrics,
};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite, cookie::time as cookie_time};

/// Largest body: the answer of a passkey, and room to spare.
const BODY_LIMIT: usize = 64 * 1024;
/// A request that takes longer is given up.
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// Requests in flight; what comes above is asked to try again in a moment.
const IN_FLIGHT: usize = 128;

/// The whole door.
pub fn router(state: ConsoleState) -> Router {
    let sessions = ServiceBuilder::new()
        .layer(from_fn(unsaved))
        .layer(session_layer(&state))
        .layer(from_fn_with_state(state.custody.clone(), guest::show_member))
        .layer(CatchPanicLayer::custom(techo_web::problem::panicked))
        .layer(ShareLayer);
    let answers = ServiceBuilder::new()
        .layer(from_fn_with_state(state.clone(), problem::layer))
        .layer(from_fn_with_state(state.change_limit.clone(), changes::layer))
        .layer(ShareLayer);
    let routes = route_table()
        .into_router()
        .fallback(techo_web::problem::not_found)
        .layer(sessions)
        .merge(files::routes(&state.settings.site));
    let door = bounded(routes, request_policy(&state)).layer(answers);
    let headers = headers::HeaderPolicy {
        environment: state.custody.environment.clone(),
        https: state.settings.console_url.is_https(),
        scripts: headers::ScriptPolicy::OwnFiles,
    };
    finished(door, headers, state.metrics.of(metrics::ListenerName::Console)).with_state(state)
}

fn request_policy(state: &ConsoleState) -> RequestPolicy {
    let settings = &state.settings;
    RequestPolicy {
        own_origin: Some(origin::OwnOrigin(settings.console_url.origin().into())),
        session_cookie: SessionCookie(Some(cookie_name(settings))),
        bodies: BodyPolicy::new(BODY_LIMIT, &settings.limits, settings.proxy_hops),
        time_limit: TIME_LIMIT,
        in_flight: IN_FLIGHT,
    }
}

/// A name of its own, so that in the demo, where both doors are on one host, neither sees the other's cookie.
fn cookie_name(settings: &ProcessSettings) -> &'static str {
    if settings.console_url.is_https() { "__Host-techo-console" } else { "techo-console" }
}

fn session_layer(state: &ConsoleState) -> SessionManagerLayer<VaultSessions> {
    let https = state.settings.console_url.is_https();
    SessionManagerLayer::new(VaultSessions::new(state.custody.clone(), SessionDoor::Console))
        .with_name(cookie_name(&state.settings))
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Strict)
        .with_expiry(Expiry::OnInactivity(cookie_time::Duration::hours(8)))
        .with_path("/")
}
