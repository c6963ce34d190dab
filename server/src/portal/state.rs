//! What every handler of the portal can reach.

use crate::{
    config::{ConfigError, Settings},
    jobs::TreeHealth,
    layers::{changes::ChangeLimit, problem::Presenter},
    metrics::HttpMetrics,
};
use std::{collections::HashMap, sync::Arc};
use techo_app::{Assets, views::frame::Edition};
use techo_cardlab::{Card, Lab};
use techo_domain::{
    Domain, Result,
    card::{CrlFolder, TrustStore},
    enrol::{CardDesk, Watch},
    log::LogWriter,
    passkey::PasskeyDesk,
    portal::Portal,
};
use techo_model::AccountId;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct PortalState {
    /// Databases, keys, clock.
    pub domain: Domain,
    /// Settings of this start.
    pub settings: Arc<Settings>,
    /// What citizens read, each look logged.
    pub reading: Portal,
    /// Trusted card CAs.
    pub trust: Arc<TrustStore>,
    /// Where cards are shown.
    pub desk: CardDesk,
    /// Passkey ceremonies.
    pub passkeys: PasskeyDesk,
    /// What writes the access log.
    pub log: LogWriter,
    /// The revocation lists of cards.
    pub card_lists: Arc<CrlFolder>,
    /// Error pages.
    pub presenter: Presenter,
    /// Buckets of changing requests, and of everything that somebody who is signed in asks for.
    pub change_limit: ChangeLimit<AccountId>,
    /// Counters.
    pub metrics: Arc<HttpMetrics>,
    /// How the tree of the access log stands.
    pub tree: Arc<TreeHealth>,
    /// The demo's card reader; none outside the demo.
    pub demo: Option<Arc<DemoReader>>,
}

/// The demo's card reader and what only the holders of its cards would know.
pub struct DemoReader {
    /// The cards.
    pub lab: Lab,
    /// By serial number: who holds the card and the code of their letter.
    pub holders: HashMap<String, DemoHolder>,
}

impl DemoReader {
    /// Who holds a card: known from the start, or, for a renewed card, by the name on it.
    pub fn holder(&self, card: &Card) -> Option<DemoHolder> {
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
    /// Puts everything together.
    ///
    /// # Errors
    /// A setting that does not fit what it names: no bundle, no trusted CA, another passkey domain than before.
    pub async fn new(
        domain: Domain,
        settings: Settings,
        demo: Option<DemoReader>,
    ) -> Result<Self, ConfigError> {
        let assets = Assets::read(&settings.site)
            .map_err(|error| ConfigError::new("TECHO_SITE", error.to_string()))?;
        let trust = TrustStore::load(&settings.card_ca, domain.world.now())
            .map_err(|error| ConfigError::new("TECHO_CARD_CA", error.to_string()))?;
        if trust.is_demo() && !settings.portal_url.is_local() {
            return Err(ConfigError::new(
                "TECHO_CARD_CA",
                "デモ用のカード認証局は localhost でしか使えません。本物の認証局の証明書を置いてください",
            ));
        }
        let trust = Arc::new(trust);
        let status = CrlFolder::open(&settings.card_crl, trust.clone())
            .map_err(|error| ConfigError::new("TECHO_CARD_CRL", error.to_string()))?;
        let status = Arc::new(status);
        let origin = settings.portal_url.origin();
        let passkeys = PasskeyDesk::open(domain.clone(), status.clone(), origin)
            .await
            .map_err(|error| ConfigError::new("TECHO_PORTAL_URL", error.to_string()))?;
        let desk = CardDesk::new(domain.clone(), trust.clone(), status.clone(), origin);
        let log = LogWriter::start(domain.clone());
        let edition = if demo.is_some() { Edition::Demo } else { Edition::Live };
        Ok(Self {
            reading: Portal::new(domain.clone(), log.clone()),
            log,
            card_lists: status,
            desk,
            trust,
            passkeys,
            presenter: Presenter { assets: Arc::new(assets), edition },
            change_limit: ChangeLimit::new(&domain, &settings, super::cookie_name(&settings)),
            metrics: Arc::default(),
            tree: Arc::default(),
            demo: demo.map(Arc::new),
            settings: Arc::new(settings),
            domain,
        })
    }

    /// One look at every card whose account may have a session; revoked ones end it.
    ///
    /// # Errors
    /// In words for the log.
    pub async fn watch_cards(&self) -> std::result::Result<(), String> {
        let sweep = self.desk.watch_cards(Watch::Running).await.map_err(|failure| failure.to_string())?;
        if sweep.turned > 0 {
            tracing::info!(
                turned = sweep.turned,
                ended = sweep.sessions_ended,
                "cards changed their standing"
            );
        }
        Ok(())
    }

    /// Carries what was done in the vault to the access log.
    ///
    /// # Errors
    /// In words for the log.
    pub async fn carry_outbox(&self) -> std::result::Result<(), String> {
        self.domain.carry_outbox().await.map(drop).map_err(|failure| failure.to_string())
    }
}
