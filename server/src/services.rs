//! What the parts of the program share, put together once: every listener and every job takes it from here, and none from another.
//!
//! To add something that several parts need: a field here, made in [`Services::open`]. What one part needs alone belongs to its own state.

use crate::{
    config::{ConfigError, ProcessSettings},
    error_pages::ErrorPresenter,
};
use std::sync::Arc;
use techo_app::{AssetPaths, views::frame::PortalEdition};
use techo_audit::log::LogWriter;
use techo_custody::Custody;
use techo_disclosure::clinic::ClinicAccess;
use techo_identity::enrol::CardCeremonies;
use techo_jobs::JobCounters;
use techo_jpki::{CardStatusInquiry, CrlFolder, TrustStore};
use techo_web::metrics::HttpMetrics;

/// Shared by all parts; cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// Databases, keys, clock.
    pub custody: Custody,
    /// Settings of this start.
    pub settings: Arc<ProcessSettings>,
    /// Whether this is the demo.
    pub edition: PortalEdition,
    /// Trusted card CAs.
    pub trust: Arc<TrustStore>,
    /// The revocation lists of cards.
    pub card_lists: Arc<CrlFolder>,
    /// Asks what became of cards. Another source than the lists takes their place here.
    pub card_status: CardStatusInquiry,
    /// Where cards are shown, and watched afterwards.
    pub cards: CardCeremonies,
    /// What writes the access log.
    pub log: LogWriter,
    /// Where organisations point at people.
    pub clinic_access: ClinicAccess,
    /// Counters.
    pub metrics: Arc<HttpMetrics>,
    /// How turns of jobs ended.
    pub jobs: Arc<JobCounters>,
}

impl Services {
    /// Puts everything together.
    ///
    /// # Errors
    /// A setting that does not fit what it names: no trusted CA, a CA of the demo that is not on this machine alone, no folder of lists.
    pub fn open(
        custody: Custody,
        settings: ProcessSettings,
        edition: PortalEdition,
    ) -> Result<Self, ConfigError> {
        let trust = Arc::new(trusted_authorities(&custody, &settings)?);
        let card_lists = CrlFolder::open(&settings.card_crl, trust.clone(), custody.environment.now())
            .map_err(|error| ConfigError::new("TECHO_CARD_CRL", error.to_string()))?;
        let card_lists = Arc::new(card_lists);
        let card_status = CardStatusInquiry::new(card_lists.clone());
        let origin = settings.portal_url.origin();
        let log = LogWriter::start(custody.clone());
        Ok(Self {
            cards: CardCeremonies::new(custody.clone(), trust.clone(), card_status.clone(), origin),
            clinic_access: ClinicAccess::new(
                custody.clone(),
                log.clone(),
                trust.clone(),
                card_status.clone(),
            ),
            edition,
            trust,
            card_lists,
            card_status,
            log,
            metrics: Arc::default(),
            jobs: Arc::default(),
            settings: Arc::new(settings),
            custody,
        })
    }

    /// The pages' built files, for the parts that have pages.
    ///
    /// # Errors
    /// `TECHO_SITE` when there is no bundle.
    pub fn presenter(&self) -> Result<ErrorPresenter, ConfigError> {
        let assets = AssetPaths::read(&self.settings.site)
            .map_err(|error| ConfigError::new("TECHO_SITE", error.to_string()))?;
        Ok(ErrorPresenter { assets: Arc::new(assets), edition: self.edition })
    }
}

fn trusted_authorities(custody: &Custody, settings: &ProcessSettings) -> Result<TrustStore, ConfigError> {
    let trust = TrustStore::load(&settings.card_ca, custody.environment.now())
        .map_err(|error| ConfigError::new("TECHO_CARD_CA", error.to_string()))?;
    if trust.is_demo() && !settings.portal_url.is_local() {
        return Err(ConfigError::new(
            "TECHO_CARD_CA",
            "デモ用のカード認証局は localhost でしか使えません。本物の認証局の証明書を置いてください",
        ));
    }
    Ok(trust)
}
