//! Whatever ends something and whatever begins something of one account take turns: the one that comes second knows of
//! the first. Each beginning is held after everything was checked and before anything is written; then the ending happens.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod front;
mod support;

use front::{Front, MINUTE, Person, browser, fronts, refusal, signed_in};
use techo_cardlab::{Card, RevokeReason};
use techo_domain::{
    Result,
    access::{PatientScope, Verified},
    enrol::{CardPurpose, ShownCard, Visitor, Watch},
    passkey::{
        AuthenticationResponse, PasskeyState, RegistrationResponse,
        soft::{Manner, SoftAuthenticator},
    },
    session::{SessionKey, SignedIn},
};
use techo_model::{PasskeyId, card::WebEidToken};
use techo_store::testing::tamper;

/// What ends something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
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
enum Begin {
    SignIn(AuthenticationResponse),
    Check(AuthenticationResponse),
    StepUp(WebEidToken),
    Link(WebEidToken, String),
    Passkey(RegistrationResponse),
    ShareCode(Verified),
}

/// An owner with a passkey, and a second passkey with a session that somebody else may have.
struct Scene {
    front: Front,
    owner: Person,
    scope: PatientScope,
    second: SoftAuthenticator,
    second_passkey: PasskeyId,
    thief: SignedIn,
    renewed: Card,
}

async fn scenes() -> Vec<Scene> {
    let mut all = Vec::new();
    for front in fronts().await {
        let owner = front.enrolled(1).await;
        let mut second = front.device();
        // Without a counter, so that copies of it can sign in at once.
        second.manner = Manner { counts: false, ..Manner::default() };
        let made = front.register(&owner.session, Some(&owner.who), &mut second).await.unwrap();
        let thief = front.sign_in(&browser("thief"), &mut second).await.unwrap().signed_in;
        let scope = front.domain().owner_scope(owner.who.account).await.unwrap();
        let renewed = front.card();
        all.push(Scene { front, owner, scope, second, second_passkey: made.passkey, thief, renewed });
    }
    all
}

/// The browser in which the second passkey signs in once more.
fn elsewhere() -> SessionKey {
    browser("elsewhere")
}

impl Scene {
    async fn sign_in(&mut self) -> Begin {
        self.front.visit(&elsewhere()).await;
        Begin::SignIn(self.front.assertion(&elsewhere(), &mut self.second).await)
    }

    async fn check(&mut self) -> Begin {
        let options = self.front.passkeys.begin_verification(&self.thief.key, &self.thief).await.unwrap();
        let answer = self.second.get(&front::json(&options)).unwrap();
        Begin::Check(serde_json::from_value(answer).unwrap())
    }

    async fn token(&self, purpose: CardPurpose, card: &Card) -> WebEidToken {
        let challenge = self.front.cards.challenge(&signed_in(&self.thief), purpose).await.unwrap();
        self.front.sign(card, &challenge.nonce)
    }

    async fn step_up(&mut self) -> Begin {
        Begin::StepUp(self.token(CardPurpose::StepUp, &self.owner.card).await)
    }

    async fn link(&mut self) -> Begin {
        let code = self.front.letter(1).await.code;
        Begin::Link(self.token(CardPurpose::Link, &self.renewed).await, code)
    }

    async fn passkey(&mut self) -> Begin {
        let visitor = signed_in(&self.thief);
        Begin::Passkey(self.front.new_passkey(&visitor, &mut self.front.device()).await.unwrap())
    }

    async fn share_code(&mut self) -> Begin {
        Begin::ShareCode(self.front.domain().verified(&self.thief, &self.scope).await.unwrap())
    }

    async fn finish(&self, begin: &Begin) -> Result<()> {
        let (front, thief) = (&self.front, signed_in(&self.thief));
        match begin {
            Begin::SignIn(answer) => {
                front.passkeys.finish_sign_in(&Visitor::stranger(&elsewhere()), answer).await.map(drop)
            }
            Begin::Check(answer) => front.passkeys.finish_verification(&thief, answer).await.map(drop),
            Begin::StepUp(token) => {
                let shown = ShownCard { token, activation_code: None };
                front.cards.present_card(&thief, &shown).await.map(drop)
            }
            Begin::Link(token, code) => {
                let shown = ShownCard { token, activation_code: Some(code) };
                front.cards.present_card(&thief, &shown).await.map(drop)
            }
            Begin::Passkey(answer) => front.passkeys.finish_registration(&thief, answer).await.map(drop),
            Begin::ShareCode(verified) => front.domain().make_share_code(verified).await.map(drop),
        }
    }

    async fn end(&self, end: End) {
        let (front, owner) = (&self.front, &self.owner);
        match end {
            End::Recovery => {
                let session = browser("recovering");
                let visitor = Visitor::stranger(&session);
                front.show(&visitor, CardPurpose::Recover, &owner.card, None).await.map(drop).unwrap();
            }
            End::Removal => front.passkeys.remove_passkey(&owner.who, self.second_passkey).await.unwrap(),
            End::SignOut => front.domain().sign_out(&self.thief.key).await.unwrap(),
            End::OneSession => {
                front.domain().sign_out_session(&owner.who, self.thief.session).await.unwrap();
            }
            End::OtherSessions => drop(front.domain().sign_out_others(&owner.who).await.unwrap()),
            End::AllSessions => drop(front.domain().sign_out_everywhere(&owner.who).await.unwrap()),
            End::RevokedCard => {
                let now = front.domain().world.now();
                front.lab.revoke(&owner.card.serial, RevokeReason::KeyCompromise, now).unwrap();
                front.cards.watch_cards(Watch::All).await.unwrap();
            }
            End::Suspension => {
                let vault = front.domain().stores.vault.db();
                assert_eq!(tamper(vault, "UPDATE account SET state = 'suspended'", &[]).await, 1);
            }
        }
    }

    /// Holds the beginning at a point while the ending happens, and looks at what is left.
    async fn interleave(self, point: &'static str, begin: Begin, end: End) {
        let label = format!("{point} beside {end:?} on {}", self.front.engine());
        let held = self.front.domain().world.hold_point(point);
        let (began, ()) = tokio::join!(self.finish(&begin), async {
            held.arrived().await;
            self.end(end).await;
            held.release();
        });
        assert!(began.is_err(), "{label}");
        for session in self.front.domain().sessions(&self.owner.who).await.unwrap() {
            assert_eq!(session.id, self.owner.who.session, "{label}: a session lives on");
        }
        for key in [self.thief.key, elsewhere()] {
            let found = self.front.signed_in(&key).await;
            assert_eq!(found, None, "{label}: a session lives on");
        }
        let known = [self.owner.who.passkey, self.second_passkey];
        for line in self.front.passkeys.passkeys(&self.owner.who).await.unwrap() {
            assert!(known.contains(&line.id), "{label}: a passkey was added");
            assert!(end != End::Recovery || line.state == PasskeyState::Unconfirmed, "{label}");
        }
        let vault = &self.front.domain().stores.vault;
        assert_eq!(vault.share_code(self.scope.resident()).await.unwrap(), None, "{label}: a share code");
        let mut tx = vault.begin().await.unwrap();
        let card = vault.current_binding_in(&mut tx, self.owner.who.account).await.unwrap().unwrap();
        assert_eq!(card.bound_at, self.scope_card_bound_at(), "{label}: a card was linked");
    }

    fn scope_card_bound_at(&self) -> techo_model::UnixMillis {
        // The owner's card was bound a second before the passkey was made, and any other later.
        self.owner.who.at.minus(std::time::Duration::from_secs(1))
    }
}

/// One test for each way to begin something: beside every ending that concerns it.
macro_rules! beside {
    ($name:ident, $prepare:ident, $points:expr, $ends:expr) => {
        #[tokio::test]
        async fn $name() {
            for point in $points {
                for end in $ends {
                    for mut scene in scenes().await {
                        let begin = scene.$prepare().await;
                        scene.interleave(point, begin, end).await;
                    }
                }
            }
        }
    };
}

/// Whoever signs in anew is no concern of those who end sessions that are running.
const ENDS_OF_SIGN_IN: [End; 4] = [End::Recovery, End::Removal, End::RevokedCard, End::Suspension];
const ENDS: [End; 8] = [
    End::Recovery,
    End::Removal,
    End::SignOut,
    End::OneSession,
    End::OtherSessions,
    End::AllSessions,
    End::RevokedCard,
    End::Suspension,
];

beside!(
    a_sign_in_beside_an_ending_opens_no_session,
    sign_in,
    ["sign-in.checked", "sign-in.judged"],
    ENDS_OF_SIGN_IN
);
beside!(a_fresh_check_beside_an_ending_saves_no_session, check, ["verification.checked"], ENDS);
beside!(a_card_that_is_shown_beside_an_ending_raises_no_session, step_up, ["card.checked"], ENDS);
beside!(a_card_that_is_linked_beside_an_ending_joins_no_account, link, ["card.checked"], ENDS);
beside!(a_passkey_that_is_made_beside_an_ending_is_not_added, passkey, ["registration.checked"], ENDS);
beside!(
    a_share_code_that_is_made_beside_an_ending_is_worth_nothing,
    share_code,
    ["share-code.verified"],
    ENDS
);

#[tokio::test]
async fn without_an_ending_everything_that_was_begun_goes_through() {
    for mut scene in scenes().await {
        let begun = [scene.sign_in().await, scene.share_code().await, scene.passkey().await];
        for begin in &begun {
            scene.finish(begin).await.unwrap();
        }
        let check = scene.check().await;
        scene.finish(&check).await.unwrap();
        let step_up = scene.step_up().await;
        scene.finish(&step_up).await.unwrap();
        let link = scene.link().await;
        scene.finish(&link).await.unwrap();
    }
}

#[tokio::test]
async fn a_passkey_made_with_a_ticket_beside_an_ending_is_not_added() {
    for end in [End::Recovery, End::RevokedCard, End::Suspension, End::SignOut] {
        for scene in scenes().await {
            let (front, session) = (&scene.front, browser("ticket"));
            let visitor = Visitor::stranger(&session);
            front.show(&visitor, CardPurpose::Recover, &scene.owner.card, None).await.unwrap();
            front.visit(&session).await;
            let answer = front.new_passkey(&visitor, &mut front.device()).await.unwrap();
            let held = front.domain().world.hold_point("registration.checked");
            let (made, ()) = tokio::join!(front.passkeys.finish_registration(&visitor, &answer), async {
                held.arrived().await;
                match end {
                    End::SignOut => front.domain().sign_out(&session).await.unwrap(),
                    other => scene.end(other).await,
                }
                held.release();
            });
            assert!(made.is_err(), "{end:?} on {}", front.engine());
            assert_eq!(front.signed_in(&session).await, None);
        }
    }
}

#[tokio::test]
async fn a_ticket_beside_an_ending_is_not_given() {
    for end in [End::RevokedCard, End::Suspension, End::SignOut] {
        for scene in scenes().await {
            let (front, session, next) = (&scene.front, browser("before"), browser("after"));
            let visitor = Visitor { next: &next, ..Visitor::stranger(&session) };
            let held = front.domain().world.hold_point("card.checked");
            let showing = front.show(&visitor, CardPurpose::Recover, &scene.owner.card, None);
            let (shown, ()) = tokio::join!(showing, async {
                held.arrived().await;
                match end {
                    End::SignOut => front.domain().sign_out(&session).await.unwrap(),
                    other => scene.end(other).await,
                }
                held.release();
            });
            assert!(shown.is_err(), "{end:?} on {}", front.engine());
            assert!(!front.domain().has_ticket(&next).await.unwrap());
        }
    }
}

#[tokio::test]
async fn of_many_sign_ins_at_once_with_a_recovery_no_session_is_left() {
    for scene in scenes().await {
        let front = &scene.front;
        let mut answers = Vec::new();
        for n in 0..6 {
            let session = browser(&format!("at once {n}"));
            front.visit(&session).await;
            let mut device = scene.second.clone();
            answers.push((session, front.assertion(&session, &mut device).await));
        }
        let finish = async |n: usize| {
            let (session, answer) = &answers[n];
            front.passkeys.finish_sign_in(&Visitor::stranger(session), answer).await.is_ok()
        };
        tokio::join!(
            finish(0),
            finish(1),
            finish(2),
            scene.end(End::Recovery),
            finish(3),
            finish(4),
            finish(5)
        );
        for (session, _) in &answers {
            assert_eq!(front.signed_in(session).await, None, "{}", front.engine());
        }
        assert!(front.domain().sessions(&scene.owner.who).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_share_code_goes_with_the_session_that_made_it_and_stays_when_its_maker_signs_out() {
    for (end, stays) in [(End::SignOut, true), (End::OneSession, false), (End::Recovery, false)] {
        for mut scene in scenes().await {
            let begin = scene.share_code().await;
            scene.finish(&begin).await.unwrap();
            scene.end(end).await;
            let vault = &scene.front.domain().stores.vault;
            let left = vault.share_code(scene.scope.resident()).await.unwrap();
            assert_eq!(left.is_some(), stays, "{end:?} on {}", scene.front.engine());
        }
    }
}

#[tokio::test]
async fn an_ended_session_ends_no_others() {
    for scene in scenes().await {
        let front = &scene.front;
        front.domain().sign_out_session(&scene.owner.who, scene.thief.session).await.unwrap();
        let domain = front.domain();
        assert_eq!(refusal(domain.sign_out_others(&scene.thief).await), "session-ended");
        assert_eq!(refusal(domain.sign_out_everywhere(&scene.thief).await), "session-ended");
        let one = domain.sign_out_session(&scene.thief, scene.owner.who.session).await;
        assert_eq!(refusal(one), "session-ended");
        let removed = front.passkeys.remove_passkey(&scene.thief, scene.owner.who.passkey).await;
        assert_eq!(refusal(removed), "session-ended");
        assert!(front.signed_in(&scene.owner.session).await.is_some(), "{}", front.engine());
    }
}

#[tokio::test]
async fn a_copy_of_the_cookie_from_before_a_check_is_worth_nothing_even_on_its_way() {
    for mut scene in scenes().await {
        scene.front.wait(MINUTE * 6);
        let copied = scene.thief.clone();
        let Begin::Check(answer) = scene.check().await else { panic!("a check") };
        let next = browser("after the check");
        let visitor = Visitor { next: &next, ..signed_in(&scene.thief) };
        let risen = scene.front.passkeys.finish_verification(&visitor, &answer).await.unwrap();
        assert_eq!(risen.key, next);
        let fresh = SignedIn { verified_at: risen.verified_at, ..copied };
        let added = scene.front.register(&fresh.key, Some(&fresh), &mut scene.front.device()).await;
        assert_eq!(refusal(added), "session-ended");
        let verified = scene.front.domain().verified(&fresh, &scene.scope).await;
        assert_eq!(refusal(verified), "session-ended", "{}", scene.front.engine());
    }
}
