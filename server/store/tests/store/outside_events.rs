//! Store functions of what must reach people outside the portal, on both engines.

use crate::people::{EARLIER, LATER, NOW, account, uuid};
use techo_model::{AccountId, EventId, UnixMillis, account::AccountEvent};
use techo_store::{
    Vault,
    testing::each_engine,
    vault::outside_events::{NewOutsideEvent, OutsideEventCursor, OutsideEventRow},
};

async fn happen(vault: &Vault, number: u128, account_id: AccountId, (kind, at): (AccountEvent, UnixMillis)) {
    let event = NewOutsideEvent { event_id: EventId(uuid(number)), account_id, kind, detail: "{}", at };
    let mut tx = vault.begin().await.expect("the vault answers");
    vault.put_outside_event(&mut tx, &event).await.expect("the vault answers");
    tx.commit().await.expect("the vault answers");
}

async fn untold(vault: &Vault) -> Vec<OutsideEventRow> {
    vault
        .unprinted_events("131016", (OutsideEventCursor::START, 100), NOW.date_in_japan())
        .await
        .expect("the vault answers")
}

async fn tell(vault: &Vault, event: &OutsideEventRow, now: UnixMillis) -> bool {
    let mut tx = vault.begin().await.expect("the vault answers");
    let told = vault.mark_event_printed(&mut tx, event, now).await.expect("the vault answers");
    tx.commit().await.expect("the vault answers");
    told
}

#[tokio::test]
async fn each_event_is_listed_person_by_person_until_it_was_told() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (one, two) = (account(vault, 1).await, account(vault, 2).await);
        happen(vault, 1, two, (AccountEvent::CardLinked, NOW)).await;
        happen(vault, 2, one, (AccountEvent::Recovered, NOW)).await;
        happen(vault, 3, two, (AccountEvent::CardLinked, LATER)).await;
        let all = untold(vault).await;
        let ids: Vec<_> = all.iter().map(|it| it.event_id.0.as_u128()).collect();
        assert_eq!(ids, [2, 1, 3], "{}", test.engine);
        assert!(all.iter().all(|it| it.times == 1 && it.name_sealed == [1]));
        let rest =
            vault.unprinted_events("131016", (all[1].place(), 100), NOW.date_in_japan()).await.unwrap();
        assert_eq!(rest, all[2..], "{}", test.engine);
        assert!(
            vault
                .unprinted_events("999999", (OutsideEventCursor::START, 100), NOW.date_in_japan())
                .await
                .unwrap()
                .is_empty()
        );

        assert!(tell(vault, &all[0], LATER).await);
        assert!(!tell(vault, &all[0], LATER).await, "once");
        assert_eq!(untold(vault).await, all[1..], "{}", test.engine);
        assert_eq!(vault.purge_printed_events(NOW).await.unwrap(), 0);
        assert_eq!(vault.purge_printed_events(LATER).await.unwrap(), 1, "{}", test.engine);
    }
}

#[tokio::test]
async fn refused_sign_ins_that_were_not_told_yet_are_one_line_with_a_count() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let owner = account(vault, 1).await;
        happen(vault, 1, owner, (AccountEvent::SignInRefused, EARLIER)).await;
        happen(vault, 2, owner, (AccountEvent::SignInRefused, NOW)).await;
        let listed = untold(vault).await;
        let [line] = &listed[..] else { panic!("{}: {listed:?}", test.engine) };
        assert_eq!((line.times, line.first_at, line.last_at), (2, EARLIER, NOW), "{}", test.engine);
        happen(vault, 3, owner, (AccountEvent::SignInRefused, LATER)).await;
        assert!(!tell(vault, line, LATER).await, "it happened once more while the letter was printed");
        assert!(tell(vault, &untold(vault).await[0], LATER).await);
        happen(vault, 4, owner, (AccountEvent::SignInRefused, LATER)).await;
        assert_eq!(untold(vault).await[0].times, 1, "{}: a new line after the letter", test.engine);
    }
}
