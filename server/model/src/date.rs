//! Calendar dates: ISO form in storage, 和暦 and several typed forms on the way in, both on the way out.

use crate::text::normalise;
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize, de};
use std::fmt;

/// A date without a time or a zone, kept and written as `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarDate(Date);

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not one of the accepted forms.
    #[error("日付の形式が正しくありません（例 2026-04-01、20260401、R8.4.1、令和8年4月1日）")]
    Form,
    /// The form is right but there is no such day.
    #[error("存在しない日付です")]
    NoSuchDay,
    /// The day lies outside the named era, e.g. 平成32年.
    #[error("元号と年が合いません")]
    OutsideEra,
}

/// An era of the Japanese calendar with its first day.
struct Era {
    letter: char,
    ja: &'static str,
    en: &'static str,
    first: Date,
}

const ERAS: [Era; 5] = [
    Era { letter: 'R', ja: "令和", en: "Reiwa", first: Date::constant(2019, 5, 1) },
    Era { letter: 'H', ja: "平成", en: "Heisei", first: Date::constant(1989, 1, 8) },
    Era { letter: 'S', ja: "昭和", en: "Showa", first: Date::constant(1926, 12, 25) },
    Era { letter: 'T', ja: "大正", en: "Taisho", first: Date::constant(1912, 7, 30) },
    Era { letter: 'M', ja: "明治", en: "Meiji", first: Date::constant(1868, 1, 25) },
];

impl CalendarDate {
    /// From a year, a month 1–12 and a day of the month.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, DateError> {
        Date::new(year, month, day).map(Self).map_err(|_| DateError::NoSuchDay)
    }

    /// Wraps a civil date.
    pub fn from_civil(date: Date) -> Self {
        Self(date)
    }

    /// The civil date inside.
    pub fn civil(self) -> Date {
        self.0
    }

    /// Reads `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYYMMDD`, `R8.4.1` or `令和8年4月1日`, in full or half width.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let text = normalise(text);
        let mut rest = text.as_str();
        let era = ERAS.iter().enumerate().find_map(|(i, era)| {
            let tail = rest.strip_prefix(era.ja).or_else(|| {
                rest.strip_prefix(era.letter).or_else(|| rest.strip_prefix(era.letter.to_ascii_lowercase()))
            })?;
            rest = tail;
            Some(i)
        });
        match era {
            Some(index) => Self::parse_in_era(index, rest),
            None => Self::parse_western(rest),
        }
    }

    /// Reads `YYYY-MM-DD` alone: what was stored and sent by programs, where any other form was not written by us.
    ///
    /// # Errors
    /// Any other form, and days that there are not.
    pub fn parse_iso(text: &str) -> Result<Self, DateError> {
        let date = Self::parse_western(text)?;
        let is_whole = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
        if is_whole { Ok(date) } else { Err(DateError::Form) }
    }

    fn parse_western(text: &str) -> Result<Self, DateError> {
        if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Self::new(number(&text[..4])?, number(&text[4..6])?, number(&text[6..])?);
        }
        let [year, month, day] = parts(text)?;
        if year.len() != 4 {
            return Err(DateError::Form);
        }
        Self::new(number(year)?, number(month)?, number(day)?)
    }

    fn parse_in_era(index: usize, text: &str) -> Result<Self, DateError> {
        let [year, month, day] = parts(text)?;
        let year: i16 = if year == "元" { 1 } else { number(year)? };
        if year < 1 {
            return Err(DateError::OutsideEra);
        }
        let era = &ERAS[index];
        let western = era.first.year().checked_add(year - 1).ok_or(DateError::OutsideEra)?;
        let date = Self::new(western, number(month)?, number(day)?)?;
        let ended = index.checked_sub(1).is_some_and(|next| date.0 >= ERAS[next].first);
        if date.0 < era.first || ended { Err(DateError::OutsideEra) } else { Ok(date) }
    }

    /// `令和8年4月1日`; years before 明治 are written in the western way.
    pub fn wareki(self) -> String {
        match self.era() {
            Some((era, 1)) => format!("{}元年{}月{}日", era.ja, self.0.month(), self.0.day()),
            Some((era, year)) => format!("{}{year}年{}月{}日", era.ja, self.0.month(), self.0.day()),
            None => format!("{}年{}月{}日", self.0.year(), self.0.month(), self.0.day()),
        }
    }

    /// The era and its year in English, e.g. `Reiwa 8`.
    pub fn era_year_en(self) -> Option<String> {
        self.era().map(|(era, year)| format!("{} {year}", era.en))
    }

    fn era(self) -> Option<(&'static Era, i16)> {
        let era = ERAS.iter().find(|era| self.0 >= era.first)?;
        Some((era, self.0.year() - era.first.year() + 1))
    }

    /// `20260401`, the form that CDA documents use.
    pub fn compact(self) -> String {
        format!("{:04}{:02}{:02}", self.0.year(), self.0.month(), self.0.day())
    }

    /// Year of the common era.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The Japanese fiscal year (from 1 April) that this day belongs to.
    pub fn fiscal_year(self) -> i16 {
        if self.0.month() >= 4 { self.0.year() } else { self.0.year() - 1 }
    }

    /// Completed years since `birth`, counted by birthdays (not by the day-before rule of the law).
    pub fn age_since(self, birth: Self) -> i16 {
        let had_birthday = (self.0.month(), self.0.day()) >= (birth.0.month(), birth.0.day());
        self.0.year() - birth.0.year() - i16::from(!had_birthday)
    }

    /// Age in law (年齢計算ニ関する法律): a year of life is complete at the end of the day before the birthday, so that the
    /// new age is reached on that day.
    pub fn legal_age_since(self, birth: Self) -> i16 {
        self.plus_days(1).age_since(birth)
    }

    /// This date some days later (or earlier, when negative); stays at the last valid date instead of overflowing.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days.days()))
    }

    /// The same day of the month some months later; the last day of the month when there is none.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        Self(self.0.saturating_add(months.months()))
    }

    /// Days from `earlier` to this date; negative when it lies before.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0.duration_since(earlier.0).as_hours().div_euclid(24).try_into().unwrap_or(i32::MAX)
    }
}

fn parts(text: &str) -> Result<[&str; 3], DateError> {
    let trimmed = text.strip_suffix('日').unwrap_or(text);
    let mut found = trimmed.split(['-', '/', '.', '年', '月']);
    match (found.next(), found.next(), found.next(), found.next()) {
        (Some(year), Some(month), Some(day), None) => Ok([year, month, day]),
        _ => Err(DateError::Form),
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, DateError> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DateError::Form);
    }
    text.parse().map_err(|_| DateError::Form)
}

impl fmt::Display for CalendarDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Debug for CalendarDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for CalendarDate {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        Self::parse(text)
    }
}

impl Serialize for CalendarDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CalendarDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse_iso(&text).map_err(de::Error::custom)
    }
}

/// A text column; what is read back is what [`CalendarDate::parse_iso`] reads.
#[cfg(feature = "sqlx")]
mod column {
    use super::CalendarDate;
    use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

    impl<DB: Database> Type<DB> for CalendarDate
    where
        str: Type<DB>,
    {
        fn type_info() -> DB::TypeInfo {
            <str as Type<DB>>::type_info()
        }

        fn compatible(column: &DB::TypeInfo) -> bool {
            <str as Type<DB>>::compatible(column)
        }
    }

    impl<'q, DB: Database> Encode<'q, DB> for CalendarDate
    where
        String: Encode<'q, DB>,
    {
        fn encode_by_ref(&self, cell: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
            <String as Encode<'q, DB>>::encode(self.to_string(), cell)
        }
    }

    impl<'r, DB: Database> Decode<'r, DB> for CalendarDate
    where
        &'r str: Decode<'r, DB>,
    {
        fn decode(cell: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
            Ok(Self::parse_iso(<&'r str as Decode<'r, DB>>::decode(cell)?)?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> CalendarDate {
        CalendarDate::parse(text).unwrap()
    }

    #[test]
    fn every_accepted_form_names_the_same_day() {
        for form in [
            "2026-04-01",
            "20260401",
            "2026/4/1",
            "R8.4.1",
            "r8.4.1",
            "令和8年4月1日",
            "Ｒ８．４．１",
            "２０２６０４０１",
        ] {
            assert_eq!(CalendarDate::parse(form), Ok(date("2026-04-01")), "{form}");
        }
    }

    #[test]
    fn the_first_year_of_an_era_may_be_written_gannen() {
        assert_eq!(date("令和元年5月1日"), date("2019-05-01"));
        assert_eq!(date("2019-05-01").wareki(), "令和元年5月1日");
        assert_eq!(date("2019-04-30").wareki(), "平成31年4月30日");
    }

    #[test]
    fn an_age_is_reached_on_the_day_before_the_birthday() {
        let birth = date("2011-04-02");
        assert_eq!(date("2026-03-31").legal_age_since(birth), 14);
        assert_eq!(date("2026-04-01").legal_age_since(birth), 15);
        // Born on 29 February: in other years the age is reached when 28 February ends.
        assert_eq!(date("2023-02-27").legal_age_since(date("2008-02-29")), 14);
        assert_eq!(date("2023-02-28").legal_age_since(date("2008-02-29")), 15);
    }

    #[test]
    fn a_day_outside_its_era_is_refused() {
        assert_eq!(CalendarDate::parse("平成32年1月1日"), Err(DateError::OutsideEra));
        assert_eq!(CalendarDate::parse("令和元年4月30日"), Err(DateError::OutsideEra));
        assert_eq!(CalendarDate::parse("R0.1.1"), Err(DateError::OutsideEra));
    }

    #[test]
    fn nonsense_is_refused_without_a_panic() {
        for text in [
            "",
            "2026-13-01",
            "2026-02-30",
            "20260230",
            "R",
            "令和年月日",
            "1-2",
            "2026-4-1-1",
            "𠮷",
            "+026-04-01",
        ] {
            assert!(CalendarDate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_stored_is_read_in_the_one_form_that_is_written() {
        assert_eq!(CalendarDate::parse_iso("2026-04-01"), Ok(date("2026-04-01")));
        for other in [
            "20260401",
            "2026/04/01",
            "2026-4-1",
            "2026-04-1日",
            "2026.04-01",
            "R8.4.1",
            "令和8年4月1日",
            "２０２６-０４-０１",
            " 2026-04-01",
            "2026-04-01 ",
            "2026-04-01T00:00:00Z",
            "2026-02-30",
            "",
        ] {
            assert!(CalendarDate::parse_iso(other).is_err(), "{other}");
            assert!(serde_json::from_value::<CalendarDate>(other.into()).is_err(), "{other}");
        }
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        assert_eq!(date("2024-03-01").days_since(date("2024-02-28")), 2);
        assert_eq!(date("2024-02-28").days_since(date("2024-03-01")), -2);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(year in 1868i16..2100, month in 1i8..=12, day in 1i8..=28) {
            prop_assume!(!(year == 1868 && month == 1));
            let date = CalendarDate::new(year, month, day).unwrap();
            prop_assert_eq!(CalendarDate::parse(&date.to_string()), Ok(date));
            prop_assert_eq!(CalendarDate::parse_iso(&date.to_string()), Ok(date));
            prop_assert_eq!(CalendarDate::parse(&date.compact()), Ok(date));
            prop_assert_eq!(CalendarDate::parse(&date.wareki()), Ok(date));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,24}") {
            let _ = CalendarDate::parse(&text);
        }
    }
}
