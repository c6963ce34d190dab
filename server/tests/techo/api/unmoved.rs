//! What is hidden is not seen to change, and what is seen is told as it was sent.

use crate::{api::sending::Sent, fixtures::systems::each_systems_api};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use std::time::Duration;
use techo_testkit::browser::HttpAnswer;

/// The second result is one that the family doctor does not see.
fn partly_hidden(sent: &Sent<'_>) -> Value {
    let mut report = sent.report();
    report["contained"][1]["meta"] =
        json!({ "security": [{ "system": "urn:techo:fhir:label", "code": "reproductive" }] });
    report
}

#[tokio::test]
async fn a_change_of_what_is_hidden_moves_nothing_that_is_seen() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let mut report = partly_hidden(&sent);
        assert_eq!(sent.send(&report).await.status, 201);
        let doctor = api.clinic().await;
        let faces = async || {
            let mut all = sent.found_by(&doctor, "DiagnosticReport").await;
            all.extend(sent.found_by(&doctor, "Observation").await);
            all
        };
        let before = faces().await;
        assert_eq!(before.len(), 3, "a report and two results");
        assert!(before[0]["code"].get("text").is_none(), "the title may name what is hidden");
        assert_eq!(before[0]["issued"], "2026-11-20T11:45:33+09:00");

        let environment = &api.app.installation.custody.environment;
        environment.advance(Duration::from_mins(1));
        report["contained"][1]["valueString"] = "(+)".into();
        (report["status"], report["issued"]) = ("corrected".into(), "2026-11-21T09:00:00+09:00".into());
        let answer = sent.send(&report).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(faces().await, before, "{}: a hidden result changed", api.engine());

        environment.advance(Duration::from_mins(1));
        let hidden = report["contained"][1].clone();
        report["contained"].as_array_mut().unwrap().insert(0, hidden);
        report["contained"][0]["id"] = "more".into();
        report["result"].as_array_mut().unwrap().insert(0, json!({ "reference": "#more" }));
        assert_eq!(sent.send(&report).await.status, 200);
        assert_eq!(faces().await, before, "{}: a hidden result came before the others", api.engine());

        environment.advance(Duration::from_mins(1));
        let uric_acid = report["contained"].as_array_mut().unwrap().iter_mut().find(|one| one["id"] == "ua");
        uric_acid.unwrap()["valueQuantity"]["value"] = 9.1.into();
        assert_eq!(sent.send(&report).await.status, 200);
        let after = faces().await;
        assert_eq!(after[0]["meta"]["versionId"], "2", "{}: what is seen changed once", api.engine());
        assert_eq!(after[0]["status"], "corrected");
        assert_eq!(after[0]["issued"], "2026-11-21T09:00:00+09:00");
        assert_ne!(after[0]["meta"]["lastUpdated"], before[0]["meta"]["lastUpdated"]);
    }
}

#[tokio::test]
async fn who_sees_all_of_a_report_sees_its_title_and_its_own_versions() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let mut report = sent.report();
        sent.send(&report).await;
        report["contained"][1]["valueString"] = "(+)".into();
        sent.send(&report).await;
        let seen = sent.found_by(&api.clinic().await, "DiagnosticReport").await.remove(0);
        assert_eq!((&seen["code"]["text"], &seen["meta"]["versionId"]), (&json!("定期検査"), &json!("2")));
    }
}

#[tokio::test]
async fn times_are_given_back_as_they_were_sent_and_found_as_the_seconds_that_they_last() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let mut report = sent.report();
        report["effectiveDateTime"] = "2026-11-20T08:30:00-05:00".into();
        assert_eq!(sent.send(&report).await.status, 201);
        let own = sent.found_by(&sent.hospital, "DiagnosticReport").await.remove(0);
        assert_eq!(own["effectiveDateTime"], "2026-11-20T08:30:00-05:00", "{}", api.engine());
        assert_eq!(own["issued"], "2026-11-20T11:45:33+09:00");
        let bearer = format!("Bearer {}", sent.token);
        let search = async |date: &str| -> HttpAnswer {
            let path = format!("/fhir/DiagnosticReport?patient={}&date={date}", sent.code);
            let headers = [("authorization", bearer.as_str())];
            api.client().send(Method::GET, &path, &headers, Body::empty()).await
        };
        for (date, total) in [
            ("2026-11-20T22:30:00%2B09:00", 1),
            ("2026-11-20T13:30:00Z", 1),
            ("eq2026-11-20", 1),
            ("ge2026-11-20T23:00:00%2B09:00", 0),
            ("le2026-11-20T22:29:59%2B09:00", 0),
            ("sa2026-11-20T13:29:59Z", 1),
        ] {
            let found = search(date).await;
            assert_eq!(found.json()["total"], total, "{}: {date}: {}", api.engine(), found.text);
        }
        report["issued"] = "2026-11-20 11:45:33+09:00".into();
        assert_eq!(sent.send(&report).await.status, 422, "a blank for the T could not be given back");
    }
}

/// The text of an answer to a report whose text was sent as it stands.
async fn send_text(sent: &Sent<'_>, text: String) -> HttpAnswer {
    let bearer = format!("Bearer {}", sent.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json")];
    sent.api.client().send(Method::POST, crate::api::sending::REPORT, &headers, Body::from(text)).await
}

#[tokio::test]
async fn a_number_comes_back_with_every_digit_that_was_sent() {
    for api in each_systems_api().await {
        let (mut browser, _) = api.app.enrolled(1).await;
        let sent = Sent::new(&api).await;
        let text = sent.report().to_string().replace("8.4", "8.40").replace("7.8", "7.0");
        assert_eq!(send_text(&sent, text.clone()).await.status, 201);
        let bearer = format!("Bearer {}", sent.token);
        let path = format!("/fhir/Observation?patient={}&_count=200", sent.code);
        let headers = [("authorization", bearer.as_str())];
        let found = api.client().send(Method::GET, &path, &headers, Body::empty()).await.text;
        assert!(found.contains("\"value\":8.40"), "{}: {found}", api.engine());
        assert!(found.contains("\"value\":7.0"), "{}: {found}", api.engine());
        let list = browser.get("/checkups").await.text;
        let link = list.split("/checkups/laboratory/").nth(1).and_then(|rest| rest.split('"').next());
        let page = browser.get(&format!("/checkups/laboratory/{}", link.expect("a link"))).await.text;
        assert!(page.contains("8.40 mg/dL") && page.contains("7.0"), "{}: {page}", api.engine());
        let other = text.replace("8.40", "8.4");
        let answer = send_text(&sent, other).await;
        assert_eq!(
            answer.json()["meta"]["versionId"],
            "2",
            "{}: other digits are other content",
            api.engine()
        );
    }
}

#[tokio::test]
async fn another_writing_that_comes_with_what_is_hidden_is_not_seen_and_another_instant_is_a_version() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let mut report = partly_hidden(&sent);
        sent.send(&report).await;
        let doctor = api.clinic().await;
        let seen = async || sent.found_by(&doctor, "DiagnosticReport").await.remove(0);
        let first = seen().await;
        assert_eq!(first["effectiveDateTime"], "2026-11-20T08:30:00+09:00");
        api.app.installation.custody.environment.advance(Duration::from_mins(1));
        report["effectiveDateTime"] = "2026-11-19T23:30:00Z".into();
        report["contained"][1]["valueString"] = "(+)".into();
        report["code"]["text"] = "他の題".into();
        assert_eq!(sent.send(&report).await.json()["meta"]["versionId"], "2");
        assert_eq!(seen().await, first, "{}: what is hidden", api.engine());
        api.app.installation.custody.environment.advance(Duration::from_mins(1));
        report["effectiveDateTime"] = "2026-11-19T23:31:00Z".into();
        sent.send(&report).await;
        let after = seen().await;
        assert_eq!(after["effectiveDateTime"], "2026-11-19T23:31:00Z", "{}", api.engine());
        assert_eq!(after["meta"]["versionId"], "2", "{}: the second that is seen", api.engine());
    }
}
