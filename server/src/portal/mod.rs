//! The citizens' door: what stands at which path, and which layers every request passes.
//!
//! To add a page: a handler in the file of its subject, a line in [`pages`], [`changes`] or [`uploads`] below that says who may
//! ask it. `tests/techo/strangers.rs` walks the same table.

mod access_log;
mod cards;
mod consent;
mod demo;
mod enrol;
pub(crate) mod files;
pub(crate) mod language;
mod mistakes;
mod notices;
mod passkeys;
mod privacy;
mod reading;
mod settings;
mod share;
mod state;
mod step_up;
mod visitor;

pub use state::{DemoHolder, DemoReader, PortalState};
pub use visitor::{PortalVisitor, SignedInCitizen};

use crate::{
    config::ProcessSettings,
    error_pages,
    sessions::{VaultSessions, unsaved},
};
use PortalAccess::{Anybody, Citizens, WayIn};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};
use std::time::Duration;
use techo_identity::session::ABSOLUTE;
use techo_model::account::SessionDoor;
use techo_web::{
    layers::{
        changes, csp_report, headers, origin,
        receive::{BodyPolicy, LargerBodies},
        request_head::SessionCookie,
        shared::ShareLayer,
        stack::{RequestPolicy, bounded, finished},
    },
    metrics, problem,
    route_table::RouteTable,
};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{SameSite, time as cookie_time},
};

/// Largest body of any request: a card token with its certificate, or a passkey's answer, and room to spare.
const BODY_LIMIT: usize = 64 * 1024;
/// The same for a form with a file in it: the file, and as much again as any other request.
const UPLOAD_LIMIT: usize = consent::LONGEST_FILE + BODY_LIMIT;
/// A request that takes longer is given up.
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// Requests in flight; what comes above is asked to try again in a moment.
pub const IN_FLIGHT: usize = 512;

/// The whole door.
pub fn router(state: PortalState) -> Router {
    router_with(state, Router::new())
}

/// The whole door with further routes behind the same layers; for measuring what the layers cost.
pub fn router_with(state: PortalState, more: Router<PortalState>) -> Router {
    let sessions = ServiceBuilder::new()
        .layer(from_fn(unsaved))
        .layer(session_layer(&state))
        .layer(from_fn_with_state(state.custody.environment.clone(), visitor::show_viewer))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(ShareLayer);
    let answers = ServiceBuilder::new()
        .layer(from_fn_with_state(state.presenter.clone(), error_pages::layer))
        .layer(from_fn_with_state(state.change_limit.clone(), changes::layer))
        .layer(ShareLayer);
    let routes = route_table(&state)
        .into_router()
        .merge(more)
        .fallback(problem::not_found)
        .layer(sessions)
        .merge(files::routes(&state.settings.site));
    let door = bounded(routes, request_policy(&state)).layer(answers);
    let headers = headers::HeaderPolicy {
        environment: state.custody.environment.clone(),
        https: state.settings.portal_url.is_https(),
        scripts: headers::ScriptPolicy::Islands,
    };
    finished(door, headers, state.metrics.of(metrics::ListenerName::Portal)).with_state(state)
}

/// Who may ask a route of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortalAccess {
    /// Anybody may look.
    Anybody,
    /// A step that somebody takes on the way in; the step itself decides.
    WayIn,
    /// Citizens who are signed in. Everybody else is led to the sign-in page.
    Citizens,
}

/// Routes of the portal.
type PortalRoutes = RouteTable<PortalState, PortalAccess>;

/// Every route of the portal, files apart.
pub fn route_table(state: &PortalState) -> PortalRoutes {
    pages().merge(changes()).merge(uploads()).merge(demo::routes(state))
}

fn request_policy(state: &PortalState) -> RequestPolicy {
    let settings = &state.settings;
    let uploads = LargerBodies { below: "/consent/import", most: UPLOAD_LIMIT };
    RequestPolicy {
        own_origin: Some(origin::OwnOrigin(settings.portal_url.origin().into())),
        session_cookie: SessionCookie(Some(cookie_name(settings))),
        bodies: BodyPolicy::new(BODY_LIMIT, &settings.limits, settings.proxy_hops).with_larger(uploads),
        time_limit: TIME_LIMIT,
        in_flight: IN_FLIGHT,
    }
}

/// `__Host-` binds a cookie to this host and to https; browsers refuse the name without https.
fn cookie_name(settings: &ProcessSettings) -> &'static str {
    if settings.portal_url.is_https() { "__Host-techo" } else { "techo" }
}

/// What can be looked at.
fn pages() -> PortalRoutes {
    RouteTable::new()
        .get(Anybody, "/", reading::landing)
        .get(Anybody, "/privacy", privacy::page)
        .get(Anybody, "/enrol", enrol::enrol)
        .get(Anybody, "/enrol/recover", enrol::recover)
        .get(Anybody, "/sign-in", passkeys::sign_in_page)
        .get(Citizens, "/home", reading::home)
        .get(Citizens, "/checkups", reading::checkups)
        .get(Citizens, "/checkups/{id}", reading::checkup)
        .get(Citizens, "/checkups/laboratory/{id}", reading::laboratory)
        .get(Citizens, "/vaccinations", reading::vaccinations)
        .get(Citizens, "/coverage", reading::coverage)
        .get(Citizens, "/records", reading::records)
        .get(Citizens, "/records/report", reading::report_page)
        .get(Citizens, "/consent", consent::page)
        .get(Citizens, "/consent/preview", consent::preview)
        .get(Citizens, "/consent/history", consent::history)
        .get(Citizens, "/consent/receipts/{id}", consent::receipt)
        .get(Citizens, "/consent/receipts/{id}/file", consent::receipt_file)
        .get(Citizens, "/consent/fhir.json", consent::export)
        .get(Citizens, "/consent/import", consent::import_page)
        .get(Citizens, "/consent/mark", consent::mark_page)
        .get(Citizens, "/access-log", access_log::list)
        .get(Citizens, "/access-log/download.csv", access_log::csv)
        .get(Citizens, "/access-log/download.jsonl", access_log::json_lines)
        .get(Citizens, "/access-log/{id}", access_log::line)
        .get(Citizens, "/access-log/{id}/proof", access_log::proof)
        .get(Citizens, "/notices", notices::list)
        .get(Citizens, "/notices/{id}", notices::notice)
        .get(Citizens, "/share", share::page)
        .get(Citizens, "/settings", settings::page)
        .get(Citizens, "/settings/card", enrol::link)
        .get(Citizens, "/settings/passkeys", settings::passkeys)
        .get(Citizens, "/settings/passkeys/add", settings::add_page)
        .get(Citizens, "/settings/passkeys/{id}/remove", settings::remove_page)
        .get(Citizens, "/settings/verify", settings::verify_page)
        .get(Citizens, "/settings/verify/card", enrol::step_up)
}

/// What changes something; every one passes the origin layer.
fn changes() -> PortalRoutes {
    RouteTable::new()
        .post(WayIn, "/language", language::choose)
        .post(WayIn, "/csp-reports", csp_report::receive)
        .post(Citizens, "/privacy/agree", privacy::agree)
        .post(WayIn, "/enrol/agree", enrol::agree)
        .post(WayIn, "/card/challenge", cards::challenge)
        .post(WayIn, "/card/token", cards::token)
        .post(WayIn, "/passkey/register/begin", passkeys::register_begin)
        .post(WayIn, "/passkey/register/finish", passkeys::register_finish)
        .post(WayIn, "/passkey/sign-in/begin", passkeys::sign_in_begin)
        .post(WayIn, "/passkey/sign-in/finish", passkeys::sign_in_finish)
        .post(Citizens, "/passkey/verify/begin", passkeys::verify_begin)
        .post(Citizens, "/passkey/verify/finish", passkeys::verify_finish)
        .post(Citizens, "/share", share::make)
        .post(Citizens, "/share/state", share::code_state)
        .post(Citizens, "/session/extend", settings::extend)
        .post(WayIn, "/sign-out", settings::sign_out)
        .post(Citizens, "/records/report", reading::report)
        .post(Citizens, "/consent/places", consent::places)
        .post(Citizens, "/consent/draft", consent::draft)
        .post(Citizens, "/consent/preset", consent::preset)
        .post(Citizens, "/consent/save", consent::save)
        .post(Citizens, "/consent/drop", consent::drop_draft)
        .post(Citizens, "/consent/restore", consent::restore)
        .post(Citizens, "/consent/mark", consent::mark)
        .post(Citizens, "/access-log", access_log::part)
        .post(Citizens, "/access-log/{id}/ask", access_log::ask)
        .post(Citizens, "/notices/read", notices::all_read)
        .post(Citizens, "/notices/{id}/reply", notices::reply)
        .post(Citizens, "/settings/passkeys/{id}/name", settings::rename)
        .post(Citizens, "/settings/passkeys/{id}/remove", settings::remove)
        .post(Citizens, "/settings/passkeys/{id}/confirm", settings::confirm)
        .post(Citizens, "/settings/sessions/end-others", settings::end_others)
        .post(Citizens, "/settings/sessions/end-all", settings::end_all)
        .post(Citizens, "/settings/sessions/{id}/end", settings::end_one)
}

/// What changes something and takes a file.
fn uploads() -> PortalRoutes {
    RouteTable::new().post(Citizens, "/consent/import", consent::import)
}

fn session_layer(state: &PortalState) -> SessionManagerLayer<VaultSessions> {
    let https = state.settings.portal_url.is_https();
    let longest = cookie_time::Duration::try_from(ABSOLUTE).unwrap_or(cookie_time::Duration::HOUR);
    SessionManagerLayer::new(VaultSessions::new(state.custody.clone(), SessionDoor::Portal))
        .with_name(cookie_name(&state.settings))
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(longest))
        .with_path("/")
}
