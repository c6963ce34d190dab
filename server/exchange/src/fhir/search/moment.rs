//! Date parameters: a prefix and a year, month, day, minute or instant. A day is a day in Japan, and so is a time without a
//! zone.

use super::{SearchProblem, escape};
use crate::fhir::span::{TimeSpan, is_instant};
use techo_model::{CalendarDate, UnixMillis};

/// One condition on a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    prefix: Prefix,
    span: TimeSpan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prefix {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Sa,
    Eb,
}

const PREFIXES: [(&str, Prefix); 8] = [
    ("eq", Prefix::Eq),
    ("ne", Prefix::Ne),
    ("gt", Prefix::Gt),
    ("ge", Prefix::Ge),
    ("lt", Prefix::Lt),
    ("le", Prefix::Le),
    ("sa", Prefix::Sa),
    ("eb", Prefix::Eb),
];
const FORM: &str = "eq, ne, gt, ge, lt, le, sa or eb and YYYY, YYYY-MM, YYYY-MM-DD or an instant is expected";

impl Moment {
    /// Conditions of which one has to hold.
    pub(super) fn read(name: &str, text: &str) -> Result<Vec<Self>, SearchProblem> {
        let one = |text: String| Self::read_one(&text).ok_or_else(|| SearchProblem::invalid(name, FORM));
        let whole = |parts: Vec<String>| match <[String; 1]>::try_from(parts) {
            Ok([text]) => one(text),
            Err(_) => Err(SearchProblem::invalid(name, FORM)),
        };
        escape::values(name, text)?.into_iter().map(whole).collect()
    }

    fn read_one(text: &str) -> Option<Self> {
        let found = PREFIXES.iter().find_map(|(word, prefix)| Some((*prefix, text.strip_prefix(word)?)));
        let (prefix, rest) = found.unwrap_or((Prefix::Eq, text));
        Some(Self { prefix, span: span(rest)? })
    }

    /// Whether a time that lasts fulfils this, as FHIR compares ranges.
    pub(super) fn holds(self, stored: TimeSpan) -> bool {
        let asked = self.span;
        let within = asked.holds(stored);
        match self.prefix {
            Prefix::Eq => within,
            Prefix::Ne => !within,
            Prefix::Gt => stored.until > asked.until,
            Prefix::Ge => stored.until > asked.until || within,
            Prefix::Lt => stored.from < asked.from,
            Prefix::Le => stored.from < asked.from || within,
            Prefix::Sa => stored.from >= asked.until,
            Prefix::Eb => stored.until <= asked.from,
        }
    }
}

fn span(text: &str) -> Option<TimeSpan> {
    if let Some((day, time)) = text.split_once('T') {
        let millis = if time.contains('.') { 1 } else { 1_000 };
        let (time, zone) = zoned(time)?;
        let (time, millis) = match time.len() {
            5 => (format!("{time}:00"), 60_000),
            _ => (time.to_owned(), millis),
        };
        let text = format!("{day}T{time}{zone}");
        let at = UnixMillis::parse_rfc3339(Some(text.as_str()).filter(|text| is_instant(text))?)?;
        return Some(TimeSpan::lasting(at, millis));
    }
    let mut parts = text.split('-');
    let year: i16 = digits(parts.next()?, 4)?;
    let (month, day_of) = (parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    let date =
        |month: i16, day: i16| CalendarDate::new(year, month.try_into().ok()?, day.try_into().ok()?).ok();
    let (first, after) = match (month, day_of) {
        (None, _) => {
            let first = date(1, 1)?;
            (first, first.plus_months(12))
        }
        (Some(month), None) => {
            let first = date(digits(month, 2)?, 1)?;
            (first, first.plus_months(1))
        }
        (Some(month), Some(text)) => {
            let first = date(digits(month, 2)?, digits(text, 2)?)?;
            (first, first.plus_days(1))
        }
    };
    Some(TimeSpan::between(first, after))
}

/// Time and zone of what stands behind the T. A `+` that was not escaped comes as a blank.
fn zoned(time: &str) -> Option<(&str, String)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, "Z".to_owned()));
    }
    let Some(at) = time.rfind(['+', '-', ' ']) else { return Some((time, "+09:00".to_owned())) };
    let (time, zone) = time.split_at(at);
    (zone.len() == 6).then(|| (time, zone.replace(' ', "+")))
}

fn digits(text: &str, length: usize) -> Option<i16> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}
