//! Invitations, device-bound passkeys, short sessions.

use crate::fixtures::console::{CLINIC, StaffMember, each_console};
use axum::{body::Body, http::Method};
use serde_json::json;
use std::time::Duration;
use techo_identity::staff;
use techo_model::{
    consent::{Category, Switch},
    organisation::OrganisationState,
    staff::StaffRole,
};
use techo_testkit::authenticator::DeviceManner;

#[tokio::test]
async fn an_invitation_makes_one_passkey_with_which_one_signs_in_again() {
    for console in each_console().await {
        let invitation = console.invite(StaffRole::Clinic).await;
        let code = invitation.code.grouped();
        let mut member = StaffMember { browser: console.browser(), device: console.device() };
        assert_eq!(member.join(&code.to_lowercase()).await.status, 200, "{}", console.engine());
        assert_eq!(member.browser.get("/").await.header("location"), "/clinic");

        let mut thief = StaffMember { browser: console.browser(), device: console.device() };
        let again = thief.join(&code).await;
        assert_eq!(again.status, 403, "a code is used once");
        assert!(again.json()["message"].as_str().is_some_and(|text| text.contains("招待コード")));

        let out = member.browser.post_form("/sign-out", &[]).await;
        assert_eq!((out.status, out.header("location")), (303, "/sign-in"));
        assert_eq!(member.browser.get("/clinic").await.header("location"), "/sign-in");
        assert_eq!(member.sign_in().await.json()["next"], "/");
        assert_eq!(member.browser.get("/clinic").await.status, 200);
    }
}

#[tokio::test]
async fn a_name_twice_is_refused_in_the_forms_of_the_console() {
    for console in each_console().await {
        let mut browser = console.browser();
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
    for console in each_console().await {
        let invitation = console.invite(StaffRole::Clinic).await;
        let mut member = StaffMember { browser: console.browser(), device: console.device() };
        member.device.manner = DeviceManner { synced: true, ..DeviceManner::default() };
        let refused = member.join(&invitation.code.grouped()).await;
        assert_eq!(refused.status, 403);
        assert!(refused.json()["message"].as_str().is_some_and(|text| text.contains("ほかの端末")));
        assert_eq!(member.browser.get("/clinic").await.header("location"), "/sign-in");
        member.device.manner = DeviceManner::default();
        assert_eq!(member.join(&invitation.code.grouped()).await.status, 200, "the code was not spent");
    }
}

#[tokio::test]
async fn a_passkey_that_becomes_a_synced_one_opens_nothing_any_more() {
    for console in each_console().await {
        let mut member = console.member(StaffRole::Clinic).await;
        member.browser.post_form("/sign-out", &[]).await;
        member.device.manner = DeviceManner { synced: true, ..DeviceManner::default() };
        assert_eq!(member.sign_in().await.status, 403, "{}", console.engine());
    }
}

#[tokio::test]
async fn an_invitation_ends_after_three_days() {
    for console in each_console().await {
        let invitation = console.invite(StaffRole::Auditor).await;
        console.app.installation.custody.environment.advance(Duration::from_hours(72));
        let mut member = StaffMember { browser: console.browser(), device: console.device() };
        assert_eq!(member.join(&invitation.code.grouped()).await.status, 403);
    }
}

#[tokio::test]
async fn ten_idle_minutes_end_a_session_and_eight_hours_any() {
    for console in each_console().await {
        let mut member = console.member(StaffRole::Auditor).await;
        let environment = &console.app.installation.custody.environment;
        environment.advance(Duration::from_mins(9));
        assert_eq!(member.browser.get("/reviews").await.status, 200);
        environment.advance(Duration::from_mins(10));
        assert_eq!(member.browser.get("/reviews").await.status, 303, "{}", console.engine());
        member.sign_in().await;
        for _ in 0..59 {
            environment.advance(Duration::from_mins(8));
            assert_eq!(member.browser.get("/reviews").await.status, 200);
        }
        environment.advance(Duration::from_mins(8));
        assert_eq!(member.browser.get("/reviews").await.status, 303);
    }
}

#[tokio::test]
async fn whoever_is_suspended_is_out_at_once_and_a_new_device_replaces_the_old_one() {
    for console in each_console().await {
        let invitation = console.invite(StaffRole::Clinic).await;
        let mut member = StaffMember { browser: console.browser(), device: console.device() };
        member.join(&invitation.code.grouped()).await;
        let custody = &console.app.installation.custody;
        staff::suspend_staff(custody, invitation.staff).await.expect("there is such a person");
        assert_eq!(member.browser.get("/clinic").await.status, 303);
        assert_eq!(member.sign_in().await.status, 403);
        staff::resume_staff(custody, invitation.staff).await.expect("there is such a person");
        assert_eq!(member.sign_in().await.status, 200);

        let second =
            staff::invite_staff_again(custody, invitation.staff).await.expect("there is such a person");
        let mut other = StaffMember { browser: console.browser(), device: console.device() };
        assert_eq!(other.join(&second.code.grouped()).await.status, 200);
        assert_eq!(member.browser.get("/clinic").await.status, 303, "the old device is out");
        assert_eq!(member.sign_in().await.status, 403);
    }
}

#[tokio::test]
async fn a_suspension_holds_against_a_passkey_that_is_being_made() {
    for console in each_console().await {
        let invitation = console.invite(StaffRole::Clinic).await;
        let mut member = StaffMember { browser: console.browser(), device: console.device() };
        let code = json!({ "code": invitation.code.grouped() });
        let options = member.browser.post_json("/passkey/join/begin", &code).await.json();
        let custody = &console.app.installation.custody;
        staff::suspend_staff(custody, invitation.staff).await.expect("there is such a person");
        let answer = member.device.create(&options).expect("the device makes a passkey");
        assert_eq!(member.browser.post_json("/passkey/join/finish", &answer).await.status, 403);
        assert!(
            staff::invite_staff_again(custody, invitation.staff).await.is_err(),
            "not while they are suspended"
        );
        staff::resume_staff(custody, invitation.staff).await.expect("there is such a person");
        assert_eq!(member.join(&invitation.code.grouped()).await.status, 403, "the old code is gone");
        let second =
            staff::invite_staff_again(custody, invitation.staff).await.expect("they were let in again");
        assert_eq!(member.join(&second.code.grouped()).await.status, 200, "{}", console.engine());
    }
}

#[tokio::test]
async fn whoever_signs_in_next_finds_no_chart_of_the_one_before() {
    for console in each_console().await {
        console.fill().await;
        console.share(Switch::On, &[Category::Vaccination]).await;
        let mut member = console.member(StaffRole::Clinic).await;
        let digits = console.digits().await;
        member.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert!(member.browser.get("/clinic").await.text.contains("/clinic/chart"));
        let mut next = console.member(StaffRole::Clinic).await;
        next.browser.cookies = member.browser.cookies.clone();
        assert_eq!(next.sign_in().await.status, 200);
        assert!(!next.browser.get("/clinic").await.text.contains("/clinic/chart"), "{}", console.engine());
    }
}

#[tokio::test]
async fn a_clinic_that_is_suspended_takes_its_staff_with_it() {
    for console in each_console().await {
        let mut member = console.member(StaffRole::Clinic).await;
        let vault = &console.app.installation.custody.stores.vault;
        let mut tx = vault.begin().await.expect("the vault answers");
        vault
            .set_organisation_state(&mut tx, CLINIC, OrganisationState::Suspended)
            .await
            .expect("the clinic is registered");
        tx.commit().await.expect("the vault answers");
        assert_eq!(member.browser.get("/clinic").await.status, 303, "{}", console.engine());
    }
}

#[tokio::test]
async fn passkeys_and_sessions_of_one_door_are_worth_nothing_at_the_other() {
    for console in each_console().await {
        let (citizen, mut person) = console.app.enrolled(1).await;
        let mut browser = console.browser();
        for (name, value) in citizen.cookies.clone() {
            browser.cookies.insert(name.replace("techo", "techo-console"), value);
        }
        assert_eq!(browser.get("/clinic").await.status, 303);
        let options = browser.post_json("/passkey/sign-in/begin", &json!({})).await.json();
        let answer = person.device.get(&options).expect("both doors share the demo's host");
        assert_eq!(browser.post_json("/passkey/sign-in/finish", &answer).await.status, 403);

        let member = console.member(StaffRole::Clinic).await;
        let mut portal = console.app.browser();
        for (name, value) in member.browser.cookies.clone() {
            portal.cookies.insert(name.replace("techo-console", "techo"), value);
        }
        assert_eq!(portal.get("/home").await.status, 303, "{}", console.engine());
    }
}

#[tokio::test]
async fn an_error_page_keeps_the_menu_of_whoever_is_signed_in() {
    for console in each_console().await {
        let mut member = console.member(StaffRole::Clinic).await;
        let page = member.browser.get("/nothing-here").await;
        assert_eq!(page.status, 404, "{}", console.engine());
        assert!(page.text.contains("href=\"/clinic\"") && page.text.contains("/sign-out"), "{}", page.text);
        let stranger = console.browser().get("/nothing-here").await;
        assert!(stranger.status == 404 && !stranger.text.contains("/sign-out"));
    }
}
