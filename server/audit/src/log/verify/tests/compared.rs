//! Checkpoints of the database and of the second place, against each other.

use super::*;

fn file_of(log: &Log, size: u64) -> std::path::PathBuf {
    log.folder().join(format!("{size:020}.checkpoint"))
}

#[tokio::test]
async fn a_second_place_that_is_not_there_or_empty_means_that_nothing_was_compared() {
    for log in logs().await {
        for entry in std::fs::read_dir(log.folder()).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
        let empty = log.audit().await;
        assert!(matches!(empty, Err(AuditError::NothingToCompare(_))), "{}: {empty:?}", log.test.engine);
        std::fs::remove_dir_all(log.folder()).unwrap();
        let missing = log.audit().await;
        assert!(matches!(missing, Err(AuditError::NothingToCompare(_))), "{}: {missing:?}", log.test.engine);
    }
}

#[tokio::test]
async fn a_checkpoint_that_was_lost_from_the_second_place_is_named() {
    for log in logs().await {
        std::fs::remove_file(file_of(&log, 301)).unwrap();
        let lost = FaultKind::NotElsewhere { count: 1, sizes: "301".into() };
        assert_eq!(log.fault().await, LogFault { index: 300, what: lost.clone() }, "{}", log.test.engine);
        log.tamper(UNDELIVER, &[0]).await;
        assert_eq!(log.fault().await.what, lost, "{}: later ones arrived", log.test.engine);
        std::fs::remove_file(file_of(&log, 101)).unwrap();
        let lost = FaultKind::NotElsewhere { count: 2, sizes: "101、301".into() };
        assert_eq!(log.fault().await.what, lost, "{}", log.test.engine);
    }
}

#[tokio::test]
async fn a_copy_under_another_name_does_not_stand_for_the_one_that_was_lost() {
    for log in logs().await {
        std::fs::copy(file_of(&log, 101), file_of(&log, 301)).unwrap();
        let fault = log.fault().await;
        assert!(
            matches!(fault.what, FaultKind::NotElsewhere { count: 1, .. }),
            "{}: {fault}",
            log.test.engine
        );
    }
}

#[tokio::test]
async fn the_newest_checkpoints_may_still_be_on_their_way() {
    for log in logs().await {
        std::fs::remove_file(file_of(&log, ENTRIES)).unwrap();
        assert!(matches!(log.fault().await.what, FaultKind::NotElsewhere { .. }), "{}", log.test.engine);
        log.tamper(UNDELIVER, &[ENTRIES as i64]).await;
        let audited = log.audit().await.unwrap();
        let from = (audited.checkpoints_here, audited.checkpoints_elsewhere, audited.checkpoints_waiting);
        assert_eq!(from, (4, 3, Some(1)), "{}", log.test.engine);
    }
}

#[tokio::test]
async fn a_checkpoint_that_the_database_lost_is_found_in_the_second_place() {
    for log in logs().await {
        log.tamper(DROP_CHECKPOINT, &[301]).await;
        let fault = log.fault().await;
        assert!(
            matches!(fault, LogFault { index: 300, what: FaultKind::NotHere(_) }),
            "{}: {fault}",
            log.test.engine
        );
    }
    for log in logs().await {
        log.tamper(DROP_CHECKPOINT, &[ENTRIES as i64]).await;
        std::fs::remove_file(file_of(&log, ENTRIES)).unwrap();
        let fault = log.fault().await;
        assert_eq!(fault, LogFault { index: 571, what: FaultKind::UnsignedEnd }, "{}", log.test.engine);
    }
}
