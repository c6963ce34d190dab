//! Time, randomness and ids: the only place where they enter the program.

mod pause;

pub use pause::HeldPoint;

use pause::PausePoints;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use techo_model::{CalendarDate, UnixMillis};
use uuid::Uuid;

/// The clock and the source of randomness, handed to everything that needs either.
#[derive(Clone)]
pub struct Environment {
    clock: Clock,
    rng: Arc<Mutex<Source>>,
    pauses: Option<PausePoints>,
}

/// Where instants come from.
#[derive(Clone)]
enum Clock {
    System,
    Test(Arc<AtomicI64>),
}

enum Source {
    System,
    Seeded(Box<ChaCha20Rng>),
}

impl Environment {
    /// The machine's clock and the operating system's randomness.
    pub fn system() -> Self {
        Self { clock: Clock::System, rng: Arc::new(Mutex::new(Source::System)), pauses: None }
    }

    /// A clock that stands still until [`Environment::advance`], and randomness that repeats for the same seed.
    pub fn test(now: UnixMillis, seed: u64) -> Self {
        Self {
            clock: Clock::Test(Arc::new(AtomicI64::new(now.0))),
            rng: Arc::new(Mutex::new(Source::Seeded(Box::new(ChaCha20Rng::seed_from_u64(seed))))),
            pauses: Some(PausePoints::default()),
        }
    }

    /// This instant.
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    pub fn now(&self) -> UnixMillis {
        match &self.clock {
            Clock::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                UnixMillis(since.ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or(0))
            }
            Clock::Test(millis) => UnixMillis(millis.load(Ordering::SeqCst)),
        }
    }

    /// Today in Japan.
    pub fn today(&self) -> CalendarDate {
        self.now().date_in_japan()
    }

    /// Moves a test clock; the machine's clock stays untouched.
    pub fn advance(&self, by: Duration) {
        if let Clock::Test(millis) = &self.clock {
            millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// Waits; in an environment made by [`Environment::test`] not at all.
    pub async fn wait(&self, time: Duration) {
        if matches!(self.clock, Clock::System) {
            tokio::time::sleep(time).await;
        }
    }

    /// A place where another piece of work may overtake this one. Waits only when a test holds it with [`Environment::hold_point`].
    pub async fn pause_point(&self, name: &'static str) {
        if let Some(pauses) = &self.pauses {
            pauses.pass(name).await;
        }
    }

    /// Holds the next piece of work that comes to a point, in an environment made by [`Environment::test`].
    ///
    /// # Panics
    /// In the machine's own environment, where nothing is ever held.
    pub fn hold_point(&self, name: &'static str) -> HeldPoint {
        self.pauses.as_ref().expect("only a test holds points").hold(name)
    }

    /// Fills the buffer with random bytes.
    pub fn fill(&self, buffer: &mut [u8]) {
        match &mut *self.rng.lock().unwrap_or_else(PoisonError::into_inner) {
            Source::System => getrandom::fill(buffer).expect("the operating system gives randomness"),
            Source::Seeded(rng) => rng.fill_bytes(buffer),
        }
    }

    /// Random bytes as an array.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }

    /// A new id: UUID version 7, so that ids sort by creation.
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A random id without a time in it, for what outsiders may see or what must not be ordered.
    pub fn opaque_id(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_environment_repeats_itself_and_moves_only_when_told() {
        let one = Environment::test(UnixMillis(1_000), 7);
        let two = Environment::test(UnixMillis(1_000), 7);
        assert_eq!(one.bytes::<16>(), two.bytes::<16>());
        one.advance(Duration::from_secs(1));
        assert_eq!((one.now(), two.now()), (UnixMillis(2_000), UnixMillis(1_000)));
    }

    #[test]
    fn new_ids_sort_by_time() {
        let environment = Environment::test(UnixMillis(1_000), 7);
        let first = environment.new_id();
        environment.advance(Duration::from_millis(1));
        assert!(first < environment.new_id());
    }
}
