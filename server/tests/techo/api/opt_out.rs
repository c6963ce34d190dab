//! Opting out, withdrawing a rule and hiding a record beside everything that an organisation does with what was shared.

use crate::{
    api::{
        emergency::{flag, known},
        records::{self, Reader, fill},
        sending::{self, REPORT, Sent},
    },
    fixtures::systems::{Clinic, SystemsApi, each_systems_api, share_code},
};
use futures::future::maybe_done;
use std::{pin::pin, time::Duration};
use techo_citizen::consent::VersionOrigin;
use techo_model::{
    consent::{Category, ConsentState, EmergencyChoice, Mark, Switch},
    notice::NoticeKind,
    record::RecordKind,
};

const CODE: &str = "urn:techo:clinic-code";

/// Whether an organisation has a code that leads to the first person, and whether its window is open.
async fn shared_with(api: &SystemsApi, clinic: &Clinic) -> (bool, bool) {
    let (records, now) =
        (&api.app.installation.custody.stores.records, api.app.installation.custody.environment.now());
    let scope = api.citizen(1).await;
    let mut tx = records.begin().await.unwrap();
    let code = records.newest_code(&mut tx, scope.record(), &clinic.organisation.id).await.unwrap();
    tx.rollback().await.unwrap();
    let window = records.treatment_window(scope.record(), &clinic.organisation.id).await.unwrap();
    (code.is_some_and(|row| row.is_live(now)), window.is_some_and(|window| window.ends_at > now))
}

/// Saves what holds with a change.
async fn change(api: &SystemsApi, change: impl FnOnce(&mut ConsentState)) {
    let scope = api.citizen(1).await;
    let view = api.app.state.reading.consent(&scope).await.unwrap();
    let mut state = view.state;
    change(&mut state);
    api.save(&scope, state, view.version).await;
}

async fn opt_out(api: &SystemsApi) {
    change(api, |state| state.settings.clinics = Switch::Off).await;
}

#[tokio::test]
async fn a_visit_that_was_let_in_before_an_opt_out_leaves_neither_code_nor_window() {
    for api in each_systems_api().await {
        api.choose(1, Switch::On, 24).await;
        let clinic = api.clinic().await;
        let (digits, token) = (share_code(&api, 1).await, api.token(&clinic).await);
        let held = api.app.installation.custody.environment.hold_point("clinic.receive");
        let overtaking = async {
            held.arrived().await;
            opt_out(&api).await;
            held.release();
        };
        let (answer, ()) = tokio::join!(api.submit(&token, "urn:techo:share-code", &digits), overtaking);
        assert_eq!(answer.status, 200, "eligibility is answered all the same: {}", answer.text);
        assert!(!answer.text.contains(CODE) && !answer.text.contains("treatment-window"), "{}", answer.text);
        assert_eq!(shared_with(&api, &clinic).await, (false, false), "{}", api.engine());
    }
}

#[tokio::test]
async fn an_opt_out_beside_a_visit_that_is_opening_a_window_shuts_it_again() {
    for api in each_systems_api().await {
        api.choose(1, Switch::On, 24).await;
        let clinic = api.clinic().await;
        let (digits, token) = (share_code(&api, 1).await, api.token(&clinic).await);
        let opening = api.app.installation.custody.environment.hold_point("clinic.receive.locked");
        let steps = async {
            opening.arrived().await;
            // Whoever opts out now has to wait for the transaction that is open.
            let release = async {
                tokio::task::yield_now().await;
                opening.release();
            };
            tokio::join!(opt_out(&api), release);
        };
        tokio::join!(api.submit(&token, "urn:techo:share-code", &digits), steps);
        assert_eq!(shared_with(&api, &clinic).await, (false, false), "{}", api.engine());
    }
}

#[tokio::test]
async fn a_visit_beside_an_opt_out_that_is_being_saved_waits_for_it_and_opens_nothing() {
    for api in each_systems_api().await {
        api.choose(1, Switch::On, 24).await;
        let clinic = api.clinic().await;
        let (digits, token) = (share_code(&api, 1).await, api.token(&clinic).await);
        let saving = api.app.installation.custody.environment.hold_point("consent.save.locked");
        let (mut ending, mut visit) = (
            pin!(maybe_done(opt_out(&api))),
            pin!(maybe_done(api.submit(&token, "urn:techo:share-code", &digits))),
        );
        as_far_as_it_comes(ending.as_mut()).await;
        saving.arrived().await;
        as_far_as_it_comes(visit.as_mut()).await;
        saving.release();
        tokio::join!(ending, visit.as_mut());
        let answer = visit.take_output().unwrap();
        assert!(!answer.text.contains(CODE), "{}", answer.text);
        assert_eq!(shared_with(&api, &clinic).await, (false, false), "{}", api.engine());
    }
}

/// Lets something run until it has to wait for something else; an engine that does not let it wait sees it through.
pub async fn as_far_as_it_comes(work: impl Future<Output = ()>) {
    drop(tokio::time::timeout(Duration::from_millis(300), work).await);
}

#[tokio::test]
async fn a_visit_that_waited_for_one_change_is_waited_for_by_the_next() {
    for api in each_systems_api().await {
        api.choose(1, Switch::On, 24).await;
        let clinic = api.clinic().await;
        let (digits, token) = (share_code(&api, 1).await, api.token(&clinic).await);
        let environment = &api.app.installation.custody.environment;
        let (saving, opening) =
            (environment.hold_point("consent.save.locked"), environment.hold_point("clinic.receive.locked"));
        let longer = change(&api, |state| state.settings.treatment_window_hours = 48);
        let (mut longer, mut visit, mut ending) = (
            pin!(maybe_done(longer)),
            pin!(maybe_done(api.submit(&token, "urn:techo:share-code", &digits))),
            pin!(maybe_done(opt_out(&api))),
        );
        as_far_as_it_comes(longer.as_mut()).await;
        saving.arrived().await;
        as_far_as_it_comes(visit.as_mut()).await;
        saving.release();
        longer.await;
        as_far_as_it_comes(visit.as_mut()).await;
        opening.arrived().await;
        as_far_as_it_comes(ending.as_mut()).await;
        opening.release();
        tokio::join!(visit, ending);
        assert_eq!(shared_with(&api, &clinic).await, (false, false), "{}", api.engine());
    }
}

#[tokio::test]
async fn an_emergency_beside_the_first_choice_of_a_person_waits_for_it() {
    for api in each_systems_api().await {
        let scope = api.citizen(1).await;
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let saving = api.app.installation.custody.environment.hold_point("consent.save.locked");
        let declared = flag("意識がなく、既往とアレルギーを確かめる", &known());
        let never = change(&api, |state| state.settings.emergency = EmergencyChoice::Never);
        let (mut never, mut declaring) =
            (pin!(maybe_done(never)), pin!(maybe_done(api.declare(&token, &declared))));
        as_far_as_it_comes(never.as_mut()).await;
        saving.arrived().await;
        as_far_as_it_comes(declaring.as_mut()).await;
        saving.release();
        tokio::join!(never, declaring.as_mut());
        let answer = declaring.take_output().unwrap();
        assert_eq!(answer.status, 404, "{}: {}", api.engine(), answer.text);
        let told = api.app.state.reading.notices(&scope).await.unwrap().notices;
        assert!(!told.iter().any(|notice| notice.kind == NoticeKind::EmergencyDeclared), "{told:?}");
    }
}

#[tokio::test]
async fn the_first_choice_of_a_person_waits_for_an_emergency_that_is_being_declared() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let declaring = api.app.installation.custody.environment.hold_point("declare.after-lock");
        let declared = flag("意識がなく、既往とアレルギーを確かめる", &known());
        api.citizen(1).await;
        let never = change(&api, |state| state.settings.emergency = EmergencyChoice::Never);
        let (mut never, mut declaration) =
            (pin!(maybe_done(never)), pin!(maybe_done(api.declare(&token, &declared))));
        as_far_as_it_comes(declaration.as_mut()).await;
        declaring.arrived().await;
        as_far_as_it_comes(never.as_mut()).await;
        declaring.release();
        tokio::join!(never, declaration.as_mut());
        assert_eq!(declaration.take_output().unwrap().status, 201, "{}", api.engine());
        let lines = api.log_of(1).await;
        let place = |action: &str| lines.iter().position(|line| line["action"] == action);
        let (chosen, opened) = (place("consent-change"), place("emergency"));
        assert!(opened.is_some() && opened < chosen, "{}: {lines:?}", api.engine());
    }
}

#[tokio::test]
async fn many_visits_beside_many_opt_outs_end_with_nothing_shared() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        for _ in 0..6 {
            api.choose(1, Switch::On, 24).await;
            let (digits, token) = (share_code(&api, 1).await, api.token(&clinic).await);
            let visit = || api.submit(&token, "urn:techo:share-code", &digits);
            let code = async { share_code(&api, 1).await };
            tokio::join!(visit(), opt_out(&api), visit(), code, visit());
            assert_eq!(shared_with(&api, &clinic).await, (false, false), "{}", api.engine());
        }
    }
}

#[tokio::test]
async fn nothing_is_written_or_corrected_once_sharing_is_off() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        assert_eq!(sent.send(&sent.report()).await.status, 201, "{}", api.engine());
        let mut corrected = sent.report();
        corrected["contained"][0]["code"]["text"] = "訂正".into();
        let mut other = sent.report();
        other["identifier"][0]["value"] = "another".into();
        for body in [corrected, other] {
            // Within a minute the second attempt would be counted with the first.
            api.app.installation.custody.environment.advance(Duration::from_mins(1));
            sending::share(&api, &[]).await;
            let code = api.visit(&sent.hospital, 1).await;
            let body = body.to_string().replace(&sent.code, &code);
            let body = serde_json::from_str(&body).unwrap();
            let held = api.app.installation.custody.environment.hold_point("clinic.write");
            let overtaking = async {
                held.arrived().await;
                opt_out(&api).await;
                held.release();
            };
            let before = api.log_of(1).await.iter().filter(|line| line["action"] == "write").count();
            let (answer, ()) = tokio::join!(api.post(&sent.token, REPORT, &body), overtaking);
            assert_eq!(answer.status, 404, "{}: {}", api.engine(), answer.text);
            let lines = api.log_of(1).await;
            assert_eq!(lines.iter().filter(|line| line["action"] == "write").count(), before);
            assert_eq!(lines.last().unwrap()["reason"], "code-retired", "the attempt is told");
        }
    }
}

#[tokio::test]
async fn a_look_that_was_let_in_before_an_opt_out_sees_nothing_its_own_records_neither() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        assert_eq!(sent.send(&sent.report()).await.status, 201, "{}", api.engine());
        let reader = Reader::new(&api, &sent.hospital).await;
        let path = format!("/fhir/Observation?patient={}", reader.code);
        assert!(reader.get(&path).await.text.contains("Observation/"), "the sender sees its own");
        let held = api.app.installation.custody.environment.hold_point("clinic.read");
        let overtaking = async {
            held.arrived().await;
            opt_out(&api).await;
            held.release();
        };
        let (answer, ()) = tokio::join!(reader.get(&path), overtaking);
        assert!(!answer.text.contains("Observation/"), "{}: {}", api.engine(), answer.text);
        let lines = api.log_of(1).await;
        let refused = lines.iter().find(|line| line["action"] == "refuse").expect("the attempt is told");
        assert_eq!(refused["reason"], "code-retired", "{}", api.engine());
        let unknown = reader.get("/fhir/Observation?patient=018f0000-0000-7000-8000-000000000000").await;
        assert_eq!(answer.status, unknown.status, "like somebody who is not here");
    }
}

#[tokio::test]
async fn a_look_beside_a_rule_that_is_withdrawn_or_a_mark_that_is_put_sees_what_holds_then() {
    for api in each_systems_api().await {
        fill(&api).await;
        let scope = api.citizen(1).await;
        records::share(&api, &[Category::Vaccination]).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let reading = &api.app.state.reading;
        let held_records = reading.records(&scope).await.unwrap();
        let dose = held_records.sources.iter().find(|source| source.kind == RecordKind::Vaccination).unwrap();
        let dose = dose.records[0].id;
        for by_mark in [true, false] {
            assert_eq!(reader.search("Immunization", "").await.1, 1, "{}", api.engine());
            let held = api.app.installation.custody.environment.hold_point("clinic.read");
            let overtaking = async {
                held.arrived().await;
                if by_mark {
                    let mark = Some(Mark::Withheld);
                    let shown = api.card_shown(1).await;
                    reading.mark_record(&shown, RecordKind::Vaccination, dose, mark).await.unwrap();
                } else {
                    change(&api, |state| state.rules.clear()).await;
                }
                held.release();
            };
            let (found, ()) = tokio::join!(reader.search("Immunization", ""), overtaking);
            assert_eq!(found.1, 0, "{} by a mark: {by_mark}", api.engine());
            let shown = api.card_shown(1).await;
            reading.mark_record(&shown, RecordKind::Vaccination, dose, None::<Mark>).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_draft_that_another_device_makes_while_one_is_saved_is_still_there() {
    for api in each_systems_api().await {
        let scope = api.citizen(1).await;
        let reading = &api.app.state.reading;
        let held = api.app.installation.custody.environment.hold_point("consent.save");
        let other = async {
            held.arrived().await;
            let mut state = ConsentState::default();
            state.settings.emergency = EmergencyChoice::Never;
            let draft = techo_citizen::consent::NewDraft { state, origin: VersionOrigin::Page, base: 0 };
            let shown = api.card_shown(1).await;
            reading.draft_consent(shown.verified().present(), draft).await.unwrap();
            held.release();
        };
        tokio::join!(api.choose(1, Switch::On, 24), other);
        let saved = reading.consent(&scope).await.unwrap();
        assert_eq!((saved.version, saved.state.settings.clinics), (1, Switch::On), "{}", api.engine());
        let draft = reading.consent_draft(&scope).await.unwrap().expect("it is not lost");
        assert_eq!(draft.state.settings.emergency, EmergencyChoice::Never, "{}", api.engine());
    }
}
