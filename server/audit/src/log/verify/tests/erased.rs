//! Bodies that are gone: with a line about it, and without.

use super::*;
use crate::log::erase_log_lines;

#[tokio::test]
async fn what_a_line_says_was_erased_still_verifies() {
    for log in logs().await {
        let chain = log.chains[1];
        assert_eq!(erase_log_lines(&log.custody, chain, 50).await.unwrap(), 50, "{}", log.test.engine);
        assert_eq!(log.audit().await.unwrap().erased, 50, "{}: before it has a place", log.test.engine);
        log.turn().await.unwrap();
        assert_eq!(log.audit().await.unwrap().erased, 50, "{}", log.test.engine);
        assert_eq!(erase_log_lines(&log.custody, chain, 201).await.unwrap(), 151, "{}", log.test.engine);
        assert_eq!(log.audit().await.unwrap().erased, 201, "{}: the first erasure with it", log.test.engine);
        assert!(erase_log_lines(&log.custody, chain, 900).await.is_err(), "there are not so many");
    }
}

#[tokio::test]
async fn a_body_that_is_gone_without_a_line_about_it_is_found_at_its_index() {
    for mut log in logs().await {
        log.tamper(ERASE, &[313]).await;
        let gone = |index| LogFault { index, what: FaultKind::BodyGone };
        assert_eq!(log.fault().await, gone(313), "{}", log.test.engine);
        log.tamper(ERASE, &[12]).await;
        assert_eq!(log.fault().await, gone(12), "{}: the first one is named", log.test.engine);
        log.write(3).await;
        log.turn().await.unwrap();
        assert_eq!(log.fault().await, gone(12), "{}: and still", log.test.engine);
    }
}

#[tokio::test]
async fn an_erasure_speaks_of_its_own_chain_and_of_what_was_before_it_alone() {
    const ERASE_NUMBER: &str = "DELETE FROM access_event_body WHERE event_id IN
        (SELECT event_id FROM access_event WHERE chain_seq = $1)";
    for log in logs().await {
        erase_log_lines(&log.custody, log.chains[0], 50).await.unwrap();
        log.tamper(ERASE_NUMBER, &[50]).await;
        assert_eq!(log.fault().await.what, FaultKind::BodyGone, "{}: of the others", log.test.engine);
    }
    for log in logs().await {
        for chain in log.chains {
            erase_log_lines(&log.custody, chain, 50).await.unwrap();
        }
        assert_eq!(log.audit().await.unwrap().erased, 150, "{}", log.test.engine);
        log.tamper(ERASE_NUMBER, &[51]).await;
        assert_eq!(log.fault().await.what, FaultKind::BodyGone, "{}: one more", log.test.engine);
    }
}
