//! The people: everybody who is needed is there, and what is said about them fits together.

use crate::run::{Read, Run};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};
use techo_model::{
    CalendarDate, UnixMillis,
    checkup::{DocumentRequest, ItemValue, Phase},
    coverage::{CoverageRow, LossReason, Relation},
    number::modulus_ten_holds,
    resident::{ResidentProtection, ResidentRow, Sex},
    vaccination::{DoseEntry, VaccinationRow},
    vaccine::Vaccine,
};
use techo_synth::{DEFAULT_RESIDENTS, DEFAULT_SEED, reference_date};

/// The demo's people.
struct World {
    residents: Vec<ResidentRow>,
    coverage: Vec<CoverageRow>,
    documents: Vec<Read>,
    doses: Vec<VaccinationRow>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let run = Run::new(DEFAULT_RESIDENTS, DEFAULT_SEED);
    World {
        residents: run.residents(),
        coverage: run.coverage(),
        documents: run.documents(),
        doses: run.vaccinations(),
    }
});

impl World {
    /// Latest statement of every period of insurance, by person.
    fn periods(&self) -> BTreeMap<u64, Vec<&CoverageRow>> {
        let mut latest: BTreeMap<(u64, &str, CalendarDate), &CoverageRow> = BTreeMap::new();
        for row in &self.coverage {
            let facts = &row.coverage;
            let key = (row.my_number.expose(), facts.insured.insurer.as_str(), facts.acquired_on);
            let known = latest.entry(key).or_insert(row);
            if facts.stated_at > known.coverage.stated_at {
                *known = row;
            }
        }
        let mut periods: BTreeMap<u64, Vec<&CoverageRow>> = BTreeMap::new();
        for ((person, ..), row) in latest {
            periods.entry(person).or_default().push(row);
        }
        periods.values_mut().for_each(|rows| rows.sort_by_key(|row| row.coverage.acquired_on));
        periods
    }

    /// People whom a document could mean: insured with the same numbers on the day, same birth date and sex.
    fn candidates(&self, read: &Read) -> BTreeSet<u64> {
        let document = &read.document;
        let on = document.facts.examined_on;
        let same_number = |row: &&CoverageRow| {
            let insured = &row.coverage.insured;
            match document.insured.with_branch() {
                Some(with_branch) => insured.with_branch() == Some(with_branch),
                None => insured.without_branch() == document.insured.without_branch(),
            }
        };
        let in_force = |row: &&CoverageRow| {
            row.coverage.acquired_on <= on && row.coverage.lost_on.is_none_or(|lost| on < lost)
        };
        let people =
            self.coverage.iter().filter(same_number).filter(in_force).map(|row| row.my_number.expose());
        let fits = |person: &u64| {
            self.residents.iter().any(|row| {
                row.my_number.expose() == *person
                    && row.birth_date == document.birth_date
                    && row.sex == document.sex
            })
        };
        people.filter(fits).collect()
    }
}

fn day(text: &str) -> CalendarDate {
    CalendarDate::parse(text).unwrap()
}

#[test]
fn the_first_resident_is_an_adult_with_five_checkups_a_change_of_insurer_and_adult_doses() {
    let world = &*WORLD;
    let first = world.residents.iter().find(|row| row.name == "佐藤　健一").unwrap();
    assert_eq!(first.birth_date, day("1974-06-12"));
    let insurers: BTreeSet<_> = world
        .coverage
        .iter()
        .filter(|row| row.my_number == first.my_number)
        .map(|row| row.coverage.insured.insurer.as_str())
        .collect();
    assert_eq!(insurers.len(), 2);
    let number = first.my_number.expose();
    let own: Vec<_> =
        world.documents.iter().filter(|read| world.candidates(read).contains(&number)).collect();
    let phases: Vec<_> = own.iter().map(|read| read.document.facts.phase).collect();
    assert_eq!(phases.iter().filter(|phase| **phase == Phase::Third).count(), 2);
    assert_eq!(phases.iter().filter(|phase| **phase == Phase::Fourth).count(), 3);
    let smoking = |fiscal_year: i16| {
        let read =
            own.iter().find(|read| read.document.facts.examined_on.fiscal_year() == fiscal_year).unwrap();
        let answer = read.document.facts.results.iter().find(|result| result.item.0 == "9N736000000000011");
        match &answer.unwrap().value {
            ItemValue::Coded(answer) => answer.clone(),
            other => panic!("{other:?}"),
        }
    };
    // Stopped in 2023: code 2 then meant いいえ, in 2024 it means 以前は吸っていた.
    assert_eq!([2022, 2023, 2024].map(|year| smoking(year).code), ["1", "2", "2"]);
    assert_ne!(smoking(2023).list, smoking(2024).list);
    let doses: BTreeSet<_> = world
        .doses
        .iter()
        .filter(|row| row.record_code == first.record_code)
        .map(|row| row.dose.vaccine)
        .collect();
    assert!(
        [Vaccine::Rubella5, Vaccine::Covid19, Vaccine::Influenza, Vaccine::Zoster]
            .iter()
            .all(|v| doses.contains(v))
    );
}

#[test]
fn children_have_guardians_in_their_household_and_some_live_with_a_grandparent() {
    let residents = &WORLD.residents;
    let minors: Vec<_> =
        residents.iter().filter(|row| reference_date().age_since(row.birth_date) < 18).collect();
    assert!(minors.len() > 30, "{}", minors.len());
    for minor in minors {
        assert!(!minor.guardians.is_empty());
        for guardian in &minor.guardians {
            let guardian = residents.iter().find(|row| row.record_code == *guardian).unwrap();
            assert!(minor.birth_date.age_since(guardian.birth_date) >= 18);
            let grandparents = residents.iter().filter(|row| row.address == minor.address);
            assert!(grandparents.count() >= 2);
        }
    }
    let three = residents.iter().filter(|row| !row.guardians.is_empty()).any(|minor| {
        let years = |row: &ResidentRow| minor.birth_date.age_since(row.birth_date);
        residents.iter().any(|row| row.address == minor.address && years(row) > 45)
    });
    assert!(three);
}

#[test]
fn movers_stand_in_two_files_and_the_later_one_has_their_present_home() {
    let mut by_person: BTreeMap<_, Vec<&ResidentRow>> = BTreeMap::new();
    for row in &WORLD.residents {
        by_person.entry(row.record_code.digits()).or_default().push(row);
    }
    let movers: Vec<_> = by_person.values().filter(|rows| rows.len() == 2).collect();
    assert!(movers.len() >= 3, "{}", movers.len());
    for rows in movers {
        assert_eq!(rows[0].moved_out_on, rows[1].moved_in_on);
        assert!(rows[0].moved_out_on.is_some());
        assert_ne!(rows[0].municipality, rows[1].municipality);
    }
    let left = by_person.values().filter(|rows| rows.len() == 1 && rows[0].moved_out_on.is_some()).count();
    assert!(left >= 2, "{left}");
}

#[test]
fn there_are_people_under_protection_the_dead_and_names_with_rare_characters() {
    let residents = &WORLD.residents;
    let protected: Vec<_> =
        residents.iter().filter(|row| row.protection == ResidentProtection::Protected).collect();
    assert!(protected.len() >= 2);
    assert!(protected.iter().all(|row| row.mail.is_none() && row.phone.is_none()));
    assert!(residents.iter().any(|row| row.died_on.is_some()));
    assert!(residents.iter().any(|row| row.name.contains(['𠮷', '髙', '﨑'])));
    assert!(residents.iter().filter_map(|row| row.phone.as_ref()).all(|phone| phone.starts_with("090-0")));
    assert!(residents.iter().filter_map(|row| row.mail.as_ref()).all(|mail| mail.ends_with("@example.jp")));
}

#[test]
fn people_over_75_are_insured_alone_without_symbol_and_branch_under_eight_digits() {
    let old: Vec<_> =
        WORLD.coverage.iter().filter(|row| row.coverage.insured.insurer.as_str().starts_with("39")).collect();
    assert!(old.len() >= 15, "{}", old.len());
    for row in &old {
        let insured = &row.coverage.insured;
        assert!(insured.symbol.is_none() && insured.branch.is_none());
        assert!(insured.number.len() == 8 && modulus_ten_holds(&insured.number));
        assert_eq!(row.coverage.relation, Relation::Insured);
        assert!([10, 20, 30].contains(&row.coverage.burden_percent));
        let person = WORLD.residents.iter().find(|person| person.my_number == row.my_number).unwrap();
        assert!(row.coverage.acquired_on.age_since(person.birth_date) >= 75);
    }
    let turned = WORLD.coverage.iter().any(|row| row.coverage.loss_reason == Some(LossReason::SeventyFive));
    assert!(turned);
}

#[test]
fn periods_of_one_person_follow_each_other_except_where_an_insurer_is_late() {
    let (mut late, mut gaps, mut uncovered) = (0, 0, 0);
    for rows in WORLD.periods().values() {
        for pair in rows.windows(2) {
            let (before, after) = (&pair[0].coverage, &pair[1].coverage);
            match before.lost_on {
                None => {
                    assert!(
                        before.stated_at < UnixMillis::start_of(after.acquired_on),
                        "an overlap that is up to date"
                    );
                    late += 1;
                }
                Some(lost) => {
                    assert!(lost <= after.acquired_on);
                    gaps += usize::from(lost < after.acquired_on);
                }
            }
        }
        uncovered += usize::from(rows.last().unwrap().coverage.lost_on.is_some());
    }
    assert!(late >= 2 && gaps >= 1 && uncovered >= 2, "{late} late, {gaps} gaps, {uncovered} uncovered");
}

#[test]
fn somebody_has_just_turned_75_and_no_insurer_has_said_so() {
    let just = WORLD.periods().into_values().filter(|rows| {
        let last = &rows.last().unwrap();
        let person = WORLD.residents.iter().find(|person| person.my_number == last.my_number).unwrap();
        let birthday = person.birth_date.plus_months(12 * 75);
        let is_open =
            last.coverage.lost_on.is_none() && !last.coverage.insured.insurer.as_str().starts_with("39");
        birthday <= reference_date() && is_open && last.coverage.stated_at < UnixMillis::start_of(birthday)
    });
    assert!(just.count() >= 1);
}

#[test]
fn families_share_numbers_and_every_member_has_a_branch_of_their_own() {
    let mut families: BTreeMap<String, BTreeMap<u64, Option<String>>> = BTreeMap::new();
    for row in &WORLD.coverage {
        let insured = &row.coverage.insured;
        families
            .entry(insured.without_branch())
            .or_default()
            .insert(row.my_number.expose(), insured.branch.clone());
    }
    assert!(families.values().filter(|family| family.len() > 2).count() > 10);
    for family in families.values() {
        let branches: BTreeSet<_> = family.values().collect();
        assert_eq!(branches.len(), family.len());
    }
}

#[test]
fn every_document_finds_one_person_except_the_few_that_are_meant_not_to() {
    let world = &*WORLD;
    let lost: Vec<_> = world.documents.iter().filter(|read| world.candidates(read).len() != 1).collect();
    let unknown = lost.iter().filter(|read| read.document.insured.number.len() > 8).count();
    assert!(unknown >= 2 && lost.len() > unknown, "{unknown} of {} are unknown", lost.len());
    assert!(lost.len() <= world.documents.len() / 20, "{} cannot be found", lost.len());
    let without_branch = world.documents.iter().filter(|read| read.document.insured.branch.is_none()).count();
    assert!(without_branch > 30 && without_branch < world.documents.len() * 3 / 4, "{without_branch}");
}

#[test]
fn corrections_and_deletions_come_after_the_document_that_they_mean() {
    let key = |read: &Read| {
        let facts = &read.document.facts;
        (
            facts.facility.clone(),
            facts.examined_on,
            read.document.insured.without_branch(),
            read.document.birth_date,
        )
    };
    let (mut corrections, mut deletions) = (0, 0);
    let mut first: BTreeMap<_, &Read> = BTreeMap::new();
    for read in &WORLD.documents {
        let Some(former) = first.get(&key(read)) else {
            assert!(read.document.request == DocumentRequest::Keep, "a deletion before its document");
            first.insert(key(read), read);
            continue;
        };
        assert!(former.document.facts.document_date < read.document.facts.document_date);
        if read.document.request == DocumentRequest::Delete {
            deletions += 1;
        } else {
            assert!(former.document.facts.results != read.document.facts.results);
            corrections += 1;
        }
    }
    assert!(corrections >= 2 && deletions >= 1, "{corrections} corrections, {deletions} deletions");
}

#[test]
fn doses_are_given_between_birth_and_death_and_some_rows_are_taken_back() {
    let people: BTreeMap<_, _> = WORLD.residents.iter().map(|row| (row.record_code.digits(), row)).collect();
    for row in &WORLD.doses {
        let person = people[&row.record_code.digits()];
        assert!(person.birth_date < row.dose.given_on && row.dose.given_on <= reference_date());
        assert!(person.died_on.is_none_or(|died| row.dose.given_on <= died));
    }
    assert!(WORLD.doses.iter().any(|row| row.entry == DoseEntry::Cancelled));
    let mut seen = BTreeSet::new();
    for row in WORLD.doses.iter().filter(|row| row.entry == DoseEntry::Given) {
        let dose = &row.dose;
        let same = (
            row.record_code.digits(),
            dose.given_on,
            dose.vaccine,
            dose.dose_number,
            dose.municipality.clone(),
        );
        assert!(seen.insert(same), "a dose stands twice");
    }
}

#[test]
fn children_follow_the_schedule_with_some_late_and_some_missing_doses() {
    let two = reference_date().plus_days(-1000);
    let young: Vec<_> = WORLD.residents.iter().filter(|row| row.birth_date > two.plus_months(-120)).collect();
    let doses = |person: &ResidentRow, vaccine| {
        WORLD
            .doses
            .iter()
            .filter(move |row| row.entry == DoseEntry::Given && row.dose.vaccine == vaccine)
            .filter(|row| row.record_code == person.record_code)
            .map(|row| row.dose.given_on)
            .collect::<Vec<_>>()
    };
    let toddlers: Vec<_> = young.iter().filter(|row| row.birth_date < two).collect();
    let late = toddlers
        .iter()
        .filter(|row| doses(row, Vaccine::Pcv).first().is_some_and(|on| *on > row.birth_date.plus_months(3)));
    let complete = toddlers.iter().filter(|row| doses(row, Vaccine::Pcv).len() == 4).count();
    assert!(complete * 10 >= toddlers.len() * 6, "{complete} of {}", toddlers.len());
    assert!(complete < toddlers.len(), "nobody misses a dose");
    assert!(late.count() >= 1, "nobody is late");
    assert!(WORLD.doses.iter().any(|row| row.dose.vaccine == Vaccine::DptIpvHib));
    assert!(WORLD.doses.iter().any(|row| row.dose.vaccine == Vaccine::Mr2));
}

#[test]
fn adult_vaccines_go_to_those_whom_they_are_for() {
    let people: BTreeMap<_, _> = WORLD.residents.iter().map(|row| (row.record_code.digits(), row)).collect();
    let mut kinds = BTreeSet::new();
    for row in &WORLD.doses {
        let person = people[&row.record_code.digits()];
        let age = row.dose.given_on.age_since(person.birth_date);
        kinds.insert(row.dose.vaccine);
        match row.dose.vaccine {
            Vaccine::Rubella5 => {
                assert_eq!(person.sex, Sex::Male);
                assert!((day("1962-04-02")..=day("1979-04-01")).contains(&person.birth_date));
            }
            Vaccine::PneumococcalAdult => {
                assert!(age >= 65 || person.birth_date < day("1949-10-01"), "{age}");
            }
            Vaccine::Zoster => assert!(age >= 50),
            Vaccine::Hpv => assert!((11..17).contains(&age) && person.sex == Sex::Female),
            _ => {}
        }
    }
    let adult = [
        Vaccine::Influenza,
        Vaccine::Covid19,
        Vaccine::PneumococcalAdult,
        Vaccine::Zoster,
        Vaccine::Rubella5,
    ];
    assert!(adult.iter().all(|vaccine| kinds.contains(vaccine)));
}

#[test]
fn some_checkups_are_abnormal_and_most_are_not_very() {
    let verdict = |read: &&Read| {
        read.document.facts.results.iter().find_map(|result| match &result.value {
            ItemValue::Coded(answer) if result.item.0 == "9N501000000000011" => Some(answer.code.clone()),
            _ => None,
        })
    };
    let men: Vec<_> = WORLD.documents.iter().filter(|read| read.document.sex == Sex::Male).collect();
    let women: Vec<_> = WORLD.documents.iter().filter(|read| read.document.sex == Sex::Female).collect();
    let share = |of: &[&Read]| {
        let meets = of.iter().filter(|read| verdict(read).as_deref() == Some("1")).count();
        100 * meets / of.len()
    };
    // About a quarter of men and a twelfth of women meet the criteria in the national figures.
    assert!((12..45).contains(&share(&men)), "{} %", share(&men));
    assert!((1..22).contains(&share(&women)), "{} %", share(&women));
}
