//! People with ten rules each, and questions about them, from a world so small that rules, askers and records meet often.

use std::collections::BTreeSet;
use techo_custody::environment::Environment;
use techo_model::{
    CalendarDate, RuleId, UnixMillis,
    consent::{
        Asker, Category, ConsentState, DataPeriod, Effect, Grantee, Label, Mark, OrganisationNumber, Purpose,
        RecordFacts, ConsentRule, RuleScope, ConsentSettings, Switch, RuleValidity,
    },
    organisation::OrganisationKind,
};

const RULES: usize = 10;
const HOUR: i64 = 3_600_000;
/// Rules begin and questions are asked within so many hours.
const HOURS: u16 = 1_000;
const CLASSES: [OrganisationKind; 5] = [
    OrganisationKind::Clinic,
    OrganisationKind::Hospital,
    OrganisationKind::Dentist,
    OrganisationKind::Pharmacy,
    OrganisationKind::Research,
];
/// Organisations of each class.
const OF_A_CLASS: usize = 2;
const SUBJECTS: [&str; 2] = ["dr-1", "dr-2"];

/// One question about one part of one record of a person.
pub struct Question {
    /// Whose, by index.
    pub person: usize,
    pub record: RecordFacts,
    pub asker: Asker,
    pub purpose: Purpose,
    pub at: UnixMillis,
}

/// Chance, the same in every run.
pub struct Dice(pub Environment);

impl Dice {
    fn below(&self, n: usize) -> usize {
        let drawn = u64::from_le_bytes(self.0.bytes()) % n as u64;
        usize::try_from(drawn).unwrap()
    }

    fn one_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Clone>(&self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn some_of<T: Copy + Ord>(&self, all: &[T], one_in: usize) -> BTreeSet<T> {
        all.iter().copied().filter(|_| self.one_in(one_in)).collect()
    }

    fn instant(&self) -> UnixMillis {
        UnixMillis(self.0.now().0 + self.below(HOURS.into()) as i64 * HOUR)
    }

    fn day(&self) -> CalendarDate {
        CalendarDate::new(2020 + self.below(6) as i16, 1 + self.below(12) as i8, 1).unwrap()
    }

    /// An organisation of a class. Its number says the class.
    fn organisation(&self, class: OrganisationKind) -> OrganisationNumber {
        OrganisationNumber(format!("13{:02}{:06}", class as u8, self.below(OF_A_CLASS)))
    }
}

/// A person's choices, most of them with sharing on, since everything else ends before the rules.
pub fn state(dice: &Dice) -> ConsentState {
    let switch = || if dice.one_in(10) { Switch::Off } else { Switch::On };
    let settings = ConsentSettings { clinics: switch(), research: switch(), ..ConsentSettings::default() };
    ConsentState { settings, rules: (0..RULES).map(|_| rule(dice)).collect() }
}

fn rule(dice: &Dice) -> ConsentRule {
    let class = dice.pick(&CLASSES);
    let organisation = dice.organisation(class);
    let from = dice.instant();
    let mut scope = RuleScope { categories: dice.some_of(Category::ALL, 3), labels: dice.some_of(Label::ALL, 4) };
    scope.categories.insert(dice.pick(Category::ALL));
    ConsentRule {
        id: RuleId(dice.0.opaque_id()),
        effect: dice.pick(&[Effect::Permit, Effect::Permit, Effect::Deny]),
        grantee: match dice.below(4) {
            0 => Grantee::Person { organisation, subject: dice.pick(&SUBJECTS).to_owned() },
            1 => Grantee::Organisation { organisation },
            _ => Grantee::Class { class },
        },
        scope,
        purpose: purpose(class),
        validity: RuleValidity { from, until: dice.one_in(2).then_some(half_way(from)) },
        data: data_period(dice),
    }
}

/// A rule that ends does so half of all hours later.
fn half_way(from: UnixMillis) -> UnixMillis {
    UnixMillis(from.0 + i64::from(HOURS / 2) * HOUR)
}

fn data_period(dice: &Dice) -> DataPeriod {
    let (one, other) = (dice.day(), dice.day());
    DataPeriod { from: dice.one_in(3).then(|| one.min(other)), to: dice.one_in(3).then(|| one.max(other)) }
}

/// A question that comes as far as the choices of the person: by an organisation that may ask at all. What ends earlier
/// (owner, support, frozen records) costs us next to nothing, so it would only flatter.
pub fn question(dice: &Dice, person: usize) -> Question {
    let class = dice.pick(&CLASSES);
    let purpose = purpose(class);
    // Research never learns who is insured where, whatever the person chose.
    let open = |category: &&Category| purpose != Purpose::Research || **category != Category::Eligibility;
    let categories: Vec<_> = Category::ALL.iter().filter(open).copied().collect();
    let mut record = RecordFacts::plain(dice.pick(&categories), dice.day());
    if dice.one_in(4) {
        record.labels = dice.some_of(Label::ALL, 5);
    }
    record.mark = dice.one_in(20).then(|| dice.pick(Mark::ALL));
    let asker = Asker::Organisation {
        organisation: dice.organisation(class),
        class,
        subject: (!dice.one_in(4)).then(|| dice.pick(&SUBJECTS).to_owned()),
        emergency: None,
    };
    Question { person, record, asker, purpose, at: dice.instant() }
}

fn purpose(class: OrganisationKind) -> Purpose {
    if class == OrganisationKind::Research { Purpose::Research } else { Purpose::Treatment }
}
