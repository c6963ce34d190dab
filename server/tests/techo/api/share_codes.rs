//! A share code is used up by an answer, and by nothing else: whoever was about to get one and did not tries again with it, and nobody
//! else can.

use crate::{
    api::emergency::flag,
    fixtures::systems::{SystemsApi, each_systems_api, share_code},
};
use serde_json::json;
use std::time::Duration;
use techo_disclosure::clinic::{SHARE_CODE_LIFE, ShareCodeState, share_code_state};
use techo_model::{consent::Switch, organisation::OrganisationKind};
use techo_store::{Db, testing::tamper};
use techo_testkit::browser::HttpAnswer;

/// A table that is gone for a while: whoever needs it fails, as beside a disk that is spoilt in one place.
struct Missing {
    table: &'static str,
    away: &'static str,
    back: &'static str,
}

macro_rules! missing {
    ($table:literal) => {
        Missing {
            table: $table,
            away: concat!("ALTER TABLE ", $table, " RENAME TO away_for_a_while"),
            back: concat!("ALTER TABLE away_for_a_while RENAME TO ", $table),
        }
    };
}

impl Missing {
    async fn goes(&self, db: &Db) {
        tamper(db, self.away, &[]).await;
    }

    async fn comes_back(&self, db: &Db) {
        tamper(db, self.back, &[]).await;
    }
}

async fn show(api: &SystemsApi, token: &str, digits: &str) -> HttpAnswer {
    api.submit(token, "urn:techo:share-code", digits).await
}

#[tokio::test]
async fn a_share_code_whose_answer_failed_works_again_for_the_same_asker_and_for_nobody_else() {
    // The window, and the line on the log after it.
    for missing in [missing!("treatment_window"), missing!("access_event")] {
        for api in each_systems_api().await {
            let label = format!("without {} on {}", missing.table, api.engine());
            api.choose(1, Switch::On, 24).await;
            let (clinic, other) = (api.clinic().await, api.register(2, OrganisationKind::Clinic).await);
            let (own, same_place) = (api.token(&clinic).await, api.token(&clinic).await);
            let elsewhere = api.token(&other).await;
            let (digits, records) =
                (share_code(&api, 1).await, api.app.installation.custody.stores.records.db());
            missing.goes(records).await;
            for _ in 0..3 {
                let failed = show(&api, &own, &digits).await;
                assert!(failed.status >= 500, "{label}: {} {}", failed.status, failed.text);
            }
            missing.comes_back(records).await;
            assert_eq!(show(&api, &elsewhere, &digits).await.status, 404, "{label}: another clinic");
            assert_eq!(show(&api, &same_place, &digits).await.status, 404, "{label}: another token");
            let scope = api.citizen(1).await;
            let state = share_code_state(&api.app.installation.custody, &scope).await.expect("it is known");
            assert!(matches!(state, ShareCodeState::Held { .. }), "{label}: {state:?}");
            let answer = show(&api, &own, &digits).await;
            assert_eq!(answer.status, 200, "{label}: {}", answer.text);
            assert_eq!(show(&api, &own, &digits).await.status, 404, "{label}: it works once");
            let state = share_code_state(&api.app.installation.custody, &scope).await.expect("it is known");
            assert!(matches!(state, ShareCodeState::Used { .. }), "{label}: {state:?}");
        }
    }
}

#[tokio::test]
async fn a_share_code_that_could_not_be_used_up_opens_nothing_yet_and_works_again() {
    for api in each_systems_api().await {
        let (clinic, vault) = (api.clinic().await, api.app.installation.custody.stores.vault.db());
        let (own, digits) = (api.token(&clinic).await, share_code(&api, 1).await);
        let (missing, held) =
            (missing!("share_code"), api.app.installation.custody.environment.hold_point("share-code.use"));
        let fails = async {
            held.arrived().await;
            missing.goes(vault).await;
            held.release();
        };
        let (failed, ()) = tokio::join!(show(&api, &own, &digits), fails);
        assert!(failed.status >= 500 && !failed.text.contains("山田"), "{}: {}", api.engine(), failed.text);
        missing.comes_back(vault).await;
        assert_eq!(show(&api, &own, &digits).await.status, 200, "{}", api.engine());
        assert_eq!(show(&api, &own, &digits).await.status, 404, "{}", api.engine());
    }
}

#[tokio::test]
async fn a_share_code_whose_answer_broke_off_is_not_told_as_unused_when_it_is_over() {
    for api in each_systems_api().await {
        api.choose(1, Switch::On, 24).await;
        let (clinic, custody) = (api.clinic().await, &api.app.installation.custody);
        let (own, digits) = (api.token(&clinic).await, share_code(&api, 1).await);
        let missing = missing!("treatment_window");
        missing.goes(custody.stores.records.db()).await;
        let failed = show(&api, &own, &digits).await;
        assert!(failed.status >= 500, "{}: {}", api.engine(), failed.text);
        missing.comes_back(custody.stores.records.db()).await;
        custody.environment.advance(SHARE_CODE_LIFE);
        let state = share_code_state(custody, &api.citizen(1).await).await.expect("it is known");
        assert!(
            matches!(&state, ShareCodeState::Begun { by, .. } if !by.is_empty()),
            "{}: {state:?}",
            api.engine()
        );
    }
}

#[tokio::test]
async fn of_two_requests_of_one_asker_that_overtake_each_other_one_uses_the_code() {
    for point in ["clinic.receive", "share-code.use"] {
        for api in each_systems_api().await {
            let (clinic, digits) = (api.clinic().await, share_code(&api, 1).await);
            let own = api.token(&clinic).await;
            let held = api.app.installation.custody.environment.hold_point(point);
            let overtakes = async {
                held.arrived().await;
                let second = show(&api, &own, &digits).await;
                held.release();
                second
            };
            let (first, second) = tokio::join!(show(&api, &own, &digits), overtakes);
            let label = format!("{point} on {}", api.engine());
            assert_eq!(second.status, 200, "{label}: {}", second.text);
            assert_eq!(first.status, 404, "{label}: {}", first.text);
            assert!(!first.text.contains("山田"), "{label}: {}", first.text);
        }
    }
}

#[tokio::test]
async fn a_share_code_that_its_person_replaces_while_it_is_being_used_gives_no_answer() {
    for api in each_systems_api().await {
        let (clinic, digits) = (api.clinic().await, share_code(&api, 1).await);
        let own = api.token(&clinic).await;
        let held = api.app.installation.custody.environment.hold_point("share-code.use");
        let replaces = async {
            held.arrived().await;
            let other = share_code(&api, 1).await;
            held.release();
            other
        };
        let (answer, other) = tokio::join!(show(&api, &own, &digits), replaces);
        assert_eq!(answer.status, 404, "{}: {}", api.engine(), answer.text);
        assert_eq!(show(&api, &own, &other).await.status, 200, "{}", api.engine());
    }
}

#[tokio::test]
async fn a_share_code_that_is_reserved_is_over_at_its_end() {
    for api in each_systems_api().await {
        let (clinic, digits) = (api.clinic().await, share_code(&api, 1).await);
        let (own, records) = (api.token(&clinic).await, api.app.installation.custody.stores.records.db());
        let missing = missing!("consent_turn");
        missing.goes(records).await;
        assert!(show(&api, &own, &digits).await.status >= 500, "{}", api.engine());
        missing.comes_back(records).await;
        // The token is as old as the code, and is over a moment later.
        api.app.installation.custody.environment.advance(Duration::from_mins(5));
        assert_eq!(show(&api, &own, &digits).await.status, 401, "{}", api.engine());
        let next = api.token(&clinic).await;
        assert_eq!(show(&api, &next, &digits).await.status, 404, "{}", api.engine());
    }
}

#[tokio::test]
async fn an_emergency_by_share_code_that_could_not_be_kept_is_declared_by_the_same_code() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let (token, digits) = (api.token_of(&hospital, "dr-1").await, share_code(&api, 1).await);
        let mut declared = flag("意識がなく、既往とアレルギーを確かめる", &json!({}));
        declared["subject"] = json!({ "identifier": { "system": "urn:techo:share-code", "value": digits } });
        declared.as_object_mut().expect("a flag").remove("contained");
        let (missing, records) = (missing!("emergency"), api.app.installation.custody.stores.records.db());
        missing.goes(records).await;
        let failed = api.declare(&token, &declared).await;
        assert!(failed.status >= 500, "{}: {} {}", api.engine(), failed.status, failed.text);
        missing.comes_back(records).await;
        let answer = api.declare(&token, &declared).await;
        assert_eq!(answer.status, 201, "{}: {}", api.engine(), answer.text);
        assert_eq!(api.declare(&token, &declared).await.status, 404, "{}: it works once", api.engine());
    }
}
