//! Those who work at the console: invitations, passkeys, sessions.

use crate::people::{EARLIER, LATER, NOW, hash, uuid};
use techo_model::{
    PasskeyId, SessionId, StaffId, UnixMillis,
    account::SessionDoor,
    organisation::{Organisation, OrganisationKind},
    paging::PageRequest,
    staff::{StaffRole, StaffState},
};
use techo_store::{
    Tx, Vault,
    testing::{TestStores, each_engine},
    vault::{
        sessions::SuccessorSession,
        staff::{StaffPasskeyRecord, StaffRecord},
        staff_sessions::{OpenedStaffSession, StaffSessionLimits},
    },
};

const CLINIC: &str = "1310000001";
const LIMITS: StaffSessionLimits =
    StaffSessionLimits { seen_after: UnixMillis(NOW.0 - 10_000), begun_after: UnixMillis(NOW.0 - 20_000) };

fn member(number: u128, created_at: UnixMillis) -> StaffRecord {
    StaffRecord {
        staff_id: StaffId(uuid(number)),
        organisation_id: Some(CLINIC.into()),
        role: StaffRole::Clinic,
        name: format!("職員{number}"),
        user_handle: uuid(number + 100),
        state: StaffState::Invited,
        created_at,
        changed_at: created_at,
    }
}

fn passkey(number: u128) -> StaffPasskeyRecord {
    StaffPasskeyRecord {
        passkey_id: PasskeyId(uuid(number + 200)),
        staff_id: StaffId(uuid(number)),
        credential_id: hash(number).to_vec(),
        credential: "{}".into(),
        created_at: NOW,
        last_used_at: None,
    }
}

async fn begin(vault: &Vault) -> Tx {
    vault.begin().await.unwrap()
}

async fn add(vault: &Vault, rows: &[StaffRecord]) {
    let clinic =
        Organisation { id: CLINIC.into(), kind: OrganisationKind::Clinic, name: "架空医院".into() };
    let mut tx = begin(vault).await;
    vault.put_organisation(&mut tx, &clinic, NOW).await.unwrap();
    for row in rows {
        vault.insert_staff(&mut tx, row).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn state(vault: &Vault, id: StaffId) -> StaffState {
    vault.staff(id).await.unwrap().unwrap().state
}

/// Somebody who has joined, with a passkey.
async fn joined(vault: &Vault, number: u128) -> StaffId {
    add(vault, &[member(number, EARLIER)]).await;
    let id = StaffId(uuid(number));
    let mut tx = begin(vault).await;
    assert!(vault.put_staff_passkey(&mut tx, &passkey(number)).await.unwrap());
    assert!(vault.join_staff(&mut tx, id, NOW).await.unwrap());
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn somebody_is_found_by_key_by_handle_and_in_the_list_of_all() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (first, second) = (member(2, EARLIER), member(1, NOW));
        add(vault, &[second.clone(), first.clone()]).await;
        assert_eq!(vault.staff(first.staff_id).await.unwrap(), Some(first.clone()), "{engine}");
        assert_eq!(vault.staff(StaffId(uuid(3))).await.unwrap(), None, "{engine}");
        assert_eq!(vault.staff_by_handle(uuid(101)).await.unwrap(), Some(second.clone()), "{engine}");
        assert_eq!(vault.staff_by_handle(uuid(1)).await.unwrap(), None, "{engine}");
        assert_eq!(
            vault.all_staff(PageRequest::first(9)).await.unwrap().items,
            [first, second],
            "{engine}: oldest first"
        );
        let mut names = vault.staff_names(CLINIC, PageRequest::first(9)).await.unwrap().items;
        names.sort();
        assert_eq!(names, ["職員1", "職員2"], "{engine}");
        let none = vault.staff_names("1310000002", PageRequest::first(9)).await.unwrap();
        assert!(none.items.is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn an_invitation_is_taken_once_before_its_end_and_a_new_one_takes_its_place() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        add(vault, &[member(1, EARLIER)]).await;
        let id = StaffId(uuid(1));
        let mut tx = begin(vault).await;
        vault.put_invitation(&mut tx, id, &hash(7), (NOW, LATER)).await.unwrap();
        vault.put_invitation(&mut tx, id, &hash(8), (NOW, LATER)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.invited(&hash(7), NOW).await.unwrap(), None, "{engine}: the former one");
        assert_eq!(vault.invited(&hash(8), LATER).await.unwrap(), None, "{engine}: at its end");
        assert_eq!(vault.invited(&hash(8), NOW).await.unwrap().unwrap().staff_id, id, "{engine}");
        let mut tx = begin(vault).await;
        assert!(!vault.take_invitation(&mut tx, id, &hash(7), NOW).await.unwrap(), "{engine}");
        assert!(!vault.take_invitation(&mut tx, id, &hash(8), LATER).await.unwrap(), "{engine}");
        assert!(vault.take_invitation(&mut tx, id, &hash(8), NOW).await.unwrap(), "{engine}");
        assert!(!vault.take_invitation(&mut tx, id, &hash(8), NOW).await.unwrap(), "{engine}: once");
        tx.commit().await.unwrap();
        assert_eq!(vault.invited(&hash(8), NOW).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn whoever_is_suspended_loses_the_invitation_and_comes_back_as_what_they_were() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let id = joined(vault, 1).await;
        assert_eq!(state(vault, id).await, StaffState::Active, "{engine}");
        let mut tx = begin(vault).await;
        vault.put_invitation(&mut tx, id, &hash(7), (NOW, LATER)).await.unwrap();
        assert!(vault.lock_staff(&mut tx, id, NOW).await.unwrap(), "{engine}");
        assert!(vault.suspend_staff(&mut tx, id, NOW).await.unwrap(), "{engine}");
        assert!(!vault.lock_staff(&mut tx, id, NOW).await.unwrap(), "{engine}: not who is suspended");
        assert!(!vault.join_staff(&mut tx, id, NOW).await.unwrap(), "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(vault.invited(&hash(7), NOW).await.unwrap(), None, "{engine}");
        let mut tx = begin(vault).await;
        assert!(vault.resume_staff(&mut tx, id, NOW).await.unwrap(), "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(state(vault, id).await, StaffState::Active, "{engine}: with a passkey");
        assert_eq!(vault.invited(&hash(7), NOW).await.unwrap(), None, "{engine}: the invitation is gone");
        let nobody = StaffId(uuid(9));
        let mut tx = begin(vault).await;
        assert!(!vault.lock_staff(&mut tx, nobody, NOW).await.unwrap(), "{engine}");
        assert!(!vault.suspend_staff(&mut tx, nobody, NOW).await.unwrap(), "{engine}");
        assert!(!vault.resume_staff(&mut tx, nobody, NOW).await.unwrap(), "{engine}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn somebody_without_a_passkey_is_invited_again_when_they_are_let_in() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        add(vault, &[member(1, EARLIER)]).await;
        let id = StaffId(uuid(1));
        let mut tx = begin(vault).await;
        vault.suspend_staff(&mut tx, id, NOW).await.unwrap();
        vault.resume_staff(&mut tx, id, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state(vault, id).await, StaffState::Invited, "{engine}");
    }
}

#[tokio::test]
async fn somebody_has_one_passkey_and_no_two_have_the_same_credential() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let id = joined(vault, 1).await;
        add(vault, &[member(2, EARLIER)]).await;
        let theft = StaffPasskeyRecord { credential_id: hash(1).to_vec(), ..passkey(2) };
        let mut tx = begin(vault).await;
        assert!(!vault.put_staff_passkey(&mut tx, &theft).await.unwrap(), "{engine}");
        let second = StaffPasskeyRecord {
            passkey_id: PasskeyId(uuid(300)),
            credential_id: hash(3).to_vec(),
            ..passkey(1)
        };
        assert!(vault.put_staff_passkey(&mut tx, &second).await.unwrap(), "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(vault.staff_passkey(&hash(1)).await.unwrap(), None, "{engine}: the new one and no other");
        let found = vault.staff_passkey(&hash(3)).await.unwrap();
        assert_eq!(found.as_ref().map(|found| found.staff_id), Some(id), "{engine}");
        let mut tx = begin(vault).await;
        let used = ("{}", r#"{"counter":1}"#);
        assert!(vault.note_staff_passkey_use(&mut tx, second.passkey_id, used, LATER).await.unwrap());
        assert!(!vault.note_staff_passkey_use(&mut tx, second.passkey_id, used, LATER).await.unwrap());
        tx.commit().await.unwrap();
        let found = vault.staff_passkey(&hash(3)).await.unwrap().unwrap();
        assert_eq!((found.credential.as_str(), found.last_used_at), (used.1, Some(LATER)), "{engine}");
    }
}

async fn open(vault: &Vault, id: StaffId, passkey_id: PasskeyId, key: u128) -> bool {
    let (key, session_id) = (hash(key), SessionId(uuid(key)));
    let opened = OpenedStaffSession { key: &key, session_id, staff_id: id, passkey_id, at: NOW };
    let mut tx = begin(vault).await;
    let done = vault.open_staff_session(&mut tx, &opened).await.unwrap();
    tx.commit().await.unwrap();
    done
}

#[tokio::test]
async fn a_session_opens_for_the_active_by_their_own_passkey_and_ends_with_them() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (one, two) = (joined(vault, 1).await, joined(vault, 2).await);
        assert!(open(vault, one, passkey(1).passkey_id, 11).await, "{engine}");
        assert!(!open(vault, one, passkey(2).passkey_id, 12).await, "{engine}: by somebody else's passkey");
        let mut tx = begin(vault).await;
        vault.suspend_staff(&mut tx, two, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!open(vault, two, passkey(2).passkey_id, 13).await, "{engine}: of somebody suspended");
        assert_eq!(vault.staff_of_session(&hash(11), LIMITS).await.unwrap(), Some(one), "{engine}");
        for stranger in [12, 13, 14] {
            assert_eq!(vault.staff_of_session(&hash(stranger), LIMITS).await.unwrap(), None, "{engine}");
        }
        let mut tx = begin(vault).await;
        assert_eq!(vault.touch_staff_session_in(&mut tx, &hash(11), NOW, LIMITS).await.unwrap(), Some(one));
        vault.end_staff_sessions(&mut tx, one).await.unwrap();
        assert_eq!(
            vault.touch_staff_session_in(&mut tx, &hash(11), NOW, LIMITS).await.unwrap(),
            None,
            "{engine}"
        );
        tx.commit().await.unwrap();
        assert_eq!(vault.touch_staff_session(&hash(11), NOW, LIMITS).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn a_session_that_is_used_lives_on_until_it_is_too_old_or_was_left_alone() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let one = joined(vault, 1).await;
        open(vault, one, passkey(1).passkey_id, 11).await;
        let at = |seen: i64, begun: i64| StaffSessionLimits {
            seen_after: UnixMillis(NOW.0 + seen),
            begun_after: UnixMillis(NOW.0 + begun),
        };
        assert_eq!(vault.staff_of_session(&hash(11), at(0, -1)).await.unwrap(), None, "{engine}: left alone");
        assert_eq!(
            vault.touch_staff_session(&hash(11), LATER, at(-1, -1)).await.unwrap(),
            Some(one),
            "{engine}"
        );
        let used = vault.staff_of_session(&hash(11), at(0, -1)).await.unwrap();
        assert_eq!(used, Some(one), "{engine}: that it was used is noted");
        assert_eq!(
            vault.touch_staff_session(&hash(11), LATER, at(0, 0)).await.unwrap(),
            None,
            "{engine}: too old"
        );
    }
}

#[tokio::test]
async fn a_session_of_nobody_comes_in_the_place_of_another_and_stays_one_of_nobody() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (key, session_id) = (hash(21), SessionId(uuid(21)));
        let mut tx = begin(vault).await;
        let successor = SuccessorSession { key: &key, session_id, door: SessionDoor::Console, at: NOW };
        vault.succeed_session(&mut tx, &successor).await.unwrap();
        tx.commit().await.unwrap();
        let limits = techo_store::vault::sessions::SessionLimits {
            seen_after: LIMITS.seen_after,
            begun_after: LIMITS.begun_after,
        };
        let found = vault.session(&key, SessionDoor::Console, limits).await.unwrap().expect("it is there");
        assert_eq!((found.session_id, found.account_id), (session_id, None), "{engine}");
        assert_eq!(
            vault.session(&key, SessionDoor::Portal, limits).await.unwrap(),
            None,
            "{engine}: at its own door"
        );
        assert_eq!(vault.staff_of_session(&key, LIMITS).await.unwrap(), None, "{engine}");
    }
}
