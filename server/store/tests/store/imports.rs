//! What imports ask of the store besides rows: which files came before, who may write now, a copy to rehearse on.

use std::time::Duration;
use techo_model::{RecordCode, UnixMillis};
use techo_store::{
    DatabaseName, Db, Records, Vault,
    testing::{TestStores, each_engine},
    vault::files::FileIdentity,
};

const FILE: FileIdentity<'static> = FileIdentity { sha256: &[7; 32], kind: "residents", sent_by: "139998" };

#[tokio::test]
async fn a_file_is_known_again_with_the_lines_that_were_not_taken_and_for_its_sender_alone() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        assert!(!vault.file_was_imported(FILE).await.unwrap());
        let lines: Vec<i64> = (2..1_502).collect();
        mark(&test, &lines).await;
        assert!(vault.file_was_imported(FILE).await.unwrap(), "{}", test.engine);
        assert_eq!(vault.rejected_lines(FILE).await.unwrap(), lines, "{}", test.engine);
        let other = FileIdentity { sent_by: "131016", ..FILE };
        assert!(!vault.file_was_imported(other).await.unwrap());
        assert_eq!(vault.rejected_lines(other).await.unwrap(), Vec::<i64>::new());
        mark(&test, &[9]).await;
        assert_eq!(vault.rejected_lines(FILE).await.unwrap(), [9], "{}", test.engine);
    }
}

async fn mark(test: &TestStores, lines: &[i64]) {
    let mut tx = test.stores.vault.begin().await.unwrap();
    test.stores.vault.mark_file(&mut tx, FILE, lines, UnixMillis(1)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_life_of_a_resident_is_found_by_their_person_and_of_nobody_else() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let one = crate::people::resident(vault, 1).await;
        let mut tx = vault.begin().await.unwrap();
        let found = vault.resident(one).await.unwrap().unwrap();
        let lookup: [u8; 32] = found.person_lookup.clone().try_into().unwrap();
        let lives = vault.life_spans(&mut tx, &[lookup, [9; 32]]).await.unwrap();
        assert_eq!(lives.len(), 1, "{}", test.engine);
        assert_eq!((lives[0].resident_id, &lives[0].birth_sealed), (one, &found.birth_sealed));
        assert!(vault.life_spans(&mut tx, &[]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_done_on_a_rehearsal_is_seen_there_and_nowhere_else() {
    for test in each_engine().await {
        mark(&test, &[3]).await;
        let folder = tempfile::tempdir().unwrap();
        let copy = test.stores.vault.db().rehearsal(&folder.path().join("copy.db")).await.unwrap();
        let copy = Vault::new(copy);
        assert_eq!(
            copy.rejected_lines(FILE).await.unwrap(),
            [3],
            "{}: it begins as the original",
            test.engine
        );
        // A transaction that stays open there keeps nobody from writing here.
        let mut rehearsed = copy.begin_in_turn().await.unwrap();
        copy.mark_file(&mut rehearsed, FILE, &[4], UnixMillis(2)).await.unwrap();
        mark(&test, &[5]).await;
        rehearsed.commit().await.unwrap();
        assert_eq!(copy.rejected_lines(FILE).await.unwrap(), [4], "{}", test.engine);
        assert_eq!(test.stores.vault.rejected_lines(FILE).await.unwrap(), [5], "{}", test.engine);
        let records = test.stores.records.db().rehearsal(&folder.path().join("records.db")).await.unwrap();
        records.ping().await.unwrap();
        copy.db().close().await;
        records.close().await;
    }
}

#[tokio::test]
async fn batches_of_two_imports_follow_each_other() {
    for test in each_engine().await {
        let other = Vault::new(Db::open(&test.urls[0], DatabaseName::Identity).await.unwrap());
        let first = test.stores.vault.begin_in_turn().await.unwrap();
        let mut second = Box::pin(other.begin_in_turn());
        let early = tokio::time::timeout(Duration::from_millis(200), &mut second).await;
        assert!(early.is_err(), "{}: the second one waits", test.engine);
        first.commit().await.unwrap();
        second.await.unwrap().commit().await.unwrap();
    }
}

#[tokio::test]
async fn whoever_holds_a_person_is_waited_for_by_whoever_asks_for_that_person() {
    for test in each_engine().await {
        let records = &test.stores.records;
        let other = Records::new(Db::open(&test.urls[1], DatabaseName::Records).await.unwrap());
        let people = |numbers: &[u128]| -> Vec<RecordCode> {
            numbers.iter().map(|number| RecordCode(crate::people::uuid(number << 96))).collect()
        };
        let mut first = records.begin().await.unwrap();
        records.lock_people(&mut first, &people(&[3, 1, 2, 1])).await.unwrap();
        let mut second = Box::pin(async {
            let mut tx = other.begin().await.unwrap();
            other.lock_people(&mut tx, &people(&[4, 2])).await.unwrap();
            tx.commit().await.unwrap();
        });
        let early = tokio::time::timeout(Duration::from_millis(200), &mut second).await;
        assert!(early.is_err(), "{}: the second one waits", test.engine);
        records.lock_people(&mut first, &[]).await.unwrap();
        first.commit().await.unwrap();
        second.await;
    }
}
