//! Signing out ends the session whose cookie it brings, whatever cookie that has had since: on a shared computer nothing of
//! it goes on.

use crate::turns::scene::{Begin, Scene, WHILE, scenes};
use techo_citizen::consent::{NewDraft, VersionOrigin, fingerprint};
use techo_identity::{
    access::PresentOwner,
    enrol::{self, CardPurpose, CeremonyVisitor},
    session::{self, SessionKey},
};
use techo_model::consent::ConsentState;
use techo_testkit::identity::{
    AGENT, EnrolledPerson, browser, each_identity_portal, refusal_reason, signed_in,
};

impl Scene {
    /// Signs out by a former cookie while something is about to give the browser another one.
    async fn leave_beside(&self, point: &'static str, former: &SessionKey, work: impl Future<Output = ()>) {
        let held = self.identity.custody().environment.hold_point(point);
        let leave = async {
            held.arrived().await;
            let release = async {
                tokio::time::sleep(WHILE).await;
                held.release();
            };
            tokio::join!(session::sign_out(self.identity.custody(), former), release).0.unwrap();
        };
        tokio::join!(work, leave);
    }
}

#[tokio::test]
async fn a_sign_out_beside_a_sign_in_of_the_same_browser_ends_what_it_opens() {
    for mut scene in scenes().await {
        let (before, after) = (browser("before"), browser("after"));
        scene.identity.visit(&before).await;
        let answer = scene.identity.assertion(&before, &mut scene.second).await;
        let visitor = CeremonyVisitor { next: &after, agent: AGENT, ..CeremonyVisitor::stranger(&before) };
        let work = async {
            scene.identity.passkeys.finish_sign_in(&visitor, &answer).await.unwrap();
        };
        scene.leave_beside("session.opened", &before, work).await;
        assert_eq!(scene.identity.signed_in(&after).await, None, "{}", scene.identity.engine());
    }
}

#[tokio::test]
async fn a_sign_out_beside_a_rise_of_the_same_session_ends_it() {
    for mut scene in scenes().await {
        let Begin::Check(answer) = scene.check().await else { panic!("a check") };
        let (before, after) = (scene.thief.key, browser("after"));
        let thief = scene.thief.clone();
        let visitor = CeremonyVisitor { next: &after, ..signed_in(&thief) };
        let work = async {
            scene.identity.passkeys.finish_verification(&visitor, &answer).await.unwrap();
        };
        scene.leave_beside("session.raised", &before, work).await;
        assert_eq!(scene.identity.signed_in(&after).await, None, "{}", scene.identity.engine());
    }
}

#[tokio::test]
async fn a_sign_out_by_the_first_of_many_cookies_ends_the_session_that_has_the_last() {
    for mut scene in scenes().await {
        let first = scene.thief.key;
        for name in ["second", "third", "fourth"] {
            let Begin::Check(answer) = scene.check().await else { panic!("a check") };
            let next = browser(name);
            let thief = scene.thief.clone();
            let visitor = CeremonyVisitor { next: &next, ..signed_in(&thief) };
            scene.thief = scene.identity.passkeys.finish_verification(&visitor, &answer).await.unwrap();
        }
        assert!(scene.identity.signed_in(&scene.thief.key).await.is_some());
        session::sign_out(scene.identity.custody(), &first).await.unwrap();
        assert_eq!(scene.identity.signed_in(&scene.thief.key).await, None, "{}", scene.identity.engine());
    }
}

#[tokio::test]
async fn a_ticket_that_a_card_has_won_goes_with_a_sign_out_by_the_cookie_from_before_it() {
    for is_beside in [false, true] {
        for scene in scenes().await {
            let (identity, before, after) = (&scene.identity, browser("before"), browser("after"));
            let visitor = CeremonyVisitor { next: &after, ..CeremonyVisitor::stranger(&before) };
            let recover = async {
                identity.show(&visitor, CardPurpose::Recover, &scene.owner.card, None).await.unwrap();
            };
            if is_beside {
                scene.leave_beside("ticket.given", &before, recover).await;
            } else {
                recover.await;
                assert!(enrol::has_ticket(identity.custody(), &after).await.unwrap());
                session::sign_out(identity.custody(), &before).await.unwrap();
            }
            let label = format!("{} beside: {is_beside}", identity.engine());
            assert!(!enrol::has_ticket(identity.custody(), &after).await.unwrap(), "{label}");
            let visitor = CeremonyVisitor::stranger(&after);
            let refused = identity.passkeys.begin_registration(&visitor).await;
            assert!(refused.is_err(), "{label}");
        }
    }
}

#[tokio::test]
async fn nothing_is_written_in_the_name_of_a_session_that_has_ended() {
    for scene in scenes().await {
        let (custody, portal) = (scene.identity.custody(), scene.portal());
        let by = PresentOwner { who: &scene.thief, scope: &scene.scope };
        let draft = NewDraft { state: ConsentState::default(), origin: VersionOrigin::Page, base: 0 };
        portal.draft_consent(by, draft.clone()).await.unwrap();
        session::sign_out_others(custody, &scene.owner.who).await.unwrap();
        let mut other = draft.clone();
        other.state.settings.treatment_window_hours = 48;
        assert_eq!(refusal_reason(portal.draft_consent(by, other).await), "session-ended");
        let shown = fingerprint(&draft.state).unwrap();
        assert_eq!(refusal_reason(portal.drop_consent_draft(by, &shown).await), "session-ended");
        assert_eq!(refusal_reason(portal.all_notices_read(by).await), "session-ended");
        assert_eq!(
            refusal_reason(enrol::agree_to_privacy(custody, &scene.thief, "2026-12").await),
            "session-ended"
        );
        let kept = portal.consent_draft(&scene.scope).await.unwrap();
        assert_eq!(kept.map(|kept| kept.state), Some(draft.state), "{}", scene.identity.engine());
    }
}

#[tokio::test]
async fn nobody_is_told_that_no_other_session_was_ended() {
    for identity in each_identity_portal().await {
        let EnrolledPerson { who, .. } = identity.enrolled(1).await;
        for _ in 0..3 {
            assert_eq!(session::sign_out_others(identity.custody(), &who).await.unwrap(), 0);
        }
        let told = identity.events().await.into_iter().filter(|kind| kind == "session.ended-elsewhere");
        assert_eq!(told.count(), 0, "{}", identity.engine());
    }
}
