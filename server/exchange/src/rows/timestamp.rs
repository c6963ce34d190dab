//! 更新日時: `2026-04-01 09:30`, with seconds, or RFC 3339. Without an offset it is Japanese time.

use super::{Parsed, day::day_alone};
use crate::csv::CsvReason;
use techo_model::{UnixMillis, text::normalise_hyphens};

const FORM: CsvReason =
    CsvReason::Other("日時の形式が正しくありません（例 2026-04-01 09:30、2026-04-01T09:30:00+09:00）");
const JAPAN_MINUTES: i64 = 9 * 60;

/// Reads the instant.
pub(super) fn timestamp(cell: &str) -> Parsed<UnixMillis> {
    let text = normalise_hyphens(cell);
    let (date, rest) = text.rsplit_once([' ', 'T', 't']).ok_or(FORM)?;
    let date = day_alone(date)?;
    let (time, offset) = split_offset(rest.trim())?;
    let start = UnixMillis::start_of(date).0;
    let shift = (JAPAN_MINUTES - offset) * 60_000;
    start.checked_add(milliseconds(time)?).and_then(|at| at.checked_add(shift)).map(UnixMillis).ok_or(FORM)
}

/// The time of day, and the offset in minutes east of Greenwich.
fn split_offset(text: &str) -> Parsed<(&str, i64)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Ok((time, 0));
    }
    let Some(at) = text.find(['+', '-']) else { return Ok((text, JAPAN_MINUTES)) };
    let (time, offset) = text.split_at(at);
    let (hours, minutes) = offset[1..].split_once(':').ok_or(FORM)?;
    let minutes = two_digits(hours, 23)? * 60 + two_digits(minutes, 59)?;
    Ok((time, if offset.starts_with('-') { -minutes } else { minutes }))
}

fn milliseconds(time: &str) -> Parsed<i64> {
    let mut parts = time.split(':');
    let hours = two_digits(parts.next().ok_or(FORM)?, 23)?;
    let minutes = two_digits(parts.next().ok_or(FORM)?, 59)?;
    let (seconds, fraction) = match parts.next() {
        None => ("00", ""),
        Some(text) => text.split_once('.').unwrap_or((text, "0")),
    };
    let seconds = two_digits(seconds, 59)?;
    if parts.next().is_some() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(FORM);
    }
    let thousandths =
        fraction.bytes().chain([b'0'; 3]).take(3).fold(0, |sum, b| sum * 10 + i64::from(b - b'0'));
    Ok(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths)
}

fn two_digits(text: &str, largest: i64) -> Parsed<i64> {
    if text.is_empty() || text.len() > 2 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(FORM);
    }
    text.parse().ok().filter(|value| *value <= largest).ok_or(FORM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accepted_form_names_the_same_instant() {
        for form in [
            "2026-04-01 09:30",
            "2026-04-01 9:30:00",
            "2026/04/01 09:30",
            "R8.4.1 09:30",
            "R 8. 4. 1 09:30",
            "2026\u{2212}04\u{2212}01 9:30",
            "２０２６－０４－０１　０９：３０",
            "2026-04-01T09:30:00",
            "2026-04-01T09:30:00+09:00",
            "2026-04-01T00:30:00Z",
            "2026-03-31T19:30:00.000-05:00",
        ] {
            assert_eq!(timestamp(form).unwrap().rfc3339(), "2026-04-01T00:30:00.000Z", "{form}");
        }
        assert_eq!(timestamp("2026-04-01T00:30:00.5Z").unwrap().rfc3339(), "2026-04-01T00:30:00.500Z");
    }

    #[test]
    fn a_time_that_no_clock_shows_is_refused() {
        for form in [
            "2026-04-01",
            "2026-04-01 ",
            "2026-04-01 24:00",
            "2026-04-01 09:60",
            "2026-04-01 09:30:60",
            "2026-04-01 09:30:00:00",
            "2026-04-01 0930",
            "2026-04-01 09:30 +0900",
            "2026-04-01 00:00 09:30",
            "2026-04-0 1 09:30",
            "2026-02-30 09:30",
            "T",
            "2026-04-01T+",
            "2026-04-01 09:30:0.あ",
        ] {
            assert!(timestamp(form).is_err(), "{form}");
        }
    }
}
