//! Whatever ends something and whatever begins something of one account take turns: the one that comes second knows of
//! the first. Each beginning is held after everything was checked and before anything is written; then the ending happens.
//! And each ending is held while it holds the account; then the beginning comes, waits and knows of it.

mod cookies;
mod scene;

use crate::turns::scene::{Begin, End, scenes};
use techo_identity::{
    access,
    enrol::{self, CardPurpose, CeremonyVisitor},
    session::{self, SignedIn},
};
use techo_testkit::identity::{MINUTE, browser, refusal_reason, signed_in};

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

/// The same, but the ending is under way.
macro_rules! behind {
    ($name:ident, $prepare:ident, $endings:expr) => {
        #[tokio::test]
        async fn $name() {
            for (point, end) in $endings {
                for mut scene in scenes().await {
                    let begin = scene.$prepare().await;
                    scene.comes_behind(point, begin, end).await;
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

beside!(choices_that_are_saved_beside_an_ending_do_not_hold, choices, ["consent.save"], ENDS);
beside!(a_seal_that_is_taken_off_beside_an_ending_stays, unseal, ["mark.put"], ENDS);

/// Endings that hold the account, each held while it does.
const HELD: [(&str, End); 5] = [
    ("recovery.held", End::Recovery),
    ("removal.held", End::Removal),
    ("card-watch.held", End::RevokedCard),
    ("sign-out-others.held", End::OtherSessions),
    ("sign-out-everywhere.held", End::AllSessions),
];
const HELD_FOR_ALL: [(&str, End); 3] = [HELD[0], HELD[1], HELD[2]];

behind!(a_sign_in_behind_an_ending_opens_no_session, sign_in, HELD_FOR_ALL);
behind!(a_fresh_check_behind_an_ending_saves_no_session, check, HELD);
behind!(a_card_that_is_shown_behind_an_ending_raises_no_session, step_up, HELD);
behind!(a_card_that_is_linked_behind_an_ending_joins_no_account, link, HELD);
behind!(a_passkey_that_is_made_behind_an_ending_is_not_added, passkey, HELD);
behind!(a_share_code_that_is_made_behind_an_ending_is_worth_nothing, share_code, HELD);
behind!(choices_that_are_saved_behind_an_ending_do_not_hold, choices, HELD);

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
            let (identity, session) = (&scene.identity, browser("ticket"));
            let visitor = CeremonyVisitor::stranger(&session);
            identity.show(&visitor, CardPurpose::Recover, &scene.owner.card, None).await.unwrap();
            identity.visit(&session).await;
            let answer = identity.new_passkey(&visitor, &mut identity.device()).await.unwrap();
            let held = identity.custody().environment.hold_point("registration.checked");
            let (made, ()) = tokio::join!(identity.passkeys.finish_registration(&visitor, &answer), async {
                held.arrived().await;
                match end {
                    End::SignOut => session::sign_out(identity.custody(), &session).await.unwrap(),
                    other => scene.end(other).await,
                }
                held.release();
            });
            assert!(made.is_err(), "{end:?} on {}", identity.engine());
            assert_eq!(identity.signed_in(&session).await, None);
        }
    }
}

#[tokio::test]
async fn a_ticket_beside_an_ending_is_not_given() {
    for end in [End::RevokedCard, End::Suspension, End::SignOut] {
        for scene in scenes().await {
            let (identity, session, next) = (&scene.identity, browser("before"), browser("after"));
            let visitor = CeremonyVisitor { next: &next, ..CeremonyVisitor::stranger(&session) };
            let held = identity.custody().environment.hold_point("card.checked");
            let showing = identity.show(&visitor, CardPurpose::Recover, &scene.owner.card, None);
            let (shown, ()) = tokio::join!(showing, async {
                held.arrived().await;
                match end {
                    End::SignOut => session::sign_out(identity.custody(), &session).await.unwrap(),
                    other => scene.end(other).await,
                }
                held.release();
            });
            assert!(shown.is_err(), "{end:?} on {}", identity.engine());
            assert!(!enrol::has_ticket(identity.custody(), &next).await.unwrap());
        }
    }
}

#[tokio::test]
async fn of_many_sign_ins_at_once_with_a_recovery_no_session_is_left() {
    for scene in scenes().await {
        let identity = &scene.identity;
        let mut answers = Vec::new();
        for n in 0..6 {
            let session = browser(&format!("at once {n}"));
            identity.visit(&session).await;
            let mut device = scene.second.clone();
            answers.push((session, identity.assertion(&session, &mut device).await));
        }
        let finish = async |n: usize| {
            let (session, answer) = &answers[n];
            identity.passkeys.finish_sign_in(&CeremonyVisitor::stranger(session), answer).await.is_ok()
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
            assert_eq!(identity.signed_in(session).await, None, "{}", identity.engine());
        }
        assert!(session::list_sessions(identity.custody(), &scene.owner.who).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_share_code_goes_with_the_session_that_made_it_and_stays_when_its_maker_signs_out() {
    for (end, stays) in [(End::SignOut, true), (End::OneSession, false), (End::Recovery, false)] {
        for mut scene in scenes().await {
            let begin = scene.share_code().await;
            scene.finish(&begin).await.unwrap();
            scene.end(end).await;
            let vault = &scene.identity.custody().stores.vault;
            let left = vault.share_code(scene.scope.resident()).await.unwrap();
            assert_eq!(left.is_some(), stays, "{end:?} on {}", scene.identity.engine());
        }
    }
}

#[tokio::test]
async fn an_ended_session_ends_no_others() {
    for scene in scenes().await {
        let identity = &scene.identity;
        session::sign_out_session(identity.custody(), &scene.owner.who, scene.thief.session).await.unwrap();
        let custody = identity.custody();
        assert_eq!(refusal_reason(session::sign_out_others(custody, &scene.thief).await), "session-ended");
        assert_eq!(
            refusal_reason(session::sign_out_everywhere(custody, &scene.thief).await),
            "session-ended"
        );
        let one = session::sign_out_session(custody, &scene.thief, scene.owner.who.session).await;
        assert_eq!(refusal_reason(one), "session-ended");
        let removed = identity.remove_passkey(&scene.thief, scene.owner.who.passkey).await;
        assert_eq!(refusal_reason(removed), "session-ended");
        assert!(identity.signed_in(&scene.owner.session).await.is_some(), "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_copy_of_the_cookie_from_before_a_check_is_worth_nothing_even_on_its_way() {
    for mut scene in scenes().await {
        scene.identity.wait(MINUTE * 6);
        let copied = scene.thief.clone();
        let Begin::Check(answer) = scene.check().await else { panic!("a check") };
        let next = browser("after the check");
        let visitor = CeremonyVisitor { next: &next, ..signed_in(&scene.thief) };
        let risen = scene.identity.passkeys.finish_verification(&visitor, &answer).await.unwrap();
        assert_eq!(risen.key, next);
        let fresh = SignedIn { verified_at: risen.verified_at, ..copied };
        let added = scene.identity.register(&fresh.key, Some(&fresh), &mut scene.identity.device()).await;
        assert_eq!(refusal_reason(added), "session-ended");
        let verified = access::prove_verified(scene.identity.custody(), &fresh, &scene.scope).await;
        assert_eq!(refusal_reason(verified), "session-ended", "{}", scene.identity.engine());
    }
}
