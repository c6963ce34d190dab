//! Invitations, device-bound passkeys, short sessions.

use crate::office::{CLINIC, Worker, offices};
use axum::{body::Body, http::Method};
use serde_json::json;
use std::time::Duration;
use techo_identity::{passkey::soft::Manner, staff};
use techo_model::{
    consent::{Category, Switch},
    organisation::OrganisationState,
    staff::StaffRole,
};

#[tokio::test]
async fn an_invitation_makes_one_passkey_with_which_one_signs_in_again() {
    for office in offices().await {
        let invitation = office.invite(StaffRole::Clinic).await;
        let code = invitation.code.grouped();
        let mut worker = Worker { browser: office.browser(), device: office.device() };
        assert_eq!(worker.join(&code.to_lowercase()).await.status, 200, "{}", office.engine());
        assert_eq!(worker.browser.get("/").await.header("location"), "/clinic");

        let mut thief = Worker { browser: office.browser(), device: office.device() };
        let again = thief.join(&code).await;
        assert_eq!(again.status, 403, "a code is used once");
        assert!(again.json()["message"].as_str().is_some_and(|text| text.contains("招待コード")));

        let out = worker.browser.post_form("/sign-out", &[]).await;
        assert_eq!((out.status, out.header("location")), (303, "/sign-in"));
        assert_eq!(worker.browser.get("/clinic").await.header("location"), "/sign-in");
        assert_eq!(worker.sign_in().await.json()["next"], "/");
        assert_eq!(worker.browser.get("/clinic").await.status, 200);
    }
}

#[tokio::test]
async fn a_name_twice_is_refused_in_the_forms_of_the_console() {
    for office in offices().await {
        let mut browser = office.browser();
        browser.get("/sign-in").await;
        let headers = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
        for (path, body) in [
            ("/passkey/join/begin", r#"{"code":"a","code":"b"}"#),
            ("/passkey/join/finish", r#"{"code":"a","code":"b"}"#),
            ("/passkey/sign-in/finish", r#"{"code":"a","code":"b"}"#),
        ] {
            let refused = browser.send(Method::POST, path, &headers, Body::from(body)).await;
            assert_eq!(refused.status, 400, "{path}: {}", refused.text);
            assert!(refused.text.contains("code: this name stands twice"), "{path}: {}", refused.text);
        }
    }
}

#[tokio::test]
async fn a_passkey_that_could_leave_its_device_is_refused_with_words() {
    for office in offices().await {
        let invitation = office.invite(StaffRole::Clinic).await;
        let mut worker = Worker { browser: office.browser(), device: office.device() };
        worker.device.manner = Manner { synced: true, ..Manner::default() };
        let refused = worker.join(&invitation.code.grouped()).await;
        assert_eq!(refused.status, 403);
        assert!(refused.json()["message"].as_str().is_some_and(|text| text.contains("ほかの端末")));
        assert_eq!(worker.browser.get("/clinic").await.header("location"), "/sign-in");
        worker.device.manner = Manner::default();
        assert_eq!(worker.join(&invitation.code.grouped()).await.status, 200, "the code was not spent");
    }
}

#[tokio::test]
async fn a_passkey_that_becomes_a_synced_one_opens_nothing_any_more() {
    for office in offices().await {
        let mut worker = office.worker(StaffRole::Clinic).await;
        worker.browser.post_form("/sign-out", &[]).await;
        worker.device.manner = Manner { synced: true, ..Manner::default() };
        assert_eq!(worker.sign_in().await.status, 403, "{}", office.engine());
    }
}

#[tokio::test]
async fn an_invitation_ends_after_three_days() {
    for office in offices().await {
        let invitation = office.invite(StaffRole::Auditor).await;
        office.app.town.custody.environment.advance(Duration::from_hours(72));
        let mut worker = Worker { browser: office.browser(), device: office.device() };
        assert_eq!(worker.join(&invitation.code.grouped()).await.status, 403);
    }
}

#[tokio::test]
async fn ten_idle_minutes_end_a_session_and_eight_hours_any() {
    for office in offices().await {
        let mut worker = office.worker(StaffRole::Auditor).await;
        let environment = &office.app.town.custody.environment;
        environment.advance(Duration::from_mins(9));
        assert_eq!(worker.browser.get("/reviews").await.status, 200);
        environment.advance(Duration::from_mins(10));
        assert_eq!(worker.browser.get("/reviews").await.status, 303, "{}", office.engine());
        worker.sign_in().await;
        for _ in 0..59 {
            environment.advance(Duration::from_mins(8));
            assert_eq!(worker.browser.get("/reviews").await.status, 200);
        }
        environment.advance(Duration::from_mins(8));
        assert_eq!(worker.browser.get("/reviews").await.status, 303);
    }
}

#[tokio::test]
async fn whoever_is_suspended_is_out_at_once_and_a_new_device_replaces_the_old_one() {
    for office in offices().await {
        let invitation = office.invite(StaffRole::Clinic).await;
        let mut worker = Worker { browser: office.browser(), device: office.device() };
        worker.join(&invitation.code.grouped()).await;
        let custody = &office.app.town.custody;
        staff::suspend_staff(custody, invitation.staff).await.expect("there is such a person");
        assert_eq!(worker.browser.get("/clinic").await.status, 303);
        assert_eq!(worker.sign_in().await.status, 403);
        staff::resume_staff(custody, invitation.staff).await.expect("there is such a person");
        assert_eq!(worker.sign_in().await.status, 200);

        let second =
            staff::invite_staff_again(custody, invitation.staff).await.expect("there is such a person");
        let mut other = Worker { browser: office.browser(), device: office.device() };
        assert_eq!(other.join(&second.code.grouped()).await.status, 200);
        assert_eq!(worker.browser.get("/clinic").await.status, 303, "the old device is out");
        assert_eq!(worker.sign_in().await.status, 403);
    }
}

#[tokio::test]
async fn a_suspension_holds_against_a_passkey_that_is_being_made() {
    for office in offices().await {
        let invitation = office.invite(StaffRole::Clinic).await;
        let mut worker = Worker { browser: office.browser(), device: office.device() };
        let code = json!({ "code": invitation.code.grouped() });
        let options = worker.browser.post_json("/passkey/join/begin", &code).await.json();
        let custody = &office.app.town.custody;
        staff::suspend_staff(custody, invitation.staff).await.expect("there is such a person");
        let answer = worker.device.create(&options).expect("the device makes a passkey");
        assert_eq!(worker.browser.post_json("/passkey/join/finish", &answer).await.status, 403);
        assert!(
            staff::invite_staff_again(custody, invitation.staff).await.is_err(),
            "not while they are suspended"
        );
        staff::resume_staff(custody, invitation.staff).await.expect("there is such a person");
        assert_eq!(worker.join(&invitation.code.grouped()).await.status, 403, "the old code is gone");
        let second =
            staff::invite_staff_again(custody, invitation.staff).await.expect("they were let in again");
        assert_eq!(worker.join(&second.code.grouped()).await.status, 200, "{}", office.engine());
    }
}

#[tokio::test]
async fn whoever_signs_in_next_finds_no_chart_of_the_one_before() {
    for office in offices().await {
        office.fill().await;
        office.share(Switch::On, &[Category::Vaccination]).await;
        let mut worker = office.worker(StaffRole::Clinic).await;
        let digits = office.digits().await;
        worker.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert!(worker.browser.get("/clinic").await.text.contains("/clinic/chart"));
        let mut next = office.worker(StaffRole::Clinic).await;
        next.browser.cookies = worker.browser.cookies.clone();
        assert_eq!(next.sign_in().await.status, 200);
        assert!(!next.browser.get("/clinic").await.text.contains("/clinic/chart"), "{}", office.engine());
    }
}

#[tokio::test]
async fn a_clinic_that_is_suspended_takes_its_staff_with_it() {
    for office in offices().await {
        let mut worker = office.worker(StaffRole::Clinic).await;
        let vault = &office.app.town.custody.stores.vault;
        let mut tx = vault.begin().await.expect("the vault answers");
        vault
            .set_organisation_state(&mut tx, CLINIC, OrganisationState::Suspended)
            .await
            .expect("the clinic is registered");
        tx.commit().await.expect("the vault answers");
        assert_eq!(worker.browser.get("/clinic").await.status, 303, "{}", office.engine());
    }
}

#[tokio::test]
async fn passkeys_and_sessions_of_one_door_are_worth_nothing_at_the_other() {
    for office in offices().await {
        let (citizen, mut person) = office.app.enrolled(1).await;
        let mut browser = office.browser();
        for (name, value) in citizen.cookies.clone() {
            browser.cookies.insert(name.replace("techo", "techo-console"), value);
        }
        assert_eq!(browser.get("/clinic").await.status, 303);
        let options = browser.post_json("/passkey/sign-in/begin", &json!({})).await.json();
        let answer = person.device.get(&options).expect("both doors share the demo's host");
        assert_eq!(browser.post_json("/passkey/sign-in/finish", &answer).await.status, 403);

        let worker = office.worker(StaffRole::Clinic).await;
        let mut portal = office.app.browser();
        for (name, value) in worker.browser.cookies.clone() {
            portal.cookies.insert(name.replace("techo-console", "techo"), value);
        }
        assert_eq!(portal.get("/home").await.status, 303, "{}", office.engine());
    }
}

#[tokio::test]
async fn an_error_page_keeps_the_menu_of_whoever_is_signed_in() {
    for office in offices().await {
        let mut worker = office.worker(StaffRole::Clinic).await;
        let page = worker.browser.get("/nothing-here").await;
        assert_eq!(page.status, 404, "{}", office.engine());
        assert!(page.text.contains("href=\"/clinic\"") && page.text.contains("/sign-out"), "{}", page.text);
        let stranger = office.browser().get("/nothing-here").await;
        assert!(stranger.status == 404 && !stranger.text.contains("/sign-out"));
    }
}
