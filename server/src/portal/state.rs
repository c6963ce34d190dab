//! What every handler of the portal can reach.

use crate::{
    config::{ConfigError, ProcessSettings},
    error_pages::ErrorPresenter,
    services::Services,
    sessions::CitizenLookup,
};
use std::{collections::HashMap, sync::Arc};
use techo_audit::log::LogWriter;
use techo_cardlab::{CardLab, IssuedCard};
use techo_citizen::CitizenServices;
use techo_custody::Custody;
use techo_identity::{enrol::CardCeremonies, passkey::PasskeyCeremonies};
use techo_model::AccountId;
use techo_web::{
    layers::{changes::ChangeLimit, places::KeyedSlots},
    metrics::HttpMetrics,
};

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct PortalState {
    /// Databases, keys, clock.
    pub custody: Custody,
    /// Settings of this start.
    pub settings: Arc<ProcessSettings>,
    /// What citizens read, each look logged.
    pub reading: CitizenServices,
    /// Where cards are shown.
    pub card_ceremonies: CardCeremonies,
    /// Passkey ceremonies.
    pub passkeys: PasskeyCeremonies,
    /// What writes the access log.
    pub log: LogWriter,
    /// Error pages.
    pub presenter: ErrorPresenter,
    /// Buckets of changing requests, and of everything that somebody who is signed in asks for.
    pub change_limit: ChangeLimit<CitizenLookup>,
    /// Who takes their access log along right now, in this process: it is read while it is sent, so nobody does that twice at once. It
    /// ends with its session, so somebody who finds it taken by a stranger ends that one.
    pub log_exports: KeyedSlots<AccountId>,
    /// Counters.
    pub metrics: Arc<HttpMetrics>,
    /// The demo's card reader; none outside the demo.
    pub demo: Option<Arc<DemoReader>>,
}

/// The demo's card reader and what only the holders of its cards would know.
pub struct DemoReader {
    /// The cards.
    pub lab: CardLab,
    /// By serial number: who holds the card and the code of their letter.
    pub holders: HashMap<String, DemoHolder>,
}

impl DemoReader {
    /// Who holds a card: known from the start, or, for a renewed card, by the name on it.
    pub fn holder(&self, card: &IssuedCard) -> Option<DemoHolder> {
        let first = self.holders.get(&card.serial.to_string());
        first.or_else(|| self.holders.values().find(|holder| holder.name == card.label)).cloned()
    }
}

/// A made-up holder of a demo card.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct DemoHolder {
    /// Order in which cards are listed.
    pub order: u32,
    /// Name.
    pub name: String,
    /// Birth date, for the age on the list.
    pub birth_date: techo_model::CalendarDate,
    /// Code of the letter, in groups of four.
    pub activation_code: String,
    /// How many checkups are held about them.
    pub checkups: u32,
    /// How many doses.
    pub doses: u32,
    /// How many periods of health insurance.
    pub coverages: u32,
}

impl PortalState {
    /// The portal on these services.
    ///
    /// # Errors
    /// A setting that does not fit what it names: no bundle, another passkey domain than before.
    pub async fn new(services: &Services, demo: Option<DemoReader>) -> Result<Self, ConfigError> {
        let Services { custody, settings, log, .. } = services.clone();
        let origin = settings.portal_url.origin();
        let passkeys = PasskeyCeremonies::open(custody.clone(), services.card_status.clone(), origin)
            .await
            .map_err(|error| ConfigError::new("TECHO_PORTAL_URL", error.to_string()))?;
        Ok(Self {
            reading: CitizenServices::new(custody.clone(), log.clone()),
            log,
            card_ceremonies: services.cards.clone(),
            passkeys,
            presenter: services.presenter()?,
            change_limit: ChangeLimit::new(
                CitizenLookup(custody.clone()),
                super::cookie_name(&settings),
                &settings.limits,
                settings.proxy_hops,
            ),
            log_exports: KeyedSlots::new(1),
            metrics: services.metrics.clone(),
            demo: demo.map(Arc::new),
            settings,
            custody,
        })
    }
}
