//! The citizens' door: what stands at which path, and which layers every request passes.
//!
//! To add a page: a handler in the file of its subject, a line in [`pages`], [`changes`] or [`uploads`] below, a case in
//! `tests/strangers.rs` (which fails until the page is on its list).

mod access_log;
mod cards;
mod consent;
mod demo;
mod enrol;
pub(crate) mod files;
mod fresh;
pub(crate) mod language;
mod notices;
mod passkeys;
mod privacy;
mod reading;
mod settings;
mod share;
mod state;
mod visitor;

pub use state::{DemoHolder, DemoReader, PortalState};
pub use visitor::{Citizen, Visitor};

use crate::{
    config::Settings,
    layers::{
        changes, csp_report,
        form::SessionCookie,
        headers, origin, problem,
        receive::{BodyPolicy, LargerBodies},
        stack::{RequestPolicy, bounded, finished},
    },
    metrics,
    sessions::{VaultSessions, unsaved},
};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use std::time::Duration;
use techo_domain::session::{ABSOLUTE, Door};
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
    let routes = pages()
        .merge(more)
        .merge(changes())
        .merge(uploads())
        .merge(demo::routes(&state))
        .fallback(problem::not_found)
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(state.clone(), visitor::show_viewer))
        .layer(session_layer(&state))
        .layer(from_fn(unsaved))
        .merge(files::routes(&state.settings.site));
    let door = bounded(routes, request_policy(&state))
        .layer(from_fn_with_state(state.change_limit.clone(), changes::layer))
        .layer(from_fn_with_state(state.presenter.clone(), problem::layer));
    let headers = headers::HeaderPolicy {
        world: state.domain.world.clone(),
        https: state.settings.portal_url.is_https(),
        scripts: headers::Scripts::Islands,
    };
    finished(door, headers, state.metrics.of(metrics::Door::Portal)).with_state(state)
}

fn request_policy(state: &PortalState) -> RequestPolicy {
    let settings = &state.settings;
    let uploads = LargerBodies { below: "/consent/import", most: UPLOAD_LIMIT };
    RequestPolicy {
        own_origin: Some(origin::OwnOrigin(settings.portal_url.origin().to_owned())),
        session_cookie: SessionCookie(Some(cookie_name(settings))),
        bodies: BodyPolicy::new(BODY_LIMIT, &settings.limits, settings.proxy_hops).with_larger(uploads),
        time_limit: TIME_LIMIT,
        in_flight: IN_FLIGHT,
    }
}

/// `__Host-` binds a cookie to this host and to https; browsers refuse the name without https.
fn cookie_name(settings: &Settings) -> &'static str {
    if settings.portal_url.is_https() { "__Host-techo" } else { "techo" }
}

/// What can be looked at.
fn pages() -> Router<PortalState> {
    Router::new()
        .route("/", get(reading::landing))
        .route("/privacy", get(privacy::page))
        .route("/enrol", get(enrol::enrol))
        .route("/enrol/recover", get(enrol::recover))
        .route("/sign-in", get(passkeys::sign_in_page))
        .route("/home", get(reading::home))
        .route("/checkups", get(reading::checkups))
        .route("/checkups/{id}", get(reading::checkup))
        .route("/checkups/laboratory/{id}", get(reading::laboratory))
        .route("/vaccinations", get(reading::vaccinations))
        .route("/coverage", get(reading::coverage))
        .route("/records", get(reading::records))
        .route("/records/report", get(reading::report_page))
        .route("/consent", get(consent::page))
        .route("/consent/preview", get(consent::preview))
        .route("/consent/history", get(consent::history))
        .route("/consent/receipts/{id}", get(consent::receipt))
        .route("/consent/receipts/{id}/file", get(consent::receipt_file))
        .route("/consent/fhir.json", get(consent::export))
        .route("/consent/import", get(consent::import_page))
        .route("/consent/mark", get(consent::mark_page))
        .route("/access-log", get(access_log::list))
        .route("/access-log/download.csv", get(access_log::csv))
        .route("/access-log/download.jsonl", get(access_log::json_lines))
        .route("/access-log/{id}", get(access_log::line))
        .route("/access-log/{id}/proof", get(access_log::proof))
        .route("/notices", get(notices::list))
        .route("/notices/{id}", get(notices::notice))
        .route("/share", get(share::page))
        .route("/settings", get(settings::page))
        .route("/settings/card", get(enrol::link))
        .route("/settings/passkeys", get(settings::passkeys))
        .route("/settings/passkeys/add", get(settings::add_page))
        .route("/settings/passkeys/{id}/remove", get(settings::remove_page))
        .route("/settings/verify", get(settings::verify_page))
        .route("/settings/verify/card", get(enrol::step_up))
}

/// What changes something; every one passes the origin layer.
fn changes() -> Router<PortalState> {
    Router::new()
        .route("/language", post(language::choose))
        .route("/csp-reports", post(csp_report::receive))
        .route("/privacy/agree", post(privacy::agree))
        .route("/enrol/agree", post(enrol::agree))
        .route("/card/challenge", post(cards::challenge))
        .route("/card/token", post(cards::token))
        .route("/passkey/register/begin", post(passkeys::register_begin))
        .route("/passkey/register/finish", post(passkeys::register_finish))
        .route("/passkey/sign-in/begin", post(passkeys::sign_in_begin))
        .route("/passkey/sign-in/finish", post(passkeys::sign_in_finish))
        .route("/passkey/verify/begin", post(passkeys::verify_begin))
        .route("/passkey/verify/finish", post(passkeys::verify_finish))
        .route("/share", post(share::make))
        .route("/share/state", post(share::code_state))
        .route("/session/extend", post(settings::extend))
        .route("/sign-out", post(settings::sign_out))
        .route("/records/report", post(reading::report))
        .route("/consent/draft", post(consent::draft))
        .route("/consent/preset", post(consent::preset))
        .route("/consent/save", post(consent::save))
        .route("/consent/drop", post(consent::drop_draft))
        .route("/consent/restore", post(consent::restore))
        .route("/consent/mark", post(consent::mark))
        .route("/access-log", post(access_log::part))
        .route("/access-log/{id}/ask", post(access_log::ask))
        .route("/notices/read", post(notices::all_read))
        .route("/notices/{id}/reply", post(notices::reply))
        .route("/settings/passkeys/{id}/name", post(settings::rename))
        .route("/settings/passkeys/{id}/remove", post(settings::remove))
        .route("/settings/passkeys/{id}/confirm", post(settings::confirm))
        .route("/settings/sessions/end-others", post(settings::end_others))
        .route("/settings/sessions/end-all", post(settings::end_all))
        .route("/settings/sessions/{id}/end", post(settings::end_one))
}

/// What changes something and takes a file.
fn uploads() -> Router<PortalState> {
    Router::new().route("/consent/import", post(consent::import))
}

fn session_layer(state: &PortalState) -> SessionManagerLayer<VaultSessions> {
    let https = state.settings.portal_url.is_https();
    let longest = cookie_time::Duration::try_from(ABSOLUTE).unwrap_or(cookie_time::Duration::HOUR);
    SessionManagerLayer::new(VaultSessions::new(state.domain.clone(), Door::Portal))
        .with_name(cookie_name(&state.settings))
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(longest))
        .with_path("/")
}
