//! Whoever works long in one database leaves gaps, and whoever holds the other one waits no longer than a bound.

use std::time::Duration;
use techo_store::{StoreError, answered_within, testing::each_engine};

#[tokio::test]
async fn work_that_is_answered_in_time_lasts_and_work_that_is_not_is_taken_back() {
    for test in each_engine().await {
        let (records, engine) = (&test.stores.records, test.engine);
        let write = async |name: &str| -> Result<(), StoreError> {
            let mut tx = records.begin().await?;
            records.put_setting(&mut tx, name, "yes").await?;
            tx.commit().await
        };
        answered_within(Duration::from_secs(60), write("in-time")).await.unwrap();
        records.db().yield_to_writers().await;
        let never = async {
            let mut tx = records.begin().await?;
            records.put_setting(&mut tx, "too-late", "yes").await?;
            std::future::pending::<Result<(), StoreError>>().await
        };
        let silent = answered_within(Duration::from_millis(300), never).await;
        assert!(silent.is_err_and(|error| error.is_away()), "{engine}");
        assert_eq!(records.setting("in-time").await.unwrap().as_deref(), Some("yes"), "{engine}");
        assert_eq!(records.setting("too-late").await.unwrap(), None, "{engine}");
        write("afterwards").await.unwrap();
    }
}
