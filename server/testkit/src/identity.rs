//! What a portal knows of who somebody is: residents from a file, cards from a real lab, letters, and devices in software.

use crate::{
    TestInstallation, authenticator::SoftAuthenticator, city, each_installation, record_code, residents_file,
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use techo_cardlab::{CardLab, CardSpec, ChipChallenge, IssuedCard};
use techo_custody::{
    Custody, Failure, Result,
    keys::{
        KeyRing,
        set::{KeySet, MasterKey},
    },
};
use techo_identity::{
    access,
    enrol::{CardCeremonies, CardOutcome, CardPurpose, CeremonyVisitor, ShownCard},
    letters::{AddresseeSelection, LetterRun, PrintedLetter},
    passkey::{
        AuthenticationResponse, BegunSession, PasskeyCeremonies, RegisteredPasskey, RegistrationResponse,
    },
    session::{self, NewSession, SessionKey, SignedIn},
};
use techo_jpki::{CrlFolder, TrustStore};
use techo_model::{PasskeyId, account::SessionDoor, card::WebEidToken, number::MunicipalityCode};
use techo_store::vault::outbox::OutboxRow;
use tempfile::TempDir;

/// Where the portal is.
pub const ORIGIN: &str = "http://localhost:3000";
/// The PIN of every card.
pub const PIN: &str = "1234";
/// What every browser calls itself.
pub const AGENT: &str = "Chrome / Android";
/// A minute.
pub const MINUTE: Duration = Duration::from_mins(1);
/// A day.
pub const DAY: Duration = Duration::from_hours(24);

/// An installation with its ceremonies, a card authority and lists of it, on one engine.
pub struct IdentityPortal {
    /// The installation.
    pub installation: TestInstallation,
    /// The authority of its cards.
    pub lab: CardLab,
    /// What is done with cards.
    pub cards: CardCeremonies,
    /// What is done with passkeys.
    pub passkeys: PasskeyCeremonies,
    /// The authorities that are trusted.
    pub trust: Arc<TrustStore>,
    /// The lists of cards that were revoked.
    pub status: Arc<CrlFolder>,
    _folder: TempDir,
}

/// The same portal on every engine, with three residents and nobody enrolled.
pub async fn each_identity_portal() -> Vec<IdentityPortal> {
    let mut all = Vec::new();
    for installation in each_installation().await {
        all.push(identity(installation).await);
    }
    all
}

async fn identity(installation: TestInstallation) -> IdentityPortal {
    let people = [
        (1, "山田花子", "1975-04-01", &[][..]),
        (2, "佐藤次郎", "1980-01-02", &[][..]),
        (3, "鈴木三葉", "2001-07-07", &[][..]),
    ];
    installation.residents(&city(), residents_file(&city(), &people)).await;
    let folder = tempfile::tempdir().unwrap();
    let now = installation.custody.environment.now();
    let lab = CardLab::create(&folder.path().join("lab"), [5; 32], now).unwrap();
    let trust = Arc::new(TrustStore::load(&lab.ca_folder(), now).unwrap());
    let status = Arc::new(CrlFolder::open(&lab.crl_folder(), Arc::clone(&trust), now).unwrap());
    let custody = installation.custody.clone();
    IdentityPortal {
        cards: CardCeremonies::new(custody.clone(), trust.clone(), status.clone(), ORIGIN),
        passkeys: PasskeyCeremonies::open(custody, status.clone(), ORIGIN).await.unwrap(),
        installation,
        lab,
        trust,
        status,
        _folder: folder,
    }
}

/// A session of a browser.
pub fn browser(name: &str) -> SessionKey {
    SessionKey::of_token(name)
}

/// The reason that the audit gets, and that nobody else does.
pub fn refusal_reason<T, E: TryInto<Failure>>(result: Result<T, E>) -> &'static str {
    match result.err().map(common_failure) {
        Some(Failure::Refused(refusal)) => refusal.audit_word(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// What the error of a use case has in common with all others.
///
/// # Panics
/// When it is one of its own.
pub fn common_failure<E: TryInto<Failure>>(error: E) -> Failure {
    error.try_into().ok().expect("nothing that is theirs")
}

/// A person with card and device, enrolled and signed in.
pub struct EnrolledPerson {
    /// Their card.
    pub card: IssuedCard,
    /// Their device, with one passkey.
    pub device: SoftAuthenticator,
    /// The session of their browser.
    pub session: SessionKey,
    /// Who they are in it.
    pub who: SignedIn,
}

impl IdentityPortal {
    /// Keys, databases and clock.
    pub fn custody(&self) -> &Custody {
        &self.installation.custody
    }

    /// The name of the engine, for messages.
    pub fn engine(&self) -> &'static str {
        self.installation.engine()
    }

    /// Starts anew with one more key version, which writes from now on.
    pub async fn add_key_version(&mut self) {
        let keys =
            [(1, 7), (2, 8)].map(|(version, byte)| KeySet::derive(version, &MasterKey::new([byte; 32])));
        self.restart(KeyRing::new(keys).unwrap()).await;
    }

    /// Starts anew with these keys.
    pub async fn restart(&mut self, keys: KeyRing) {
        self.installation.custody.keys = keys;
        let custody = self.installation.custody.clone();
        self.cards = CardCeremonies::new(custody.clone(), self.trust.clone(), self.status.clone(), ORIGIN);
        self.passkeys = PasskeyCeremonies::open(custody, self.status.clone(), ORIGIN).await.unwrap();
    }

    /// Lets time pass; the lab goes on publishing its list.
    pub fn wait(&self, duration: Duration) {
        self.custody().environment.advance(duration);
        self.lab.publish_crl(self.custody().environment.now()).unwrap();
        self.load_lists();
    }

    /// Loads what the lab has published, as the portal does every few seconds.
    pub fn load_lists(&self) {
        self.status.reload(self.custody().environment.now());
    }

    /// Lets time pass while nobody publishes a list.
    pub fn wait_without_lists(&self, duration: Duration) {
        self.custody().environment.advance(duration);
    }

    /// A new card.
    pub fn card(&self) -> IssuedCard {
        let spec = CardSpec::new("試験", PIN.parse().unwrap());
        let card = self.lab.issue(&[spec], self.custody().environment.now()).unwrap().remove(0);
        self.load_lists();
        card
    }

    /// A new device.
    pub fn device(&self) -> SoftAuthenticator {
        SoftAuthenticator::new(ORIGIN, &self.custody().environment)
    }

    /// The letter to the nth resident.
    pub async fn letter(&self, n: u64) -> PrintedLetter {
        let mut run = self.letters(AddresseeSelection::Named(vec![record_code(n)]));
        run.next_page().await.unwrap().remove(0)
    }

    /// A run of letters to these people.
    pub fn letters(&self, addressees: AddresseeSelection) -> LetterRun<'_> {
        let municipality = MunicipalityCode::parse(&city().id).unwrap();
        LetterRun::new(self.custody(), &municipality, addressees, ORIGIN)
    }

    /// What the card in a reader answers to a nonce at the portal's origin.
    pub fn sign(&self, card: &IssuedCard, nonce: &str) -> WebEidToken {
        self.lab.sign(&card.serial, PIN, &ChipChallenge { origin: ORIGIN, nonce }).unwrap()
    }

    /// Asks for a challenge and answers it.
    pub async fn show(
        &self,
        visitor: &CeremonyVisitor<'_>,
        purpose: CardPurpose,
        card: &IssuedCard,
        code: Option<&str>,
    ) -> Result<CardOutcome> {
        if visitor.signed_in.is_none() {
            self.visit(visitor.session).await;
        }
        let challenge = self.cards.challenge(visitor, purpose).await?;
        let token = self.sign(card, &challenge.nonce);
        self.cards.present_card(visitor, &ShownCard { token: &token, activation_code: code }).await
    }

    /// A browser's first request: from then on it has a session.
    pub async fn visit(&self, session: &SessionKey) {
        let new = NewSession { key: *session, door: SessionDoor::Portal, data: "{}".into() };
        session::create_session(self.custody(), &new).await.unwrap();
    }

    /// Makes a passkey as the browser does, through the JSON that travels. The browser keeps its cookie.
    pub async fn register(
        &self,
        session: &SessionKey,
        who: Option<&SignedIn>,
        device: &mut SoftAuthenticator,
    ) -> Result<RegisteredPasskey> {
        let visitor = CeremonyVisitor { signed_in: who, agent: AGENT, ..CeremonyVisitor::stranger(session) };
        self.register_as(&visitor, device).await
    }

    /// [`IdentityPortal::register`] by whoever visits.
    pub async fn register_as(
        &self,
        visitor: &CeremonyVisitor<'_>,
        device: &mut SoftAuthenticator,
    ) -> Result<RegisteredPasskey> {
        if visitor.signed_in.is_none() {
            self.visit(visitor.session).await;
        }
        let answer = self.new_passkey(visitor, device).await?;
        self.passkeys.finish_registration(visitor, &answer).await
    }

    /// What a device answers to the beginning of a registration.
    pub async fn new_passkey(
        &self,
        visitor: &CeremonyVisitor<'_>,
        device: &mut SoftAuthenticator,
    ) -> Result<RegistrationResponse> {
        let options = self.passkeys.begin_registration(visitor).await.map_err(common_failure)?;
        let answer = device.create(&json(&options)).expect("the device makes a passkey");
        Ok(serde_json::from_value(answer).unwrap())
    }

    /// Signs in with a passkey of a device.
    pub async fn sign_in(
        &self,
        session: &SessionKey,
        device: &mut SoftAuthenticator,
    ) -> Result<BegunSession> {
        self.visit(session).await;
        let answer = self.assertion(session, device).await;
        let visitor = CeremonyVisitor { agent: AGENT, ..CeremonyVisitor::stranger(session) };
        self.passkeys.finish_sign_in(&visitor, &answer).await
    }

    /// What a device answers to the beginning of a sign-in.
    pub async fn assertion(
        &self,
        session: &SessionKey,
        device: &mut SoftAuthenticator,
    ) -> AuthenticationResponse {
        let options = self.passkeys.begin_sign_in(session).await.unwrap();
        let answer = device.get(&json(&options)).expect("the device has a passkey");
        serde_json::from_value(answer).unwrap()
    }

    /// Verifies whoever is signed in once more.
    pub async fn verify(&self, who: &SignedIn, device: &mut SoftAuthenticator) -> Result<SignedIn> {
        let options = self.passkeys.begin_verification(&who.key, who).await?;
        let answer = device.get(&json(&options)).expect("the device has a passkey");
        let answer = serde_json::from_value(answer).unwrap();
        self.passkeys.finish_verification(&signed_in(who), &answer).await
    }

    /// Removes a passkey as the page does: with the card's proof where there is one.
    pub async fn remove_passkey(&self, who: &SignedIn, id: PasskeyId) -> Result<()> {
        let scope = access::owner_scope(self.custody(), who.account).await?;
        let verified = access::prove_verified(self.custody(), who, &scope).await?;
        match access::prove_card_shown(self.custody(), verified.clone()).await {
            Ok(shown) => self.passkeys.remove_passkey(&shown, id).await,
            Err(_) => self.passkeys.remove_passkey(&verified, id).await,
        }
    }

    /// Who is signed in with this session now.
    pub async fn signed_in(&self, session: &SessionKey) -> Option<SignedIn> {
        let found = session::load_session(self.custody(), session, SessionDoor::Portal).await.unwrap();
        found.and_then(|found| found.signed_in)
    }

    /// The nth resident enrols with a new card and a new device.
    pub async fn enrolled(&self, n: u64) -> EnrolledPerson {
        let (card, mut device) = (self.card(), self.device());
        let before = browser(&format!("enrolling {n}"));
        let code = self.letter(n).await.code;
        let visitor = CeremonyVisitor::stranger(&before);
        self.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        // A human takes a while to touch the sensor.
        self.custody().environment.advance(Duration::from_secs(1));
        let session = browser(&format!("enrolled {n}"));
        let making = CeremonyVisitor { next: &session, agent: AGENT, ..CeremonyVisitor::stranger(&before) };
        let who = self.register_as(&making, &mut device).await.unwrap().signed_in.unwrap();
        EnrolledPerson { card, device, session, who }
    }

    /// What waits for the access log, oldest first.
    pub async fn events(&self) -> Vec<String> {
        let rows: Vec<OutboxRow> = self.custody().stores.vault.outbox_batch(1000).await.unwrap().rows;
        rows.iter().map(|row| row.kind.to_string()).collect()
    }

    /// Waits for something that is written down after the answer.
    pub async fn event_comes(&self, kind: &str) {
        let coming = async {
            while !self.events().await.iter().any(|known| known == kind) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), coming).await.expect("it is written down");
    }
}

/// Somebody who is signed in, in a browser that keeps its cookie.
pub fn signed_in(who: &SignedIn) -> CeremonyVisitor<'_> {
    CeremonyVisitor { signed_in: Some(who), agent: AGENT, ..CeremonyVisitor::stranger(&who.key) }
}

/// Options as they travel.
pub fn json<T: serde::Serialize>(options: &T) -> Value {
    serde_json::to_value(options).unwrap()
}
