//! Reports that are not taken, and what is said of them.

use super::sending::{REPORT, SCOPES, Sent, token};
use crate::fixtures::systems::each_systems_api;
use serde_json::json;
use techo::api::{self, ApiState};
use techo_model::{
    number::{MyNumber, ResidentRecordCode},
    organisation::OrganisationKind,
};

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_by_its_name_and_place() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let mut wrong = sent.report();
        wrong["modifierExtension"] = json!([{ "url": "urn:example:not" }]);
        wrong["conclusion"] = "…".into();
        wrong["effectiveDateTime"] = "2027-01-01".into();
        wrong["performer"] = json!([{ "identifier": { "system":
            "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no", "value": "1310000009" } }]);
        wrong["contained"][0]["code"]["coding"][0]["code"] = "3C02".into();
        wrong["contained"][1]["valuString"] = "(-)".into();
        wrong["contained"][2]["valueString"] = "4.1".into();
        wrong["result"][2]["reference"] = "#nobody".into();
        wrong["meta"]["security"] = json!([{ "system": "urn:example", "code": "SECRET" }]);
        let answer = sent.send(&wrong).await;
        assert_eq!(answer.status, 422, "{}: {}", api.engine(), answer.text);
        let body = answer.json();
        assert_eq!(body["resourceType"], "OperationOutcome");
        let issues = body["issue"].as_array().unwrap();
        let places: Vec<_> = issues.iter().map(|issue| issue["expression"][0].as_str().unwrap()).collect();
        for place in [
            "DiagnosticReport.modifierExtension",
            "DiagnosticReport.conclusion",
            "DiagnosticReport.effectiveDateTime",
            "DiagnosticReport.performer[0].identifier.value",
            "DiagnosticReport.contained[0].code.coding[0].code",
            "DiagnosticReport.contained[1].valuString",
            "DiagnosticReport.contained[2]",
            "DiagnosticReport.result[2].reference",
            "DiagnosticReport.meta.security[0].code",
        ] {
            assert!(places.contains(&place), "{place}: {places:?}");
        }
        let doctor = api.clinic().await;
        assert!(sent.found_by(&doctor, "Observation").await.is_empty(), "nothing of it was kept");
        assert_eq!(sent.api.post(&sent.token, REPORT, &json!([])).await.status, 422);
        assert_eq!(sent.api.post(&sent.token, "/fhir", &sent.report()).await.status, 422);
    }
}

#[tokio::test]
async fn a_my_number_in_a_text_is_refused_and_not_repeated() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let plain = MyNumber::with_check_digit(12_345_678_901).digits();
        let by = |separator: &str| [&plain[..4], &plain[4..8], &plain[8..]].join(separator);
        let resident = ResidentRecordCode::with_check_digit(2_345_678_901).digits();
        let places = [
            "/contained/1/valueString",
            "/code/text",
            "/identifier/0/value",
            "/contained/0/specimen/display",
        ];
        let numbers = [plain.clone(), by(" "), by("・"), by("\u{3000}"), resident];
        for (place, number) in places.iter().zip(&numbers).chain(places.iter().skip(1).zip(&numbers)) {
            let mut wrong = sent.report();
            *wrong.pointer_mut(place).unwrap() = format!("番号 {number}").into();
            let answer = sent.send(&wrong).await;
            assert_eq!(answer.status, 422, "{place}: {}", answer.text);
            assert!(
                answer.text.contains("個人番号") && !answer.text.contains(number.as_str()),
                "{place}: {}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn without_a_window_a_code_of_ones_own_or_the_scope_nothing_is_taken() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let other = api.register(6, OrganisationKind::Hospital).await;
        let foreign = token(&api, &other, "TREAT").await;
        assert_eq!(api.post(&foreign, REPORT, &sent.report()).await.status, 404, "another's code");
        let paid = token(&api, &sent.hospital, "HPAYMT").await;
        assert_eq!(api.post(&paid, REPORT, &sent.report()).await.status, 403, "another purpose");
        let reader = api.token(&sent.hospital).await;
        assert_eq!(api.post(&reader, REPORT, &sent.report()).await.status, 403, "a token for reading");
        let pharmacy = api.register(7, OrganisationKind::Pharmacy).await;
        let asked = api.ask_token(&pharmacy.key.jwt(&api.claims(&pharmacy)), SCOPES).await;
        assert_eq!(asked.json()["error"], "invalid_scope", "{}", asked.text);
        api.app.installation.custody.environment.advance(std::time::Duration::from_hours(25));
        let later = token(&api, &sent.hospital, "TREAT").await;
        assert_eq!(api.post(&later, REPORT, &sent.report()).await.status, 404, "the window is shut");
        let log = api.log_of(1).await;
        assert!(log.iter().all(|line| line["action"] != "write"), "{}", api.engine());
        let refusals = log.iter().filter(|line| line["action"] == "refuse");
        assert_eq!(refusals.count(), 2, "both tries with a code stand on the person's log");
    }
}

#[tokio::test]
async fn of_one_person_no_more_is_kept_than_there_is_room_for_and_what_is_there_stays() {
    for mut api in each_systems_api().await {
        let (scope, mut services) = (api.citizen(1).await, api.app.services.clone());
        let mut tx = services.custody.stores.records.begin().await.unwrap();
        let kept = services.custody.stores.records.count_kept(&mut tx, scope.record()).await.unwrap();
        tx.rollback().await.unwrap();
        services.clinic_access = services.clinic_access.with_most_kept(kept + 2);
        api.router = api::router(ApiState::new(&services));
        let sent = Sent::new(&api).await;
        let numbered = |number: &str| {
            let mut report = sent.report();
            report["identifier"][0]["value"] = number.into();
            report
        };
        for number in ["1", "2"] {
            assert_eq!(sent.send(&numbered(number)).await.status, 201, "{}", api.engine());
        }
        let third = sent.send(&numbered("3")).await;
        assert_eq!(third.status, 400, "{}: {}", api.engine(), third.text);
        assert!(third.text.contains("too many records"), "{}", third.text);
        assert_eq!(
            sent.send(&numbered("2")).await.status,
            200,
            "{}: the same again adds nothing",
            api.engine()
        );
        let mut corrected = numbered("2");
        corrected["code"]["text"] = "再検査".into();
        assert_eq!(sent.send(&corrected).await.status, 400, "{}: a correction is kept too", api.engine());
        let written = api.log_of(1).await.iter().filter(|line| line["action"] == "write").count();
        assert_eq!(written, 2, "{}: nothing of what was refused is on the log", api.engine());
    }
}
