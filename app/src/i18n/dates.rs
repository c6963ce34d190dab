//! Dates for people: western year with the year of the era, inside `<time>` for machines.

use super::Lang;
use leptos::prelude::*;
use techo_model::{CalendarDate, UnixMillis};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2026年4月1日（令和8年）` or `1 April 2026 (Reiwa 8)`.
pub fn date(lang: Lang, date: CalendarDate) -> String {
    let plain = without_era(lang, date);
    match (lang, year_of_era(lang, date)) {
        (Lang::Ja, Some(era)) => format!("{plain}（{era}）"),
        (Lang::En, Some(era)) => format!("{plain} ({era})"),
        (_, None) => plain,
    }
}

/// `令和8年` or `Reiwa 8`; none before the era of Meiji.
pub fn year_of_era(lang: Lang, date: CalendarDate) -> Option<String> {
    let english = date.era_year_en()?;
    match lang {
        Lang::En => Some(english),
        Lang::Ja => date.wareki().split_once('年').map(|(era, _)| format!("{era}年")),
    }
}

/// `2026年4月1日（令和8年） 9:05` in Japanese time.
pub fn date_and_time(lang: Lang, at: UnixMillis) -> String {
    let day = date(lang, at.date_in_japan());
    let time = at.time_in_japan();
    match lang {
        Lang::Ja => format!("{day} {time}"),
        Lang::En => format!("{day}, {time}"),
    }
}

/// [`date`] as an element.
pub fn date_tag(lang: Lang, day: CalendarDate) -> impl IntoView + use<> {
    view! { <time datetime=day.to_string()>{date(lang, day)}</time> }
}

/// [`date_and_time`] as an element.
pub fn date_time_tag(lang: Lang, at: UnixMillis) -> impl IntoView + use<> {
    view! { <time datetime=at.rfc3339()>{date_and_time(lang, at)}</time> }
}

fn without_era(lang: Lang, date: CalendarDate) -> String {
    let civil = date.civil();
    let (year, month, day) = (civil.year(), civil.month(), civil.day());
    let name = usize::try_from(month - 1).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or("");
    match lang {
        Lang::Ja => format!("{year}年{month}月{day}日"),
        Lang::En => format!("{day} {name} {year}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_carries_the_year_of_its_era_in_both_languages() {
        let day = CalendarDate::parse("2026-04-01").unwrap();
        assert_eq!(date(Lang::Ja, day), "2026年4月1日（令和8年）");
        assert_eq!(date(Lang::En, day), "1 April 2026 (Reiwa 8)");
    }

    #[test]
    fn the_first_year_of_an_era_is_gannen_in_japanese() {
        let day = CalendarDate::parse("2019-05-01").unwrap();
        assert_eq!(date(Lang::Ja, day), "2019年5月1日（令和元年）");
        assert_eq!(date(Lang::En, day), "1 May 2019 (Reiwa 1)");
    }

    #[test]
    fn an_instant_is_told_in_japanese_time() {
        let at = UnixMillis::start_of(CalendarDate::parse("2026-11-23").unwrap());
        assert_eq!(date_and_time(Lang::En, at), "23 November 2026 (Reiwa 8), 00:00");
        assert_eq!(
            date_tag(Lang::Ja, at.date_in_japan()).to_html(),
            "<time datetime=\"2026-11-23\">2026年11月23日（令和8年）</time>"
        );
    }
}
