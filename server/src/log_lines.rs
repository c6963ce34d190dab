//! A bound on how many lines anybody can make the log grow by. A line that a stranger can cause is a warning or less, and of
//! those each place in the code writes some at once and then one a second; how many were left out is told every minute.
//! Errors are ours, carry a reference that somebody may be asked about, and are never left out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tracing::{Event, Level, Metadata, Subscriber, callsite::Identifier};
use tracing_subscriber::layer::{Context, Filter};

/// Lines of one place at once.
const AT_ONCE: u32 = 50;
/// One more is allowed after each of these.
const REFILL: Duration = Duration::from_secs(1);
/// How often it is told how many were left out.
const TELL: Duration = Duration::from_mins(1);

/// Bounds the lines of each place; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct BoundedLines {
    places: Arc<Mutex<HashMap<Identifier, LinePosition>>>,
}

#[derive(Debug)]
struct LinePosition {
    metadata: &'static Metadata<'static>,
    left: u32,
    refilled: Instant,
    left_out: u64,
}

impl LinePosition {
    fn new(metadata: &'static Metadata<'static>, now: Instant) -> Self {
        Self { metadata, left: AT_ONCE, refilled: now, left_out: 0 }
    }

    fn may_write(&mut self, now: Instant) -> bool {
        let turns = now.saturating_duration_since(self.refilled).as_millis() / REFILL.as_millis();
        let turns = u32::try_from(turns).unwrap_or(u32::MAX);
        if turns > 0 {
            self.left = self.left.saturating_add(turns).min(AT_ONCE);
            self.refilled = now;
        }
        let may = self.left > 0;
        if may {
            self.left -= 1;
        } else {
            self.left_out += 1;
        }
        may
    }
}

impl BoundedLines {
    /// Tells every minute how many lines were left out, for as long as the program runs.
    pub async fn tell(self) {
        loop {
            tokio::time::sleep(TELL).await;
            for (file, line, count) in self.take_left_out() {
                tracing::warn!(file, line, count, "lines like one before were left out");
            }
        }
    }

    fn take_left_out(&self) -> Vec<(&'static str, u32, u64)> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let told = places.values_mut().filter(|place| place.left_out > 0).map(|place| {
            let count = std::mem::take(&mut place.left_out);
            (place.metadata.file().unwrap_or_default(), place.metadata.line().unwrap_or_default(), count)
        });
        told.collect()
    }

    fn may_write(&self, metadata: &'static Metadata<'static>, now: Instant) -> bool {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.entry(metadata.callsite()).or_insert_with(|| LinePosition::new(metadata, now)).may_write(now)
    }
}

impl<S: Subscriber> Filter<S> for BoundedLines {
    fn enabled(&self, _metadata: &Metadata<'_>, _context: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _context: &Context<'_, S>) -> bool {
        let metadata = event.metadata();
        *metadata.level() == Level::ERROR || self.may_write(metadata, Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn one_place_cannot_fill_the_log_and_errors_are_never_left_out() {
        let (page, lines) = (Page::default(), BoundedLines::default());
        let writer = page.clone();
        let written = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        let log = tracing_subscriber::registry().with(written.with_filter(lines.clone()));
        tracing::subscriber::with_default(log, || {
            for _ in 0..1_000 {
                tracing::warn!("a stranger did something");
                tracing::error!("we did something");
            }
            tracing::warn!("somewhere else something happened");
        });
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        let count = |what: &str| text.matches(what).count();
        assert!((50..60).contains(&count("a stranger did something")), "{}", count("a stranger"));
        assert_eq!((count("we did something"), count("somewhere else")), (1_000, 1));
        let left_out = lines.take_left_out();
        assert_eq!(left_out.len(), 1);
        assert!(left_out[0].2 >= 940, "{left_out:?}");
    }
}
