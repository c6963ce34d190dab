//! Times that last: what a date or an instant means where it is compared, as R4 compares ranges.

use techo_model::{CalendarDate, UnixMillis};

/// From the first millisecond to before the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan {
    /// The first millisecond.
    pub from: i64,
    /// The first one behind it.
    pub until: i64,
}

impl TimeSpan {
    /// A day in Japan.
    pub fn of_day(date: CalendarDate) -> Self {
        Self::between(date, date.plus_days(1))
    }

    /// Days in Japan, from the first to before the second.
    pub fn between(first: CalendarDate, after: CalendarDate) -> Self {
        Self { from: UnixMillis::start_of(first).0, until: UnixMillis::start_of(after).0 }
    }

    /// So many milliseconds from an instant.
    pub fn lasting(at: UnixMillis, millis: i64) -> Self {
        Self { from: at.0, until: at.0.saturating_add(millis) }
    }

    /// An instant as it was stated: a second long, or a millisecond when it has a fraction.
    pub fn stated(at: UnixMillis, text: &str) -> Self {
        Self::lasting(at, if text.contains('.') { 1 } else { 1_000 })
    }

    /// Whether another one lies in it.
    pub fn holds(&self, other: Self) -> bool {
        self.from <= other.from && other.until <= self.until
    }
}

/// A whole date as R4 writes one, `YYYY-MM-DD`. What else may be a date in a file is none here.
pub(crate) fn whole_date(text: &str) -> Option<CalendarDate> {
    is_shaped(text.as_bytes(), b"0000-00-00").then(|| CalendarDate::parse(text).ok())?
}

fn is_shaped(bytes: &[u8], pattern: &[u8]) -> bool {
    bytes.len() == pattern.len()
        && bytes.iter().zip(pattern).all(|(byte, sign)| match sign {
            b'0' => byte.is_ascii_digit(),
            sign => byte == sign,
        })
}

/// The text of an instant as R4 writes one, `YYYY-MM-DDThh:mm:ss` with a fraction or without and with its zone: what can be
/// given back as it was sent.
pub(crate) fn is_instant(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = |pattern: &[u8], at: usize| {
        bytes.get(at..at + pattern.len()).is_some_and(|part| is_shaped(part, pattern))
    };
    if bytes.len() > 35 || !shaped(b"0000-00-00T00:00:00", 0) {
        return false;
    }
    let mut rest = &text[19..];
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == fraction.len() {
            return false;
        }
    }
    let zone = text.len() - rest.len();
    rest == "Z" || (rest.len() == 6 && (shaped(b"+00:00", zone) || shaped(b"-00:00", zone)))
}
