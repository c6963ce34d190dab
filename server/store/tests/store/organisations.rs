//! Organisations, the keys of their systems, and what those hold.

use crate::people::{EARLIER, LATER, NOW, hash};
use std::collections::BTreeSet;
use techo_model::{
    organisation::{Organisation, OrganisationKind, OrganisationState},
    paging::PageRequest,
};
use techo_store::{
    Vault,
    testing::{TestStores, each_engine},
    vault::{
        organisations::SystemAccess,
        systems::AccessTokenRow,
        wrong_tries::{TryKind, TryTotal, WrongTries},
    },
};

const CLINIC: &str = "1310000001";
const CARE: &str = "1370000001";

fn organisation(id: &str, kind: OrganisationKind, name: &str) -> Organisation {
    Organisation { id: id.into(), kind, name: name.into() }
}

async fn register(vault: &Vault, organisation: &Organisation) {
    let mut tx = vault.begin().await.unwrap();
    vault.put_organisation(&mut tx, organisation, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_organisation_is_registered_once_and_corrected_after() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let care = organisation(CARE, OrganisationKind::Care, "架空訪問看護");
        let wrong = organisation(CLINIC, OrganisationKind::Clinic, "架空医院");
        let right = organisation(CLINIC, OrganisationKind::Hospital, "架空病院");
        for one in [&care, &wrong, &right] {
            register(vault, one).await;
        }
        assert_eq!(vault.organisation(CLINIC).await.unwrap(), Some(right.clone()), "{engine}");
        assert_eq!(vault.organisation("1310000002").await.unwrap(), None, "{engine}");
        assert_eq!(
            vault.organisations(PageRequest::first(9)).await.unwrap().items,
            [right, care],
            "{engine}: by number"
        );
        let names = vault.organisation_names(&[CARE, "1310000002"]).await.unwrap();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), [(CARE.to_owned(), "架空訪問看護".to_owned())]);
        assert!(vault.organisation_names(&[]).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn keys_and_origin_belong_to_an_organisation_that_is_there() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        register(vault, &organisation(CLINIC, OrganisationKind::Clinic, "架空医院")).await;
        let before = vault.system_access(CLINIC).await.unwrap().unwrap();
        assert_eq!((before.state, before.origin), (OrganisationState::Active, None), "{engine}");
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.set_organisation_keys(&mut tx, CLINIC, r#"[{"kid":"1"}]"#).await.unwrap());
        assert!(vault.set_organisation_origin(&mut tx, CLINIC, "https://example.jp").await.unwrap());
        assert!(!vault.set_organisation_keys(&mut tx, CARE, "[]").await.unwrap());
        assert!(!vault.set_organisation_origin(&mut tx, CARE, "https://example.jp").await.unwrap());
        let access = SystemAccess {
            state: OrganisationState::Active,
            keys: r#"[{"kid":"1"}]"#.into(),
            origin: Some("https://example.jp".into()),
        };
        assert_eq!(vault.locked_system_access(&mut tx, CLINIC).await.unwrap(), Some(access.clone()));
        assert_eq!(vault.locked_system_access(&mut tx, CARE).await.unwrap(), None, "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(vault.system_access(CLINIC).await.unwrap(), Some(access), "{engine}");
        assert_eq!(vault.system_access(CARE).await.unwrap(), None, "{engine}");
    }
}

async fn give_token(vault: &Vault, number: u128) {
    let row = AccessTokenRow {
        organisation_id: CLINIC.into(),
        scopes: "system/Patient.rs".into(),
        context: "{}".into(),
        expires_at: LATER,
    };
    let mut tx = vault.begin().await.unwrap();
    vault.put_access_token(&mut tx, &hash(number), &row).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(vault.access_token(&hash(number), NOW).await.unwrap(), Some(row));
}

#[tokio::test]
async fn a_token_lasts_until_its_instant_and_ends_with_any_change_of_its_organisation() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        register(vault, &organisation(CLINIC, OrganisationKind::Clinic, "架空医院")).await;
        give_token(vault, 1).await;
        assert_eq!(vault.access_token(&hash(1), LATER).await.unwrap(), None, "{engine}: not at its end");
        assert_eq!(vault.access_token(&hash(2), NOW).await.unwrap(), None, "{engine}: not another one");
        let mut tx = vault.begin().await.unwrap();
        let among = BTreeSet::from([CARE, CLINIC]);
        assert!(!vault.set_organisation_state(&mut tx, CARE, OrganisationState::Suspended).await.unwrap());
        assert!(vault.set_organisation_state(&mut tx, CLINIC, OrganisationState::Suspended).await.unwrap());
        assert_eq!(vault.stopped_organisations(&mut tx, &among).await.unwrap(), [CLINIC], "{engine}");
        assert!(vault.set_organisation_state(&mut tx, CLINIC, OrganisationState::Active).await.unwrap());
        assert!(vault.stopped_organisations(&mut tx, &among).await.unwrap().is_empty(), "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(vault.access_token(&hash(1), NOW).await.unwrap(), None, "{engine}: it does not come back");
        give_token(vault, 3).await;
        let mut tx = vault.begin().await.unwrap();
        vault.drop_access_tokens(&mut tx, CLINIC).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.access_token(&hash(3), NOW).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn an_assertion_is_used_once_and_forgotten_when_it_is_over() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        for id in [CLINIC, CARE] {
            register(vault, &organisation(id, OrganisationKind::Clinic, "架空医院")).await;
        }
        assert!(vault.use_assertion(CLINIC, &hash(1), LATER).await.unwrap(), "{engine}");
        assert!(!vault.use_assertion(CLINIC, &hash(1), LATER).await.unwrap(), "{engine}");
        assert!(vault.use_assertion(CARE, &hash(1), LATER).await.unwrap(), "{engine}: each has its own");
        give_token(vault, 1).await;
        vault.purge_systems(NOW).await.unwrap();
        assert!(!vault.use_assertion(CLINIC, &hash(1), LATER).await.unwrap(), "{engine}: it is not over yet");
        assert!(vault.access_token(&hash(1), NOW).await.unwrap().is_some(), "{engine}");
        vault.purge_systems(LATER).await.unwrap();
        assert!(vault.use_assertion(CLINIC, &hash(1), LATER).await.unwrap(), "{engine}: it is forgotten");
        assert_eq!(vault.access_token(&hash(1), EARLIER).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn the_challenge_of_a_token_is_taken_once_before_its_end_and_goes_with_the_token() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        register(vault, &organisation(CLINIC, OrganisationKind::Clinic, "架空医院")).await;
        give_token(vault, 1).await;
        vault.put_system_challenge(&hash(1), "first", LATER).await.unwrap();
        vault.put_system_challenge(&hash(1), "second", LATER).await.unwrap();
        assert_eq!(
            vault.consume_system_challenge(&hash(1), LATER).await.unwrap(),
            None,
            "{engine}: too late"
        );
        let taken = vault.consume_system_challenge(&hash(1), NOW).await.unwrap();
        assert_eq!(taken.as_deref(), Some("second"), "{engine}");
        assert_eq!(vault.consume_system_challenge(&hash(1), NOW).await.unwrap(), None, "{engine}: only once");
        vault.put_system_challenge(&hash(1), "third", LATER).await.unwrap();
        vault.purge_systems(LATER).await.unwrap();
        assert_eq!(vault.consume_system_challenge(&hash(1), NOW).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn wrong_tries_are_counted_by_kind_and_organisation() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        register(vault, &organisation(CLINIC, OrganisationKind::Clinic, "架空医院")).await;
        let wrong = WrongTries { tries: 3, last_at: NOW, locked_until: LATER };
        let mut tx = vault.begin().await.unwrap();
        let none = vault.lock_wrong_tries(&mut tx, TryKind::ShareCode, CLINIC).await.unwrap();
        assert_eq!((none.tries, none.last_at.0, none.locked_until.0), (0, 0, 0), "{engine}");
        vault.put_wrong_tries(&mut tx, TryKind::ShareCode, CLINIC, wrong).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = vault.begin().await.unwrap();
        assert_eq!(vault.lock_wrong_tries(&mut tx, TryKind::ShareCode, CLINIC).await.unwrap(), wrong);
        let other = vault.lock_wrong_tries(&mut tx, TryKind::Demographics, CLINIC).await.unwrap();
        assert_eq!(other.tries, 0, "{engine}: each kind is counted apart");
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn tries_of_all_together_count_from_the_first_one() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        assert_eq!(vault.try_total(TryKind::Demographics).await.unwrap(), None, "{engine}");
        let mut tx = vault.begin().await.unwrap();
        let first = vault.lock_try_total(&mut tx, TryKind::Demographics, NOW).await.unwrap();
        assert_eq!(first, TryTotal { tries: 0, began_at: NOW }, "{engine}");
        let total = TryTotal { tries: 7, began_at: EARLIER };
        vault.put_try_total(&mut tx, TryKind::Demographics, total).await.unwrap();
        let again = vault.lock_try_total(&mut tx, TryKind::Demographics, LATER).await.unwrap();
        assert_eq!(again, total, "{engine}: whoever comes later begins nothing anew");
        tx.commit().await.unwrap();
        assert_eq!(vault.try_total(TryKind::Demographics).await.unwrap(), Some(total), "{engine}");
        assert_eq!(vault.try_total(TryKind::ShareCode).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn an_organisation_of_a_former_version_is_named_for_the_search_once() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        register(vault, &organisation(CLINIC, OrganisationKind::Clinic, "架空医院")).await;
        let unnamed =
            async || vault.organisations_without_search_name(PageRequest::first(9)).await.unwrap().items;
        assert!(unnamed().await.is_empty(), "{engine}: whoever registers is named");
        let forget = "UPDATE organisation SET search_name = ''";
        assert_eq!(techo_store::testing::tamper(vault.db(), forget, &[]).await, 1, "{engine}");
        let found = unnamed().await;
        assert_eq!(found.len(), 1, "{engine}");
        let mut tx = vault.begin().await.unwrap();
        vault.put_search_name(&mut tx, &found[0]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(unnamed().await.is_empty(), "{engine}");
    }
}
