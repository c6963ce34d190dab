//! Time and ids, as they are handed in.

use std::{fmt, sync::Arc};
use techo_model::UnixMillis;
use uuid::Uuid;

/// The clock by which jobs are due and leases run out, and where ids come from.
#[derive(Clone)]
pub struct JobClock {
    now: Arc<dyn Fn() -> UnixMillis + Send + Sync>,
    new_id: Arc<dyn Fn() -> Uuid + Send + Sync>,
}

impl JobClock {
    /// Of the program's own clock and its ids.
    pub fn new(
        now: impl Fn() -> UnixMillis + Send + Sync + 'static,
        new_id: impl Fn() -> Uuid + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), new_id: Arc::new(new_id) }
    }

    /// This instant.
    pub fn now(&self) -> UnixMillis {
        (self.now)()
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        (self.new_id)()
    }
}

impl fmt::Debug for JobClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JobClock")
    }
}
