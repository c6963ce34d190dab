//! Residents, what leads to them, and what their own pages need of them.

use crate::people::{EARLIER, LATER, NOW, account, hash, passkey, resident, resident_row, uuid};
use techo_model::{AccountId, CalendarDate, PasskeyId, ResidentId, UnixMillis};
use techo_store::{
    Vault,
    testing::{TestStores, each_engine},
    vault::{accounts::UnprovenOwner, residents::ResidentRecord},
};

const CITY: &str = "131016";

async fn add(vault: &Vault, rows: &[ResidentRecord]) {
    let mut tx = vault.begin().await.unwrap();
    vault.insert_residents(&mut tx, rows).await.unwrap();
    tx.commit().await.unwrap();
}

fn today() -> CalendarDate {
    "2026-11-23".parse().unwrap()
}

#[tokio::test]
async fn a_resident_is_known_by_the_look_up_and_rewritten_by_the_municipality() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        add(vault, &[]).await;
        assert_eq!(vault.any_resident().await.unwrap(), None, "{engine}");
        let moved = ResidentRecord { moved_in_on: Some("2020-04-01".into()), ..resident_row(1) };
        add(vault, &[moved.clone(), resident_row(2)]).await;
        assert_eq!(vault.count_residents().await.unwrap(), 2, "{engine}");
        let mut tx = vault.begin().await.unwrap();
        let known = vault.known_residents(&mut tx, &[hash(1), hash(3)]).await.unwrap();
        assert_eq!(known.len(), 1, "{engine}");
        let found = (known[0].resident_id, known[0].municipality.as_str(), known[0].moved_in_on.as_deref());
        assert_eq!(found, (moved.resident_id, CITY, Some("2020-04-01")), "{engine}");
        assert!(vault.known_residents(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        let elsewhere = ResidentRecord {
            municipality: "139998".into(),
            name_sealed: vec![9],
            chain_sealed: vec![9],
            changed_at: LATER,
            ..moved
        };
        vault.update_resident(&mut tx, &elsewhere).await.unwrap();
        tx.commit().await.unwrap();
        let now = vault.resident(elsewhere.resident_id).await.unwrap().unwrap();
        assert_eq!((now.name_sealed, now.changed_at), (vec![9], LATER), "{engine}");
        assert_eq!(now.chain_sealed, vec![1], "{engine}: codes and chain stay");
        let lives = vault.municipality_of(elsewhere.resident_id).await.unwrap();
        assert_eq!(lives.as_deref(), Some("139998"), "{engine}");
        assert_eq!(vault.municipality_of(ResidentId(uuid(9))).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn a_person_code_leads_to_one_resident_and_to_what_their_rows_are_found_by() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let row = ResidentRecord { person_code_sealed: vec![5], chain_sealed: vec![6], ..resident_row(1) };
        add(vault, std::slice::from_ref(&row)).await;
        assert_eq!(vault.resident_with(&hash(1)).await.unwrap(), Some(row.resident_id), "{engine}");
        assert_eq!(vault.resident_with(&hash(2)).await.unwrap(), None, "{engine}");
        let lead = vault.person_lead(row.resident_id).await.unwrap().unwrap();
        assert_eq!((lead.person_code_sealed, lead.chain_sealed, lead.key_version), (vec![5], vec![6], 1));
        assert!(vault.person_lead(ResidentId(uuid(9))).await.unwrap().is_none(), "{engine}");
        let chains = vault.sealed_chains(&[row.resident_id, ResidentId(uuid(9))]).await.unwrap();
        assert_eq!(chains.len(), 1, "{engine}");
        assert_eq!((chains[0].resident_id, &chains[0].chain_sealed), (row.resident_id, &vec![6]), "{engine}");
        assert!(vault.sealed_chains(&[]).await.unwrap().is_empty(), "{engine}");
        let mut tx = vault.begin().await.unwrap();
        let facts = vault.person_facts(&mut tx, &[row.resident_id, ResidentId(uuid(9))]).await.unwrap();
        assert_eq!(facts.len(), 1, "{engine}");
        assert_eq!((facts[0].resident_id, &facts[0].person_code_sealed), (row.resident_id, &vec![5]));
        assert!(vault.person_facts(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn demographics_are_filled_in_once_for_the_version_that_was_read() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let [one, two, three] = [1, 2, 3].map(|number| ResidentId(uuid(number)));
        add(vault, &[resident_row(1), resident_row(2), resident_row(3)]).await;
        let nobody = ResidentId(uuid(0));
        assert_eq!(vault.residents_without_demographics(nobody, 2).await.unwrap(), [one, two], "{engine}");
        assert_eq!(vault.residents_without_demographics(two, 2).await.unwrap(), [three], "{engine}");
        let mut tx = vault.begin().await.unwrap();
        vault.set_demographics(&mut tx, one, 1, &hash(7)).await.unwrap();
        vault.set_demographics(&mut tx, one, 1, &hash(8)).await.unwrap();
        vault.set_demographics(&mut tx, two, 2, &hash(7)).await.unwrap();
        vault.set_demographics(&mut tx, three, 1, &hash(7)).await.unwrap();
        tx.commit().await.unwrap();
        let mut found = vault.residents_with_demographics(&hash(7), 10).await.unwrap();
        found.sort_unstable_by_key(|found| found.0);
        assert_eq!(found, [one, three], "{engine}: once, and not with another key version");
        assert_eq!(vault.residents_with_demographics(&hash(7), 1).await.unwrap().len(), 1, "{engine}");
        assert!(vault.residents_with_demographics(&hash(8), 10).await.unwrap().is_empty(), "{engine}");
        assert_eq!(vault.residents_without_demographics(nobody, 9).await.unwrap(), [two], "{engine}");
    }
}

#[tokio::test]
async fn guardians_are_those_that_were_stated_last() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (child, other) = (resident(vault, 1).await, resident(vault, 2).await);
        let mut tx = vault.begin().await.unwrap();
        vault.put_guardians(&mut tx, child, &[uuid(71), uuid(72), uuid(72)]).await.unwrap();
        vault.put_guardians(&mut tx, other, &[uuid(73)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.guardians_of(&[child]).await.unwrap().len(), 2, "{engine}: each once");
        let mut tx = vault.begin().await.unwrap();
        vault.put_guardians(&mut tx, child, &[uuid(74)]).await.unwrap();
        tx.commit().await.unwrap();
        let stated = vault.guardians_of(&[child, other]).await.unwrap();
        let mut codes: Vec<_> = stated.iter().map(|row| (row.resident_id, row.guardian_code)).collect();
        codes.sort_unstable();
        assert_eq!(codes, [(child, uuid(74)), (other, uuid(73))], "{engine}");
        assert!(vault.guardians_of(&[]).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn letters_go_to_the_living_of_a_municipality_who_have_no_account() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let has_account = account(vault, 1).await;
        assert_eq!(has_account, AccountId(uuid(1001)));
        let dead = ResidentRecord { died_on: Some("2026-01-01".into()), ..resident_row(2) };
        let gone = ResidentRecord { moved_out_on: Some("2026-11-23".into()), ..resident_row(3) };
        let going = ResidentRecord { moved_out_on: Some("2026-11-24".into()), ..resident_row(4) };
        let elsewhere = ResidentRecord { municipality: "139998".into(), ..resident_row(5) };
        add(vault, &[dead, gone, going, elsewhere, resident_row(6)]).await;
        let page = |after: u128, limit| {
            vault.residents_without_account(CITY, (ResidentId(uuid(after)), limit), today())
        };
        let ids = |page: Vec<techo_store::vault::letters::LetterAddressee>| -> Vec<u128> {
            page.iter().map(|one| one.resident_id.0.as_u128()).collect()
        };
        assert_eq!(ids(page(0, 9).await.unwrap()), [4, 6], "{engine}");
        assert_eq!(ids(page(0, 1).await.unwrap()), [4], "{engine}");
        assert_eq!(ids(page(4, 9).await.unwrap()), [6], "{engine}");
        let asked = async |number: u128| {
            let found = vault.addressee(CITY, &hash(number), today()).await.unwrap();
            found.map(|found| found.has_account)
        };
        assert_eq!(asked(1).await, Some(true), "{engine}: a letter is the way back, too");
        assert_eq!(asked(4).await, Some(false), "{engine}");
        for number in [2, 3, 5, 9] {
            assert_eq!(asked(number).await, None, "{engine}: {number}");
        }
    }
}

#[tokio::test]
async fn a_page_knows_its_owner_their_passkeys_and_the_card_that_they_stand_on() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let account = account(vault, 1).await;
        let owner = async || vault.owner(ResidentId(uuid(1)), account).await.unwrap().unwrap();
        let before = owner().await;
        assert_eq!((before.municipality.as_str(), before.passkeys, before.card_not_after), (CITY, 0, None));
        passkey(vault, 11, account).await;
        let after = owner().await;
        assert_eq!((after.passkeys, after.card_not_after), (1, Some(LATER)), "{engine}");
        assert!(vault.owner(ResidentId(uuid(9)), account).await.unwrap().is_none(), "{engine}");
    }
}

#[tokio::test]
async fn an_account_without_a_proof_of_its_owner_gets_one_and_keeps_it() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let whose = resident(vault, 1).await;
        let unproven = UnprovenOwner { account_id: AccountId(uuid(5)), resident_id: whose };
        let mut row = vault.account(account(vault, 2).await).await.unwrap().unwrap();
        (row.account_id, row.resident_id) = (unproven.account_id, whose);
        (row.user_handle, row.owner_mac) = (uuid(6), None);
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.insert_account(&mut tx, &row).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(vault.unproven_owners(10).await.unwrap(), [unproven], "{engine}");
        assert!(vault.unproven_owners(0).await.unwrap().is_empty(), "{engine}");
        let mut tx = vault.begin().await.unwrap();
        let wrong = UnprovenOwner { resident_id: ResidentId(uuid(2)), ..unproven };
        vault.prove_owner(&mut tx, wrong, &[7]).await.unwrap();
        vault.prove_owner(&mut tx, unproven, &[8]).await.unwrap();
        vault.prove_owner(&mut tx, unproven, &[9]).await.unwrap();
        tx.commit().await.unwrap();
        let proven = vault.account(unproven.account_id).await.unwrap().unwrap();
        assert_eq!(proven.owner_mac, Some(vec![8]), "{engine}: of its owner, and once");
        assert!(vault.unproven_owners(10).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn signing_out_everywhere_is_noted_with_its_instant() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let account = account(vault, 1).await;
        let mut tx = vault.begin().await.unwrap();
        vault.mark_signed_out(&mut tx, account, UnixMillis(NOW.0 + 5)).await.unwrap();
        tx.commit().await.unwrap();
        let row = vault.account(account).await.unwrap().unwrap();
        assert_eq!(row.signed_out_at, Some(UnixMillis(NOW.0 + 5)), "{engine}");
        assert_eq!(row.created_at, EARLIER, "{engine}");
    }
}

#[tokio::test]
async fn only_passkeys_that_are_suspended_are_dropped() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (one, two) = (account(vault, 1).await, account(vault, 2).await);
        let suspended = passkey(vault, 11, one).await;
        passkey(vault, 12, two).await;
        let mut tx = vault.begin().await.unwrap();
        vault.drop_suspended_passkeys(&mut tx, one).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.passkeys_of(one).await.unwrap().len(), 1, "{engine}: it is active");
        let mut tx = vault.begin().await.unwrap();
        vault.suspend_passkeys(&mut tx, one).await.unwrap();
        vault.suspend_passkeys(&mut tx, two).await.unwrap();
        vault.drop_suspended_passkeys(&mut tx, one).await.unwrap();
        let current = vault.current_binding_in(&mut tx, one).await.unwrap().unwrap();
        assert_eq!(current.binding_id.0, suspended.0, "{engine}: the card stays");
        tx.commit().await.unwrap();
        assert!(vault.passkeys_of(one).await.unwrap().is_empty(), "{engine}");
        let left: Vec<PasskeyId> =
            vault.passkeys_of(two).await.unwrap().iter().map(|row| row.passkey_id).collect();
        assert_eq!(left, [PasskeyId(uuid(12))], "{engine}: of this account alone");
    }
}
