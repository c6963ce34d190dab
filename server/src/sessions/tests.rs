//! What sessions promise, on real databases.

use super::{
    CurrentSession, NextCookie, VaultSessions,
    store::{SIGNED_IN, key_of},
};
use std::{sync::Arc, time::Duration};
use techo_identity::{
    access::testing,
    session::{self, ABSOLUTE, CeremonyVisitor, IDLE, SignedIn},
};
use techo_model::{AccountId, account::SessionDoor};
use techo_testkit::{TestInstallation, each_installation, people::citizen};
use tower_sessions::{Session, SessionStore as _, session::Id};

fn sessions(installation: &TestInstallation) -> Arc<VaultSessions> {
    Arc::new(VaultSessions::new(installation.custody.clone(), SessionDoor::Portal))
}

/// An account of somebody, so that they can be signed in.
async fn somebody(installation: &TestInstallation) -> AccountId {
    citizen(installation, 1).await.account()
}

#[tokio::test]
async fn a_stranger_gets_a_session_with_its_key_and_keeps_it() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let current = CurrentSession::new(Session::new(None, Arc::clone(&store), None));
        assert_eq!(current.existing_key().await.unwrap(), None);
        let key = current.key().await.unwrap();
        assert_eq!(current.key().await.unwrap(), key);
        current.change(|data| data.flash = Some("signed-out".into())).await.unwrap();
        assert_eq!(current.key().await.unwrap(), key);
    }
}

#[tokio::test]
async fn a_notice_is_taken_once() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let session = Session::new(None, Arc::clone(&store), None);
        let current = CurrentSession::new(session.clone());
        current.change(|data| data.flash = Some("signed-out".into())).await.unwrap();
        session.save().await.unwrap();
        let next = CurrentSession::new(Session::new(session.id(), store, None));
        assert_eq!(next.take_flash().await.unwrap().as_deref(), Some("signed-out"));
        assert_eq!(next.take_flash().await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_slow_request_saves_nothing_into_a_session_that_was_signed_out_meanwhile() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let first = Session::new(None, Arc::clone(&store), None);
        let key = CurrentSession::new(first.clone()).key().await.unwrap();
        let slow = Session::new(first.id(), Arc::clone(&store), None);
        slow.insert("portal", "slow").await.unwrap();
        session::sign_out(&store.custody, &key).await.unwrap();
        CurrentSession::new(first.clone()).forget().await.unwrap();
        let id = slow.id().unwrap();
        slow.save().await.unwrap();
        assert_eq!(store.load(&id).await.unwrap(), None, "{}", installation.engine());
    }
}

#[tokio::test]
async fn what_is_said_after_signing_out_goes_into_a_session_of_its_own() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let session = Session::new(None, Arc::clone(&store), None);
        let current = CurrentSession::new(session.clone());
        let key = current.key().await.unwrap();
        let before = session.id().unwrap();
        session::sign_out(&store.custody, &key).await.unwrap();
        current.forget().await.unwrap();
        current.change(|data| data.flash = Some("signed-out".into())).await.unwrap();
        session.save().await.unwrap();
        let after = session.id().unwrap();
        assert_ne!(after, before);
        assert_eq!(store.load(&before).await.unwrap(), None, "{}", installation.engine());
        let next = CurrentSession::new(Session::new(Some(after), store, None));
        assert_eq!(next.take_flash().await.unwrap().as_deref(), Some("signed-out"));
    }
}

#[tokio::test]
async fn who_is_signed_in_cannot_be_changed_by_saving_data() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let session = Session::new(None, Arc::clone(&store), None);
        CurrentSession::new(session.clone()).key().await.unwrap();
        let forged = serde_json::json!({
            "key": vec![0; 32], "session": uuid::Uuid::nil(), "account": uuid::Uuid::nil(), "passkey": uuid::Uuid::nil(),
            "at": 1, "verified_at": 1, "card_verified_at": null, "agent": "",
        });
        session.insert(SIGNED_IN, forged).await.unwrap();
        session.save().await.unwrap();
        let loaded = store.load(&session.id().unwrap()).await.unwrap().unwrap();
        assert!(!loaded.data.contains_key(SIGNED_IN), "{}", installation.engine());
    }
}

/// Signs somebody in within a session, as a handler does.
async fn rise(store: &VaultSessions, current: &CurrentSession, account: AccountId) -> SignedIn {
    let key = current.key().await.expect("a session");
    let next = NextCookie::draw(&store.custody.environment);
    let visitor = CeremonyVisitor { next: next.key(), ..CeremonyVisitor::stranger(&key) };
    let who = testing::sign_in(&store.custody, account, &visitor).await;
    current.rise(next, Some(&who)).await.expect("a new cookie");
    who
}

async fn opened(installation: &TestInstallation, store: &Arc<VaultSessions>) -> (Id, SignedIn) {
    let account = somebody(installation).await;
    let session = Session::new(None, Arc::clone(store), None);
    let who = rise(store, &CurrentSession::new(session.clone()), account).await;
    (session.id().expect("an id"), who)
}

#[tokio::test]
async fn signing_in_changes_the_cookie_and_the_old_one_is_dead_at_once() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let session = Session::new(None, Arc::clone(&store), None);
        let current = CurrentSession::new(session.clone());
        current.change(|data| data.language = Some("en".into())).await.unwrap();
        current.key().await.unwrap();
        let before = session.id().unwrap();
        let account = somebody(&installation).await;
        let who = rise(&store, &current, account).await;
        assert_eq!(store.load(&before).await.unwrap(), None);
        let after = session.id().unwrap();
        assert_ne!(before, after);
        let next = CurrentSession::new(Session::new(Some(after), Arc::clone(&store), None));
        assert_eq!(next.signed_in().await.unwrap(), Some(who));
        assert_eq!(next.data().await.unwrap().language.as_deref(), Some("en"), "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_rise_in_rights_keeps_the_session_in_the_list_and_changes_its_cookie() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let (before, who) = opened(&installation, &store).await;
        store.custody.environment.advance(Duration::from_mins(10));
        let session = Session::new(Some(before), Arc::clone(&store), None);
        let current = CurrentSession::new(session.clone());
        let next = NextCookie::draw(&store.custody.environment);
        let visitor = CeremonyVisitor {
            next: next.key(),
            signed_in: Some(&who),
            ..CeremonyVisitor::stranger(&who.key)
        };
        let risen = testing::verify(&store.custody, &visitor).await.unwrap();
        assert_eq!(store.load(&before).await.unwrap(), None, "dead before the answer leaves");
        current.rise(next, Some(&risen)).await.unwrap();
        let list = session::list_sessions(&store.custody, &who).await.unwrap();
        assert_eq!(list.iter().map(|line| line.id).collect::<Vec<_>>(), [who.session]);
        let next = CurrentSession::new(Session::new(session.id(), Arc::clone(&store), None));
        assert_eq!(next.signed_in().await.unwrap(), Some(risen), "{}", installation.engine());
    }
}

#[tokio::test]
async fn signing_out_with_the_cookie_from_before_a_rise_ends_the_session_under_its_new_one() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let (before, who) = opened(&installation, &store).await;
        let next = NextCookie::draw(&store.custody.environment);
        let visitor = CeremonyVisitor {
            next: next.key(),
            signed_in: Some(&who),
            ..CeremonyVisitor::stranger(&who.key)
        };
        testing::verify(&store.custody, &visitor).await.unwrap();
        session::sign_out(&store.custody, &key_of(&before)).await.unwrap();
        let after = session::load_session(&store.custody, next.key(), SessionDoor::Portal).await.unwrap();
        assert_eq!(after, None, "{}", installation.engine());
        // And nothing that is still on its way brings it back.
        let session = Session::new(None, Arc::clone(&store), None);
        CurrentSession::new(session.clone()).rise(next, Some(&who)).await.unwrap();
        let after = session::load_session(&store.custody, next.key(), SessionDoor::Portal).await.unwrap();
        assert_eq!(after, None, "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_session_ends_after_fifteen_idle_minutes_and_reading_keeps_it_alive() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let (id, _) = opened(&installation, &store).await;
        for _ in 0..4 {
            store.custody.environment.advance(IDLE - Duration::from_mins(1));
            assert!(store.load(&id).await.unwrap().is_some());
        }
        store.custody.environment.advance(IDLE);
        assert_eq!(store.load(&id).await.unwrap(), None, "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_session_ends_after_eight_hours_whatever_is_done() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let (id, who) = opened(&installation, &store).await;
        while store.custody.environment.now().plus(Duration::from_mins(10)) < who.ends_at() {
            store.custody.environment.advance(Duration::from_mins(10));
            assert!(store.load(&id).await.unwrap().is_some());
        }
        store.custody.environment.advance(Duration::from_mins(10));
        assert_eq!(store.load(&id).await.unwrap(), None, "{}", installation.engine());
        assert_eq!(who.ends_at(), who.at.plus(ABSOLUTE));
    }
}

#[tokio::test]
async fn a_rise_in_rights_that_comes_after_signing_out_opens_nothing() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let (id, who) = opened(&installation, &store).await;
        let next = NextCookie::draw(&store.custody.environment);
        let visitor = CeremonyVisitor {
            next: next.key(),
            signed_in: Some(&who),
            ..CeremonyVisitor::stranger(&who.key)
        };
        session::sign_out(&store.custody, &key_of(&id)).await.unwrap();
        testing::verify(&store.custody, &visitor).await.unwrap_err();
        for key in [next.key(), &who.key] {
            let found = session::load_session(&store.custody, key, SessionDoor::Portal).await.unwrap();
            assert_eq!(found, None, "{}", installation.engine());
        }
        assert_eq!(session::list_sessions(&store.custody, &who).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_portal_cookie_is_worth_nothing_at_the_console() {
    for installation in each_installation().await {
        let store = sessions(&installation);
        let (id, _) = opened(&installation, &store).await;
        let console = VaultSessions::new(store.custody.clone(), SessionDoor::Console);
        assert_eq!(console.load(&id).await.unwrap(), None, "{}", installation.engine());
        assert!(key_of(&id) != key_of(&Id(0)));
    }
}
