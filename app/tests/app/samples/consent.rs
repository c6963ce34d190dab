//! Choices about sharing.

use super::{HOSTILE, checkups, day, id, morning};
use techo_app::views::consent::{
    ConsentImportPage, ConsentMistake, ConsentPage, ImportField, ImportMistake, OrganisationForm, TeamForm,
    refused_consent,
};
use techo_citizen::consent::{
    ConsentFault, ConsentHistory, ConsentProblem, ConsentVersion, ConsentView, OrganisationFinder, PreviewAs,
    PreviewView, PreviewedRecords, SeenCheckup, SeenDose, SeenLaboratory, VersionOrigin,
};
use techo_consent::choices::{ConsentChoices, ConsentPreset, for_organisation, for_team};
use techo_model::{
    CheckupId, LaboratoryId, RuleId, UnixMillis, VaccinationId,
    consent::{
        Category, ConsentRule, ConsentState, Effect, Grantee, Label, OrganisationNumber, RuleScope, Switch,
    },
    organisation::{Organisation, OrganisationKind},
    vaccine::Vaccine,
};
use techo_web::form::FilledForm;

fn places() -> Vec<Organisation> {
    let place = |id: &str, kind, name: &str| Organisation { id: id.into(), kind, name: name.into() };
    vec![
        place("6111300017", OrganisationKind::Clinic, "さくら内科クリニック"),
        place("6131300025", OrganisationKind::Dentist, HOSTILE),
    ]
}

fn state() -> ConsentState {
    let now = morning("2026-04-01");
    let rule_id = || RuleId(id(1));
    let mut choices = ConsentChoices::default().preset(&ConsentPreset::TreatingWithoutValues, now, rule_id);
    choices.settings.research = Switch::On;
    choices.settings.treatment_window_hours = 72;
    let research = RuleScope { categories: [Category::Vaccination].into(), labels: [Label::Genetic].into() };
    choices.classes.insert(OrganisationKind::Research, research);
    choices.others.extend(rules(now));
    choices.state(&ConsentState::default(), now, rule_id)
}

/// Rules of every kind that the table cannot show.
fn rules(now: UnixMillis) -> Vec<ConsentRule> {
    let scope = |categories: &[Category]| RuleScope {
        categories: categories.iter().copied().collect(),
        labels: [Label::MentalHealth].into(),
    };
    let number = OrganisationNumber("6131300025".into());
    let mut ends = for_organisation(RuleId(id(2)), Effect::Deny, &number, scope(&[Category::Surgery]), now);
    ends.validity.until = Some(UnixMillis::start_of(day("2027-04-01")));
    ends.data.from = Some(day("2024-01-01"));
    ends.data.to = Some(day("2026-12-31"));
    let doctor = ConsentRule {
        id: RuleId(id(3)),
        effect: Effect::Permit,
        grantee: Grantee::Person { organisation: number, subject: "dr-1".into() },
        ..ends.clone()
    };
    let members = ["6111300017", "6131300025"].map(|number| OrganisationNumber(number.into()));
    let seen = scope(&[Category::Vaccination]);
    vec![ends, doctor, for_team(RuleId(id(4)), members.into(), seen, now)]
}

fn page(view: ConsentView) -> ConsentPage {
    ConsentPage {
        view,
        has_draft: false,
        place: OrganisationForm::default(),
        team: TeamForm::default(),
        mistakes: FilledForm::default(),
    }
}

pub fn first() -> ConsentPage {
    page(ConsentView {
        version: 0,
        changed_at: None,
        state: ConsentState::default(),
        places: Vec::new(),
        finder: Default::default(),
    })
}

/// With more places than are offered without a search.
pub fn searched() -> ConsentPage {
    let found = places();
    let finder = OrganisationFinder {
        is_needed: true,
        words: HOSTILE.into(),
        next: Some("6131300025".into()),
        kept: vec!["6111300017".into()],
        found,
    };
    page(ConsentView {
        version: 0,
        changed_at: None,
        state: ConsentState::default(),
        places: places(),
        finder,
    })
}

pub fn chosen() -> ConsentPage {
    let changed_at = Some(morning("2026-04-01"));
    let view =
        ConsentView { version: 2, changed_at, state: state(), places: places(), finder: Default::default() };
    ConsentPage { has_draft: true, ..page(view) }
}

pub fn wrong() -> ConsentPage {
    let place = OrganisationForm {
        number: "6131300025".into(),
        effect: Some(Effect::Deny),
        until: HOSTILE.into(),
        data_from: "昨日".into(),
        data_to: "2020-01-01".into(),
        categories: Vec::new(),
        labels: vec![Label::Genetic],
    };
    let mistakes = [
        ConsentMistake::UntilNoDate,
        ConsentMistake::DataNoDate,
        ConsentMistake::NothingChosen,
        ConsentMistake::UntilOver,
        ConsentMistake::DataReversed,
        ConsentMistake::NoRegularPlace,
        ConsentMistake::TeamTooSmall,
        ConsentMistake::TeamSeesNothing,
        ConsentMistake::TeamUntilOver,
    ];
    ConsentPage { place, mistakes: refused_consent(mistakes), has_draft: false, ..chosen() }
}

fn seen(categories: &[Category]) -> PreviewedRecords {
    let checkup = SeenCheckup {
        id: CheckupId(id(10)),
        examined_on: day("2026-05-12"),
        facility_name: "さくら健診センター".into(),
        categories: categories.iter().copied().collect(),
        groups: checkups::whole().groups,
        telling: checkups::whole().groups,
    };
    let dose = SeenDose { id: VaccinationId(id(11)), vaccine: vaccine(), given_on: day("2025-11-01") };
    let laboratory = SeenLaboratory {
        id: LaboratoryId(id(12)),
        examined_on: day("2026-10-01"),
        sender_name: "みどり総合病院".into(),
        rows: super::laboratory::rows(),
    };
    PreviewedRecords { checkups: vec![checkup], laboratory: vec![laboratory], doses: vec![dose] }
}

fn vaccine() -> Vaccine {
    Vaccine::from_name("インフルエンザ").expect("a known series")
}

pub fn preview() -> PreviewView {
    PreviewView {
        now: ConsentState::default(),
        draft: state(),
        origin: VersionOrigin::Restore { version: 1 },
        is_stale: false,
        eyes: PreviewAs::Class(OrganisationKind::Dentist),
        seen_now: PreviewedRecords::default(),
        seen_then: seen(&[Category::CheckupMeasurements, Category::CheckupQuestionnaire]),
        all: seen(Category::ALL),
        places: places(),
    }
}

pub fn preview_stale() -> PreviewView {
    PreviewView {
        now: state(),
        origin: VersionOrigin::Page,
        is_stale: true,
        eyes: PreviewAs::Emergency,
        seen_then: PreviewedRecords::default(),
        all: PreviewedRecords::default(),
        ..preview()
    }
}

pub fn versions() -> Vec<ConsentVersion> {
    let version = |version, origin, on| ConsentVersion {
        version,
        origin,
        changed_at: morning(on),
        language: "ja".into(),
        shown: vec!["歯科に、健診の身体計測・血圧など、予防接種を見せます。".into(), HOSTILE.into()],
        state: state(),
    };
    vec![
        version(3, VersionOrigin::Import, "2026-06-01"),
        version(2, VersionOrigin::Restore { version: 1 }, "2026-05-01"),
        version(1, VersionOrigin::Page, "2026-04-01"),
    ]
}

/// A file that was refused, with everything that a text can try.
pub fn refused() -> ConsentImportPage {
    let problem = ConsentProblem {
        place: "Consent.provision.provision[0].data".into(),
        fault: ConsentFault::NotSupported,
    };
    ConsentImportPage {
        base: 3,
        form: FilledForm::default()
            .with(ImportField::Text, format!("{HOSTILE}</textarea><script>"))
            .refused(ImportField::Text, ImportMistake::Refused(problem)),
    }
}

/// A page of them, after which another one comes.
pub fn history() -> ConsentHistory {
    ConsentHistory { versions: versions(), newest: 3, older: Some(1) }
}
