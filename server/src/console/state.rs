//! What every handler of the console can reach.

use crate::{
    config::{ConfigError, Settings},
    layers::changes::ChangeLimit,
    metrics::HttpMetrics,
    portal::PortalState,
};
use std::sync::Arc;
use techo_app::{Assets, views::frame::Edition};
use techo_domain::{Domain, clinic::Reception, log::LogWriter, staff::StaffDesk};
use techo_model::StaffId;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct ConsoleState {
    /// Databases, keys, clock.
    pub domain: Domain,
    /// Settings of this start.
    pub settings: Arc<Settings>,
    /// The access log: what cannot be written there is not shown.
    pub log: LogWriter,
    /// Where clinic staff point at people.
    pub reception: Reception,
    /// Passkeys of staff.
    pub desk: StaffDesk,
    /// Names of the built files.
    pub assets: Arc<Assets>,
    /// Whether this is the demo.
    pub edition: Edition,
    /// Buckets of changing requests, and of everything that somebody who is signed in asks for; apart from the portal's.
    pub change_limit: ChangeLimit<StaffId>,
    /// Counters.
    pub metrics: Arc<HttpMetrics>,
}

impl ConsoleState {
    /// On the same databases, cards and log as the portal.
    ///
    /// # Errors
    /// `TECHO_CONSOLE_URL` when it cannot serve for passkeys, or is another one than before.
    pub async fn new(portal: &PortalState) -> Result<Self, ConfigError> {
        let domain = portal.domain.clone();
        let desk = StaffDesk::open(domain.clone(), portal.settings.console_url.origin())
            .await
            .map_err(|error| ConfigError::new("TECHO_CONSOLE_URL", error.to_string()))?;
        Ok(Self {
            reception: Reception::new(
                domain.clone(),
                portal.log.clone(),
                portal.trust.clone(),
                portal.card_lists.clone(),
            ),
            desk,
            settings: portal.settings.clone(),
            log: portal.log.clone(),
            assets: portal.presenter.assets.clone(),
            edition: portal.presenter.edition,
            change_limit: ChangeLimit::new(&domain, &portal.settings, super::cookie_name(&portal.settings)),
            metrics: portal.metrics.clone(),
            domain,
        })
    }
}
