//! Aliases that lead to a resident, and what waits until they do.

use crate::people::{EARLIER, LATER, NOW, hash, resident, resident_row, uuid};
use techo_model::{
    ResidentId, WaitingId,
    coverage::{AliasReach, BranchState},
    paging::PageRequest,
};
use techo_store::{
    StoreError, Vault,
    jobs::ParkedChoice,
    records::import::waiting::QueuePosition,
    testing::{TestStores, each_engine},
    vault::{
        aliases::InsuredAlias, residents::ResidentRecord, rotation::MyNumberAlias, waiting::WaitingCoverage,
    },
};

const INSURER: &str = "06139999";

fn insured(number: u128, resident_id: ResidentId, valid_from: &str) -> InsuredAlias {
    InsuredAlias {
        alias: hash(number).to_vec(),
        resident_id,
        insurer: INSURER.into(),
        valid_from: valid_from.into(),
        valid_to: None,
        reach: AliasReach::Family,
        branch_state: BranchState::Stated,
    }
}

fn waiting(number: u128, alias: u128) -> WaitingCoverage {
    WaitingCoverage {
        waiting_id: WaitingId(uuid(number)),
        my_number_alias: uuid(alias),
        content_digest: hash(number).to_vec(),
        row_sealed: vec![1],
        sent_by: INSURER.into(),
        received_at: NOW,
        key_version: 1,
        arrival: 0,
    }
}

async fn own(vault: &Vault, aliases: &[(u128, ResidentId)]) {
    let aliases: Vec<_> = aliases.iter().map(|(alias, whose)| (uuid(*alias), *whose)).collect();
    let mut tx = vault.begin().await.unwrap();
    vault.insert_my_number_aliases(&mut tx, &aliases, 1).await.unwrap();
    tx.commit().await.unwrap();
}

async fn wait(vault: &Vault, rows: &[WaitingCoverage], place: QueuePosition) {
    let mut tx = vault.begin().await.unwrap();
    for row in rows {
        vault.wait_for_resident(&mut tx, row, place).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_my_number_leads_to_one_resident_until_it_is_released() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (one, two) = (resident(vault, 1).await, resident(vault, 2).await);
        own(vault, &[]).await;
        own(vault, &[(71, one), (72, two)]).await;
        let mut tx = vault.begin().await.unwrap();
        let owners = vault.my_number_owners(&mut tx, &[uuid(71), uuid(73)]).await.unwrap();
        let owners: Vec<_> = owners.iter().map(|owner| (owner.alias, owner.resident_id)).collect();
        assert_eq!(owners, [(uuid(71), one)], "{engine}");
        assert!(vault.my_number_owners(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        let taken = vault.insert_my_number_aliases(&mut tx, &[(uuid(71), two)], 1).await;
        assert!(matches!(taken, Err(StoreError::Conflict)), "{engine}: nobody else's");
        tx.rollback().await.unwrap();
        let mut tx = vault.begin().await.unwrap();
        vault.release_my_number_aliases(&mut tx, &[]).await.unwrap();
        vault.release_my_number_aliases(&mut tx, &[one]).await.unwrap();
        let left = vault.my_number_owners(&mut tx, &[uuid(71), uuid(72)]).await.unwrap();
        assert_eq!(left.iter().map(|owner| owner.resident_id).collect::<Vec<_>>(), [two], "{engine}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_aliases_of_a_period_are_replaced_and_others_stay() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (one, two) = (resident(vault, 1).await, resident(vault, 2).await);
        let rows =
            [insured(7, one, "2020-04-01"), insured(7, two, "2020-04-01"), insured(8, one, "2024-04-01")];
        let mut tx = vault.begin().await.unwrap();
        vault.insert_insured_aliases(&mut tx, &[]).await.unwrap();
        vault.insert_insured_aliases(&mut tx, &rows).await.unwrap();
        vault.insert_insured_aliases(&mut tx, &rows[..1]).await.unwrap();
        assert_eq!(vault.insured_aliases(&mut tx, &[hash(7)]).await.unwrap().len(), 2, "{engine}: a family");
        assert!(vault.insured_aliases(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        assert_eq!(vault.insured_aliases_in(&mut tx, &[one]).await.unwrap().len(), 2, "{engine}");
        assert!(vault.insured_aliases_in(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        vault.forget_insured_aliases(&mut tx, one, INSURER, "2020-04-01").await.unwrap();
        assert_eq!(vault.insured_aliases_in(&mut tx, &[one]).await.unwrap(), rows[2..], "{engine}");
        assert_eq!(vault.insured_aliases(&mut tx, &[hash(7)]).await.unwrap(), rows[1..2], "{engine}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_waits_is_looked_at_once_in_the_order_of_arrival() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        wait(vault, &[waiting(2, 71), waiting(1, 71), waiting(3, 72)], QueuePosition::Last).await;
        let mut tx = vault.begin().await.unwrap();
        let ids = |rows: &[WaitingCoverage]| rows.iter().map(|row| row.waiting_id.0).collect::<Vec<_>>();
        let untried = vault.untried_coverage(&mut tx, 2).await.unwrap();
        assert_eq!(ids(&untried), [uuid(2), uuid(1)], "{engine}");
        let tried: Vec<_> = untried.iter().map(|row| row.waiting_id).collect();
        vault.mark_coverage_tried(&mut tx, &tried, NOW).await.unwrap();
        assert_eq!(ids(&vault.untried_coverage(&mut tx, 2).await.unwrap()), [uuid(3)], "{engine}");
        vault.look_again_at_parked_coverage(&mut tx, ParkedChoice::All).await.unwrap();
        assert_eq!(
            ids(&vault.untried_coverage(&mut tx, 2).await.unwrap()),
            [uuid(3)],
            "{engine}: none is parked"
        );
        vault.stop_waiting_for_resident(&mut tx, WaitingId(uuid(2))).await.unwrap();
        let (all, first) = ([uuid(71), uuid(72)], PageRequest::first(9));
        let left = vault.waiting_coverage_of(&mut tx, &all, first).await.unwrap();
        assert_eq!(ids(&left.items), [uuid(1), uuid(3)], "{engine}");
        assert!(vault.waiting_coverage_of(&mut tx, &[], first).await.unwrap().items.is_empty(), "{engine}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_same_row_waits_once_and_goes_to_the_end_only_when_it_came_anew() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        wait(vault, &[waiting(1, 71), waiting(2, 71)], QueuePosition::Last).await;
        let ids = async || {
            let mut tx = vault.begin().await.unwrap();
            let rows =
                vault.waiting_coverage_of(&mut tx, &[uuid(71)], PageRequest::first(9)).await.unwrap().items;
            tx.rollback().await.unwrap();
            rows.iter().map(|row| (row.waiting_id.0.as_u128(), row.received_at)).collect::<Vec<_>>()
        };
        let again = WaitingCoverage { waiting_id: WaitingId(uuid(9)), received_at: LATER, ..waiting(1, 71) };
        wait(vault, std::slice::from_ref(&again), QueuePosition::Kept).await;
        assert_eq!(ids().await, [(1, NOW), (2, NOW)], "{engine}: it keeps its place");
        wait(vault, &[again], QueuePosition::Last).await;
        assert_eq!(ids().await, [(2, NOW), (1, LATER)], "{engine}: it goes behind what came meanwhile");
    }
}

#[tokio::test]
async fn residents_are_moved_to_another_key_version_page_by_page_and_once() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        for number in [1, 2, 3] {
            resident(vault, number).await;
        }
        let page = vault.residents_of_version(1, ResidentId(uuid(1)), 1).await.unwrap();
        assert_eq!(page.iter().map(|row| row.resident_id.0).collect::<Vec<_>>(), [uuid(2)], "{engine}");
        let moved = ResidentRecord {
            person_lookup: hash(52).to_vec(),
            name_sealed: vec![2],
            key_version: 2,
            changed_at: EARLIER,
            ..resident_row(2)
        };
        let late = ResidentRecord { name_sealed: vec![3], key_version: 3, ..moved.clone() };
        let mut tx = vault.begin().await.unwrap();
        vault.reseal_resident(&mut tx, &moved, 1).await.unwrap();
        vault.reseal_resident(&mut tx, &late, 1).await.unwrap();
        tx.commit().await.unwrap();
        let row = vault.resident(moved.resident_id).await.unwrap().unwrap();
        assert_eq!((row.name_sealed, row.key_version), (vec![2], 2), "{engine}: as it was read");
        assert_eq!(row.changed_at, NOW, "{engine}: nothing about the person changed");
        assert_eq!(vault.residents_of_version(1, ResidentId(uuid(0)), 9).await.unwrap().len(), 2, "{engine}");
        assert_eq!(vault.residents_of_version(2, ResidentId(uuid(0)), 9).await.unwrap().len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn aliases_and_what_waits_are_made_anew_under_another_key_version() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let (one, two) = (resident(vault, 1).await, resident(vault, 2).await);
        own(vault, &[(71, one), (72, two)]).await;
        wait(vault, &[waiting(1, 81), waiting(2, 81)], QueuePosition::Last).await;
        let mut tx = vault.begin().await.unwrap();
        vault
            .insert_insured_aliases(&mut tx, &[insured(7, one, "2020-04-01"), insured(7, two, "2020-04-01")])
            .await
            .unwrap();
        let row = MyNumberAlias { resident_id: one, alias: uuid(91) };
        vault.rekey_my_number_alias(&mut tx, row, 1, 2).await.unwrap();
        vault.rekey_my_number_alias(&mut tx, MyNumberAlias { alias: uuid(92), ..row }, 1, 3).await.unwrap();
        let moved = WaitingCoverage { my_number_alias: uuid(91), key_version: 2, ..waiting(1, 81) };
        vault.rekey_waiting_coverage(&mut tx, &moved, 1).await.unwrap();
        vault.forget_all_insured_aliases(&mut tx, &[]).await.unwrap();
        vault.forget_all_insured_aliases(&mut tx, &[one]).await.unwrap();
        tx.commit().await.unwrap();
        let aliases = vault.my_number_aliases_of(&[one]).await.unwrap();
        assert_eq!(aliases.iter().map(|row| row.alias).collect::<Vec<_>>(), [uuid(91)], "{engine}: once");
        assert!(vault.my_number_aliases_of(&[]).await.unwrap().is_empty(), "{engine}");
        let left = vault.insured_aliases_of(&[one, two]).await.unwrap();
        assert_eq!(left, [insured(7, two, "2020-04-01")], "{engine}");
        assert!(vault.insured_aliases_of(&[]).await.unwrap().is_empty(), "{engine}");
        let nobody = WaitingId(uuid(0));
        let old = vault.waiting_coverage_of_version(1, nobody, 9).await.unwrap();
        assert_eq!(old.iter().map(|row| row.waiting_id.0).collect::<Vec<_>>(), [uuid(2)], "{engine}");
        let new = vault.waiting_coverage_of_version(2, nobody, 9).await.unwrap();
        assert_eq!(new.iter().map(|row| row.my_number_alias).collect::<Vec<_>>(), [uuid(91)], "{engine}");
    }
}
