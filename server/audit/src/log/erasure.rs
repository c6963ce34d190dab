//! Erasure: what lines say is dropped, that they were there stays. The erasure is itself a line, so that a body that is
//! missing without one was taken away by somebody who had no right to.

use super::{Action, LogEvent, append_in};
use techo_custody::{Custody, Failure, lift_failures};
use techo_model::ChainId;

/// Detail of a line about an erasure: the number of the last line whose body is gone.
pub(super) const THROUGH: &str = "through";

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum LogErasureError {
    /// Theirs: the chain has not reached this number.
    #[error("the chain has no line of this number")]
    NotReached,
    /// Ours.
    #[error(transparent)]
    Failure(Failure),
}

lift_failures!(LogErasureError);

/// Erases what the lines of a chain say, from the first up to and with a number, and says so in a line of its own.
/// Answers how many there were.
///
/// # Errors
/// [`LogErasureError::NotReached`] for a number that the chain has not reached; a database.
pub async fn erase_log_lines(
    custody: &Custody,
    chain: ChainId,
    through: i64,
) -> Result<u64, LogErasureError> {
    let records = &custody.stores.records;
    if through < 1 || records.access_entries(chain, through - 1, 1).await?.is_empty() {
        return Err(LogErasureError::NotReached);
    }
    let mut event = LogEvent::by_log(&custody.environment, chain, Action::Erase);
    event.detail.insert(THROUGH.to_owned(), through.into());
    let mut tx = records.begin().await?;
    let erased = records.erase_access_bodies(&mut tx, chain, through).await?;
    append_in(custody, &mut tx, &[event]).await?;
    tx.commit().await?;
    Ok(erased)
}
