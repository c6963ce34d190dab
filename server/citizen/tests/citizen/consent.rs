//! Choosing who may see what: drafts, previews, versions, marks.

use crate::portal;
use techo_citizen::{
    CitizenServices,
    consent::{
        ConfirmedWords, ConsentSaveError, NewDraft, PreviewAs, PreviewView, RecordMarkError, VersionOrigin,
    },
    testing::{card_shown_at, verified_at},
};
use techo_consent::choices::{ConsentChoices, ConsentPreset};
use techo_custody::Failure;
use techo_identity::access::PatientScope;
use techo_model::{
    RuleId,
    consent::{Category, ConsentState, EmergencyChoice, Mark, Switch},
    organisation::{Organisation, OrganisationKind},
    record::RecordKind,
};
use techo_testkit::{
    TestInstallation, each_installation,
    people::{checkup, citizen, lines},
    results::{SMOKING, WEIGHT, answer, quantity},
};
use uuid::Uuid;

const DENTISTS: PreviewAs = PreviewAs::Class(OrganisationKind::Dentist);
const SENTENCE: &str = "歯科は検査の値を見ません。";
const TRIGLYCERIDES: &str = "3F015000002327101";

fn state(installation: &TestInstallation, preset: &ConsentPreset) -> ConsentState {
    let (environment, new_id) =
        (&installation.custody.environment, || RuleId(installation.custody.environment.new_id()));
    ConsentChoices::default().preset(preset, environment.now(), new_id).state(
        &ConsentState::default(),
        environment.now(),
        new_id,
    )
}

async fn draft(portal: &CitizenServices, who: &PatientScope, state: ConsentState, base: i64) {
    let verified = verified_at(portal, who).await;
    portal
        .draft_consent(verified.present(), NewDraft { state, origin: VersionOrigin::Page, base })
        .await
        .unwrap();
}

fn words(about: ConsentState) -> ConfirmedWords {
    ConfirmedWords { language: "ja".into(), sentences: vec![SENTENCE.into()], about }
}

/// Saves the draft as it is.
async fn save(portal: &CitizenServices, who: &PatientScope) -> Result<i64, ConsentSaveError> {
    let draft = portal.consent_draft(who).await.unwrap().unwrap();
    portal.save_consent(&verified_at(portal, who).await, words(draft.state)).await
}

async fn choose(portal: &CitizenServices, who: &PatientScope, state: ConsentState, base: i64) -> i64 {
    draft(portal, who, state, base).await;
    save(portal, who).await.unwrap()
}

async fn with_checkup(installation: &TestInstallation, who: &PatientScope) -> Uuid {
    let results = [
        quantity(WEIGHT, "60.0", "kg"),
        quantity(TRIGLYCERIDES, "120", "mg/dL"),
        answer(SMOKING, "24060", "2"),
    ];
    checkup(installation, who, "2025-09-10", &results).await.0
}

fn categories(view: &PreviewView) -> [Vec<Category>; 2] {
    [&view.seen_now, &view.seen_then]
        .map(|seen| seen.checkups.iter().flat_map(|one| one.categories.iter().copied()).collect())
}

#[tokio::test]
async fn nothing_is_shared_until_the_person_chooses_and_a_preview_shows_exactly_what_would_be() {
    for installation in each_installation().await {
        let (portal, who) = (portal(&installation), citizen(&installation, 1).await);
        with_checkup(&installation, &who).await;
        assert_eq!(portal.consent(&who).await.unwrap().version, 0);
        draft(&portal, &who, state(&installation, &ConsentPreset::TreatingWithoutValues), 0).await;
        let view = portal.consent_preview(&who, DENTISTS).await.unwrap();
        let shown = vec![Category::CheckupMeasurements];
        assert_eq!(categories(&view), [vec![], shown.clone()], "{}", installation.engine());
        assert_eq!(view.all.checkups[0].categories.len(), 3);
        let values: usize = view.seen_then.checkups[0].groups.iter().map(|group| group.rows.len()).sum();
        assert_eq!(values, 1, "neither the value of the blood nor what was answered is among them");
        assert!(view.seen_then.checkups[0].telling.is_empty());
        assert_eq!(save(&portal, &who).await.unwrap(), 1);
        draft(&portal, &who, state(&installation, &ConsentPreset::Nobody), 1).await;
        let view = portal.consent_preview(&who, DENTISTS).await.unwrap();
        assert_eq!(categories(&view), [shown, vec![]]);
        let saved = portal.consent_version(&who, 1).await.unwrap();
        assert_eq!((saved.origin, saved.shown), (VersionOrigin::Page, vec![SENTENCE.to_owned()]));
    }
}

#[tokio::test]
async fn a_preview_with_sharing_off_shows_nothing_to_the_place_that_made_a_record_either() {
    for installation in each_installation().await {
        let (portal, who) = (portal(&installation), citizen(&installation, 1).await);
        with_checkup(&installation, &who).await;
        draft(&portal, &who, state(&installation, &ConsentPreset::Nobody), 0).await;
        let all = portal.consent_preview(&who, DENTISTS).await.unwrap().all;
        assert_eq!(all.checkups.len(), 1, "{}", installation.engine());
        let record = installation.custody.stores.records.checkups(who.record()).await.unwrap().remove(0);
        let author = Organisation {
            id: record.facility,
            kind: OrganisationKind::Clinic,
            name: "架空健診センター".into(),
        };
        let eyes = || PreviewAs::Organisation(author.clone());
        let mut off = ConsentState::default();
        off.settings.clinics = Switch::Off;
        let mut on = ConsentState::default();
        on.settings.clinics = Switch::On;
        for (state, seen) in [(on, 1), (off, 0)] {
            draft(&portal, &who, state, 0).await;
            let then = portal.consent_preview(&who, eyes()).await.unwrap().seen_then;
            assert_eq!(then.checkups.len(), seen, "{}", installation.engine());
        }
    }
}

#[tokio::test]
async fn a_preview_shows_the_very_sentences_that_may_speak_of_values_which_are_hidden() {
    for installation in each_installation().await {
        let (portal, who) = (portal(&installation), citizen(&installation, 1).await);
        with_checkup(&installation, &who).await;
        let mut state = state(&installation, &ConsentPreset::TreatingWithoutValues);
        for rule in &mut state.rules {
            rule.scope.categories.insert(Category::CheckupQuestionnaire);
        }
        draft(&portal, &who, state.clone(), 0).await;
        let view = portal.consent_preview(&who, DENTISTS).await.unwrap();
        let told = |view: &PreviewView| -> usize {
            view.seen_then.checkups[0].telling.iter().map(|group| group.rows.len()).sum()
        };
        assert_eq!(told(&view), 1, "{}: what was answered, and not the weight", installation.engine());
        for rule in &mut state.rules {
            rule.scope.categories.insert(Category::CheckupLaboratory);
        }
        draft(&portal, &who, state, 0).await;
        let view = portal.consent_preview(&who, DENTISTS).await.unwrap();
        assert_eq!(told(&view), 0, "{}: nothing is hidden of which it could speak", installation.engine());
    }
}

#[tokio::test]
async fn of_two_changes_at_once_the_second_is_told_and_its_draft_is_still_there() {
    for installation in each_installation().await {
        let (portal, who) = (portal(&installation), citizen(&installation, 1).await);
        assert_eq!(
            choose(&portal, &who, state(&installation, &ConsentPreset::TreatingWithoutValues), 0).await,
            1
        );
        draft(&portal, &who, state(&installation, &ConsentPreset::Nobody), 0).await;
        assert!(portal.consent_preview(&who, DENTISTS).await.unwrap().is_stale);
        let refused = save(&portal, &who).await;
        assert!(matches!(refused, Err(ConsentSaveError::SavedMeanwhile)), "{refused:?}");
        assert_eq!(
            portal.consent_history(&who, None).await.unwrap().versions.len(),
            1,
            "{}",
            installation.engine()
        );
        assert!(portal.consent_draft(&who).await.unwrap().is_some());
        draft(&portal, &who, state(&installation, &ConsentPreset::Nobody), 1).await;
        let both = {
            let words = words(portal.consent_draft(&who).await.unwrap().unwrap().state);
            let (one, other) = (verified_at(&portal, &who).await, verified_at(&portal, &who).await);
            tokio::join!(portal.save_consent(&one, words.clone()), portal.save_consent(&other, words))
        };
        assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|saved| **saved).count(), 1, "{both:?}");
    }
}

#[tokio::test]
async fn words_about_one_draft_never_save_another() {
    for installation in each_installation().await {
        let (portal, who) = (portal(&installation), citizen(&installation, 1).await);
        let (shown, other) = (
            state(&installation, &ConsentPreset::Nobody),
            state(&installation, &ConsentPreset::TreatingWithoutValues),
        );
        draft(&portal, &who, other, 0).await;
        let refused = portal.save_consent(&verified_at(&portal, &who).await, words(shown)).await;
        assert!(matches!(refused, Err(ConsentSaveError::DraftedMeanwhile)), "{}", installation.engine());
        assert_eq!(portal.consent_history(&who, None).await.unwrap().versions, []);
    }
}

#[tokio::test]
async fn an_earlier_choice_can_be_gone_back_to_and_nothing_is_overwritten() {
    for installation in each_installation().await {
        let (portal, who) = (portal(&installation), citizen(&installation, 1).await);
        let first = state(&installation, &ConsentPreset::TreatingWithoutValues);
        choose(&portal, &who, first.clone(), 0).await;
        choose(&portal, &who, state(&installation, &ConsentPreset::Nobody), 1).await;
        let old = portal.consent_version(&who, 1).await.unwrap();
        let origin = VersionOrigin::Restore { version: 1 };
        let verified = verified_at(&portal, &who).await;
        let draft = NewDraft { state: old.state, origin, base: 2 };
        portal.draft_consent(verified.present(), draft).await.unwrap();
        assert_eq!(save(&portal, &who).await.unwrap(), 3);
        let history = portal.consent_history(&who, None).await.unwrap().versions;
        let versions: Vec<_> = history.iter().map(|one| (one.version, one.origin)).collect();
        assert_eq!(
            versions,
            [(3, origin), (2, VersionOrigin::Page), (1, VersionOrigin::Page)],
            "{}",
            installation.engine()
        );
        assert_eq!(history[0].state, first);
        assert!(portal.consent_draft(&who).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_withheld_record_is_seen_in_an_emergency_alone_and_a_sealed_one_not_even_then() {
    for installation in each_installation().await {
        let (portal, who) = (portal(&installation), citizen(&installation, 1).await);
        let id = with_checkup(&installation, &who).await;
        let mut all = state(&installation, &ConsentPreset::TreatingWithoutValues);
        choose(&portal, &who, all.clone(), 0).await;
        let seen = async |eyes: PreviewAs| {
            portal.consent_preview(&who, eyes).await.unwrap().seen_then.checkups.len()
        };
        draft(&portal, &who, all.clone(), 1).await;
        assert_eq!((seen(DENTISTS).await, seen(PreviewAs::Emergency).await), (1, 1));
        portal
            .mark_record(&verified_at(&portal, &who).await, RecordKind::Checkup, id, Some(Mark::Withheld))
            .await
            .unwrap();
        assert_eq!(
            (seen(DENTISTS).await, seen(PreviewAs::Emergency).await),
            (0, 1),
            "{}",
            installation.engine()
        );
        portal
            .mark_record(&verified_at(&portal, &who).await, RecordKind::Checkup, id, Some(Mark::Sealed))
            .await
            .unwrap();
        assert_eq!((seen(DENTISTS).await, seen(PreviewAs::Emergency).await), (0, 0));
        all.settings.emergency = EmergencyChoice::AlsoSealed;
        draft(&portal, &who, all, 1).await;
        assert_eq!(seen(PreviewAs::Emergency).await, 1);
        let refused =
            portal.mark_record(&verified_at(&portal, &who).await, RecordKind::Checkup, id, None).await;
        assert!(
            matches!(refused, Err(RecordMarkError::Failure(Failure::Refused(why))) if why.audit_word() == "card-not-fresh"),
            "{}: {refused:?}",
            installation.engine()
        );
        let with_card = card_shown_at(&portal, &who).await;
        portal.mark_record(&with_card, RecordKind::Checkup, id, None).await.unwrap();
        assert_eq!(seen(DENTISTS).await, 1);
    }
}

#[tokio::test]
async fn nobody_marks_a_record_that_is_not_theirs() {
    for installation in each_installation().await {
        let (portal, one, other) =
            (portal(&installation), citizen(&installation, 1).await, citizen(&installation, 2).await);
        let id = with_checkup(&installation, &one).await;
        for &kind in RecordKind::ALL {
            let refused =
                portal.mark_record(&verified_at(&portal, &other).await, kind, id, Some(Mark::Sealed)).await;
            let foreign = matches!(refused, Err(RecordMarkError::Failure(Failure::NotFound)));
            assert!(foreign, "{}: {refused:?}", installation.engine());
        }
        assert_eq!(portal.record_mark(&one, RecordKind::Checkup, id).await.unwrap().marking.mark, None);
    }
}

#[tokio::test]
async fn every_change_stands_on_the_access_log_with_its_version_and_no_value() {
    for installation in each_installation().await {
        let (portal, who) = (portal(&installation), citizen(&installation, 1).await);
        let id = with_checkup(&installation, &who).await;
        choose(&portal, &who, state(&installation, &ConsentPreset::TreatingWithoutValues), 0).await;
        portal
            .mark_record(&verified_at(&portal, &who).await, RecordKind::Checkup, id, Some(Mark::Withheld))
            .await
            .unwrap();
        let changes: Vec<_> = lines(&installation, &who)
            .await
            .into_iter()
            .filter(|line| line["action"] == "consent-change")
            .collect();
        assert_eq!(changes.len(), 2, "{}", installation.engine());
        let detail = &changes[0]["detail"];
        assert_eq!(
            (&detail["version"], &detail["permits"], &detail["clinics"]),
            (&1.into(), &4.into(), &"on".into())
        );
        assert_eq!(changes[1]["records"][0], id.to_string());
        assert_eq!(changes[1]["detail"]["mark"], "withheld");
    }
}
