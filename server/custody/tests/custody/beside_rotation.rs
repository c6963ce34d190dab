//! What other processes do beside a rotation.

use crate::key_rotation::{each_rotation, go_on, one_further};
use std::{collections::HashSet, time::Duration};
use techo_custody::{
    Failure, Internal, page_watch,
    rotate::{RotateError, unfinished},
};
use techo_identity::enrol::CardSelection;
use techo_model::{BindingId, JobId};
use techo_store::{
    DatabaseName,
    jobs::{DueJob, NewJob, claim_job, list_parked_rows, schedule_job},
    testing::tamper,
};
use uuid::Uuid;

#[tokio::test]
async fn a_worker_that_is_alive_anywhere_keeps_a_rotation_from_beginning() {
    for rotation in each_rotation().await {
        let custody = rotation.identity.custody().clone();
        let (environment, now) = (&custody.environment, custody.environment.now());
        for which in [DatabaseName::Identity, DatabaseName::Records] {
            let (db, id) = (custody.stores.db(which), JobId(environment.new_id()));
            let (kind, payload) = ("carry-outbox", "{}");
            let job = NewJob { id, kind, dedup_key: None, payload, enqueued_at: now, due_at: now };
            schedule_job(db, &job).await.unwrap();
            let lease = (environment.new_id(), now.plus(Duration::from_secs(20)));
            let due = DueJob { job_id: id, due_at: now };
            assert!(claim_job(db, due, lease, now).await.unwrap().is_some());
        }
        let refused = rotation.rotate(&mut go_on).await.unwrap_err();
        assert!(matches!(refused, RotateError::AtWork(2)), "{}: {refused}", rotation.engine());
        assert!(refused.to_string().contains("serve を止めて"));
        assert_eq!(unfinished(&custody.stores).await.unwrap(), None);
        environment.advance(Duration::from_secs(20));
        rotation.rotate(&mut go_on).await.unwrap();
    }
}

#[tokio::test]
async fn a_process_whose_keys_are_no_longer_those_of_the_databases_parks_nothing_and_signs_nobody_out() {
    for mut rotation in each_rotation().await {
        rotation.fill().await;
        let (former, vault) = (rotation.identity.custody(), &rotation.identity.custody().stores.vault);
        former.check_keys().await.unwrap();
        let watched = async || {
            let page =
                vault.watched_bindings(CardSelection::Running, BindingId(Uuid::nil()), 10).await.unwrap();
            page.len()
        };
        assert_eq!(watched().await, 1, "{}", rotation.engine());
        let mut seen = HashSet::new();
        while rotation.rotate(&mut one_further(&mut seen)).await.is_err() {
            let is_noted = unfinished(&former.stores).await.unwrap().is_some();
            assert_eq!(former.check_keys().await.is_err(), is_noted, "{}", rotation.engine());
        }
        assert!(matches!(former.check_keys().await, Err(Internal::KeysChanged)));
        let swept = rotation.identity.cards.watch_cards(CardSelection::Running).await;
        let changed = |failure| matches!(failure, Some(Failure::Internal(Internal::KeysChanged)));
        assert!(changed(swept.err()), "{}", rotation.engine());
        assert_eq!(watched().await, 1, "{}: nobody was signed out", rotation.engine());
        let untried = "UPDATE waiting_record SET tried_at = NULL";
        assert!(tamper(former.stores.records.db(), untried, &[]).await > 0);
        assert!(
            changed(techo_intake::retry_waiting(former, &mut page_watch::go_on).await.err()),
            "{}",
            rotation.engine()
        );
        for which in [DatabaseName::Identity, DatabaseName::Records] {
            let parked = list_parked_rows(former.stores.db(which), 10).await.unwrap();
            assert!(parked.is_empty(), "{}: {parked:?}", rotation.engine());
        }
    }
}
