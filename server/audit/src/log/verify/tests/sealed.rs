//! Lines that somebody with the database and without the keys made up.

use super::*;
use crate::log::{entry, seal::SealedLine};
use techo_store::records::access_log::NewAccessEvent;

const UNSEAL: &str = "UPDATE access_event SET mac = NULL
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const CUT_SEAL: &str = "UPDATE access_event SET mac = substr(mac, 1, 20)
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const UNSEAL_ALL: &str = "UPDATE access_event SET mac = NULL";
const UNSEAL_WAITING: &str =
    "UPDATE access_event SET mac = NULL WHERE event_id IN (SELECT event_id FROM log_pending)";
const FORGET_BEGINNING: &str = "DELETE FROM store_setting WHERE name = 'log_seals'";

impl Log {
    /// A line at the end of a chain, right in everything that can be computed without the keys.
    async fn forge(&self, chain: ChainId, mac: &[u8]) {
        let records = &self.custody.stores.records;
        let before = records.newest_access_entries(chain, i64::MAX, 1).await.unwrap().remove(0);
        let previous: [u8; 32] = before.entry.as_slice().try_into().unwrap();
        let event = LogEvent::by_owner(&self.custody.environment, chain, Action::Read, Category::Home);
        let body = event.body(before.chain_seq + 1, Some(&previous));
        let salt = [1; 16];
        let row = NewAccessEvent {
            event_id: event.id,
            chain_id: chain,
            chain_seq: before.chain_seq + 1,
            previous: Some(previous),
            entry: entry(&salt, &body),
            mac: mac.to_vec(),
            recorded_at: event.at,
            salt,
            body,
        };
        let mut tx = records.begin().await.unwrap();
        records.take_chain_numbers(&mut tx, &[(chain, 1)].into()).await.unwrap();
        records.insert_access_events(&mut tx, std::slice::from_ref(&row)).await.unwrap();
        records.end_chains(&mut tx, &[(chain, row.entry)].into()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn seal_of_last(&self, chain: ChainId) -> Vec<u8> {
        let records = &self.custody.stores.records;
        records.newest_access_entries(chain, i64::MAX, 1).await.unwrap().remove(0).mac.unwrap()
    }
}

#[tokio::test]
async fn a_line_that_was_made_up_gets_no_place_and_is_found() {
    for kind in ["none", "copied", "zeros", "other key", "no key"] {
        for log in logs().await {
            let chain = log.chains[0];
            let mac = match kind {
                "copied" => log.seal_of_last(chain).await,
                "zeros" => vec![0; 34],
                "no key" => [vec![0, 9], vec![7; 32]].concat(),
                "other key" => {
                    let keys = KeySet::derive(1, &MasterKey::new([1; 32]));
                    let event = log.events[0];
                    SealedLine { chain, seq: 201, event, entry: &[0; 32] }.seal(&keys).to_vec()
                }
                _ => Vec::new(),
            };
            log.forge(chain, &mac).await;
            if kind == "none" {
                log.tamper(UNSEAL_WAITING, &[]).await;
            }
            let expected = LogFault { index: ENTRIES, what: FaultKind::Forged };
            assert_eq!(log.fault().await, expected, "{} {kind}", log.test.engine);
            let turned = log.turn().await;
            assert!(
                matches!(turned, Err(SequencerError::Forged(_))),
                "{} {kind}: {turned:?}",
                log.test.engine
            );
            assert_eq!(log.custody.stores.records.log_size().await.unwrap(), ENTRIES as i64);
        }
    }
}

#[tokio::test]
async fn a_seal_that_was_taken_away_or_cut_short_is_found_at_its_index() {
    for (statement, index) in [(UNSEAL, 400), (CUT_SEAL, 77)] {
        for log in logs().await {
            log.tamper(statement, &[index]).await;
            let expected = LogFault { index: index.unsigned_abs(), what: FaultKind::Forged };
            assert_eq!(log.fault().await, expected, "{}", log.test.engine);
        }
    }
    for log in logs().await {
        log.tamper(UNSEAL_ALL, &[]).await;
        let fault = log.fault().await;
        // Without a single seal this looks like a log of an earlier version, but for the line that tells of the beginning.
        assert_eq!(fault.what, FaultKind::Forged, "{}", log.test.engine);
    }
}

#[tokio::test]
async fn lines_from_before_there_were_seals_are_told_apart_by_a_line_that_is_sealed() {
    for mut log in logs_without_seals().await {
        log.write(3).await;
        log.tamper(UNSEAL_WAITING, &[]).await;
        assert_eq!(log.audit().await.unwrap().unsealed, 103, "{}: nothing has begun", log.test.engine);
        assert_eq!(log.turn().await.unwrap(), 4, "{}", log.test.engine);
        log.write(3).await;
        log.turn().await.unwrap();
        let audited = log.audit().await.unwrap();
        assert_eq!((audited.entries, audited.unsealed), (107, 100), "{}", log.test.engine);

        log.tamper(UNSEAL, &[105]).await;
        assert_eq!(
            log.fault().await,
            LogFault { index: 105, what: FaultKind::Forged },
            "{}",
            log.test.engine
        );
    }
}

#[tokio::test]
async fn whoever_takes_the_beginning_away_does_not_get_another_one() {
    for mut log in logs_without_seals().await {
        log.write(3).await;
        log.turn().await.unwrap();
        log.forge(log.chains[0], &[]).await;
        log.tamper(UNSEAL_WAITING, &[]).await;
        log.tamper(FORGET_BEGINNING, &[]).await;
        let turned = log.turn().await;
        assert!(matches!(turned, Err(SequencerError::NoBeginning)), "{}: {turned:?}", log.test.engine);
        // And with every seal gone, too, the first beginning still stands in the tree.
        log.tamper(UNSEAL_ALL, &[]).await;
        log.turn().await.unwrap();
        assert_eq!(log.fault().await.what, FaultKind::Forged, "{}", log.test.engine);
    }
}

/// A log of 100 entries as an earlier version left it.
async fn logs_without_seals() -> Vec<Log> {
    let mut logs = Vec::new();
    for log in empty_logs(8).await {
        let mut log = log;
        let records = &log.custody.stores.records;
        let mut tx = records.begin().await.unwrap();
        records.put_setting(&mut tx, "log_seals", "not yet").await.unwrap();
        tx.commit().await.unwrap();
        log.write(100).await;
        log.turn().await.unwrap();
        log.tamper(UNSEAL_ALL, &[]).await;
        log.tamper(FORGET_BEGINNING, &[]).await;
        logs.push(log);
    }
    logs
}

#[tokio::test]
async fn a_new_key_seals_what_comes_after_it_and_the_old_one_nothing_more() {
    let old = || KeySet::derive(1, &MasterKey::new([9; 32]));
    for mut log in logs().await {
        let new = KeySet::derive(2, &MasterKey::new([8; 32]));
        log.custody.keys = KeyRing::new([old(), new]).unwrap();
        log.write(3).await;
        log.turn().await.unwrap();
        assert_eq!(log.audit().await.unwrap().entries, ENTRIES + 3, "{}", log.test.engine);

        log.custody.keys = log.custody.keys.writing(1).unwrap();
        log.write(3).await;
        assert_eq!(
            log.fault().await.what,
            FaultKind::Forged,
            "{}: who has the old key alone",
            log.test.engine
        );
    }
}
