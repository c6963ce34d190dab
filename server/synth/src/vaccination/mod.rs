//! Doses of one person: the childhood schedule with its delays and gaps, and what adults get.

mod adult;
mod childhood;
mod product;

use crate::{
    calendar::{open_day, reference_date},
    dice::{Dice, Purpose},
    facilities::{Service, any_facility},
    household::{Household, Person},
    numbers,
    places::{MUNICIPALITIES, MunicipalityIndex},
};
use techo_model::{
    CalendarDate,
    vaccination::{DoseEntry, DoseFacts, Programme, VaccinationRow},
    vaccine::Vaccine,
};

/// A dose before it has a place and a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dose {
    vaccine: Vaccine,
    number: i64,
    on: CalendarDate,
    programme: Programme,
}

/// Collects doses, each on a day when clinics are open and not after the last day of the files.
struct Card {
    doses: Vec<Dose>,
}

impl Card {
    /// Enters a dose; says whether it could be given.
    fn enter(&mut self, vaccine: Vaccine, number: i64, on: CalendarDate, programme: Programme) -> bool {
        let on = open_day(on);
        let given = on <= reference_date().plus_days(-3);
        if given {
            self.doses.push(Dose { vaccine, number, on, programme });
        }
        given
    }
}

/// A row and the municipality that sends it.
pub(crate) struct Sent {
    pub(crate) municipality: MunicipalityIndex,
    pub(crate) row: VaccinationRow,
}

/// All rows about a person, in order of time.
pub(crate) fn rows(seed: u64, household: &Household, person: &Person) -> Vec<Sent> {
    let mut dice = Dice::new(seed, Purpose::Vaccination, person.number);
    let mut card = Card { doses: Vec::new() };
    childhood::plan(person, &mut card, &mut dice);
    adult::plan(household, person, &mut card, &mut dice);
    card.doses.sort_by_key(|dose| (dose.on, dose.vaccine, dose.number));
    let mut rows = Vec::with_capacity(card.doses.len());
    for dose in card.doses.into_iter().filter(|dose| person.lives_on(dose.on)) {
        // Doses after leaving the prefecture are in nobody's file here.
        let Some(municipality) = household.home.municipality_on(dose.on) else { continue };
        let place = Place { seed, person, municipality };
        if dice.chance(0.004) {
            rows.extend(place.entered_by_mistake(dose, &mut dice));
        }
        rows.push(place.row(dose, &mut dice));
    }
    rows
}

/// Where doses are given.
struct Place<'a> {
    seed: u64,
    person: &'a Person,
    municipality: MunicipalityIndex,
}

impl Place<'_> {
    fn row(&self, dose: Dose, dice: &mut Dice) -> Sent {
        let age = self.person.age_on(dose.on);
        let service = if age < 16 { Service::Children } else { Service::Checkups };
        let product = product::of(dose, age, dice);
        Sent {
            municipality: self.municipality,
            row: VaccinationRow {
                record_code: numbers::record_code(self.seed, self.person.number),
                dose: DoseFacts {
                    given_on: dose.on,
                    vaccine: dose.vaccine,
                    dose_number: dose.number,
                    product_name: Some(product.name.to_owned()),
                    product_code: product.code(),
                    programme: dose.programme,
                    lot: Some(product::lot(dice)),
                    amount_microlitres: product.microlitres,
                    facility: Some(any_facility(dice, self.municipality, service).number()),
                    municipality: MUNICIPALITIES[self.municipality].code(),
                },
                entry: DoseEntry::Given,
            },
        }
    }

    /// The same dose under a wrong day, and the row that takes it back.
    fn entered_by_mistake(&self, dose: Dose, dice: &mut Dice) -> [Sent; 2] {
        let wrong = self.row(Dose { on: dose.on.plus_days(-1), ..dose }, dice);
        let mut cancelled = wrong.row.clone();
        cancelled.entry = DoseEntry::Cancelled;
        [wrong, Sent { municipality: self.municipality, row: cancelled }]
    }
}
