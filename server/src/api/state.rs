//! What every handler of the door for systems can reach.

use crate::{
    config::Settings,
    layers::{
        places::KeyedPlaces,
        rate::{AddressLimit, RateLimit},
    },
    metrics::HttpMetrics,
    portal::PortalState,
};
use std::{net::IpAddr, sync::Arc, time::Duration};
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
    /// Buckets of requests without a good token, by address.
    pub rate_limit: AddressLimit,
    /// Tokens of one address that are being looked up.
    pub lookups: KeyedPlaces<IpAddr>,
    /// Buckets of everything else, by organisation.
    pub organisation_limit: RateLimit<Arc<str>>,
    /// Counters.
    pub metrics: Arc<HttpMetrics>,
    /// Answers about people leave at whole steps after their request came.
    pub answer_step: Duration,
}

impl ApiState {
    /// On the same databases, cards and log as the portal.
    pub fn new(portal: &PortalState) -> Self {
        let domain = portal.domain.clone();
        let limits = &portal.settings.limits;
        Self {
            reception: Reception::new(
                domain.clone(),
                portal.log.clone(),
                portal.trust.clone(),
                portal.card_lists.clone(),
            ),
            settings: portal.settings.clone(),
            log: portal.log.clone(),
            rate_limit: AddressLimit::new(limits.address_rate, portal.settings.proxy_hops),
            lookups: KeyedPlaces::new(limits.address_in_flight),
            organisation_limit: RateLimit::new(limits.organisation_rate),
            metrics: portal.metrics.clone(),
            answer_step: super::ANSWER_STEP,
            domain,
        }
    }

    /// Where client assertions are meant for.
    pub fn token_endpoint(&self) -> String {
        format!("{}/oauth/token", self.settings.api_url.origin())
    }
}
