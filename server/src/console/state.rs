//! What every handler of the console can reach.

use super::menu::ConsoleMenu;
use crate::{
    config::{ConfigError, ProcessSettings},
    services::Services,
    sessions::StaffLookup,
};
use std::sync::Arc;
use techo_app::{AssetPaths, views::frame::PortalEdition};
use techo_audit::log::LogWriter;
use techo_custody::Custody;
use techo_disclosure::clinic::ClinicAccess;
use techo_identity::staff::StaffSignIn;
use techo_web::{layers::changes::ChangeLimit, metrics::HttpMetrics};

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct ConsoleState {
    /// Databases, keys, clock.
    pub custody: Custody,
    /// Settings of this start.
    pub settings: Arc<ProcessSettings>,
    /// The access log: what cannot be written there is not shown.
    pub log: LogWriter,
    /// Where clinic staff point at people.
    pub clinic_access: ClinicAccess,
    /// Passkeys of staff.
    pub staff_sign_in: StaffSignIn,
    /// Where each role works.
    pub menu: ConsoleMenu,
    /// Names of the built files.
    pub assets: Arc<AssetPaths>,
    /// Whether this is the demo.
    pub edition: PortalEdition,
    /// Buckets of changing requests, and of everything that somebody who is signed in asks for; apart from the portal's.
    pub change_limit: ChangeLimit<StaffLookup>,
    /// Counters.
    pub metrics: Arc<HttpMetrics>,
}

impl ConsoleState {
    /// The console on these services, with the menu of its areas.
    ///
    /// # Errors
    /// `TECHO_CONSOLE_URL` when it cannot serve for passkeys, or is another one than before; `TECHO_SITE` without a bundle.
    pub async fn new(services: &Services, menu: ConsoleMenu) -> Result<Self, ConfigError> {
        let Services { custody, settings, log, .. } = services.clone();
        let staff_sign_in = StaffSignIn::open(custody.clone(), settings.console_url.origin())
            .await
            .map_err(|error| ConfigError::new("TECHO_CONSOLE_URL", error.to_string()))?;
        Ok(Self {
            clinic_access: services.clinic_access.clone(),
            staff_sign_in,
            menu,
            log,
            assets: services.presenter()?.assets,
            edition: services.edition,
            change_limit: ChangeLimit::new(
                StaffLookup(custody.clone()),
                super::cookie_name(&settings),
                &settings.limits,
                settings.proxy_hops,
            ),
            metrics: services.metrics.clone(),
            settings,
            custody,
        })
    }
}
