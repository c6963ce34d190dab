//! `$submit-batch`: tomorrow's appointments, known by the clinic's own codes.

use crate::fixtures::systems::{SystemsApi, each_systems_api};
use serde_json::{Value, json};
use techo_model::{consent::Switch, organisation::OrganisationKind};

const BATCH: &str = "/fhir/CoverageEligibilityRequest/$submit-batch";

fn bundle(api: &SystemsApi, codes: &[(&str, &str)]) -> Value {
    let entry = |(system, value): &(&str, &str)| json!({ "resource": api.request(system, value) });
    json!({ "resourceType": "Bundle", "type": "batch", "entry": codes.iter().map(entry).collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_batch_answers_each_entry_in_its_place_and_logs_each_person() {
    for api in each_systems_api().await {
        let (clinic, other) = (api.clinic().await, api.register(2, OrganisationKind::Clinic).await);
        api.choose(1, Switch::On, 24).await;
        api.choose(2, Switch::On, 24).await;
        let (one, two) = (api.visit(&clinic, 1).await, api.visit(&clinic, 2).await);
        let foreign = api.visit(&other, 1).await;
        let before = api.log_of(2).await.len();
        let token = api.token_for(&clinic, "HPAYMT").await;
        let asked = [
            ("urn:techo:clinic-code", one.as_str()),
            ("urn:techo:clinic-code", foreign.as_str()),
            ("urn:techo:clinic-code", two.as_str()),
            ("urn:techo:share-code", "12345678"),
        ];
        let answer = api.post(&token, BATCH, &bundle(&api, &asked)).await;
        assert_eq!(answer.status, 200, "{}: {}", api.engine(), answer.text);
        let body = answer.json();
        let statuses: Vec<_> =
            (0..4).map(|i| body["entry"][i]["response"]["status"].as_str().unwrap().to_owned()).collect();
        assert_eq!(statuses, ["200", "404", "200", "400"], "{}", api.engine());
        assert_eq!(body["entry"][2]["resource"]["contained"][0]["name"][0]["text"], "佐藤次郎");
        assert_eq!(body["entry"][1]["resource"]["resourceType"], "OperationOutcome");
        assert_eq!(api.log_of(2).await.len(), before + 2, "{}: who it is, and how insured", api.engine());
    }
}

#[tokio::test]
async fn a_batch_that_is_none_or_too_long_is_refused() {
    for api in each_systems_api().await {
        let token = api.token(&api.clinic().await).await;
        let long = bundle(&api, &vec![("urn:techo:clinic-code", "x"); 201]);
        let none = bundle(&api, &[]);
        for body in [json!({}), json!({ "resourceType": "Bundle", "type": "transaction" }), none, long] {
            assert_eq!(api.post(&token, BATCH, &body).await.status, 400, "{}", api.engine());
        }
    }
}

#[tokio::test]
async fn a_condition_on_an_entry_is_refused_by_its_name_and_no_other_entry_suffers() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        api.choose(1, Switch::On, 24).await;
        let code = api.visit(&clinic, 1).await;
        let token = api.token_for(&clinic, "HPAYMT").await;
        let mut asked = bundle(&api, &[("urn:techo:clinic-code", &code), ("urn:techo:clinic-code", &code)]);
        let request = |more: Value| {
            let mut request = json!({ "method": "POST", "url": "CoverageEligibilityRequest/$submit" });
            if let (Value::Object(request), Value::Object(more)) = (&mut request, more) {
                request.extend(more);
            }
            request
        };
        asked["entry"][0]["request"] = request(json!({ "ifNoneExist": "identifier=1" }));
        asked["entry"][1]["request"] = request(json!({}));
        let answer = api.post(&token, BATCH, &asked).await.json();
        let told = |at: usize| answer["entry"][at]["response"]["status"].clone();
        assert_eq!((told(0), told(1)), (json!("400"), json!("200")), "{}: {answer}", api.engine());
        assert!(answer["entry"][0].to_string().contains("ifNoneExist"), "{answer}");
    }
}
