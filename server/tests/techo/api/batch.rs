//! `$submit-batch`: tomorrow's appointments, known by the clinic's own codes.

use crate::fixtures::systems::{Door, doors};
use serde_json::{Value, json};
use techo_model::{consent::Switch, organisation::OrganisationKind};

const BATCH: &str = "/fhir/CoverageEligibilityRequest/$submit-batch";

fn bundle(door: &Door, codes: &[(&str, &str)]) -> Value {
    let entry = |(system, value): &(&str, &str)| json!({ "resource": door.request(system, value) });
    json!({ "resourceType": "Bundle", "type": "batch", "entry": codes.iter().map(entry).collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_batch_answers_each_entry_in_its_place_and_logs_each_person() {
    for door in doors().await {
        let (clinic, other) = (door.clinic().await, door.register(2, OrganisationKind::Clinic).await);
        door.choose(1, Switch::On, 24).await;
        door.choose(2, Switch::On, 24).await;
        let (one, two) = (door.visit(&clinic, 1).await, door.visit(&clinic, 2).await);
        let foreign = door.visit(&other, 1).await;
        let before = door.log_of(2).await.len();
        let token = door.token_for(&clinic, "HPAYMT").await;
        let asked = [
            ("urn:techo:clinic-code", one.as_str()),
            ("urn:techo:clinic-code", foreign.as_str()),
            ("urn:techo:clinic-code", two.as_str()),
            ("urn:techo:share-code", "12345678"),
        ];
        let answer = door.post(&token, BATCH, &bundle(&door, &asked)).await;
        assert_eq!(answer.status, 200, "{}: {}", door.engine(), answer.text);
        let body = answer.json();
        let statuses: Vec<_> =
            (0..4).map(|i| body["entry"][i]["response"]["status"].as_str().unwrap().to_owned()).collect();
        assert_eq!(statuses, ["200", "404", "200", "400"], "{}", door.engine());
        assert_eq!(body["entry"][2]["resource"]["contained"][0]["name"][0]["text"], "佐藤次郎");
        assert_eq!(body["entry"][1]["resource"]["resourceType"], "OperationOutcome");
        assert_eq!(door.log_of(2).await.len(), before + 2, "{}: who it is, and how insured", door.engine());
    }
}

#[tokio::test]
async fn a_batch_that_is_none_or_too_long_is_refused() {
    for door in doors().await {
        let token = door.token(&door.clinic().await).await;
        let long = bundle(&door, &vec![("urn:techo:clinic-code", "x"); 201]);
        let none = bundle(&door, &[]);
        for body in [json!({}), json!({ "resourceType": "Bundle", "type": "transaction" }), none, long] {
            assert_eq!(door.post(&token, BATCH, &body).await.status, 400, "{}", door.engine());
        }
    }
}

#[tokio::test]
async fn a_condition_on_an_entry_is_refused_by_its_name_and_no_other_entry_suffers() {
    for door in doors().await {
        let clinic = door.clinic().await;
        door.choose(1, Switch::On, 24).await;
        let code = door.visit(&clinic, 1).await;
        let token = door.token_for(&clinic, "HPAYMT").await;
        let mut asked = bundle(&door, &[("urn:techo:clinic-code", &code), ("urn:techo:clinic-code", &code)]);
        let request = |more: Value| {
            let mut request = json!({ "method": "POST", "url": "CoverageEligibilityRequest/$submit" });
            if let (Value::Object(request), Value::Object(more)) = (&mut request, more) {
                request.extend(more);
            }
            request
        };
        asked["entry"][0]["request"] = request(json!({ "ifNoneExist": "identifier=1" }));
        asked["entry"][1]["request"] = request(json!({}));
        let answer = door.post(&token, BATCH, &asked).await.json();
        let told = |at: usize| answer["entry"][at]["response"]["status"].clone();
        assert_eq!((told(0), told(1)), (json!("400"), json!("200")), "{}: {answer}", door.engine());
        assert!(answer["entry"][0].to_string().contains("ifNoneExist"), "{answer}");
    }
}
