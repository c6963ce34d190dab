//! What concerns a database as a whole: settings, transactions that read, whether it takes writes.

use crate::{
    people::{LATER, NOW, account, hash, resident, uuid},
    samples::checkup,
};
use std::time::Duration;
use techo_model::{BindingId, account::CardPurpose};
use techo_store::{
    DatabaseName,
    records::import::checkups::NewCheckup,
    testing::{TestStores, each_engine},
    vault::challenges::TicketRecord,
};

#[tokio::test]
async fn a_setting_is_read_within_a_transaction_and_removed_for_good() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let (vault, records) = (&stores.vault, &stores.records);
        let mut tx = records.begin().await.unwrap();
        records.put_setting(&mut tx, "keys", "1").await.unwrap();
        assert_eq!(records.setting_in(&mut tx, "keys").await.unwrap().as_deref(), Some("1"), "{engine}");
        assert_eq!(records.setting_in(&mut tx, "other").await.unwrap(), None, "{engine}");
        tx.rollback().await.unwrap();
        assert_eq!(records.setting("keys").await.unwrap(), None, "{engine}: it was never committed");
        let mut tx = vault.begin().await.unwrap();
        vault.put_setting(&mut tx, "rotation", "begun").await.unwrap();
        vault.remove_setting(&mut tx, "rotation").await.unwrap();
        vault.remove_setting(&mut tx, "nothing").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.setting("rotation").await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn a_transaction_that_reads_stands_beside_one_that_writes() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        resident(vault, 1).await;
        let mut writing = vault.begin().await.unwrap();
        vault.put_guardians(&mut writing, techo_model::ResidentId(uuid(1)), &[uuid(2)]).await.unwrap();
        let mut reading = vault.begin_reading().await.unwrap();
        let known = vault.known_residents(&mut reading, &[hash(1)]).await.unwrap();
        assert_eq!(known.len(), 1, "{engine}: nobody waits");
        let db = stores.db(DatabaseName::Identity);
        let mut other = db.begin_reading().await.unwrap();
        assert_eq!(vault.known_residents(&mut other, &[hash(1)]).await.unwrap().len(), 1, "{engine}");
        reading.rollback().await.unwrap();
        other.rollback().await.unwrap();
        writing.commit().await.unwrap();
    }
}

#[tokio::test]
async fn both_databases_say_that_they_take_writes_until_they_are_closed() {
    for TestStores { engine, stores, .. } in each_engine().await {
        for which in [DatabaseName::Identity, DatabaseName::Records] {
            let db = stores.db(which);
            db.check_write(NOW).await.unwrap();
            db.check_write(LATER).await.unwrap();
            db.close().await;
            assert!(db.check_write(LATER).await.is_err(), "{engine}: {which:?}");
        }
    }
}

#[tokio::test]
async fn a_ticket_is_seen_by_its_session_while_it_lasts() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let vault = &stores.vault;
        let account = account(vault, 1).await;
        crate::people::passkey(vault, 11, account).await;
        let ticket = TicketRecord {
            account_id: account,
            binding_id: BindingId(uuid(11)),
            purpose: CardPurpose::Enrol,
            shown_at: NOW,
            expires_at: LATER,
        };
        let mut tx = vault.begin().await.unwrap();
        vault.put_ticket(&mut tx, &hash(1), &ticket).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.ticket(&hash(1), NOW).await.unwrap(), Some(ticket), "{engine}");
        assert_eq!(vault.ticket(&hash(1), LATER).await.unwrap(), None, "{engine}");
        assert_eq!(vault.ticket(&hash(2), NOW).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn a_setting_of_the_record_store_is_kept_as_the_first_one_wrote_it() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        assert_eq!(records.keep_setting("keys", "first").await.unwrap(), "first", "{engine}");
        assert_eq!(records.keep_setting("keys", "second").await.unwrap(), "first", "{engine}");
    }
}

#[tokio::test]
async fn imports_of_one_database_take_turns_and_those_of_the_other_go_on() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let first = records.begin_in_turn().await.unwrap();
        let db = stores.db(DatabaseName::Identity);
        db.begin_in_turn().await.unwrap().rollback().await.unwrap();
        let mut second = Box::pin(records.begin_in_turn());
        let early = tokio::time::timeout(Duration::from_millis(100), &mut second).await;
        assert!(early.is_err(), "{engine}: it waits for the first one");
        first.rollback().await.unwrap();
        second.await.unwrap().rollback().await.unwrap();
    }
}

#[tokio::test]
async fn what_keys_protect_is_counted_with_the_people_that_it_speaks_of_and_by_key_version() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let (vault, records) = (&stores.vault, &stores.records);
        resident(vault, 1).await;
        resident(vault, 2).await;
        let other_day = NewCheckup { examined_on: "2024-05-01".into(), ..checkup(2) };
        let mut tx = records.begin().await.unwrap();
        records.insert_checkups(&mut tx, &[checkup(1), other_day]).await.unwrap();
        tx.commit().await.unwrap();
        for (counts, name, expected) in [
            (vault.count_protected().await.unwrap(), "resident", (2, Some(2))),
            (records.count_protected().await.unwrap(), "checkup", (2, Some(1))),
        ] {
            let count = counts.into_iter().find(|count| count.name == name).unwrap();
            assert_eq!((count.total, count.codes), expected, "{engine}: {name}");
        }
        for (version, left) in [(1, 0), (2, 2)] {
            let strays = vault.count_not_under(version).await.unwrap();
            assert_eq!(strays.iter().map(|stray| stray.total).sum::<i64>(), left, "{engine}: {version}");
            let strays = records.count_not_under(version).await.unwrap();
            assert_eq!(strays.iter().map(|stray| stray.total).sum::<i64>(), left, "{engine}: {version}");
        }
    }
}
