//! Conditional requests: conditional create as R4 says, and no condition that is ignored.

use crate::{
    api::{hidden::mark, sending::Sent},
    fixtures::systems::{SystemsApi, each_systems_api},
};
use axum::{body::Body, http::Method};
use serde_json::Value;
use techo_model::consent::Mark;
use techo_testkit::browser::HttpAnswer;

const REPORT: &str = "/fhir/DiagnosticReport";
const OWN: &str = "identifier=urn:example:hospital:reports|5234342";

async fn send(api: &SystemsApi, token: &str, condition: (&str, &str), body: &Value) -> HttpAnswer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json"), condition];
    api.client().send(Method::POST, REPORT, &headers, Body::from(body.to_string())).await
}

#[tokio::test]
async fn what_is_there_already_is_not_written_over_by_a_conditional_create() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let create = async |condition: &str, body: &Value| {
            send(&api, &sent.token, ("if-none-exist", condition), body).await
        };
        let first = create(OWN, &sent.report()).await;
        assert_eq!(first.status, 201, "{}: nothing was found: {}", api.engine(), first.text);
        let mut other = sent.report();
        other["contained"][0]["valueQuantity"]["value"] = 4.8.into();
        let again = create(OWN, &other).await;
        assert_eq!(again.status, 200, "{}", again.text);
        assert_eq!(again.json()["meta"]["versionId"], "1", "nothing was written");
        assert_eq!(again.header("location"), first.header("location"));
        let own = sent.found_by(&sent.hospital, "Observation").await;
        assert_eq!(own[0]["valueQuantity"]["value"], 8.4, "{}", api.engine());

        other["identifier"][0]["value"] = "2".into();
        assert_eq!(create(&OWN.replace("5234342", "2"), &other).await.status, 201);
        let several = create("category=LP29693-6", &other).await;
        assert_eq!(several.status, 412, "{}", several.text);
        assert_eq!(several.json()["issue"][0]["code"], "multiple-matches");
        let writes = api.log_of(1).await.into_iter().filter(|line| line["action"] == "write");
        assert_eq!(writes.count(), 2, "{}", api.engine());
    }
}

#[tokio::test]
async fn the_identifier_of_another_sender_is_nobody_elses_to_search_by() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        sent.send(&sent.report()).await;
        let search = format!("{REPORT}?patient={}&{OWN}", sent.code);
        let headers = format!("Bearer {}", sent.token);
        let headers = [("authorization", headers.as_str())];
        let found = api.client().send(Method::GET, &search, &headers, Body::empty()).await;
        assert_eq!(found.json()["total"], 1, "{}", found.text);
        let body = &found.json()["entry"][0]["resource"];
        assert!(body.get("identifier").is_none(), "it does not leave: {body}");
        let doctor = api.clinic().await;
        let code = api.visit(&doctor, 1).await;
        let bearer = format!("Bearer {}", crate::api::sending::token(&api, &doctor, "TREAT").await);
        let headers = [("authorization", bearer.as_str())];
        let search = format!("{REPORT}?patient={code}&{OWN}");
        let found = api.client().send(Method::GET, &search, &headers, Body::empty()).await;
        assert_eq!(found.json()["total"], 0, "{}: {}", api.engine(), found.text);
    }
}

#[tokio::test]
async fn every_other_condition_is_refused_by_its_name_and_nothing_is_done() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        for condition in [
            ("if-match", "W/\"1\""),
            ("if-none-match", "*"),
            ("if-modified-since", "Mon, 30 Nov 2026 00:00:00 GMT"),
            ("if-unmodified-since", "Mon, 30 Nov 2026 00:00:00 GMT"),
        ] {
            let refused = send(&api, &sent.token, condition, &sent.report()).await;
            assert_eq!(refused.status, 400, "{}: {}", condition.0, refused.text);
            assert!(refused.text.contains(condition.0), "{}", refused.text);
        }
        for wrong in ["", "pateint=1", "_count=1", "patient=Patient/018f0000-0000-7000-8000-000000000000"] {
            let refused = send(&api, &sent.token, ("if-none-exist", wrong), &sent.report()).await;
            assert_eq!(refused.status, 400, "{wrong}: {}", refused.text);
        }
        let bearer = format!("Bearer {}", sent.token);
        let headers = [("authorization", bearer.as_str()), ("if-none-exist", OWN)];
        let transaction = api.client().send(Method::POST, "/fhir", &headers, Body::from("{}")).await;
        assert!(
            transaction.status == 400 && transaction.text.contains("if-none-exist"),
            "{}",
            transaction.text
        );
        assert!(sent.found_by(&sent.hospital, "DiagnosticReport").await.is_empty(), "{}", api.engine());
    }
}

#[tokio::test]
async fn a_conditional_create_writes_over_nothing_that_its_sender_does_not_see_and_revives_nothing() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let first = sent.send(&sent.report()).await;
        let mut other = sent.report();
        other["contained"][0]["valueQuantity"]["value"] = 4.8.into();
        let create = async || {
            let answer = send(&api, &sent.token, ("if-none-exist", OWN), &other).await;
            assert_eq!(answer.status, 200, "{}: {}", api.engine(), answer.text);
            assert_eq!(answer.header("location"), first.header("location"));
            let body = answer.json();
            assert_eq!(body["resourceType"], "OperationOutcome", "{}", answer.text);
        };
        let writes = async || {
            let log = api.log_of(1).await;
            log.iter().filter(|line| line["action"] == "write").count()
        };
        for hidden in [Mark::Withheld, Mark::Sealed] {
            mark(&api, Some(hidden)).await;
            create().await;
        }
        assert_eq!(writes().await, 1, "{}: nothing was written", api.engine());
        mark(&api, None).await;
        let own = sent.found_by(&sent.hospital, "Observation").await;
        assert_eq!(own[0]["valueQuantity"]["value"], 8.4, "{}", api.engine());
        let mut back = sent.report();
        back["status"] = "entered-in-error".into();
        assert_eq!(sent.send(&back).await.status, 200);
        create().await;
        assert!(sent.found_by(&sent.hospital, "Observation").await.is_empty(), "{}", api.engine());
        assert_eq!(writes().await, 2, "{}: sent and taken back", api.engine());
    }
}

#[tokio::test]
async fn of_two_conditional_creates_at_once_the_later_writes_over_nothing() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let mut other = sent.report();
        other["contained"][0]["valueQuantity"]["value"] = 4.8.into();
        let held = api.app.installation.custody.environment.hold_point("clinic.write");
        let overtaking = async {
            held.arrived().await;
            let answer = send(&api, &sent.token, ("if-none-exist", OWN), &sent.report()).await;
            held.release();
            answer
        };
        let slow = send(&api, &sent.token, ("if-none-exist", OWN), &other);
        let (slow, fast) = tokio::join!(slow, overtaking);
        assert_eq!((fast.status, slow.status), (201, 200), "{}: {}", api.engine(), slow.text);
        assert_eq!(slow.json()["meta"]["versionId"], "1", "{}: it is told what is there", api.engine());
        let own = sent.found_by(&sent.hospital, "Observation").await;
        assert_eq!(own[0]["valueQuantity"]["value"], 8.4, "{}", api.engine());
    }
}

#[tokio::test]
async fn a_number_sign_in_a_condition_ends_nothing() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let mut report = sent.report();
        report["identifier"][0]["value"] = "5234342#7".into();
        let condition = format!("{OWN}#7");
        let create =
            async |body: &Value| send(&api, &sent.token, ("if-none-exist", condition.as_str()), body).await;
        assert_eq!(sent.send(&sent.report()).await.status, 201);
        assert_eq!(create(&report).await.status, 201, "{}: another identifier", api.engine());
        let again = create(&report).await;
        assert_eq!((again.status, &again.json()["resourceType"]), (200, &"DiagnosticReport".into()));
    }
}
