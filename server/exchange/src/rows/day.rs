//! A day as offices type it: the forms of [`CalendarDate`], with blanks around the parts and the midnight that
//! spreadsheets put behind a day.

use super::Parsed;
use crate::csv::CsvReason;
use techo_model::{CalendarDate, date::DateError, text::normalise_hyphens};

/// Reads a day.
pub(super) fn day(cell: &str) -> Parsed<CalendarDate> {
    let text = normalise_hyphens(cell);
    if is_serial_number(&text) {
        return Err(CsvReason::Spreadsheet);
    }
    day_alone(without_midnight(&text))
}

/// Reads a day that has no time behind it.
pub(super) fn day_alone(text: &str) -> Parsed<CalendarDate> {
    let text = without_blanks(text).ok_or(CsvReason::Date(DateError::Form))?;
    Ok(CalendarDate::parse(&text)?)
}

/// What a spreadsheet shows of a day whose cell is formatted as a number: days since 1899-12-30, from 1927 to 2063.
fn is_serial_number(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit()) && ("10000".."60000").contains(&text)
}

/// Drops ` 0:00`, ` 00:00:00`, `T00:00:00.000` and the like. Any other time stays and makes the day unreadable: a day that
/// has a time means something else.
fn without_midnight(text: &str) -> &str {
    let Some(at) = text.rfind([' ', 'T', 't']) else { return text };
    let (date, time) = (text[..at].trim_end(), &text[at + 1..]);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let zeros = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b == b'0');
    let parts = time.split(':').count();
    let is_midnight = (2..=3).contains(&parts)
        && time.split(':').all(zeros)
        && (1..=9).contains(&fraction.len())
        && fraction.bytes().all(|b| b == b'0');
    if is_midnight { date } else { text }
}

/// The text without blanks; nothing when one stands between two digits, where leaving it out could make another day.
fn without_blanks(text: &str) -> Option<String> {
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if joined.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        joined.push_str(word);
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_midnights_and_every_dash_name_the_same_day() {
        for form in [
            "2026-04-01",
            "2026/4/1 0:00",
            "2026/04/01 00:00:00",
            "2026-04-01T00:00:00.000",
            "R 8. 4. 1",
            "令和 8 年 4 月 1 日",
            "Ｒ　８．　４．　１",
            "2026\u{2212}04\u{2212}01",
            "2026 / 4 / 1",
            " 20260401 ",
            "20260401 0:00",
            "㋿8年4月1日",
        ] {
            assert_eq!(day(form).map(|day| day.to_string()), Ok("2026-04-01".to_owned()), "{form}");
        }
    }

    #[test]
    fn no_form_is_read_as_another_day() {
        for form in [
            "2026 1 1 11",
            "2026 0401",
            "2026-04-0 1",
            "2026/4/1 9:00",
            "2026/4/1 24:00",
            "2026/4/1 0",
            "2026-04-01T00:00:00Z",
            "2026-04-01T00:00:00+09:00",
            "R8.4.1 0:0:0:0",
            "4/1/2026",
            "T0:00",
            " ",
        ] {
            assert!(day(form).is_err(), "{form}");
        }
        assert_eq!(day("46113"), Err(CsvReason::Spreadsheet));
    }
}
