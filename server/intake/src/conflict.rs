//! Work that another writer got in the way of is tried again: whoever sends rows must not have to.
//!
//! Imports take turns among themselves; those who write one record at a time (clinics, the portal) do not, and on
//! PostgreSQL they can be first with a row that a batch was about to add. Nothing of the batch is there then.

use std::time::Duration;
use techo_custody::{Failure, Internal, Result};
use techo_store::StoreError;

/// Tries of one piece of work. Whoever was in the way is done after the first; more in a row are no coincidence.
const TRIES: u32 = 10;
/// Pause before the second try; it grows with each.
const PAUSE: Duration = Duration::from_millis(10);

/// Whether nothing is wrong but the moment.
fn is_overtaken(failure: &Failure) -> bool {
    match failure {
        Failure::Internal(Internal::Store(StoreError::Conflict)) => true,
        Failure::Internal(Internal::Store(error)) => error.is_passing(),
        _ => false,
    }
}

/// How often a piece of work was tried.
#[derive(Debug, Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// Waits a moment before the next try.
    ///
    /// # Errors
    /// The failure, when another writer was not in the way or is always.
    pub(super) async fn again_after(&mut self, failure: impl Into<Failure>) -> Result<()> {
        let failure = failure.into();
        self.0 += 1;
        if self.0 >= TRIES || !is_overtaken(&failure) {
            return Err(failure);
        }
        tokio::time::sleep(PAUSE * self.0).await;
        Ok(())
    }
}

/// Does a piece of work, from its beginning again when another writer was in the way.
///
/// # Errors
/// The failure of the work, or of its last try.
pub async fn repeat_overtaken<T>(mut work: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    let mut tries = Tries::default();
    loop {
        match work().await {
            Ok(done) => return Ok(done),
            Err(failure) => tries.again_after(failure).await?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_batch_that_was_overtaken_is_tried_again_and_one_that_failed_is_not() {
        let mut tries = 0;
        let done = repeat_overtaken(async || {
            tries += 1;
            if tries < 4 { Err(StoreError::Conflict.into()) } else { Ok(tries) }
        });
        assert_eq!(done.await.ok(), Some(4));
        tries = 0;
        let failed: Result<()> = repeat_overtaken(async || {
            tries += 1;
            Err(Failure::NotFound)
        })
        .await;
        assert!(failed.is_err());
        assert_eq!(tries, 1);
        let endless: Result<()> = repeat_overtaken(async || Err(StoreError::Conflict.into())).await;
        assert!(endless.is_err(), "somebody who is always in the way is a fault");
    }
}
