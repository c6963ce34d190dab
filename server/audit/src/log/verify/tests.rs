//! Each attack on the log, done by statement on both engines, and where the audit finds it.

use super::*;
use crate::log::{
    Action, Category, LogEvent, append_in, audit_log, log_verifiers, prove_lines,
    tree::{
        proof::LineProof,
        sequencer::{Sequencer, SequencerError},
    },
};
use std::path::Path;
use techo_custody::{
    environment::Environment,
    keys::{
        KeyRing,
        set::{KeySet, MasterKey},
    },
};
use techo_model::{ChainId, EventId, UnixMillis};
use techo_store::testing::{TestStores, each_engine, tamper};

/// 600 lines and the one about the beginning of seals.
const ENTRIES: u64 = 601;
const ORIGIN: &str = "portal.example.jp/access-log";

struct Log {
    test: TestStores,
    custody: Custody,
    place: CheckpointMirror,
    chains: [ChainId; 3],
    events: Vec<EventId>,
    _folder: tempfile::TempDir,
}

/// A log of 600 entries of three people with four checkpoints, two of them over unfinished tiles. Sizes are one more, for
/// the line about the beginning of seals.
async fn logs() -> Vec<Log> {
    logs_drawn(5).await
}

async fn logs_drawn(seed: u64) -> Vec<Log> {
    let mut logs = empty_logs(seed).await;
    for log in &mut logs {
        for (count, placed) in [(100, 101), (200, 200), (270, 270), (30, 30)] {
            log.write(count).await;
            assert_eq!(log.turn().await.unwrap(), placed);
        }
    }
    logs
}

async fn empty_logs(seed: u64) -> Vec<Log> {
    let mut logs = Vec::new();
    for test in each_engine().await {
        let environment = Environment::test(UnixMillis(1_795_392_000_000), seed);
        let keys = KeyRing::new([KeySet::derive(1, &MasterKey::new([9; 32]))]).unwrap();
        let custody = Custody { stores: test.stores.clone(), keys, environment: environment.clone() };
        let folder = tempfile::tempdir().unwrap();
        let place = CheckpointMirror::Folder(folder.path().join("checkpoints"));
        let chains = [(); 3].map(|()| ChainId(environment.opaque_id()));
        logs.push(Log { test, custody, place, chains, events: Vec::new(), _folder: folder });
    }
    logs
}

impl Log {
    async fn write(&mut self, count: u64) {
        let (records, environment) = (&self.custody.stores.records, &self.custody.environment);
        let event = |n: u64| {
            LogEvent::by_owner(environment, self.chains[n as usize % 3], Action::Read, Category::Checkup)
        };
        let events: Vec<_> = (0..count).map(event).collect();
        let mut tx = records.begin().await.unwrap();
        append_in(&self.custody, &mut tx, &events).await.unwrap();
        tx.commit().await.unwrap();
        self.events.extend(events.iter().map(|event| event.id));
    }

    async fn turn(&self) -> Result<u64, SequencerError> {
        let sequencer = Sequencer::new(self.custody.clone(), ORIGIN, self.place.clone()).await.unwrap();
        sequencer.run_once().await
    }

    async fn audit(&self) -> Result<AuditedLog, AuditError> {
        audit_log(&self.custody, &self.place, &mut |_| ControlFlow::Continue(())).await
    }

    async fn fault(&self) -> LogFault {
        match self.audit().await {
            Err(AuditError::Fault(fault)) => fault,
            other => panic!("{}: {other:?}", self.test.engine),
        }
    }

    async fn tamper(&self, statement: &'static str, numbers: &[i64]) {
        let hit = tamper(self.test.stores.records.db(), statement, numbers).await;
        assert!(hit > 0, "{}: {statement}", self.test.engine);
    }

    fn folder(&self) -> &Path {
        let CheckpointMirror::Folder(folder) = &self.place else { panic!("it is a folder") };
        folder
    }
}

const EDIT_BODY: &str = "UPDATE access_event_body SET body = replace(body, 'checkup', 'records')
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const EDIT_ENTRY: &str = "UPDATE access_event SET entry = previous
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const ERASE: &str = "DELETE FROM access_event_body
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const REMOVE_EVENT: &str = "DELETE FROM access_event
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const REMOVE_LEAF: &str = "DELETE FROM log_leaf WHERE leaf_index = $1";
const AWAY: &str = "UPDATE log_leaf SET leaf_index = -1 WHERE leaf_index = $1";
const INSTEAD: &str = "UPDATE log_leaf SET leaf_index = $2 WHERE leaf_index = $1";
const BACK: &str = "UPDATE log_leaf SET leaf_index = $1 WHERE leaf_index = -1";
const CUT_LEAVES: &str = "DELETE FROM log_leaf WHERE leaf_index >= $1";
const CUT_BODIES: &str =
    "DELETE FROM access_event_body WHERE event_id NOT IN (SELECT event_id FROM log_leaf)";
const CUT_EVENTS: &str = "DELETE FROM access_event WHERE event_id NOT IN (SELECT event_id FROM log_leaf)";
const CUT_HEAD: &str = "UPDATE log_head SET size = $1";
const CUT_CHECKPOINTS: &str = "DELETE FROM log_checkpoint WHERE size > $1";
const CUT_CHAINS: &str = "UPDATE access_chain SET
    next_seq = 1 + (SELECT MAX(chain_seq) FROM access_event e WHERE e.chain_id = access_chain.chain_id),
    last_entry = (SELECT entry FROM access_event e WHERE e.chain_id = access_chain.chain_id
        ORDER BY chain_seq DESC LIMIT 1)";
const SPOIL_TILE: &str = "DELETE FROM log_tile WHERE level = 0 AND tile_index = $1";
const SPOIL_CHECKPOINT: &str =
    "UPDATE log_checkpoint SET note = replace(note, 'portal', 'partol') WHERE size = $1";
const FORGET_PENDING: &str = "DELETE FROM log_pending WHERE chain_seq > $1";
const DROP_CHECKPOINT: &str = "DELETE FROM log_checkpoint WHERE size = $1";
const UNDELIVER: &str = "UPDATE log_checkpoint SET delivered_at = NULL WHERE size >= $1";
const RENUMBER: &str = "UPDATE access_event SET chain_seq = chain_seq + 5000
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";

#[tokio::test]
async fn a_whole_log_is_audited_with_every_checkpoint_here_and_in_the_second_place() {
    for mut log in logs().await {
        log.write(7).await;
        let audited = log.audit().await.unwrap();
        let found = (audited.entries, audited.waiting, audited.chains, audited.checkpoints, audited.erased);
        assert_eq!(found, (ENTRIES, 7, 4, 8, 0), "{}", log.test.engine);
        let from = (audited.checkpoints_here, audited.checkpoints_elsewhere, audited.checkpoints_waiting);
        assert_eq!((from, audited.unsealed), ((4, 4, Some(0)), 0), "{}", log.test.engine);
    }
}

#[tokio::test]
async fn an_edited_entry_is_found_at_its_index() {
    for log in logs().await {
        log.tamper(EDIT_BODY, &[317]).await;
        assert_eq!(
            log.fault().await,
            LogFault { index: 317, what: FaultKind::Edited },
            "{}",
            log.test.engine
        );
        log.tamper(EDIT_BODY, &[5]).await;
        assert_eq!(log.fault().await.index, 5, "the first one is named");
    }
    for log in logs().await {
        log.tamper(ERASE, &[317]).await;
        log.tamper(EDIT_ENTRY, &[317]).await;
        assert_eq!(
            log.fault().await,
            LogFault { index: 317, what: FaultKind::Replaced },
            "{}",
            log.test.engine
        );
    }
}

#[tokio::test]
async fn a_removed_entry_is_found_at_its_index_even_when_the_gap_was_closed() {
    for log in logs().await {
        log.tamper(ERASE, &[400]).await;
        log.tamper(REMOVE_EVENT, &[400]).await;
        let expected = LogFault { index: 400, what: FaultKind::Removed };
        assert_eq!(log.fault().await, expected, "{}", log.test.engine);
        log.tamper(REMOVE_LEAF, &[400]).await;
        assert_eq!(log.fault().await, expected, "{}", log.test.engine);
        for index in 401..ENTRIES as i64 {
            log.tamper(INSTEAD, &[index, index - 1]).await;
        }
        assert_eq!(
            log.fault().await,
            LogFault { index: 400, what: FaultKind::Replaced },
            "{}",
            log.test.engine
        );
    }
}

#[tokio::test]
async fn reordered_entries_are_found_at_the_first_of_them() {
    for log in logs().await {
        log.tamper(AWAY, &[200]).await;
        log.tamper(INSTEAD, &[350, 200]).await;
        log.tamper(BACK, &[350]).await;
        assert_eq!(
            log.fault().await,
            LogFault { index: 200, what: FaultKind::Replaced },
            "{}",
            log.test.engine
        );
    }
    for log in logs().await {
        log.tamper(ERASE, &[200]).await;
        log.tamper(RENUMBER, &[200]).await;
        let fault = log.fault().await;
        assert!(
            matches!(fault, LogFault { index: 200, what: FaultKind::Gap(_) }),
            "{}: {fault}",
            log.test.engine
        );
    }
}

#[tokio::test]
async fn a_log_that_was_cut_off_is_found_out_by_the_second_place_alone() {
    for log in logs().await {
        log.tamper(CUT_LEAVES, &[301]).await;
        assert_eq!(
            log.fault().await,
            LogFault { index: 301, what: FaultKind::Removed },
            "{}",
            log.test.engine
        );
        for statement in [CUT_BODIES, CUT_EVENTS, CUT_CHAINS] {
            log.tamper(statement, &[]).await;
        }
        log.tamper(CUT_HEAD, &[301]).await;
        log.tamper(CUT_CHECKPOINTS, &[301]).await;
        let fault = log.fault().await;
        let is_cut = matches!(&fault.what, FaultKind::CutOff { size: 571, .. });
        assert!(is_cut && fault.index == 301, "{}: {fault}", log.test.engine);
        let unread = CheckpointMirror::Url("https://elsewhere.example/".into());
        let audited = audit_log(&log.custody, &unread, &mut |_| ControlFlow::Continue(())).await;
        assert!(audited.is_ok(), "without the second place nobody could tell");
    }
}

#[tokio::test]
async fn a_log_that_was_rewritten_whole_with_the_right_keys_is_found_out_by_the_second_place() {
    let (honest, forged) = (logs().await, logs_drawn(6).await);
    for (log, mut other) in honest.into_iter().zip(forged) {
        // The same keys, other events: everything in this database is right by itself.
        assert!(other.audit().await.is_ok());
        other.place = log.place.clone();
        let fault = other.fault().await;
        let is_rewritten = matches!(&fault.what, FaultKind::Rewritten { size: 101, .. });
        assert!(is_rewritten && fault.index == 0, "{}: {fault}", log.test.engine);
        let stopped = other.turn().await;
        assert!(matches!(stopped, Err(SequencerError::Contradiction(601))), "{stopped:?}");
    }
}

#[tokio::test]
async fn lost_hashes_and_unsigned_checkpoints_are_found() {
    for log in logs().await {
        log.tamper(SPOIL_CHECKPOINT, &[301]).await;
        let fault = log.fault().await;
        assert!(
            matches!(&fault.what, FaultKind::Unsigned(_)) && fault.index == 300,
            "{}: {fault}",
            log.test.engine
        );
        log.tamper(SPOIL_TILE, &[0]).await;
        let fault = log.fault().await;
        assert!(fault.index <= 300, "{}: {fault}", log.test.engine);
    }
    for log in logs().await {
        log.tamper(SPOIL_TILE, &[1]).await;
        assert_eq!(log.fault().await, LogFault { index: 256, what: FaultKind::Tile }, "{}", log.test.engine);
    }
}

#[tokio::test]
async fn an_entry_that_was_kept_out_of_the_tree_is_missed() {
    for mut log in logs().await {
        log.write(6).await;
        log.tamper(FORGET_PENDING, &[201]).await;
        assert_eq!(
            log.fault().await,
            LogFault { index: ENTRIES, what: FaultKind::Unplaced },
            "{}",
            log.test.engine
        );
    }
}

#[tokio::test]
async fn the_sequencer_stops_rather_than_sign_a_log_that_contradicts_its_past() {
    for mut log in logs().await {
        log.tamper(CUT_LEAVES, &[301]).await;
        log.tamper(CUT_HEAD, &[301]).await;
        log.tamper(CUT_CHECKPOINTS, &[301]).await;
        log.write(1).await;
        assert!(matches!(log.turn().await, Err(SequencerError::Contradiction(601))), "{}", log.test.engine);
        assert_eq!(log.custody.stores.records.log_size().await.unwrap(), 301, "nothing was signed");
    }
    for mut log in logs().await {
        log.tamper(CUT_HEAD, &[300]).await;
        std::fs::remove_dir_all(log.folder()).unwrap();
        log.write(1).await;
        assert!(matches!(log.turn().await, Err(SequencerError::Contradiction(300))), "{}", log.test.engine);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sequencers_at_once_give_every_entry_one_place_and_sign_one_history() {
    for mut log in logs().await {
        for _ in 0..5 {
            log.write(40).await;
            let turns = tokio::join!(log.turn(), log.turn(), log.turn());
            for turn in [turns.0, turns.1, turns.2] {
                turn.unwrap();
            }
        }
        assert_eq!(log.audit().await.unwrap().entries, 801, "{}", log.test.engine);
    }
}

#[tokio::test]
async fn checkpoints_wait_while_the_second_place_is_away_and_arrive_in_order() {
    for mut log in logs().await {
        let folder = log.folder().to_owned();
        let aside = folder.with_extension("aside");
        std::fs::rename(&folder, &aside).unwrap();
        std::fs::write(&folder, "not a folder").unwrap();
        log.write(2).await;
        let nowhere =
            Sequencer::new(log.custody.clone(), ORIGIN, CheckpointMirror::Url("http://127.0.0.1:9/".into()));
        let turn = nowhere.await.unwrap().run_once().await;
        assert!(matches!(turn, Err(SequencerError::CheckpointMirror(_))), "{}: {turn:?}", log.test.engine);
        let waiting = log.custody.stores.records.count_undelivered_checkpoints().await.unwrap();
        assert_eq!(waiting, 1, "the tree grows all the same");
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(&aside, &folder).unwrap();
        log.turn().await.unwrap();
        assert_eq!(log.audit().await.unwrap().checkpoints, 10, "{}", log.test.engine);
    }
}

#[tokio::test]
async fn every_line_has_a_proof_that_holds_without_the_database_and_for_no_other_line() {
    for log in logs().await {
        let key = log_verifiers(&log.custody).await.unwrap().remove(0);
        for index in [0_usize, 1, 255, 256, 299, 599] {
            let event = log.events[index];
            let chain = log.chains.iter().copied();
            let mut found = None;
            for chain in chain {
                found = found.or(prove_lines(&log.custody, chain, &[event]).await.unwrap().remove(&event));
            }
            let proof = LineProof::read(&found.unwrap().to_text()).unwrap();
            assert_eq!(proof.check(&key).unwrap().size, ENTRIES, "{}", log.test.engine);
            let forged = LineProof { body: proof.body.replace("read", "edit"), ..proof.clone() };
            assert!(forged.check(&key).is_err());
            let moved = LineProof { index: proof.index ^ 1, ..proof };
            assert!(moved.check(&key).is_err());
        }
        let elsewhere = ChainId(log.custody.environment.opaque_id());
        assert!(
            prove_lines(&log.custody, elsewhere, &log.events).await.unwrap().is_empty(),
            "nobody else's line"
        );
    }
}

#[tokio::test]
async fn after_a_key_rotation_old_checkpoints_are_still_believed() {
    for mut log in logs().await {
        let sets = [(1, [9; 32]), (2, [8; 32])]
            .map(|(version, master)| KeySet::derive(version, &MasterKey::new(master)));
        log.custody.keys = KeyRing::new(sets).unwrap();
        log.write(3).await;
        log.turn().await.unwrap();
        assert_eq!(log.audit().await.unwrap().checkpoints, 10, "{}", log.test.engine);
        let sets = [KeySet::derive(2, &MasterKey::new([8; 32]))];
        log.custody.keys = KeyRing::new(sets).unwrap();
        assert!(matches!(log.fault().await.what, FaultKind::Unsigned(_)), "a forgotten key signs nothing");
    }
}

mod compared;
mod erased;
mod sealed;
