//! `CoverageEligibilityRequest/$submit`: what a counter learns, and what stands on the log.

use crate::fixtures::systems::{Clinic, SUBMIT, SystemsApi, each_systems_api, share_code};
use serde_json::Value;
use techo_model::organisation::OrganisationKind;
use techo_testkit::{coverage_file, insurer};

/// The answer to a share code of the nth person, with the extension that says why.
async fn ask(api: &SystemsApi, clinic: &Clinic, n: u32, serviced: Option<&str>) -> Value {
    let code = share_code(api, n).await;
    let token = api.token_for(clinic, "HPAYMT").await;
    let mut body = api.request("urn:techo:share-code", &code);
    if let Some(day) = serviced {
        body["servicedDate"] = day.into();
    }
    let answer = api.post(&token, SUBMIT, &body).await;
    assert_eq!(answer.status, 200, "{}: {}", api.engine(), answer.text);
    assert_eq!(answer.header("content-type"), "application/fhir+json");
    answer.json()
}

fn state(answer: &Value) -> &str {
    answer["extension"][0]["extension"][0]["valueCode"]
        .as_str()
        .expect("the answer says where the person stands")
}

#[tokio::test]
async fn somebody_insured_is_in_force_with_insurer_symbol_number_branch_and_burden() {
    for api in each_systems_api().await {
        let union = insurer("06139992");
        let file = coverage_file(&union, &[(1, "4567", "01", "2026-04-01", "", "2026-04-05 10:00")]);
        api.app.installation.coverage(&union, file).await;
        let answer = ask(&api, &api.clinic().await, 1, None).await;
        assert_eq!((state(&answer), answer["insurance"][0]["inforce"].as_bool()), ("in-force", Some(true)));
        let text = answer.to_string();
        for part in [
            "06139992",
            "架空健康保険組合",
            "InsuredPersonSymbol",
            "\"12\"",
            "\"4567\"",
            "\"01\"",
            "\"value\":30",
            "山田花子",
        ] {
            assert!(text.contains(part), "{}: {part} in {text}", api.engine());
        }
        assert_eq!(answer["extension"].as_array().unwrap().len(), 1, "no window without an opt-in");
        assert!(!text.contains("clinic-code"), "no code without an opt-in");
    }
}

#[tokio::test]
async fn the_asked_day_decides_and_an_end_has_its_reason() {
    for api in each_systems_api().await {
        let union = insurer("06139992");
        let file = coverage_file(&union, &[(1, "4567", "", "2024-04-01", "2026-10-01", "2026-10-02 10:00")]);
        api.app.installation.coverage(&union, file).await;
        let clinic = api.clinic().await;
        let now = ask(&api, &clinic, 1, None).await;
        assert_eq!(state(&now), "ended");
        assert!(now.to_string().contains("\"retirement\""), "{now}");
        assert_eq!(state(&ask_again(&api, &clinic, "2026-09-30").await), "in-force");
        assert_eq!(state(&ask_again(&api, &clinic, "2026-10-01").await), "ended");
        assert_eq!(state(&ask_again(&api, &clinic, "2024-03-31").await), "not-yet");
    }
}

async fn ask_again(api: &SystemsApi, clinic: &Clinic, day: &str) -> Value {
    api.app.installation.custody.environment.advance(std::time::Duration::from_secs(1));
    ask(api, clinic, 1, Some(day)).await
}

#[tokio::test]
async fn an_insurer_whose_word_is_older_than_a_change_is_pending_and_the_change_is_named() {
    for api in each_systems_api().await {
        let (old, new) = (insurer("06139992"), insurer("06130009"));
        let file = coverage_file(&old, &[(1, "1", "", "2024-04-01", "", "2024-04-02 10:00")]);
        api.app.installation.coverage(&old, file).await;
        let file = coverage_file(&new, &[(1, "2", "", "2026-08-01", "2026-11-01", "2026-11-02 10:00")]);
        api.app.installation.coverage(&new, file).await;
        let answer = ask(&api, &api.clinic().await, 1, None).await;
        assert_eq!(state(&answer), "pending", "{}", api.engine());
        let text = answer["extension"][0].to_string();
        assert!(text.contains("newer-coverage") && text.contains("2026-08-01") && text.contains("statedAt"));
    }
}

#[tokio::test]
async fn of_somebody_without_any_coverage_nothing_is_known() {
    for api in each_systems_api().await {
        let answer = ask(&api, &api.clinic().await, 2, None).await;
        assert_eq!(state(&answer), "unknown");
        assert!(answer.get("insurance").is_none() && answer["insurer"]["display"] == "unknown");
    }
}

#[tokio::test]
async fn a_look_is_on_the_log_with_organisation_professional_and_purpose_before_it_is_answered() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        ask(&api, &clinic, 1, None).await;
        let lines = api.log_of(1).await;
        let look =
            lines.iter().find(|line| line["action"] == "read" && line["category"] == "coverage").unwrap();
        assert_eq!(look["purpose"], "HPAYMT");
        assert_eq!(look["actor"]["kind"], "professional");
        assert_eq!(look["actor"]["organisation"], clinic.organisation.id);
        assert_eq!(look["actor"]["name"], "山本医師");
        assert_eq!(look["initiative"], "human");
        let (code, token) = (share_code(&api, 1).await, api.token(&clinic).await);
        assert_eq!(api.submit(&token, "urn:techo:share-code", &code).await.status, 200);
        let lines = api.log_of(1).await;
        let treated =
            lines.iter().filter(|line| line["category"] == "coverage" && line["purpose"] == "TREAT");
        assert_eq!(treated.count(), 1, "{}: as it was asked for, and not what it was for", api.engine());
    }
}

#[tokio::test]
async fn the_same_answer_comes_as_the_official_xml_in_either_encoding() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        for (accept, charset) in
            [("application/xml", "UTF-8"), ("application/xml; charset=Shift_JIS", "Shift_JIS")]
        {
            let code = share_code(&api, 1).await;
            let token = api.token(&clinic).await;
            let answer =
                api.post_as(&token, SUBMIT, accept, &api.request("urn:techo:share-code", &code)).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.header("content-type"), format!("application/xml; charset={charset}"));
            assert!(
                answer.text.contains("<QualificationValidity>4</QualificationValidity>"),
                "{}",
                answer.text
            );
        }
        let token = api.token(&clinic).await;
        let body = api.request("urn:techo:share-code", "12345678");
        assert_eq!(api.post_as(&token, SUBMIT, "text/html", &body).await.status, 406);
    }
}

#[tokio::test]
async fn another_purpose_or_a_day_far_ahead_is_refused_before_the_code_is_spent() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let code = share_code(&api, 1).await;
        let body = api.request("urn:techo:share-code", &code);
        let mut research = api.claims(&clinic);
        research["extensions"]["hl7-b2b"]["purpose_of_use"] = serde_json::json!(["HRESCH"]);
        let refused = api.ask_token(&clinic.key.jwt(&research), "system/CoverageEligibilityRequest.c").await;
        assert_eq!(refused.status, 400, "no token for a purpose that a clinic may not have");
        let token = api.token(&clinic).await;
        let mut far = body.clone();
        far["servicedDate"] = "2027-06-01".into();
        assert_eq!(api.post(&token, SUBMIT, &far).await.status, 400);
        assert_eq!(api.post(&token, SUBMIT, &body).await.status, 200, "{}", api.engine());
    }
}

#[tokio::test]
async fn a_token_without_the_scope_asks_in_vain() {
    for api in each_systems_api().await {
        let clinic = api.register(4, OrganisationKind::Hospital).await;
        let answer = api.ask_token(&clinic.key.jwt(&api.claims(&clinic)), "system/Patient.rs").await;
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        let answer = api.post(&token, SUBMIT, &api.request("urn:techo:share-code", "12345678")).await;
        assert_eq!(answer.status, 403, "{}", answer.text);
        assert_eq!(answer.json()["issue"][0]["code"], "forbidden");
    }
}

#[tokio::test]
async fn a_request_that_is_not_understood_is_told_where() {
    for api in each_systems_api().await {
        let token = api.token(&api.clinic().await).await;
        let mut body = api.request("urn:techo:share-code", "12345678");
        body["servicedPeriod"] = serde_json::json!({});
        let answer = api.post(&token, SUBMIT, &body).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["issue"][0]["expression"][0], "CoverageEligibilityRequest.servicedPeriod");
    }
}
