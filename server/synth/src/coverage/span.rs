//! Stretches of insurance, and what birthdays, moves and deaths do to them.

use crate::{
    calendar::{day, reference_date},
    household::{Household, Person},
    insurers::{INSURERS, InsurerIndex, LATE_ELDERLY, Scheme, national_of},
};
use techo_model::{CalendarDate, coverage::LossReason};

/// A stretch of insurance with one insurer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) insurer: InsurerIndex,
    pub(super) from: CalendarDate,
    /// The first day without it.
    pub(super) to: Option<CalendarDate>,
    pub(super) reason: Option<LossReason>,
    pub(super) last_word: LastWord,
    /// Number of the contract, so that dependants share it whatever their own stretches are.
    pub(super) policy: Option<u64>,
}

/// After a 75th birthday, how long the former insurer has not heard of it and the new one has sent nothing.
const WEEKS_UNTIL_STATED: i32 = 3;

/// How recent the insurer's statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastWord {
    /// It knows everything.
    UpToDate,
    /// It was made on this day and knows nothing later.
    Late(CalendarDate),
}

impl Span {
    /// An open stretch.
    pub(super) fn since(insurer: InsurerIndex, from: CalendarDate) -> Self {
        Self { insurer, from, to: None, reason: None, last_word: LastWord::UpToDate, policy: None }
    }

    /// This stretch ended on a day.
    pub(super) fn until(self, to: CalendarDate, reason: LossReason) -> Self {
        Self { to: Some(to), reason: Some(reason), ..self }
    }

    /// This stretch with a statement that came too early.
    pub(super) fn stated_on(self, day: CalendarDate) -> Self {
        Self { last_word: LastWord::Late(day), ..self }
    }

    fn scheme(self) -> Scheme {
        INSURERS[self.insurer].scheme
    }

    fn covers(self, date: CalendarDate) -> bool {
        self.from < date && self.to.is_none_or(|to| date < to)
    }
}

/// Numbers the contracts, so that the family keeps the holder's.
pub(super) fn numbered(spans: Vec<Span>) -> Vec<Span> {
    (0..).zip(spans).map(|(policy, span)| Span { policy: Some(policy), ..span }).collect()
}

/// Ends whatever is in force on a day.
fn cut(spans: &mut Vec<Span>, on: CalendarDate, reason: LossReason) {
    spans.retain(|span| span.from < on);
    for span in spans.iter_mut().filter(|span| span.covers(on)) {
        *span = span.until(on, reason);
    }
}

/// What the family has: the head's insurance while it lasts, then 国民健康保険.
pub(super) fn for_dependants(base: &[Span], head: &Person, household: &Household) -> Vec<Span> {
    let mut spans = base.to_vec();
    let death = head.died_on.map(|died| died.plus_days(1));
    let ends = death.into_iter().chain([head.birthday(75)]).min().unwrap_or_else(|| head.birthday(75));
    let Some(municipality) = household.home.municipality_on(ends) else { return spans };
    // 国民健康保険 covers the household, whoever its head is.
    let national = spans.iter().any(|span| span.scheme() == Scheme::National && span.covers(ends));
    if ends > reference_date() || national {
        return spans;
    }
    let start = ends.max(spans.first().map_or(ends, |span| span.from));
    cut(&mut spans, ends, LossReason::DependencyEnded);
    spans.push(Span { policy: Some(9), ..Span::since(national_of(municipality), start) });
    spans
}

/// Applies to one person what a move, the 75th birthday, leaving and death do.
pub(super) fn finish(mut spans: Vec<Span>, person: &Person, household: &Household) -> Vec<Span> {
    spans.retain(|span| span.to.is_none_or(|to| to > person.birth));
    spans.iter_mut().for_each(|span| span.from = span.from.max(person.birth));
    move_house(&mut spans, household);
    turn_75(&mut spans, person);
    if let Some(left) = household.home.left_on {
        for span in spans.iter_mut().filter(|span| span.scheme() != Scheme::Employer && span.covers(left)) {
            *span = span.until(left, LossReason::Move);
        }
    }
    if let Some(died) = person.died_on {
        cut(&mut spans, died.plus_days(1), LossReason::Death);
    }
    spans
}

/// 国民健康保険 belongs to the municipality, so a move changes the insurer.
fn move_house(spans: &mut Vec<Span>, household: &Household) {
    let Some(former) = &household.home.former else { return };
    let here = national_of(household.home.municipality);
    let mut moved = Vec::new();
    for span in spans.iter() {
        if span.scheme() != Scheme::National || span.insurer == here {
            moved.push(*span);
        } else if span.covers(former.until) {
            moved.push(span.until(former.until, LossReason::Move));
            moved.push(Span { from: former.until, insurer: here, policy: Some(8), ..*span });
        } else if span.from >= former.until {
            moved.push(Span { insurer: here, ..*span });
        } else {
            moved.push(*span);
        }
    }
    *spans = moved;
}

fn turn_75(spans: &mut Vec<Span>, person: &Person) {
    let birthday = person.birthday(75);
    if birthday > reference_date() {
        return;
    }
    // The scheme began on 2008-04-01; whoever was older came in on that day.
    let start = birthday.max(day(2008, 4, 1));
    cut(spans, start, LossReason::SeventyFive);
    if reference_date().days_since(start) >= WEEKS_UNTIL_STATED * 7 {
        spans.push(Span::since(LATE_ELDERLY, start));
        return;
    }
    for span in spans.iter_mut().filter(|span| span.to == Some(start)) {
        *span = span.stated_on(start.plus_days(-20));
    }
}
