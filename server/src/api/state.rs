//! What every handler of the door for systems can reach.

use crate::{config::Settings, layers::rate::RateLimit, ops::Figures, portal::PortalState};
use std::sync::Arc;
use techo_domain::{Domain, clinic::Reception, log::LogWriter};

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    /// Databases, keys, clock.
    pub domain: Domain,
    /// Settings of this start.
    pub settings: Arc<Settings>,
    /// The access log: what cannot be written there is not answered.
    pub log: LogWriter,
    /// Where people are pointed at.
    pub reception: Reception,
    /// Buckets of changing requests, apart from the portal's.
    pub rate_limit: RateLimit,
    /// Counters.
    pub figures: Arc<Figures>,
}

impl ApiState {
    /// On the same databases, cards and log as the portal.
    pub fn new(portal: &PortalState) -> Self {
        let domain = portal.domain.clone();
        Self {
            reception: Reception::new(
                domain.clone(),
                portal.log.clone(),
                portal.trust.clone(),
                portal.card_lists.clone(),
            ),
            settings: portal.settings.clone(),
            log: portal.log.clone(),
            rate_limit: RateLimit::new(portal.settings.proxy_hops),
            figures: portal.figures.clone(),
            domain,
        }
    }

    /// Where client assertions are meant for.
    pub fn token_endpoint(&self) -> String {
        format!("{}/oauth/token", self.settings.api_url.origin())
    }
}
