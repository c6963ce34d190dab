//! When a rule holds, and which days its data may be about.
//!
//! Ours is half open (`from ≤ now < until`), FHIR's is closed: the end is the last millisecond that counts. An end that is
//! written less precisely counts as long as it is precise, as R4 has it: a second until the next one, a day in Japan until
//! midnight.

use super::{
    element::Found,
    problem::{ConsentFault, ConsentProblem, Read, problem},
};
use serde_json::{Map, Value, json};
use techo_model::{
    CalendarDate, UnixMillis,
    consent::{DataPeriod, RuleValidity},
};

const SECOND: i64 = 1_000;
/// Years that a rule can begin and end in.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=9998;
const DAY: i64 = 24 * 60 * 60 * SECOND;

pub(super) fn write_validity(validity: RuleValidity, place: &str) -> Result<Value, ConsentProblem> {
    if validity.until.is_some_and(|until| until <= validity.from) {
        return Err(problem(place, ConsentFault::Backwards));
    }
    let mut period = json!({ "start": instant(validity.from, place)? });
    if let Some(until) = validity.until {
        period["end"] = instant(UnixMillis(until.0 - 1), place)?.into();
    }
    Ok(period)
}

/// Writes an instant, unless it would not be read back.
fn instant(at: UnixMillis, place: &str) -> Result<String, ConsentProblem> {
    let text = at.rfc3339_in_japan();
    let same = read_instant(&text).is_some_and(|(again, _)| again == at);
    if same { Ok(text) } else { Err(problem(place, ConsentFault::Time)) }
}

pub(super) fn read_validity(found: &Found<'_>, now: UnixMillis) -> Read<RuleValidity> {
    let mut period = found.element()?;
    let start = period.need("start")?;
    let end = period.take("end");
    period.end()?;
    let (from, _) = start.word(read_instant).map_err(|_| start.is(ConsentFault::Time))?;
    let until = match &end {
        None => None,
        Some(end) => {
            let (last, length) = end.word(read_instant).map_err(|_| end.is(ConsentFault::Time))?;
            Some(UnixMillis(last.0 + length))
        }
    };
    if until.is_some_and(|until| until <= from) {
        return Err(found.is(ConsentFault::Backwards));
    }
    if from > now {
        return Err(start.is(ConsentFault::NotYet));
    }
    Ok(RuleValidity { from, until })
}

/// The beginning of what a FHIR dateTime means, and for how many milliseconds it means that.
pub(super) fn read_instant(text: &str) -> Option<(UnixMillis, i64)> {
    let day = whole_date(text).map(|date| (UnixMillis::start_of(date), DAY));
    day.or_else(|| precise(text)).filter(|(at, _)| YEARS.contains(&at.date_in_japan().year()))
}

fn precise(text: &str) -> Option<(UnixMillis, i64)> {
    // `YYYY-MM-DDThh:mm:ss`, then three decimal places or none, then the offset: what R4 knows, less what we would round.
    let (clock, rest) = text.split_at_checked(19)?;
    whole_date(clock.get(..10)?)?;
    if clock.as_bytes()[10] != b'T' || clock.get(17..)? == "60" {
        return None;
    }
    let (length, offset) = match rest.strip_prefix('.') {
        None => (SECOND, rest),
        Some(fraction) => (1, fraction.trim_start_matches(|c: char| c.is_ascii_digit())),
    };
    let decimals = rest.len() - offset.len();
    let shaped = offset == "Z" || (offset.len() == 6 && offset.as_bytes()[3] == b':');
    let at = UnixMillis::parse_rfc3339(text).filter(|_| shaped && matches!(decimals, 0 | 4))?;
    Some((at, length))
}

fn whole_date(text: &str) -> Option<CalendarDate> {
    CalendarDate::parse(text).ok().filter(|date| date.year() > 0 && date.to_string() == text)
}

pub(super) fn write_data(data: DataPeriod, place: &str) -> Result<Option<Value>, ConsentProblem> {
    if matches!((data.from, data.to), (Some(from), Some(to)) if to < from) {
        return Err(problem(place, ConsentFault::Backwards));
    }
    let mut period = Map::new();
    for (name, day) in [("start", data.from), ("end", data.to)] {
        let Some(day) = day else { continue };
        let text = day.to_string();
        whole_date(&text).ok_or_else(|| problem(place, ConsentFault::Time))?;
        period.insert(name.to_owned(), text.into());
    }
    Ok((!period.is_empty()).then_some(Value::Object(period)))
}

pub(super) fn read_data(found: &Found<'_>) -> Read<DataPeriod> {
    let mut period = found.element()?;
    let mut day = |name| {
        let Some(end) = period.take(name) else { return Ok(None) };
        end.word(whole_date).map(Some).map_err(|_| end.is(ConsentFault::Time))
    };
    let data = DataPeriod { from: day("start")?, to: day("end")? };
    period.end()?;
    match (data.from, data.to) {
        (None, None) => Err(found.is(ConsentFault::Shape)),
        (Some(from), Some(to)) if to < from => Err(found.is(ConsentFault::Backwards)),
        _ => Ok(data),
    }
}
