//! Store functions of sessions, on both engines.

mod people;

use people::{LATER, NOW, account, uuid};
use techo_model::{AccountId, SessionId, UnixMillis};
use techo_store::{
    testing::each_engine,
    vault::sessions::{SessionLimits, SessionRecord},
};

const LIMITS: SessionLimits =
    SessionLimits { seen_after: UnixMillis(NOW.0 - 10_000), begun_after: UnixMillis(NOW.0 - 20_000) };

fn session(key: [u8; 32], account: Option<AccountId>) -> SessionRecord {
    SessionRecord {
        session_key: key.to_vec(),
        session_id: SessionId(uuid(u128::from(key[0]))),
        door: "portal".into(),
        data: "{}".into(),
        account_id: account,
        passkey_id: None,
        signed_in_at: account.map(|_| NOW),
        verified_at: account.map(|_| NOW),
        card_verified_at: None,
        agent: "Chrome / Android".into(),
        created_at: NOW,
        last_seen_at: NOW,
    }
}

#[tokio::test]
async fn a_session_that_was_signed_out_is_not_brought_back_by_a_slow_request() {
    for test in each_engine().await {
        let (vault, key) = (&test.stores.vault, [1; 32]);
        let owner = account(vault, 1).await;
        let record = session(key, Some(owner));
        assert!(vault.create_session(&record).await.unwrap());
        assert_eq!(vault.session(&key, "portal", LIMITS).await.unwrap().as_ref(), Some(&record));

        vault.revoke_session(&key, LATER).await.unwrap();
        vault.save_session(&key, r#"{"slow":true}"#).await.unwrap();
        vault.touch_session(&key, LATER).await.unwrap();
        vault.delete_session(&key).await.unwrap();
        let continued = SessionRecord { session_key: vec![2; 32], ..record };
        assert!(!vault.create_session(&continued).await.unwrap(), "{}", test.engine);
        for key in [key, [2; 32]] {
            assert_eq!(vault.session(&key, "portal", LIMITS).await.unwrap(), None, "{}", test.engine);
        }
    }
}

#[tokio::test]
async fn saving_a_session_that_is_not_there_makes_none() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        vault.save_session(&[3; 32], "{}").await.unwrap();
        assert_eq!(vault.session(&[3; 32], "portal", LIMITS).await.unwrap(), None, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_session_of_one_door_is_worth_nothing_at_another() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        assert!(vault.create_session(&session([1; 32], None)).await.unwrap());
        assert_eq!(vault.session(&[1; 32], "console", LIMITS).await.unwrap(), None, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_or_too_old() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        assert!(vault.create_session(&session([1; 32], None)).await.unwrap());
        for over in
            [SessionLimits { seen_after: NOW, ..LIMITS }, SessionLimits { begun_after: NOW, ..LIMITS }]
        {
            assert_eq!(vault.session(&[1; 32], "portal", over).await.unwrap(), None, "{}", test.engine);
        }
        assert_eq!(vault.purge_sessions(LIMITS).await.unwrap(), 0);
        let over = SessionLimits { seen_after: NOW, ..LIMITS };
        assert_eq!(vault.purge_sessions(over).await.unwrap(), 1, "{}", test.engine);
    }
}

#[tokio::test]
async fn signing_out_everywhere_also_stops_sessions_that_are_just_beginning() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (owner, other) = (account(vault, 1).await, account(vault, 2).await);
        for (key, account) in [([1; 32], owner), ([2; 32], owner), ([3; 32], other)] {
            assert!(vault.create_session(&session(key, Some(account))).await.unwrap());
        }
        let mut tx = vault.begin().await.unwrap();
        vault.mark_signed_out(&mut tx, owner, LATER).await.unwrap();
        assert_eq!(vault.revoke_all_sessions(&mut tx, owner, LATER).await.unwrap(), 2);
        tx.commit().await.unwrap();

        assert!(!vault.create_session(&session([4; 32], Some(owner))).await.unwrap(), "{}", test.engine);
        let after = SessionRecord { signed_in_at: Some(LATER), ..session([5; 32], Some(owner)) };
        assert!(vault.create_session(&after).await.unwrap());
        let keys = |found: Vec<SessionRecord>| found.iter().map(|it| it.session_key[0]).collect::<Vec<_>>();
        assert_eq!(keys(vault.sessions_of(owner, LIMITS).await.unwrap()), [5], "{}", test.engine);
        assert_eq!(keys(vault.sessions_of(other, LIMITS).await.unwrap()), [3], "{}", test.engine);
    }
}

#[tokio::test]
async fn one_session_or_all_but_one_can_be_ended_and_only_by_their_owner() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (owner, other) = (account(vault, 1).await, account(vault, 2).await);
        for key in [[1; 32], [2; 32], [3; 32]] {
            assert!(vault.create_session(&session(key, Some(owner))).await.unwrap());
        }
        let second = SessionId(uuid(2));
        let mut tx = vault.begin().await.unwrap();
        assert!(!vault.revoke_session_of(&mut tx, other, second, LATER).await.unwrap());
        assert!(vault.revoke_session_of(&mut tx, owner, second, LATER).await.unwrap());
        assert!(!vault.revoke_session_of(&mut tx, owner, second, LATER).await.unwrap());
        assert_eq!(vault.revoke_other_sessions(&mut tx, owner, &[1; 32], LATER).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert!(vault.session(&[1; 32], "portal", LIMITS).await.unwrap().is_some(), "{}", test.engine);
        assert!(vault.session(&[3; 32], "portal", LIMITS).await.unwrap().is_none(), "{}", test.engine);
    }
}
