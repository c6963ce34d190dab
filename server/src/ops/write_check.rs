//! Whether the databases take writes. A full disk or a server that takes none lets everything be read and nothing be done, and a
//! portal that is left alone because it says so would never try again: so it is tried here, for good, in a row of its own.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use techo_model::UnixMillis;
use techo_store::{Db, StoreError};

/// How long a success is believed; a failure is tried again at once.
const BELIEVED: Duration = Duration::from_secs(10);

/// When each database last took a write.
#[derive(Debug, Default)]
pub(super) struct WriteChecks {
    /// The vault.
    pub identity: WriteCheck,
    /// The record store.
    pub records: WriteCheck,
}

/// When a database last took a write of this check.
#[derive(Debug, Default)]
pub(super) struct WriteCheck(Mutex<Option<UnixMillis>>);

impl WriteCheck {
    /// Whether the database takes writes, as of a moment ago.
    ///
    /// # Errors
    /// It does not, or cannot be reached.
    pub async fn ask(&self, db: &Db, now: UnixMillis) -> Result<(), StoreError> {
        let good = *self.lock();
        if good.is_some_and(|good| good <= now && now < good.plus(BELIEVED)) {
            return db.ping().await;
        }
        self.ask_now(db, now).await
    }

    /// The same without believing what was seen a moment ago.
    ///
    /// # Errors
    /// As [`WriteCheck::ask`].
    pub async fn ask_now(&self, db: &Db, now: UnixMillis) -> Result<(), StoreError> {
        *self.lock() = None;
        db.check_write(now).await?;
        *self.lock() = Some(now);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<UnixMillis>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
