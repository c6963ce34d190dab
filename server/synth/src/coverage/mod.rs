//! Who was insured where and when, and what the insurers said about it.

mod career;
mod span;

use crate::{
    calendar::{day, office_hours, reference_date},
    dice::{Dice, Purpose},
    household::{Household, InsuranceStory, Person, Role},
    insurers::{INSURERS, InsurerIndex, Scheme},
    numbers,
};
use span::{LastWord, Span};
use techo_model::{
    CalendarDate,
    coverage::{CoverageFacts, CoverageRow, InsuredId, Relation},
    number::MyNumber,
};

/// A period of insurance of one person, as it truly was.
#[derive(Clone)]
pub(crate) struct Cover {
    pub(crate) insurer: InsurerIndex,
    pub(crate) insured: InsuredId,
    relation: Relation,
    span: Span,
    burden_percent: i64,
}

impl Cover {
    /// Whether it was in force on a day.
    pub(crate) fn in_force_on(&self, date: CalendarDate) -> bool {
        self.span.from <= date && self.span.to.is_none_or(|to| date < to)
    }

    /// The rows that the insurer's file has about it, oldest statement first.
    pub(crate) fn rows(&self, my_number: &MyNumber, dice: &mut Dice) -> Vec<CoverageRow> {
        let open = |at| self.row(my_number, Known::Begin, at);
        let recent = |dice: &mut Dice| office_hours(day(2026, 11, 1).plus_days(dice.between(0, 18)), dice);
        match (self.span.to, self.span.last_word) {
            (_, LastWord::Late(day)) => vec![open(office_hours(day, dice))],
            (None, LastWord::UpToDate) => vec![open(recent(dice))],
            (Some(to), LastWord::UpToDate) => {
                let closed = office_hours(to.plus_days(dice.between(3, 12)).min(reference_date()), dice);
                let mut rows = Vec::new();
                // Some insurers send their history, the statement before the end too.
                if dice.chance(0.2) && self.span.from < to.plus_days(-40) {
                    rows.push(open(office_hours(to.plus_days(-dice.between(20, 35)), dice)));
                }
                rows.push(self.row(my_number, Known::Whole, closed));
                rows
            }
        }
    }

    fn row(&self, my_number: &MyNumber, known: Known, stated_at: techo_model::UnixMillis) -> CoverageRow {
        let (lost_on, loss_reason) = match known {
            Known::Begin => (None, None),
            Known::Whole => (self.span.to, self.span.reason),
        };
        CoverageRow {
            my_number: my_number.clone(),
            coverage: CoverageFacts {
                insured: self.insured.clone(),
                relation: self.relation,
                acquired_on: self.span.from,
                lost_on,
                loss_reason,
                burden_percent: self.burden_percent,
                insurer_name: INSURERS[self.insurer].name.to_owned(),
                stated_at,
            },
        }
    }
}

/// How much of a period a statement knows.
#[derive(Clone, Copy)]
enum Known {
    Begin,
    Whole,
}

/// Periods of insurance of every member, in the order of the members.
pub(crate) fn covers(seed: u64, household: &Household) -> Vec<Vec<Cover>> {
    let mut dice = Dice::new(seed, Purpose::Coverage, household.number);
    let Some(head) = household.people.first() else { return Vec::new() };
    let base = career::of_head(household, head, &mut dice);
    let family = span::for_dependants(&base, head, household);
    (1..)
        .zip(&household.people)
        .map(|(branch, person)| {
            let own = match person.role {
                Role::Head => Some(base.clone()),
                Role::Spouse => career::of_spouse(household, person, &mut dice),
                Role::Parent => Some(career::of_pensioner(household, person)),
                Role::Child => None,
            };
            let holder = if own.is_some() { person } else { head };
            let spans = span::finish(own.unwrap_or_else(|| family.clone()), person, household);
            let maker = Maker { seed, holder, person, branch };
            (0..).zip(spans).map(|(nth, span)| maker.cover(nth, span, &mut dice)).collect()
        })
        .collect()
}

/// Whose insurance a person shares.
struct Maker<'a> {
    seed: u64,
    holder: &'a Person,
    person: &'a Person,
    branch: u32,
}

impl Maker<'_> {
    fn cover(&self, nth: u64, span: Span, dice: &mut Dice) -> Cover {
        let insurer = &INSURERS[span.insurer];
        let is_holder = self.holder.number == self.person.number;
        // A symbol belongs to the employer, so the whole family must find the same one.
        let symbol = insurer
            .symbols
            .get(usize::try_from(self.holder.number).unwrap_or(0) % insurer.symbols.len().max(1));
        let (number, branch) = match insurer.scheme {
            Scheme::LateElderly => (numbers::late_elderly_number(self.seed, self.person.number), None),
            _ => {
                let branch = if is_holder { 1 } else { self.branch };
                let policy = span.policy.unwrap_or(nth);
                (numbers::insured_number(self.seed, self.holder.number, policy), Some(format!("{branch:02}")))
            }
        };
        Cover {
            insurer: span.insurer,
            insured: InsuredId::new(insurer.number(), symbol.copied(), &number, branch.as_deref()),
            relation: if is_holder || insurer.scheme == Scheme::LateElderly {
                Relation::Insured
            } else {
                Relation::Dependant
            },
            burden_percent: burden(self.person, span.to.unwrap_or_else(reference_date), dice),
            span,
        }
    }
}

/// 負担割合: 20 before school, 30 then, 20 from 70, 10 from 75, more for those who earn much.
fn burden(person: &Person, date: CalendarDate, dice: &mut Dice) -> i64 {
    let rich = dice.chance(0.08);
    match person.age_on(date) {
        ..6 => 20,
        6..70 => 30,
        70..75 if rich => 30,
        70..75 => 20,
        _ if rich => 30,
        _ if dice.chance(0.2) => 20,
        _ => 10,
    }
}

/// Whether the head's story is about insurance by an employer.
fn wants_employer(story: InsuranceStory) -> bool {
    !matches!(story, InsuranceStory::Any | InsuranceStory::LateAfterMove)
}
