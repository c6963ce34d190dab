//! Whose turn it is to write to an SQLite file, when several processes want to.
//!
//! SQLite lets one write at a time and tells the others to ask again, at intervals that grow to a tenth of a second. An
//! import writes batch after batch; with such intervals a page would hardly ever hit the moment between two of them.
//! So whoever waits asks every few milliseconds, and whoever works long leaves a gap after each transaction that is longer
//! than that: a page waits for one batch at most.

use std::time::Duration;
use tokio::time::Instant;

/// How long SQLite itself asks again before it says that the file is busy.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_millis(2);
/// Pause before the next question.
const PAUSE: Duration = Duration::from_millis(1);
/// The gap that long work leaves; several times the way from one question to the next.
pub(crate) const GAP: Duration = Duration::from_millis(5);
/// After this, waiting has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody who waits for their turn.
pub(crate) struct WriteLockWait {
    until: Instant,
}

impl WriteLockWait {
    /// Begins to wait.
    pub(crate) fn waiting() -> Self {
        Self { until: Instant::now() + PATIENCE }
    }

    /// Whether to ask again after this error, and when: returns at that moment.
    pub(crate) async fn should_retry(&mut self, error: &sqlx::Error) -> bool {
        let wait = is_busy(error) && Instant::now() < self.until;
        if wait {
            tokio::time::sleep(PAUSE).await;
        }
        wait
    }
}

/// `SQLITE_BUSY` and its finer codes, which carry it in their lowest byte.
fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: i32 = 5;
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| code & 0xff == BUSY)
}
