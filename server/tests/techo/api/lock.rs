//! Share codes: once, for five minutes, and five wrong ones stop an organisation.

use crate::fixtures::systems::{Clinic, SystemsApi, each_systems_api, share_code};
use serde_json::json;
use std::time::Duration;
use techo::api::ApiState;
use techo_custody::Failure;
use techo_disclosure::{
    clinic::{self, CodeUse, IdentifyError, PresentedIdentity, SHARE_CODE_LIFE},
    inquiry::{AskerKey, InquiringParty},
    systems::TokenKey,
};
use techo_model::{
    consent::Purpose,
    organisation::{Organisation, OrganisationKind},
};
use techo_testkit::browser::HttpAnswer;

async fn show(api: &SystemsApi, clinic: &Clinic, code: &str) -> HttpAnswer {
    let token = api.token(clinic).await;
    api.submit(&token, "urn:techo:share-code", code).await
}

/// Another code than the right one.
fn wrong(right: &str, n: u32) -> String {
    format!("{:08}", (right.parse::<u32>().expect("eight digits") + n) % 100_000_000)
}

#[tokio::test]
async fn a_share_code_works_once_however_it_is_typed() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let code = share_code(&api, 1).await;
        let typed = format!("{} {}", &code[..4], &code[4..]);
        let wide: String = typed
            .chars()
            .map(|c| char::from_u32(c as u32 + 0xFEE0).filter(|_| c != ' ').unwrap_or('　'))
            .collect();
        assert_eq!(show(&api, &clinic, &wide).await.status, 200, "{}", api.engine());
        assert_eq!(show(&api, &clinic, &code).await.status, 404, "{}", api.engine());
        assert_eq!(show(&api, &clinic, "1234567").await.status, 400, "seven digits are no code");
    }
}

#[tokio::test]
async fn of_two_who_use_a_code_at_once_one_gets_the_answer() {
    for api in each_systems_api().await {
        let (one, other) = (api.clinic().await, api.register(2, OrganisationKind::Clinic).await);
        let code = share_code(&api, 1).await;
        let (a, b) = tokio::join!(show(&api, &one, &code), show(&api, &other, &code));
        let mut both = [a.status, b.status];
        both.sort_unstable();
        assert_eq!(both, [200, 404], "{}", api.engine());
    }
}

#[tokio::test]
async fn a_share_code_ends_after_five_minutes_and_when_a_new_one_is_made() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let (first, second) = (share_code(&api, 1).await, share_code(&api, 1).await);
        assert_eq!(show(&api, &clinic, &first).await.status, 404, "{}", api.engine());
        api.app.installation.custody.environment.advance(Duration::from_mins(5));
        assert_eq!(show(&api, &clinic, &second).await.status, 404, "{}", api.engine());
    }
}

#[tokio::test]
async fn five_wrong_codes_stop_an_organisation_for_a_quarter_of_an_hour_and_no_other() {
    for api in each_systems_api().await {
        let (clinic, other) = (api.clinic().await, api.register(2, OrganisationKind::Clinic).await);
        let code = share_code(&api, 1).await;
        for n in 1..=5 {
            assert_eq!(show(&api, &clinic, &wrong(&code, n)).await.status, 404, "{}: {n}", api.engine());
        }
        let stopped = show(&api, &clinic, &code).await;
        assert_eq!(stopped.status, 429, "{}", api.engine());
        let seconds: u64 = stopped.header("retry-after").parse().unwrap();
        assert!((890..=901).contains(&seconds), "{seconds}");
        assert_eq!(show(&api, &other, &code).await.status, 200, "{}", api.engine());
        api.app.installation.custody.environment.advance(Duration::from_mins(15));
        let code = share_code(&api, 1).await;
        assert_eq!(show(&api, &clinic, &code).await.status, 200, "{}", api.engine());
    }
}

#[tokio::test]
async fn a_right_code_in_between_forgives_no_wrong_one() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let code = share_code(&api, 1).await;
        for n in 1..=4 {
            show(&api, &clinic, &wrong(&code, n)).await;
        }
        assert_eq!(show(&api, &clinic, &code).await.status, 200);
        assert_eq!(show(&api, &clinic, &wrong(&code, 5)).await.status, 404);
        assert_eq!(show(&api, &clinic, &wrong(&code, 6)).await.status, 429, "{}", api.engine());
    }
}

#[tokio::test]
async fn wrong_codes_that_come_at_once_are_all_counted() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let code = share_code(&api, 1).await;
        let token = api.token(&clinic).await;
        let codes: Vec<_> = (1..=10).map(|n| wrong(&code, n)).collect();
        let tries = codes.iter().map(|wrong| api.submit(&token, "urn:techo:share-code", wrong));
        let answers = futures::future::join_all(tries).await;
        let told = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((told(404), told(429)), (5, 5), "{}", api.engine());
    }
}

/// The eight digits on `/share`.
fn digits_on(page: &HttpAnswer) -> String {
    let shown = page.text.split("share-digits").nth(1).expect("the page shows digits");
    let digits = shown.split("</p>").next().unwrap_or_default().chars().filter(char::is_ascii_digit);
    digits.take(8).collect()
}

#[tokio::test]
async fn a_code_stays_on_the_page_until_it_was_used_and_looking_or_loading_again_makes_no_other() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let (mut browser, _) = api.app.enrolled(1).await;
        let (mut elsewhere, _) = api.app.enrolled(2).await;
        let made = browser.post_form("/share", &[]).await;
        assert_eq!((made.status, made.header("location")), (303, "/share"), "{}", made.text);
        let code = digits_on(&browser.get("/share").await);
        assert_eq!(digits_on(&browser.get("/share").await), code, "looked at again: {}", api.engine());
        assert!(!elsewhere.get("/share").await.text.contains("share-digits"));
        let state = browser.post_json("/share/state", &json!({})).await;
        assert_eq!(state.json()["state"], "open");
        assert_eq!(show(&api, &clinic, &code).await.status, 200, "{}: {code}", api.engine());
        assert_eq!(browser.post_json("/share/state", &json!({})).await.json()["state"], "used");
        let after = browser.get("/share").await.text;
        assert!(after.contains("架空医院1") && !after.contains("share-digits"), "{}", api.engine());
        assert!(browser.get("/home").await.text.contains("href=\"/share\""));
    }
}

#[tokio::test]
async fn a_code_that_is_over_stands_on_no_page() {
    for api in each_systems_api().await {
        let (mut browser, _) = api.app.enrolled(1).await;
        browser.post_form("/share", &[]).await;
        api.app.installation.custody.environment.advance(SHARE_CODE_LIFE);
        let over = browser.get("/share").await.text;
        assert!(
            !over.contains("share-digits") && over.contains("使われずに終わりました"),
            "{}",
            api.engine()
        );
    }
}

#[tokio::test]
async fn wrong_codes_of_many_organisations_stop_them_all_for_a_while_and_call_the_operator() {
    for api in each_systems_api().await {
        let custody = &api.app.installation.custody;
        let clinic_access = ApiState::new(&api.app.services).clinic_access;
        let code = share_code(&api, 1).await;
        let asking = |n: u64| InquiringParty {
            organisation: Organisation {
                id: format!("13{n:08}"),
                kind: OrganisationKind::Clinic,
                name: format!("架空医院{n}"),
            },
            subject: None,
            purpose: Purpose::Treatment,
            emergency: None,
        };
        let vault = &custody.stores.vault;
        let mut tx = vault.begin().await.unwrap();
        for n in 0..=75 {
            vault
                .put_organisation(&mut tx, &asking(n).organisation, custody.environment.now())
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let identify = async |n: u64, digits: &str| {
            let key = AskerKey::of_system(&TokenKey::of(&format!("token of {n}")));
            let presented = PresentedIdentity::ShareCode { digits, key };
            clinic_access.identify(&asking(n), presented, CodeUse::Eligibility).await
        };
        // Four each: nobody is stopped for itself.
        for n in 0..300 {
            let answer = identify(n / 4, &wrong(&code, u32::try_from(n).unwrap() + 1)).await;
            let nobody = matches!(answer, Err(IdentifyError::Failure(Failure::NotFound)));
            assert!(nobody, "{}: {n} {answer:?}", api.engine());
        }
        let stopped = identify(75, &code).await;
        let is_stopped = matches!(stopped, Err(IdentifyError::Failure(Failure::Limited { .. })));
        assert!(is_stopped, "{}: {stopped:?}", api.engine());
        let alarm = clinic::try_alarms(custody).await.unwrap()[0];
        assert_eq!((alarm.tries, alarm.is_stopped), (300, true), "{}", api.engine());
        custody.environment.advance(Duration::from_mins(15));
        let code = share_code(&api, 1).await;
        assert!(identify(75, &code).await.is_ok(), "{}", api.engine());
        assert!(!clinic::try_alarms(custody).await.unwrap()[0].is_stopped);
    }
}
