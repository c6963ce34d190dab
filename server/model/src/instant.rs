//! Instants, in milliseconds since 1970 UTC: the one form in which both databases keep and compare them.

use crate::CalendarDate;
use jiff::{Timestamp, tz::Offset};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// This instant plus a duration; stays at the last representable instant instead of overflowing.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This instant minus a duration.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; zero when it lies in the future (a clock that jumped back).
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The calendar date in Japan at this instant.
    pub fn date_in_japan(self) -> CalendarDate {
        CalendarDate::from_civil(self.in_japan().date())
    }

    /// Japanese wall-clock time `HH:MM` at this instant.
    pub fn time_in_japan(self) -> String {
        let time = self.in_japan().time();
        format!("{:02}:{:02}", time.hour(), time.minute())
    }

    /// RFC 3339 in UTC with milliseconds, e.g. `2026-11-23T00:00:00.000Z`.
    pub fn rfc3339(self) -> String {
        format!("{}Z", wall_clock(Offset::UTC.to_datetime(self.timestamp())))
    }

    /// The same in Japan, e.g. `2026-11-23T09:00:00.000+09:00`.
    pub fn rfc3339_in_japan(self) -> String {
        format!("{}+09:00", wall_clock(self.in_japan()))
    }

    /// Reads RFC 3339 with seconds and an offset, e.g. `2026-11-23T09:00:00+09:00`; a local time without one is none.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let plain = text.len() <= 35 && text.is_ascii() && !text.contains('[');
        let at: Timestamp = plain.then(|| text.parse().ok())??;
        Some(Self(at.as_millisecond()))
    }

    /// Reads the one form that [`UnixMillis::rfc3339`] writes, `2026-11-23T00:00:00.000Z`.
    pub fn parse_stored(text: &str) -> Option<Self> {
        Self::parse_rfc3339(text).filter(|at| at.rfc3339() == text)
    }

    /// Midnight in Japan at the start of this date.
    pub fn start_of(date: CalendarDate) -> Self {
        let midnight = japan().to_timestamp(date.civil().at(0, 0, 0, 0));
        Self(midnight.map_or(i64::MAX, |t| t.as_millisecond()))
    }

    fn timestamp(self) -> Timestamp {
        let bounded = self.0.clamp(Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
        Timestamp::from_millisecond(bounded).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn in_japan(self) -> jiff::civil::DateTime {
        japan().to_datetime(self.timestamp())
    }
}

impl fmt::Display for UnixMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

/// `YYYY-MM-DDThh:mm:ss.sss`, without an offset.
fn wall_clock(at: jiff::civil::DateTime) -> String {
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    )
}

/// Japan has had one offset and no summer time since 1951, so no time zone database is needed.
fn japan() -> Offset {
    Offset::constant(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_japan_begins_at_fifteen_hours_utc_of_the_day_before() {
        let date = CalendarDate::parse("2026-11-23").unwrap();
        let midnight = UnixMillis::start_of(date);
        assert_eq!(midnight.rfc3339(), "2026-11-22T15:00:00.000Z");
        assert_eq!(midnight.rfc3339_in_japan(), "2026-11-23T00:00:00.000+09:00");
        assert_eq!(midnight.date_in_japan(), date);
        assert_eq!(UnixMillis(midnight.0 - 1).date_in_japan(), CalendarDate::parse("2026-11-22").unwrap());
    }

    #[test]
    fn an_instant_is_read_with_its_offset_and_a_local_time_is_refused() {
        let nine = UnixMillis::parse_rfc3339("2026-11-23T09:00:00+09:00");
        assert_eq!(nine, UnixMillis::parse_rfc3339("2026-11-23T00:00:00Z"));
        assert_eq!(nine.unwrap().rfc3339(), "2026-11-23T00:00:00.000Z");
        for text in ["2026-11-23T09:00:00", "2026-11-23", "", "2026-11-23T09:00:00+09:00[Asia/Tokyo]"] {
            assert_eq!(UnixMillis::parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn a_stored_instant_is_read_in_the_one_form_that_is_written() {
        let at = UnixMillis(1_795_392_000_000);
        assert_eq!(UnixMillis::parse_stored(&at.rfc3339()), Some(at));
        for other in [
            "2026-11-23T00:00:00Z",
            "2026-11-23T09:00:00.000+09:00",
            "2026-11-23 00:00:00.000Z",
            "2026-11-23",
        ] {
            assert_eq!(UnixMillis::parse_stored(other), None, "{other}");
        }
    }

    #[test]
    fn a_clock_that_jumps_back_never_gives_a_negative_duration() {
        assert_eq!(UnixMillis(5).since(UnixMillis(9)), Duration::ZERO);
    }
}
