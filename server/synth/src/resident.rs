//! Rows of the residents files.

use crate::{
    dice::Dice,
    household::{Household, Person},
    numbers,
    places::{Address, MUNICIPALITIES, MunicipalityIndex, mobile_phone},
};
use techo_model::{
    CalendarDate,
    resident::{ResidentProtection, ResidentRow},
};

/// A row and the municipality that sends it.
pub(crate) struct Sent {
    pub(crate) municipality: MunicipalityIndex,
    pub(crate) row: ResidentRow,
}

/// Rows about one person: one of the present municipality, and one of the former when they moved.
pub(crate) fn rows(seed: u64, household: &Household, person: &Person, dice: &mut Dice) -> Vec<Sent> {
    let home = &household.home;
    let writer = Writer { seed, household, person, contact: contact(household, person, dice) };
    let former = home.former.as_ref().filter(|former| person.lives_on(former.until));
    let mut rows = Vec::with_capacity(2);
    if let Some(former) = former {
        let stay = Stay { from: None, to: Some(former.until) };
        rows.push(writer.row(former.municipality, &former.address, stay));
    }
    let stay = Stay {
        from: former.map(|former| former.until),
        to: home.left_on.filter(|left| person.lives_on(*left)),
    };
    rows.push(writer.row(home.municipality, &home.address, stay));
    rows
}

/// When a person lived at an address; none where the register does not say.
#[derive(Clone, Copy)]
struct Stay {
    from: Option<CalendarDate>,
    to: Option<CalendarDate>,
}

#[derive(Clone)]
struct Contact {
    mail: Option<String>,
    phone: Option<String>,
}

fn contact(household: &Household, person: &Person, dice: &mut Dice) -> Contact {
    let mail = dice.chance(0.6) || household.story.is_showcase();
    let phone = mobile_phone(dice);
    let adult = person.age_on(crate::calendar::reference_date()) >= 18;
    // People under protection leave no way to find them.
    if !adult || household.protection() == ResidentProtection::Protected {
        return Contact { mail: None, phone: None };
    }
    Contact { mail: mail.then(|| format!("resident{:06}@example.jp", person.number)), phone: Some(phone) }
}

struct Writer<'a> {
    seed: u64,
    household: &'a Household,
    person: &'a Person,
    contact: Contact,
}

impl Writer<'_> {
    fn row(&self, municipality: MunicipalityIndex, address: &Address, stay: Stay) -> Sent {
        let (seed, person) = (self.seed, self.person);
        let row = ResidentRow {
            record_code: numbers::record_code(seed, person.number),
            my_number: numbers::my_number(seed, person.number),
            name: person.name.kanji.clone(),
            kana: person.name.kana.clone(),
            birth_date: person.birth,
            sex: person.sex,
            postal_code: Some(address.postal_code.clone()),
            address: Some(address.text.clone()),
            municipality: MUNICIPALITIES[municipality].code(),
            moved_in_on: stay.from,
            moved_out_on: stay.to,
            died_on: person.died_on,
            protection: self.household.protection(),
            guardians: person.guardians.iter().map(|number| numbers::record_code(seed, *number)).collect(),
            mail: self.contact.mail.clone(),
            phone: self.contact.phone.clone(),
        };
        Sent { municipality, row }
    }
}
