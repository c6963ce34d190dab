//! How long one database may keep another waiting.

use crate::StoreError;
use std::time::Duration;

/// Waits for work in a database, but not for longer than this: what it had begun is taken back then. For whoever holds a
/// transaction of the other database meanwhile, so that those who wait for that one go on.
///
/// # Errors
/// The work's own; [`StoreError::Silent`] when it was not done in time. Only a commit that was on its way then may still
/// have come through.
pub async fn answered_within<T, E: From<StoreError>>(
    limit: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(StoreError::Silent.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_that_is_done_in_time_is_answered_and_any_other_is_told_to_be_away() {
        let limit = Duration::from_secs(5);
        let work = async |seconds| {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok::<_, StoreError>(seconds)
        };
        assert_eq!(answered_within(limit, work(4)).await.ok(), Some(4));
        let silent = answered_within(limit, work(6)).await.expect_err("it took too long");
        assert!(silent.is_away() && !silent.is_passing(), "{silent:?}");
    }
}
