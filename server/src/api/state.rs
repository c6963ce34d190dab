//! What every handler of the door for systems can reach.

use crate::{config::ProcessSettings, services::Services};
use std::{net::IpAddr, sync::Arc, time::Duration};
use techo_audit::log::LogWriter;
use techo_custody::Custody;
use techo_disclosure::clinic::ClinicAccess;
use techo_web::{
    layers::{
        places::KeyedSlots,
        rate::{AddressLimit, RateLimit},
    },
    metrics::HttpMetrics,
};

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    /// Databases, keys, clock.
    pub custody: Custody,
    /// Settings of this start.
    pub settings: Arc<ProcessSettings>,
    /// The access log: what cannot be written there is not answered.
    pub log: LogWriter,
    /// Where people are pointed at.
    pub clinic_access: ClinicAccess,
    /// Buckets of requests without a good token, by address.
    pub rate_limit: AddressLimit,
    /// Tokens of one address that are being looked up.
    pub lookups: KeyedSlots<IpAddr>,
    /// Buckets of everything else, by organisation.
    pub organisation_limit: RateLimit<Arc<str>>,
    /// Counters.
    pub metrics: Arc<HttpMetrics>,
    /// Answers about people leave at whole steps after their request came.
    pub answer_step: Duration,
}

impl ApiState {
    /// The door for systems on these services.
    pub fn new(services: &Services) -> Self {
        let Services { custody, settings, log, .. } = services.clone();
        let limits = &settings.limits;
        Self {
            clinic_access: services.clinic_access.clone(),
            log,
            rate_limit: AddressLimit::new(limits.address_rate, settings.proxy_hops),
            lookups: KeyedSlots::new(limits.address_in_flight),
            organisation_limit: RateLimit::new(limits.organisation_rate),
            metrics: services.metrics.clone(),
            answer_step: super::ANSWER_STEP,
            settings,
            custody,
        }
    }

    /// Where client assertions are meant for.
    pub fn token_endpoint(&self) -> String {
        format!("{}/oauth/token", self.settings.api_url.origin())
    }
}
