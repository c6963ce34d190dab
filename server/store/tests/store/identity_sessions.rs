//! Store functions of sessions, on both engines.

use crate::people::{LATER, NOW, account, passkey, uuid};
use techo_model::{AccountId, PasskeyId, SessionId, UnixMillis, account::SessionDoor};
use techo_store::{
    Vault,
    testing::each_engine,
    vault::{
        sessions::{ClaimedSession, OpenedSession, RaisedSession, SessionLimits, SessionRecord},
        share_codes::{CodeHolder, ShareCodeRow},
    },
};

const LIMITS: SessionLimits =
    SessionLimits { seen_after: UnixMillis(NOW.0 - 10_000), begun_after: UnixMillis(NOW.0 - 20_000) };

/// A stranger's session.
fn session(key: [u8; 32]) -> SessionRecord {
    SessionRecord {
        session_key: key.to_vec(),
        session_id: SessionId(uuid(u128::from(key[0]))),
        door: SessionDoor::Portal,
        data: "{}".into(),
        account_id: None,
        passkey_id: None,
        signed_in_at: None,
        verified_at: None,
        card_verified_at: None,
        agent: String::new(),
        created_at: NOW,
        last_seen_at: NOW,
    }
}

/// The cookie that a browser has before somebody signs in.
fn before(key: [u8; 32]) -> [u8; 32] {
    [key[0] + 100; 32]
}

/// Opens a session of an account whose passkey has the number of its key, in the place of a stranger's.
async fn open(vault: &Vault, key: [u8; 32], account: AccountId, passkey: PasskeyId) -> bool {
    let stranger = SessionRecord { session_id: SessionId(uuid(u128::from(key[0]))), ..session(before(key)) };
    vault.keep_session(&stranger).await.expect("the vault answers");
    let mut tx = vault.begin().await.expect("the vault answers");
    let session_id = vault.take_session(&mut tx, &before(key), NOW).await.expect("the vault answers");
    let opened = OpenedSession {
        key: &key,
        session_id: session_id.expect("the stranger's session has not ended"),
        account_id: account,
        passkey_id: passkey,
        at: NOW,
        card_verified_at: None,
        agent: "Chrome / Android",
    };
    let done = vault.open_session(&mut tx, &opened).await.expect("the vault answers");
    tx.commit().await.expect("the vault answers");
    done
}

async fn is_there(vault: &Vault, key: [u8; 32]) -> bool {
    vault.session(&key, SessionDoor::Portal, LIMITS).await.expect("the vault answers").is_some()
}

#[tokio::test]
async fn a_session_that_was_signed_out_is_not_brought_back_by_a_slow_request() {
    for test in each_engine().await {
        let (vault, key) = (&test.stores.vault, [1; 32]);
        let owner = account(vault, 1).await;
        let passkey = passkey(vault, 1, owner).await;
        assert!(open(vault, key, owner, passkey).await);
        let found = vault.session(&key, SessionDoor::Portal, LIMITS).await.unwrap().unwrap();
        assert_eq!((found.account_id, found.passkey_id), (Some(owner), Some(passkey)));

        let mut tx = vault.begin().await.unwrap();
        let ended = vault.revoke_session(&mut tx, &before(key), LATER).await.unwrap();
        assert_eq!(ended.as_deref(), Some(key.as_slice()), "{}", test.engine);
        tx.commit().await.unwrap();
        vault.save_session(&key, r#"{"slow":true}"#).await.unwrap();
        vault.touch_session(&key, LATER).await.unwrap();
        vault.delete_session(&key).await.unwrap();
        vault.keep_session(&session(key)).await.unwrap();
        assert!(!is_there(vault, key).await, "{}: signed out by the cookie that it had before", test.engine);
        let mut tx = vault.begin().await.unwrap();
        assert_eq!(vault.take_session(&mut tx, &key, LATER).await.unwrap(), None);
        let raised = RaisedSession {
            key: &[2; 32],
            former_key: &key,
            session_id: SessionId(uuid(1)),
            passkey_id: passkey,
            verified_at: LATER,
            card_verified_at: None,
            at: LATER,
        };
        assert!(!vault.raise_session(&mut tx, &raised).await.unwrap(), "{}", test.engine);
    }
}

#[tokio::test]
async fn a_session_is_opened_raised_and_found_only_while_account_and_passkey_are_active() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (owner, other) = (account(vault, 1).await, account(vault, 2).await);
        let passkey = passkey(vault, 1, owner).await;
        assert!(!open(vault, [9; 32], other, passkey).await, "the passkey of somebody else");
        assert!(open(vault, [1; 32], owner, passkey).await);
        let claimed = ClaimedSession { key: &[1; 32], session_id: SessionId(uuid(1)), account_id: owner };
        assert!(vault.session_is_live_now(claimed, LIMITS).await.unwrap());

        let mut tx = vault.begin().await.unwrap();
        assert_eq!(vault.suspend_passkeys(&mut tx, owner).await.unwrap(), 1);
        assert!(!vault.session_is_live(&mut tx, claimed, LIMITS).await.unwrap());
        let raised = RaisedSession {
            key: &[2; 32],
            former_key: &[1; 32],
            session_id: SessionId(uuid(1)),
            passkey_id: passkey,
            verified_at: LATER,
            card_verified_at: None,
            at: LATER,
        };
        assert!(!vault.raise_session(&mut tx, &raised).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!is_there(vault, [1; 32]).await, "{}", test.engine);
        assert!(vault.sessions_of(owner, LIMITS).await.unwrap().is_empty());
        assert!(!vault.session_is_live_now(claimed, LIMITS).await.unwrap());
        assert!(!open(vault, [3; 32], owner, passkey).await, "{}", test.engine);

        let mut tx = vault.begin().await.unwrap();
        assert!(vault.confirm_passkey(&mut tx, owner, passkey).await.unwrap());
        assert!(vault.raise_session(&mut tx, &raised).await.unwrap());
        tx.commit().await.unwrap();
        assert!(is_there(vault, [2; 32]).await && !is_there(vault, [1; 32]).await, "{}", test.engine);
    }
}

#[tokio::test]
async fn every_cookie_that_a_session_ever_had_leads_to_it_until_it_could_not_run_any_more() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let owner = account(vault, 1).await;
        let passkey = passkey(vault, 1, owner).await;
        assert!(open(vault, [1; 32], owner, passkey).await);
        let mut tx = vault.begin().await.unwrap();
        for number in 2..5 {
            let raised = RaisedSession {
                key: &[number; 32],
                former_key: &[number - 1; 32],
                session_id: SessionId(uuid(1)),
                passkey_id: passkey,
                verified_at: LATER,
                card_verified_at: None,
                at: LATER,
            };
            assert!(vault.raise_session(&mut tx, &raised).await.unwrap());
        }
        tx.commit().await.unwrap();
        for cookie in [before([1; 32]), [1; 32], [2; 32], [3; 32], [4; 32]] {
            let mut tx = vault.begin().await.unwrap();
            let ended = vault.revoke_session(&mut tx, &cookie, LATER).await.unwrap();
            assert_eq!(ended.as_deref(), Some(&[4; 32][..]), "{}: {cookie:?}", test.engine);
            tx.rollback().await.unwrap();
        }
        let over = SessionLimits { seen_after: LIMITS.seen_after, begun_after: LATER };
        vault.purge_sessions(over).await.unwrap();
        let mut tx = vault.begin().await.unwrap();
        assert_eq!(vault.revoke_session(&mut tx, &[3; 32], LATER).await.unwrap(), None, "{}", test.engine);
    }
}

#[tokio::test]
async fn saving_a_session_that_is_not_there_makes_none() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        vault.save_session(&[3; 32], "{}").await.unwrap();
        assert_eq!(
            vault.session(&[3; 32], SessionDoor::Portal, LIMITS).await.unwrap(),
            None,
            "{}",
            test.engine
        );
    }
}

#[tokio::test]
async fn a_session_of_one_door_is_worth_nothing_at_another() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        vault.keep_session(&session([1; 32])).await.unwrap();
        assert_eq!(
            vault.session(&[1; 32], SessionDoor::Console, LIMITS).await.unwrap(),
            None,
            "{}",
            test.engine
        );
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_or_too_old() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        vault.keep_session(&session([1; 32])).await.unwrap();
        for over in
            [SessionLimits { seen_after: NOW, ..LIMITS }, SessionLimits { begun_after: NOW, ..LIMITS }]
        {
            assert_eq!(
                vault.session(&[1; 32], SessionDoor::Portal, over).await.unwrap(),
                None,
                "{}",
                test.engine
            );
        }
        assert_eq!(vault.purge_sessions(LIMITS).await.unwrap(), 0);
        let over = SessionLimits { seen_after: NOW, ..LIMITS };
        assert_eq!(vault.purge_sessions(over).await.unwrap(), 1, "{}", test.engine);
    }
}

#[tokio::test]
async fn one_session_or_all_but_one_or_all_can_be_ended_and_only_by_their_owner() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (owner, other) = (account(vault, 1).await, account(vault, 2).await);
        let keys = [passkey(vault, 1, owner).await, passkey(vault, 2, other).await];
        for number in [1, 2, 3] {
            assert!(open(vault, [number; 32], owner, keys[0]).await);
        }
        assert!(open(vault, [4; 32], other, keys[1]).await);
        let second = SessionId(uuid(2));
        let mut tx = vault.begin().await.unwrap();
        assert!(!vault.revoke_session_of(&mut tx, other, second, LATER).await.unwrap());
        assert!(vault.revoke_session_of(&mut tx, owner, second, LATER).await.unwrap());
        assert!(!vault.revoke_session_of(&mut tx, owner, second, LATER).await.unwrap());
        let others = vault.revoke_other_sessions(&mut tx, owner, SessionId(uuid(1)), LATER).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(others, 1, "{}", test.engine);
        let left = vault.sessions_of(owner, LIMITS).await.unwrap();
        assert_eq!(left.iter().map(|it| it.session_key[0]).collect::<Vec<_>>(), [1], "{}", test.engine);
        let mut tx = vault.begin().await.unwrap();
        assert_eq!(vault.revoke_all_sessions(&mut tx, owner, LATER).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert!(!is_there(vault, [1; 32]).await && is_there(vault, [4; 32]).await, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_share_code_is_reserved_for_one_asker_and_used_once() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let owner = account(vault, 1).await;
        let resident = vault.account(owner).await.unwrap().unwrap().resident_id;
        let code =
            ShareCodeRow { made_at: NOW, expires_at: LATER, used_at: None, used_by: None, held_by: None };
        let (lookup, session) = ([1; 32], SessionId(uuid(1)));
        let holder = |organisation, key| CodeHolder { organisation, key };
        let (own, same_place) = (holder("1", &[1; 32]), holder("1", &[2; 32]));
        let elsewhere = holder("2", &[1; 32]);
        let mut tx = vault.begin().await.unwrap();
        vault.put_share_code(&mut tx, (resident, session), &lookup, &code).await.unwrap();
        assert!(
            !vault.use_share_code(&mut tx, (resident, &lookup), own, NOW).await.unwrap(),
            "{}",
            test.engine
        );
        for (asker, found) in [(own, true), (same_place, false), (elsewhere, false), (own, true)] {
            let reserved = vault.reserve_share_code(&mut tx, &[[9; 32], lookup], asker, NOW).await.unwrap();
            assert_eq!(reserved, found.then_some((resident, lookup)), "{asker:?} on {}", test.engine);
        }
        assert!(vault.holds_share_code(&mut tx, &[lookup], "1", NOW).await.unwrap(), "{}", test.engine);
        assert!(!vault.holds_share_code(&mut tx, &[lookup], "2", NOW).await.unwrap(), "{}", test.engine);
        for (asker, done) in [(same_place, false), (elsewhere, false), (own, true), (own, false)] {
            let used = vault.use_share_code(&mut tx, (resident, &lookup), asker, LATER).await.unwrap();
            assert_eq!(used, done, "{asker:?} on {}", test.engine);
        }
        assert_eq!(vault.reserve_share_code(&mut tx, &[lookup], own, NOW).await.unwrap(), None);
        // Another code in its place is free again.
        vault.put_share_code(&mut tx, (resident, session), &[3; 32], &code).await.unwrap();
        let other = vault.reserve_share_code(&mut tx, &[[3; 32]], elsewhere, NOW).await.unwrap();
        assert_eq!(other, Some((resident, [3; 32])), "{}", test.engine);
        assert_eq!(vault.reserve_share_code(&mut tx, &[[3; 32]], elsewhere, LATER).await.unwrap(), None);
        tx.commit().await.unwrap();
    }
}
