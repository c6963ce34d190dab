//! Date parameters: a prefix and a day, month, year or instant. A day is a day in Japan.

use super::SearchProblem;
use techo_model::{CalendarDate, UnixMillis};

/// Milliseconds from the first to before the last.
type Span = (i64, i64);

/// One condition on a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    prefix: Prefix,
    span: Span,
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

/// A day in Japan.
pub(super) fn day(date: CalendarDate) -> Span {
    (UnixMillis::start_of(date).0, UnixMillis::start_of(date.plus_days(1)).0)
}

impl Moment {
    pub(super) fn read(name: &str, text: &str) -> Result<Self, SearchProblem> {
        let found = PREFIXES.iter().find_map(|(word, prefix)| Some((*prefix, text.strip_prefix(word)?)));
        let (prefix, rest) = found.unwrap_or((Prefix::Eq, text));
        let span = span(rest).ok_or_else(|| {
            SearchProblem::invalid(
                name,
                "eq, ne, gt, ge, lt, le, sa or eb and YYYY, YYYY-MM, YYYY-MM-DD or an instant with its zone is expected",
            )
        })?;
        Ok(Self { prefix, span })
    }

    /// Whether a time that lasts from the first to before the last fulfils this, as FHIR compares ranges.
    pub(super) fn holds(self, (from, to): Span) -> bool {
        let (low, high) = self.span;
        let within = low <= from && to <= high;
        match self.prefix {
            Prefix::Eq => within,
            Prefix::Ne => !within,
            Prefix::Gt => to > high,
            Prefix::Ge => to > high || within,
            Prefix::Lt => from < low,
            Prefix::Le => from < low || within,
            Prefix::Sa => from >= high,
            Prefix::Eb => to <= low,
        }
    }
}

fn span(text: &str) -> Option<Span> {
    if text.contains('T') {
        let at = UnixMillis::parse_rfc3339(text)?.0;
        return Some((at, at.checked_add(if text.contains('.') { 1 } else { 1_000 })?));
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
    Some((UnixMillis::start_of(first).0, UnixMillis::start_of(after).0))
}

fn digits(text: &str, length: usize) -> Option<i16> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}
