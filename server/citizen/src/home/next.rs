//! What a person is advised to do next.

use super::{LatestCheckup, NextStep};
use techo_disclosure::coverage::CurrentCoverage;
use techo_model::{CalendarDate, answer::ListedAnswer};

/// Codes of the guidance level (list …6.3001) that offer 保健指導: 積極的支援, 動機付け支援.
const OFFERED: [&str; 2] = ["1", "2"];
const GUIDANCE_LIST: &str = "1.2.392.200119.6.3001";
/// A certificate that ends within so many days is worth a reminder.
const CARD_NOTICE_DAYS: i32 = 60;
/// Older findings are history and no advice any more.
const FINDING_MONTHS: i32 = 12;
/// 特定健診 is for those who turn 40 by the end of the fiscal year, until the day of their 75th birthday.
const CHECKUP_AGES: [i16; 2] = [40, 75];

/// What the advice depends on.
pub(super) struct Situation<'a> {
    pub(super) today: CalendarDate,
    pub(super) birth: CalendarDate,
    pub(super) coverage: &'a CurrentCoverage,
    pub(super) latest: Option<&'a LatestCheckup>,
    /// Guidance level of the latest checkup.
    pub(super) guidance: Option<&'a ListedAnswer>,
    pub(super) passkeys: i64,
    /// Whether the person has chosen who may see their records.
    pub(super) has_chosen: bool,
    pub(super) card_ends_on: Option<CalendarDate>,
}

/// The steps, most important first.
pub(super) fn next_steps(now: &Situation<'_>) -> Vec<NextStep> {
    let recent = now.latest.filter(|latest| latest.examined_on.plus_months(FINDING_MONTHS) >= now.today);
    let offered = now.guidance.is_some_and(|g| g.list == GUIDANCE_LIST && OFFERED.contains(&g.code.as_str()));
    [
        matches!(now.coverage, CurrentCoverage::Pending { .. }).then_some(NextStep::AskInsurer),
        now.card_ends_on
            .filter(|ends_on| *ends_on <= now.today.plus_days(CARD_NOTICE_DAYS))
            .map(NextStep::RenewCard),
        recent.filter(|_| offered).map(|latest| NextStep::HealthGuidance(latest.id)),
        recent.filter(|latest| !latest.outside.is_empty()).map(|latest| NextStep::LookAtCheckup(latest.id)),
        (is_due_for_a_checkup(now)).then_some(NextStep::YearlyCheckup),
        (now.passkeys == 1).then_some(NextStep::AddSecondPasskey),
        (!now.has_chosen).then_some(NextStep::ChooseSharing),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn is_due_for_a_checkup(now: &Situation<'_>) -> bool {
    let year = now.today.fiscal_year();
    let Ok(last_day) = CalendarDate::new(year + 1, 3, 31) else { return false };
    let [from, below] = CHECKUP_AGES;
    let of_age = last_day.age_since(now.birth) >= from && now.today.age_since(now.birth) < below;
    of_age && now.latest.is_none_or(|latest| latest.examined_on.fiscal_year() < year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use techo_model::{CheckupId, checkup::Judgement};

    const ID: CheckupId = CheckupId(uuid::Uuid::nil());

    fn day(text: &str) -> CalendarDate {
        CalendarDate::parse(text).unwrap()
    }

    fn checkup(on: &str, outside: &[(Judgement, i64)]) -> LatestCheckup {
        LatestCheckup {
            id: ID,
            examined_on: day(on),
            facility_name: "試験医院".to_owned(),
            outside: outside.to_vec(),
        }
    }

    fn quiet<'a>() -> Situation<'a> {
        Situation {
            today: day("2026-11-23"),
            birth: day("2000-01-01"),
            coverage: &CurrentCoverage::Unknown,
            latest: None,
            guidance: None,
            passkeys: 2,
            has_chosen: true,
            card_ends_on: None,
        }
    }

    #[test]
    fn a_young_person_with_two_passkeys_valid_data_and_choices_has_nothing_to_do() {
        assert_eq!(next_steps(&quiet()), []);
    }

    #[test]
    fn everything_at_once_comes_in_order_of_importance() {
        let since = day("2026-11-01");
        let latest = checkup("2026-03-01", &[(Judgement::High, 2)]);
        let guidance = ListedAnswer { list: GUIDANCE_LIST.to_owned(), code: "2".to_owned() };
        let now = Situation {
            birth: day("1970-01-01"),
            coverage: &CurrentCoverage::Pending { since },
            latest: Some(&latest),
            guidance: Some(&guidance),
            passkeys: 1,
            card_ends_on: Some(day("2027-01-22")),
            ..quiet()
        };
        assert_eq!(
            next_steps(&now),
            [
                NextStep::AskInsurer,
                NextStep::RenewCard(day("2027-01-22")),
                NextStep::HealthGuidance(ID),
                NextStep::LookAtCheckup(ID),
                NextStep::YearlyCheckup,
                NextStep::AddSecondPasskey,
            ]
        );
    }

    #[test]
    fn a_card_is_worth_a_reminder_sixty_days_before_it_ends_and_after_that() {
        for (ends, reminded) in [("2027-01-23", false), ("2027-01-22", true), ("2026-11-01", true)] {
            let steps = next_steps(&Situation { card_ends_on: Some(day(ends)), ..quiet() });
            assert_eq!(!steps.is_empty(), reminded, "{ends}");
        }
    }

    #[test]
    fn only_active_and_motivational_support_is_offered_and_only_by_its_own_list() {
        let latest = checkup("2026-10-01", &[]);
        for (list, code, offered) in [
            (GUIDANCE_LIST, "1", true),
            (GUIDANCE_LIST, "2", true),
            (GUIDANCE_LIST, "3", false),
            (GUIDANCE_LIST, "4", false),
            ("1.2.392.200119.6.1008", "1", false),
        ] {
            let guidance = ListedAnswer { list: list.to_owned(), code: code.to_owned() };
            let now = Situation { latest: Some(&latest), guidance: Some(&guidance), ..quiet() };
            assert_eq!(next_steps(&now).contains(&NextStep::HealthGuidance(ID)), offered, "{list} {code}");
        }
    }

    #[test]
    fn findings_of_more_than_a_year_ago_are_no_advice() {
        for (on, advised) in [("2025-11-23", true), ("2025-11-22", false)] {
            let latest = checkup(on, &[(Judgement::High, 1)]);
            let steps = next_steps(&Situation { latest: Some(&latest), ..quiet() });
            assert_eq!(steps.contains(&NextStep::LookAtCheckup(ID)), advised, "{on}");
        }
    }

    #[test]
    fn the_yearly_checkup_is_for_those_who_turn_40_this_fiscal_year_until_their_75th_birthday() {
        for (birth, due) in [
            ("1987-04-01", false),
            ("1987-03-31", true),
            ("1970-06-01", true),
            ("1951-11-24", true),
            ("1951-11-23", false),
        ] {
            let steps = next_steps(&Situation { birth: day(birth), ..quiet() });
            assert_eq!(steps == [NextStep::YearlyCheckup], due, "{birth}");
        }
    }

    #[test]
    fn a_checkup_of_this_fiscal_year_is_enough() {
        for (on, due) in [("2026-03-31", true), ("2026-04-01", false)] {
            let latest = checkup(on, &[]);
            let now = Situation { birth: day("1970-01-01"), latest: Some(&latest), ..quiet() };
            assert_eq!(next_steps(&now).contains(&NextStep::YearlyCheckup), due, "{on}");
        }
    }
}
