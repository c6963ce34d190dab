//! Dates. There is no clock here: the made-up world stands still on one day.

use crate::dice::Dice;
use techo_model::{CalendarDate, UnixMillis};

/// The day on which all files are written: 2026-11-23. Nothing in them lies later.
pub fn reference_date() -> CalendarDate {
    day(2026, 11, 23)
}

/// A day that exists.
pub(crate) fn day(year: i16, month: i8, day: i8) -> CalendarDate {
    CalendarDate::new(year, month, day).expect("written as a day that exists")
}

/// The same day some years later.
pub(crate) fn years_after(date: CalendarDate, years: i32) -> CalendarDate {
    date.plus_months(12 * years)
}

/// The first day of the month of a date.
pub(crate) fn first_of_month(date: CalendarDate) -> CalendarDate {
    date.plus_days(1 - i32::from(date.civil().day()))
}

/// First and last day of a fiscal year.
pub(crate) fn fiscal_year(year: i16) -> (CalendarDate, CalendarDate) {
    (day(year, 4, 1), day(year + 1, 3, 31))
}

/// The day itself, or the day after when it is a Sunday: offices and clinics are closed.
pub(crate) fn open_day(date: CalendarDate) -> CalendarDate {
    // 2026-11-22 is a Sunday.
    let sunday = date.days_since(day(2026, 11, 22)).rem_euclid(7) == 0;
    if sunday { date.plus_days(1) } else { date }
}

/// A moment in office hours of a day.
pub(crate) fn office_hours(date: CalendarDate, dice: &mut Dice) -> UnixMillis {
    let seconds = i64::from(dice.between(9 * 3600, 17 * 3600));
    UnixMillis(UnixMillis::start_of(date).0 + seconds * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sunday_moves_to_monday_and_a_saturday_stays() {
        assert_eq!(open_day(day(2026, 11, 22)), day(2026, 11, 23));
        assert_eq!(open_day(day(2022, 5, 7)), day(2022, 5, 7));
        assert_eq!(open_day(day(2022, 5, 8)), day(2022, 5, 9));
    }
}
