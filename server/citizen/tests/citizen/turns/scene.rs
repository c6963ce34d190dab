//! Who stands where before a turn, what may begin and end, and what must be left.

use std::time::Duration;
use techo_audit::log::LogWriter;
use techo_cardlab::{IssuedCard, RevokeReason};
use techo_citizen::{
    CitizenServices,
    consent::{ConfirmedWords, NewDraft, VersionOrigin},
};
use techo_custody::Result;
use techo_disclosure::clinic;
use techo_identity::{
    access::{self, CardShown, PatientScope, VerifiedOwner},
    enrol::{CardPurpose, CardSelection, CeremonyVisitor, ShownCard},
    passkey::{AuthenticationResponse, PasskeyState, RegistrationResponse},
    session::{self, SessionKey, SignedIn},
};
use techo_model::{
    PasskeyId,
    card::WebEidToken,
    consent::{ConsentState, Mark, Switch},
    record::RecordKind,
};
use techo_store::testing::tamper;
use techo_testkit::{
    authenticator::{DeviceManner, SoftAuthenticator},
    coverage_file,
    identity::{EnrolledPerson, IdentityPortal, browser, common_failure, each_identity_portal, signed_in},
    insurer,
};
use uuid::Uuid;

/// What ends something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Recovery,
    Removal,
    SignOut,
    OneSession,
    OtherSessions,
    AllSessions,
    RevokedCard,
    Suspension,
}

/// What begins something, ready but for its last step.
pub enum Begin {
    SignIn(AuthenticationResponse),
    Check(AuthenticationResponse),
    StepUp(WebEidToken),
    Link(WebEidToken, String),
    Passkey(RegistrationResponse),
    ShareCode(VerifiedOwner),
    Choices(VerifiedOwner, Box<ConfirmedWords>),
    Unseal(CardShown, Uuid),
}

/// An owner with a passkey, and a second passkey with a session that somebody else may have.
pub struct Scene {
    pub identity: IdentityPortal,
    pub owner: EnrolledPerson,
    pub scope: PatientScope,
    pub second: SoftAuthenticator,
    pub second_passkey: PasskeyId,
    pub thief: SignedIn,
    renewed: IssuedCard,
}

pub async fn scenes() -> Vec<Scene> {
    let mut all = Vec::new();
    for identity in each_identity_portal().await {
        let owner = identity.enrolled(1).await;
        let mut second = identity.device();
        // Without a counter, so that copies of it can sign in at once.
        second.manner = DeviceManner { counts: false, ..DeviceManner::default() };
        let made = identity.register(&owner.session, Some(&owner.who), &mut second).await.unwrap();
        let thief = identity.sign_in(&browser("thief"), &mut second).await.unwrap().signed_in;
        let scope = access::owner_scope(identity.custody(), owner.who.account).await.unwrap();
        let renewed = identity.card();
        all.push(Scene { identity, owner, scope, second, second_passkey: made.passkey, thief, renewed });
    }
    all
}

/// How long something that has to wait is watched doing so.
pub const WHILE: Duration = Duration::from_millis(200);

/// The browser in which the second passkey signs in once more.
pub fn elsewhere() -> SessionKey {
    browser("elsewhere")
}

impl Scene {
    pub async fn sign_in(&mut self) -> Begin {
        self.identity.visit(&elsewhere()).await;
        Begin::SignIn(self.identity.assertion(&elsewhere(), &mut self.second).await)
    }

    pub async fn check(&mut self) -> Begin {
        let options = self.identity.passkeys.begin_verification(&self.thief.key, &self.thief).await.unwrap();
        let answer = self.second.get(&techo_testkit::identity::json(&options)).unwrap();
        Begin::Check(serde_json::from_value(answer).unwrap())
    }

    async fn token(&self, purpose: CardPurpose, card: &IssuedCard) -> WebEidToken {
        let challenge = self.identity.cards.challenge(&signed_in(&self.thief), purpose).await.unwrap();
        self.identity.sign(card, &challenge.nonce)
    }

    pub async fn step_up(&mut self) -> Begin {
        Begin::StepUp(self.token(CardPurpose::StepUp, &self.owner.card).await)
    }

    pub async fn link(&mut self) -> Begin {
        let code = self.identity.letter(1).await.code;
        Begin::Link(self.token(CardPurpose::Link, &self.renewed).await, code)
    }

    pub async fn passkey(&mut self) -> Begin {
        let visitor = signed_in(&self.thief);
        Begin::Passkey(self.identity.new_passkey(&visitor, &mut self.identity.device()).await.unwrap())
    }

    pub async fn share_code(&mut self) -> Begin {
        Begin::ShareCode(
            access::prove_verified(self.identity.custody(), &self.thief, &self.scope).await.unwrap(),
        )
    }

    pub fn portal(&self) -> CitizenServices {
        let custody = self.identity.custody().clone();
        CitizenServices::new(custody.clone(), LogWriter::start(custody))
    }

    /// Sharing is switched on, as the owner has drafted it.
    pub async fn choices(&mut self) -> Begin {
        let mut state = ConsentState::default();
        state.settings.clinics = Switch::On;
        let verified =
            access::prove_verified(self.identity.custody(), &self.thief, &self.scope).await.unwrap();
        let draft = NewDraft { state: state.clone(), origin: VersionOrigin::Page, base: 0 };
        self.portal().draft_consent(verified.present(), draft).await.unwrap();
        let words =
            ConfirmedWords { language: "ja".into(), sentences: vec!["見せます。".into()], about: state };
        Begin::Choices(verified, Box::new(words))
    }

    /// A record that the owner sealed, and the thief with the card that takes seals off.
    pub async fn unseal(&mut self) -> Begin {
        let insurer = insurer("06139999");
        let period = [(1, "345", "01", "2020-04-01", "", "2026-01-01 09:00")];
        self.identity.installation.coverage(&insurer, coverage_file(&insurer, &period)).await;
        let (custody, portal) = (self.identity.custody(), self.portal());
        let held = portal.records(&self.scope).await.unwrap();
        let id = held.sources.iter().find(|one| one.kind == RecordKind::Coverage).unwrap().records[0].id;
        let owner = access::prove_verified(custody, &self.owner.who, &self.scope).await.unwrap();
        portal.mark_record(&owner, RecordKind::Coverage, id, Some(Mark::Sealed)).await.unwrap();
        let token = self.token(CardPurpose::StepUp, &self.owner.card).await;
        let shown = ShownCard { token: &token, activation_code: None };
        let outcome = self.identity.cards.present_card(&signed_in(&self.thief), &shown).await.unwrap();
        self.thief = outcome.signed_in.unwrap();
        let verified =
            access::prove_verified(self.identity.custody(), &self.thief, &self.scope).await.unwrap();
        Begin::Unseal(access::prove_card_shown(self.identity.custody(), verified).await.unwrap(), id)
    }

    pub async fn finish(&self, begin: &Begin) -> Result<()> {
        let (identity, thief) = (&self.identity, signed_in(&self.thief));
        match begin {
            Begin::SignIn(answer) => identity
                .passkeys
                .finish_sign_in(&CeremonyVisitor::stranger(&elsewhere()), answer)
                .await
                .map(drop),
            Begin::Check(answer) => identity.passkeys.finish_verification(&thief, answer).await.map(drop),
            Begin::StepUp(token) => {
                let shown = ShownCard { token, activation_code: None };
                identity.cards.present_card(&thief, &shown).await.map(drop)
            }
            Begin::Link(token, code) => {
                let shown = ShownCard { token, activation_code: Some(code) };
                identity.cards.present_card(&thief, &shown).await.map(drop)
            }
            Begin::Passkey(answer) => identity.passkeys.finish_registration(&thief, answer).await.map(drop),
            Begin::ShareCode(verified) => {
                clinic::make_share_code(identity.custody(), verified).await.map(drop)
            }
            Begin::Choices(verified, words) => self
                .portal()
                .save_consent(verified, ConfirmedWords::clone(words))
                .await
                .map(drop)
                .map_err(common_failure),
            Begin::Unseal(shown, id) => {
                let (portal, kind) = (self.portal(), RecordKind::Coverage);
                portal.mark_record(shown, kind, *id, None::<Mark>).await.map_err(common_failure)
            }
        }
    }

    pub async fn end(&self, end: End) {
        let (identity, owner) = (&self.identity, &self.owner);
        match end {
            End::Recovery => {
                let session = browser("recovering");
                let visitor = CeremonyVisitor::stranger(&session);
                identity.show(&visitor, CardPurpose::Recover, &owner.card, None).await.map(drop).unwrap();
            }
            End::Removal => identity.remove_passkey(&owner.who, self.second_passkey).await.unwrap(),
            End::SignOut => session::sign_out(identity.custody(), &self.thief.key).await.unwrap(),
            End::OneSession => {
                session::sign_out_session(identity.custody(), &owner.who, self.thief.session).await.unwrap();
            }
            End::OtherSessions => {
                session::sign_out_others(identity.custody(), &owner.who).await.map(drop).unwrap();
            }
            End::AllSessions => {
                session::sign_out_everywhere(identity.custody(), &owner.who).await.map(drop).unwrap();
            }
            End::RevokedCard => {
                let now = identity.custody().environment.now();
                identity.lab.revoke(&owner.card.serial, RevokeReason::KeyCompromise, now).unwrap();
                identity.load_lists();
                identity.cards.watch_cards(CardSelection::All).await.unwrap();
            }
            End::Suspension => {
                let vault = identity.custody().stores.vault.db();
                assert_eq!(tamper(vault, "UPDATE account SET state = 'suspended'", &[]).await, 1);
            }
        }
    }

    /// Holds the beginning at a point while the ending happens, and looks at what is left.
    pub async fn interleave(self, point: &'static str, begin: Begin, end: End) {
        let label = format!("{point} beside {end:?} on {}", self.identity.engine());
        let held = self.identity.custody().environment.hold_point(point);
        let (began, ()) = tokio::join!(self.finish(&begin), async {
            held.arrived().await;
            self.end(end).await;
            held.release();
        });
        self.judge(&label, began.is_err(), end).await;
        if let Begin::Unseal(_, id) = begin {
            let standing = self.portal().record_mark(&self.scope, RecordKind::Coverage, id).await.unwrap();
            assert_eq!(standing.marking.mark, Some(Mark::Sealed), "{label}: a seal was taken off");
        }
    }

    /// Holds the ending while it holds the account, and lets the beginning come.
    pub async fn comes_behind(self, point: &'static str, begin: Begin, end: End) {
        let label = format!("behind {point} on {}", self.identity.engine());
        let held = self.identity.custody().environment.hold_point(point);
        let begins = async {
            held.arrived().await;
            let release = async {
                tokio::time::sleep(WHILE).await;
                held.release();
            };
            tokio::join!(self.finish(&begin), release).0.is_err()
        };
        let (is_refused, ()) = tokio::join!(begins, self.end(end));
        self.judge(&label, is_refused, end).await;
    }

    /// Nothing may be left of a beginning.
    async fn judge(&self, label: &str, is_refused: bool, end: End) {
        assert!(is_refused, "{label}");
        for session in session::list_sessions(self.identity.custody(), &self.owner.who).await.unwrap() {
            assert_eq!(session.id, self.owner.who.session, "{label}: a session lives on");
        }
        for key in [self.thief.key, elsewhere()] {
            let found = self.identity.signed_in(&key).await;
            assert_eq!(found, None, "{label}: a session lives on");
        }
        let known = [self.owner.who.passkey, self.second_passkey];
        for line in self.identity.passkeys.passkeys(&self.owner.who).await.unwrap() {
            assert!(known.contains(&line.id), "{label}: a passkey was added");
            assert!(end != End::Recovery || line.state == PasskeyState::Suspended, "{label}");
        }
        let vault = &self.identity.custody().stores.vault;
        assert_eq!(vault.share_code(self.scope.resident()).await.unwrap(), None, "{label}: a share code");
        let mut tx = vault.begin().await.unwrap();
        let card = vault.current_binding_in(&mut tx, self.owner.who.account).await.unwrap().unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(card.bound_at, self.scope_card_bound_at(), "{label}: a card was linked");
        let chosen = self.portal().consent(&self.scope).await.unwrap();
        assert_eq!(chosen.version, 0, "{label}: choices were saved");
    }

    fn scope_card_bound_at(&self) -> techo_model::UnixMillis {
        // The owner's card was bound a second before the passkey was made, and any other later.
        self.owner.who.at.minus(Duration::from_secs(1))
    }
}
