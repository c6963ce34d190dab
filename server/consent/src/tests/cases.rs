//! Random cases from a small world, so that askers, rules and records meet often.

use techo_model::{
    CalendarDate, RuleId, UnixMillis,
    consent::{
        Asker, Category, ConsentRule, ConsentSettings, ConsentState, DataPeriod, Effect, EmergencyChoice,
        Grantee, Label, Mark, OrganisationNumber, PersonEmergency, Purpose, RecordFacts, RuleScope,
        RuleValidity, Switch,
    },
    organisation::OrganisationKind,
};
use uuid::Uuid;

/// A question as a whole.
#[derive(Clone, Debug)]
pub struct Case {
    pub state: ConsentState,
    pub record: RecordFacts,
    pub asker: Asker,
    pub purpose: Purpose,
    pub at: UnixMillis,
}

/// SplitMix64: a million cases want a generator that costs nothing.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()].clone()
    }

    fn some_of<T: Copy + Ord>(&mut self, all: &[T], one_in: u64) -> std::collections::BTreeSet<T> {
        all.iter().copied().filter(|_| self.one_in(one_in)).collect()
    }
}

const NUMBERS: [&str; 3] = ["1310000001", "1310000002", "131016"];
const SUBJECTS: [&str; 2] = ["dr-1", "dr-2"];
/// Around these instants everything begins and ends.
const INSTANTS: [i64; 5] = [1_000, 2_000, 3_000, 4_000, 5_000];

fn number(dice: &mut Dice) -> OrganisationNumber {
    OrganisationNumber(dice.pick(&NUMBERS).to_owned())
}

fn class(dice: &mut Dice) -> OrganisationKind {
    dice.pick(OrganisationKind::ALL)
}

fn day(dice: &mut Dice) -> CalendarDate {
    let day = i8::try_from(1 + dice.below(4)).unwrap();
    CalendarDate::new(2026, 4, day).unwrap()
}

fn scope(dice: &mut Dice) -> RuleScope {
    RuleScope { categories: dice.some_of(Category::ALL, 3), labels: dice.some_of(Label::ALL, 4) }
}

/// A rule that makes sense three times in four.
pub fn rule(dice: &mut Dice) -> ConsentRule {
    let grantee = match dice.below(4) {
        3 => Grantee::CareTeam { organisations: [number(dice), number(dice), number(dice)].into() },
        0 => Grantee::Person { organisation: number(dice), subject: dice.pick(&SUBJECTS).to_owned() },
        1 => Grantee::Organisation { organisation: number(dice) },
        _ => Grantee::Class { class: class(dice) },
    };
    let from = dice.pick(&INSTANTS);
    let until = match dice.below(3) {
        0 => None,
        1 => Some(UnixMillis(from + 1_000)),
        _ => Some(UnixMillis(from + 3_000)),
    };
    let mut rule = ConsentRule {
        id: RuleId(Uuid::from_u128(u128::from(dice.roll()))),
        effect: dice.pick(&[Effect::Permit, Effect::Permit, Effect::Deny]),
        grantee,
        scope: scope(dice),
        purpose: dice.pick(&[Purpose::Treatment, Purpose::Treatment, Purpose::Research, Purpose::Payment]),
        validity: RuleValidity { from: UnixMillis(from), until },
        data: DataPeriod::default(),
    };
    rule.scope.categories.insert(dice.pick(Category::ALL));
    if dice.one_in(4) {
        rule.data = DataPeriod { from: Some(day(dice)), to: None };
    }
    if dice.one_in(200) {
        rule.validity.until = Some(rule.validity.from);
    }
    rule
}

/// A rule that never contradicts itself.
pub fn sound_rule(dice: &mut Dice) -> ConsentRule {
    loop {
        let rule = rule(dice);
        if super::super::rules::is_sound(&rule) {
            return rule;
        }
    }
}

fn settings(dice: &mut Dice) -> ConsentSettings {
    let switch = [Switch::On, Switch::On, Switch::On, Switch::Off];
    ConsentSettings {
        clinics: dice.pick(&switch),
        research: dice.pick(&switch),
        emergency: dice.pick(EmergencyChoice::ALL),
        insurer_transfer: dice.pick(&switch),
        treatment_window_hours: 24,
    }
}

fn asker(dice: &mut Dice) -> Asker {
    match dice.below(20) {
        0 => Asker::Owner,
        1 => Asker::Support,
        2 => Asker::Operator,
        3 => Asker::Guardian { grant: scope(dice) },
        _ => {
            let declared_at = dice.pick(&INSTANTS);
            let length = dice.pick(&[1_000, 3_600_000, 3_600_001, 0]);
            let emergency = PersonEmergency {
                declared_at: UnixMillis(declared_at),
                ends_at: UnixMillis(declared_at + length),
            };
            Asker::Organisation {
                organisation: number(dice),
                class: class(dice),
                subject: (!dice.one_in(3)).then(|| dice.pick(&SUBJECTS).to_owned()),
                emergency: (!dice.one_in(3)).then_some(emergency),
            }
        }
    }
}

fn record(dice: &mut Dice) -> RecordFacts {
    RecordFacts {
        category: dice.pick(Category::ALL),
        labels: if dice.one_in(3) { dice.some_of(Label::ALL, 5) } else { Default::default() },
        date: day(dice),
        author: dice.one_in(4).then(|| number(dice)),
        mark: dice.pick(&[None, None, None, None, Some(Mark::Withheld), Some(Mark::Sealed)]),
        frozen: dice.one_in(20),
        hidden_from_guardians: dice.one_in(4),
        public_duty: dice.one_in(2),
        municipality: dice.one_in(2).then(|| number(dice)),
    }
}

/// Anything.
pub fn case(dice: &mut Dice) -> Case {
    let count = dice.below(5);
    Case {
        state: ConsentState { settings: settings(dice), rules: (0..count).map(|_| rule(dice)).collect() },
        record: record(dice),
        asker: asker(dice),
        purpose: dice.pick(&[
            Purpose::Treatment,
            Purpose::Treatment,
            Purpose::Treatment,
            Purpose::Emergency,
            Purpose::Payment,
            Purpose::PublicHealth,
            Purpose::Research,
            Purpose::InsurerTransfer,
        ]),
        at: UnixMillis(dice.pick(&INSTANTS) - i64::from(dice.one_in(2))),
    }
}
