//! Codes that citizens show at a counter.

use crate::people::{EARLIER, LATER, NOW, account, hash, resident, uuid};
use techo_model::{AccountId, ResidentId, SessionId, UnixMillis};
use techo_store::{
    StoreError, Vault,
    testing::{TestStores, each_engine},
    vault::share_codes::{CodeHolder, ShareCodeRow},
};

const CLINIC: &str = "1310000001";
const HOLDER: CodeHolder<'static> = CodeHolder { organisation: CLINIC, key: &[7; 32] };
const SESSION: SessionId = SessionId(uuid(51));
const OTHER_SESSION: SessionId = SessionId(uuid(52));

fn unused() -> ShareCodeRow {
    ShareCodeRow { made_at: NOW, expires_at: LATER, used_at: None, used_by: None, held_by: None }
}

/// Somebody with an account, and their code with this number.
async fn with_code(vault: &Vault, number: u128) -> (ResidentId, AccountId) {
    let account = account(vault, number).await;
    give_code(vault, ResidentId(uuid(number)), number).await;
    (ResidentId(uuid(number)), account)
}

async fn give_code(vault: &Vault, whose: ResidentId, number: u128) {
    let mut tx = vault.begin().await.unwrap();
    vault.put_share_code(&mut tx, (whose, SESSION), &hash(number), &unused()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Reserves a code and uses it up.
async fn take(vault: &Vault, number: u128, at: UnixMillis) -> Option<ResidentId> {
    let mut tx = vault.begin().await.unwrap();
    let found = vault.reserve_share_code(&mut tx, &[hash(99), hash(number)], HOLDER, at).await.unwrap();
    if let Some((resident, lookup)) = found {
        assert_eq!(lookup, hash(number));
        assert!(vault.use_share_code(&mut tx, (resident, &lookup), HOLDER, at).await.unwrap());
    }
    tx.commit().await.unwrap();
    found.map(|(resident, _)| resident)
}

#[tokio::test]
async fn a_code_is_taken_once_before_its_end_and_says_by_whom() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (whose, _) = with_code(vault, 1).await;
        assert_eq!(vault.share_code(whose).await.unwrap(), Some(unused()), "{engine}");
        assert_eq!(take(vault, 1, LATER).await, None, "{engine}: not at its end");
        assert_eq!(take(vault, 2, NOW).await, None, "{engine}: not another one");
        assert_eq!(take(vault, 1, NOW).await, Some(whose), "{engine}");
        assert_eq!(take(vault, 1, NOW).await, None, "{engine}: once");
        let by = || Some(CLINIC.to_owned());
        let used = ShareCodeRow { used_at: Some(NOW), used_by: by(), held_by: by(), ..unused() };
        assert_eq!(vault.share_code(whose).await.unwrap(), Some(used), "{engine}");
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.holds_share_code(&mut tx, &[hash(1)], CLINIC, NOW).await.unwrap(), "{engine}");
        assert!(
            !vault.holds_share_code(&mut tx, &[hash(1)], CLINIC, LATER).await.unwrap(),
            "{engine}: no longer"
        );
        assert!(
            !vault.holds_share_code(&mut tx, &[hash(1)], "1310000002", NOW).await.unwrap(),
            "{engine}: only it"
        );
        assert!(!vault.holds_share_code(&mut tx, &[hash(2)], CLINIC, NOW).await.unwrap(), "{engine}");
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_code_that_is_reserved_is_reserved_again_by_the_same_asker_and_used_by_nobody_else() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (whose, _) = with_code(vault, 1).await;
        let others =
            [CodeHolder { organisation: "1310000002", ..HOLDER }, CodeHolder { key: &[8; 32], ..HOLDER }];
        let mut tx = vault.begin().await.unwrap();
        for _ in 0..2 {
            let held = vault.reserve_share_code(&mut tx, &[hash(1)], HOLDER, NOW).await.unwrap();
            assert_eq!(held, Some((whose, hash(1))), "{engine}");
        }
        for other in others {
            let held = vault.reserve_share_code(&mut tx, &[hash(1)], other, NOW).await.unwrap();
            assert_eq!(held, None, "{engine}");
            assert!(!vault.use_share_code(&mut tx, (whose, &hash(1)), other, NOW).await.unwrap(), "{engine}");
        }
        assert!(vault.use_share_code(&mut tx, (whose, &hash(1)), HOLDER, LATER).await.unwrap(), "{engine}");
        assert!(!vault.use_share_code(&mut tx, (whose, &hash(1)), HOLDER, LATER).await.unwrap(), "{engine}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_new_code_takes_the_place_of_the_former_one_and_no_two_people_have_the_same() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (first, _) = with_code(vault, 1).await;
        take(vault, 1, NOW).await;
        give_code(vault, first, 3).await;
        assert_eq!(vault.share_code(first).await.unwrap(), Some(unused()), "{engine}");
        assert_eq!(take(vault, 1, NOW).await, None, "{engine}: the former one is worth nothing");
        let second = resident(vault, 2).await;
        let mut tx = vault.begin().await.unwrap();
        let same = vault.put_share_code(&mut tx, (second, SESSION), &hash(3), &unused()).await;
        assert!(matches!(same, Err(StoreError::Conflict)), "{engine}: {same:?}");
        tx.rollback().await.unwrap();
        assert_eq!(vault.share_code(second).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn a_code_goes_with_the_sessions_that_end_unless_it_was_used() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (whose, account) = with_code(vault, 1).await;
        let mut tx = vault.begin().await.unwrap();
        vault.void_share_code_of(&mut tx, account, OTHER_SESSION).await.unwrap();
        vault.void_share_code_of_others(&mut tx, account, SESSION).await.unwrap();
        tx.commit().await.unwrap();
        assert!(vault.share_code(whose).await.unwrap().is_some(), "{engine}: its own session goes on");
        let mut tx = vault.begin().await.unwrap();
        vault.void_share_code_of(&mut tx, account, SESSION).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.share_code(whose).await.unwrap(), None, "{engine}");
        give_code(vault, whose, 2).await;
        let mut tx = vault.begin().await.unwrap();
        vault.void_share_code_of_others(&mut tx, account, OTHER_SESSION).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.share_code(whose).await.unwrap(), None, "{engine}");
        give_code(vault, whose, 3).await;
        let mut tx = vault.begin().await.unwrap();
        vault.void_share_code(&mut tx, account).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.share_code(whose).await.unwrap(), None, "{engine}");
        give_code(vault, whose, 4).await;
        take(vault, 4, NOW).await;
        let mut tx = vault.begin().await.unwrap();
        vault.void_share_code(&mut tx, account).await.unwrap();
        tx.commit().await.unwrap();
        assert!(vault.share_code(whose).await.unwrap().is_some(), "{engine}: what became of it can be asked");
    }
}

#[tokio::test]
async fn codes_are_forgotten_once_they_have_ended() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (whose, _) = with_code(vault, 1).await;
        for (before, left) in [(EARLIER, true), (NOW, true), (LATER, false)] {
            let mut tx = vault.begin().await.unwrap();
            vault.purge_share_codes(&mut tx, before).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(vault.share_code(whose).await.unwrap().is_some(), left, "{engine}: {before:?}");
        }
    }
}
