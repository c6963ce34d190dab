//! What people choose on the page: one scope for each class of recipients, and rules beside that are kept as they are.
//!
//! [`ConsentChoices`] is another way to write a [`ConsentState`]: nothing gets lost on the way there and back.

use std::collections::{BTreeMap, BTreeSet};
use techo_model::{
    RuleId, UnixMillis,
    consent::{
        Category, ConsentRule, ConsentSettings, ConsentState, DataPeriod, Effect, Grantee,
        OrganisationNumber, Purpose, RuleScope, RuleValidity, Switch,
    },
    organisation::OrganisationKind,
};

/// Those who treat people, in the order of the page.
pub const TREATING: [OrganisationKind; 4] = [
    OrganisationKind::Clinic,
    OrganisationKind::Hospital,
    OrganisationKind::Dentist,
    OrganisationKind::Pharmacy,
];

/// Those with whom records can be shared for treatment and care, in the order of the table.
pub const RECIPIENTS: [OrganisationKind; 5] = [
    OrganisationKind::Clinic,
    OrganisationKind::Hospital,
    OrganisationKind::Dentist,
    OrganisationKind::Pharmacy,
    OrganisationKind::Care,
];

/// What can be shared with those who treat, in the order of the page. 資格 is asked for without a rule.
pub const SHARED: [Category; 10] = [
    Category::CheckupMeasurements,
    Category::CheckupLaboratory,
    Category::CheckupFindings,
    Category::CheckupQuestionnaire,
    Category::CheckupScreening,
    Category::Laboratory,
    Category::Vaccination,
    Category::Medication,
    Category::Visits,
    Category::Surgery,
];

/// Laboratory values, wherever they come from, and what speaks of them: a physician's judgement says 「ＬＤＬコレステロールが高め」,
/// a questionnaire which illnesses are treated.
const VALUES: [Category; 4] = [
    Category::CheckupLaboratory,
    Category::Laboratory,
    Category::CheckupFindings,
    Category::CheckupQuestionnaire,
];

/// A state, sorted as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentChoices {
    /// Choices that are no rules.
    pub settings: ConsentSettings,
    /// What each class may see: those who treat for treatment, research for research.
    pub classes: BTreeMap<OrganisationKind, RuleScope>,
    /// Every other rule, as it is.
    pub others: Vec<ConsentRule>,
}

/// Ready-made choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentPreset {
    /// Nobody who treats me sees anything.
    Nobody,
    /// Everyone who treats me sees everything but laboratory values and what speaks of them; nothing that is sensitive.
    TreatingWithoutValues,
    /// One organisation, my regular clinic, sees everything; nothing that is sensitive.
    Regular(OrganisationNumber),
}

impl ConsentChoices {
    /// Sorts a state.
    pub fn of(state: &ConsentState) -> Self {
        let mut choices = Self { settings: state.settings, ..Self::default() };
        for rule in &state.rules {
            match plain_class(rule) {
                Some(class) if !choices.classes.contains_key(&class) => {
                    choices.classes.insert(class, rule.scope.clone());
                }
                _ => choices.others.push(rule.clone()),
            }
        }
        choices
    }

    /// The state of these choices. A rule that `former` has in the same words stays the same rule; a new one begins now.
    pub fn state(
        &self,
        former: &ConsentState,
        now: UnixMillis,
        mut new_id: impl FnMut() -> RuleId,
    ) -> ConsentState {
        let named = self.classes.iter().filter(|(_, scope)| **scope != RuleScope::default());
        let mut rules: Vec<ConsentRule> = named
            .map(|(class, scope)| {
                let same = |rule: &&ConsentRule| plain_class(rule) == Some(*class) && rule.scope == *scope;
                former.rules.iter().find(same).cloned().unwrap_or_else(|| ConsentRule {
                    id: new_id(),
                    effect: Effect::Permit,
                    grantee: Grantee::Class { class: *class },
                    scope: scope.clone(),
                    purpose: purpose_of(*class),
                    validity: RuleValidity { from: now, until: None },
                    data: DataPeriod::default(),
                })
            })
            .collect();
        rules.extend(self.others.iter().cloned());
        ConsentState { settings: self.settings, rules }
    }

    /// The same with a ready-made choice in place of what was chosen about those who treat.
    #[must_use]
    pub fn preset(
        &self,
        preset: &ConsentPreset,
        now: UnixMillis,
        mut new_id: impl FnMut() -> RuleId,
    ) -> Self {
        let mut choices = self.clone();
        choices.classes.retain(|class, _| !RECIPIENTS.contains(class));
        match preset {
            ConsentPreset::Nobody => choices.settings.clinics = Switch::Off,
            ConsentPreset::TreatingWithoutValues => {
                choices.settings.clinics = Switch::On;
                let categories = SHARED.into_iter().filter(|category| !VALUES.contains(category));
                let scope = RuleScope { categories: categories.collect(), labels: Default::default() };
                choices.classes.extend(TREATING.map(|class| (class, scope.clone())));
            }
            ConsentPreset::Regular(number) => {
                choices.settings.clinics = Switch::On;
                let scope = RuleScope { categories: SHARED.into(), labels: Default::default() };
                choices.others.push(for_organisation(new_id(), Effect::Permit, number, scope, now));
            }
        }
        choices
    }
}

/// Whether somebody to whom this scope is shown reads of laboratory values that are hidden from them, in words.
pub fn reveals_hidden_values(categories: &BTreeSet<Category>) -> bool {
    !categories.contains(&Category::CheckupLaboratory) && SPEAKING.iter().any(|one| categories.contains(one))
}

/// Whether a deny of these hides laboratory values and leaves sentences that may speak of them.
pub fn denies_values_only(denied: &BTreeSet<Category>) -> bool {
    denied.contains(&Category::CheckupLaboratory) && !SPEAKING.iter().all(|one| denied.contains(one))
}

/// Categories whose sentences may speak of laboratory values.
pub const SPEAKING: [Category; 2] = [Category::CheckupFindings, Category::CheckupQuestionnaire];

/// A rule that lets several organisations together see something, for treatment and care, from now on.
pub fn for_team(
    id: RuleId,
    members: BTreeSet<OrganisationNumber>,
    scope: RuleScope,
    now: UnixMillis,
) -> ConsentRule {
    ConsentRule {
        id,
        effect: Effect::Permit,
        grantee: Grantee::CareTeam { organisations: members },
        scope,
        purpose: Purpose::Treatment,
        validity: RuleValidity { from: now, until: None },
        data: DataPeriod::default(),
    }
}

/// A rule about one organisation, for treatment, from now on.
pub fn for_organisation(
    id: RuleId,
    effect: Effect,
    number: &OrganisationNumber,
    scope: RuleScope,
    now: UnixMillis,
) -> ConsentRule {
    ConsentRule {
        id,
        effect,
        grantee: Grantee::Organisation { organisation: number.clone() },
        scope,
        purpose: Purpose::Treatment,
        validity: RuleValidity { from: now, until: None },
        data: DataPeriod::default(),
    }
}

fn purpose_of(class: OrganisationKind) -> Purpose {
    if class == OrganisationKind::Research { Purpose::Research } else { Purpose::Treatment }
}

/// The class of a rule that the table of the page can show: a permit without an end, about data of all times.
fn plain_class(rule: &ConsentRule) -> Option<OrganisationKind> {
    let Grantee::Class { class } = &rule.grantee else { return None };
    let shown = RECIPIENTS.contains(class) || *class == OrganisationKind::Research;
    let plain = rule.effect == Effect::Permit
        && rule.purpose == purpose_of(*class)
        && rule.validity.until.is_none()
        && rule.data == DataPeriod::default();
    (shown && plain).then_some(*class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use techo_model::consent::Label;
    use uuid::Uuid;

    const NOW: UnixMillis = UnixMillis(1_000);

    fn ids() -> impl FnMut() -> RuleId {
        let mut next = 100;
        move || {
            next += 1;
            RuleId(Uuid::from_u128(next))
        }
    }

    fn full() -> ConsentState {
        let mut choices = ConsentChoices::default().preset(&ConsentPreset::TreatingWithoutValues, NOW, ids());
        let clinic = OrganisationNumber("6111300017".into());
        choices = choices.preset(&ConsentPreset::Regular(clinic.clone()), NOW, ids());
        let research =
            RuleScope { categories: [Category::Vaccination].into(), labels: [Label::Genetic].into() };
        choices.classes.insert(OrganisationKind::Research, research);
        let scope = RuleScope { categories: [Category::Surgery].into(), labels: Default::default() };
        let mut ends = for_organisation(RuleId(Uuid::nil()), Effect::Deny, &clinic, scope, NOW);
        ends.validity.until = Some(UnixMillis(9_000));
        choices.others.push(ends);
        choices.state(&ConsentState::default(), NOW, ids())
    }

    #[test]
    fn nothing_gets_lost_between_a_state_and_its_page() {
        let state = full();
        let again = ConsentChoices::of(&state).state(&state, UnixMillis(5_000), || panic!("no rule is new"));
        let mut sorted = (state.rules, again.rules);
        sorted.0.sort();
        sorted.1.sort();
        assert_eq!(sorted.0, sorted.1);
        assert_eq!(state.settings, again.settings);
    }

    #[test]
    fn a_choice_in_the_same_words_stays_the_same_rule_and_another_one_begins_now() {
        let state = ConsentChoices::default()
            .preset(&ConsentPreset::TreatingWithoutValues, NOW, ids())
            .state(&ConsentState::default(), NOW, ids());
        let mut choices = ConsentChoices::of(&state);
        let dentist = choices.classes.get_mut(&OrganisationKind::Dentist).unwrap();
        dentist.categories.clear();
        dentist.categories.insert(Category::Vaccination);
        let next = choices.state(&state, UnixMillis(5_000), ids());
        let begins = |class| {
            let rule = next.rules.iter().find(|rule| rule.grantee == Grantee::Class { class }).unwrap();
            rule.validity.from
        };
        assert_eq!(begins(OrganisationKind::Clinic), NOW);
        assert_eq!(begins(OrganisationKind::Dentist), UnixMillis(5_000));
    }

    #[test]
    fn whoever_hides_laboratory_values_hides_what_speaks_of_them_too() {
        let choices = ConsentChoices::default().preset(&ConsentPreset::TreatingWithoutValues, NOW, ids());
        for (class, scope) in &choices.classes {
            assert!(!scope.categories.iter().any(|category| VALUES.contains(category)), "{class}");
            assert!(scope.categories.contains(&Category::CheckupMeasurements), "{class}");
            assert!(!reveals_hidden_values(&scope.categories));
        }
        assert!(reveals_hidden_values(&[Category::CheckupQuestionnaire].into()));
        assert!(!reveals_hidden_values(&SHARED.into()));
    }

    #[test]
    fn nobody_means_nobody_who_treats_and_leaves_the_rest_alone() {
        let state = full();
        let nobody = ConsentChoices::of(&state).preset(&ConsentPreset::Nobody, NOW, ids());
        assert_eq!(nobody.settings.clinics, Switch::Off);
        assert_eq!(nobody.classes.keys().collect::<Vec<_>>(), [&OrganisationKind::Research]);
        assert_eq!(nobody.others, ConsentChoices::of(&state).others);
    }
}
