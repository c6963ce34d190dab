//! Sending a dose: the place that gave it is faster than the ledger of the municipality, and the two become one.

use crate::{
    api::records,
    fixtures::systems::{Clinic, SystemsApi, each_systems_api},
};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use techo_model::{consent::Category, organisation::OrganisationKind};
use techo_testkit::{browser::HttpAnswer, city, vaccinations_file};

pub async fn token(api: &SystemsApi, clinic: &Clinic) -> String {
    let scope = "system/Immunization.crs";
    let answer = api.ask_token(&clinic.key.jwt(&api.claims(clinic)), scope).await;
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

pub fn dose(code: &str) -> Value {
    let disease = json!({ "system": "urn:techo:fhir:vaccine", "code": "influenza" });
    json!({
        "resourceType": "Immunization", "status": "completed",
        "meta": { "profile": ["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Immunization"] },
        "vaccineCode": { "text": "インフルHA「架空」", "coding": [disease,
            { "system": "http://medis.or.jp/CodeSystem/master-HOT9", "code": "182110901" }] },
        "patient": { "identifier": { "system": "urn:techo:clinic-code", "value": code } },
        "occurrenceDateTime": "2025-11-01", "lotNumber": "AB12",
        "doseQuantity": { "value": 0.5, "unit": "mL", "system": "http://unitsofmeasure.org", "code": "mL" },
        "protocolApplied": [{ "targetDisease": [{ "coding": [disease] }], "doseNumberPositiveInt": 1 }],
    })
}

pub async fn send(api: &SystemsApi, token: &str, body: &Value) -> HttpAnswer {
    api.post(token, "/fhir/Immunization", body).await
}

async fn found(api: &SystemsApi, token: &str, code: &str) -> Vec<Value> {
    let bearer = format!("Bearer {token}");
    let path = format!("/fhir/Immunization?patient={code}");
    let headers = [("authorization", bearer.as_str())];
    let bundle = api.client().send(Method::GET, &path, &headers, Body::empty()).await.json();
    let entries = bundle["entry"].as_array().unwrap().iter();
    entries.filter(|one| one["search"]["mode"] == "match").map(|one| one["resource"].clone()).collect()
}

#[tokio::test]
async fn a_dose_that_was_sent_is_seen_at_once_and_becomes_one_with_the_ledger() {
    for api in each_systems_api().await {
        let (mut browser, _) = api.app.enrolled(1).await;
        records::share(&api, &[Category::Vaccination]).await;
        let giver = api.register(5, OrganisationKind::Clinic).await;
        let (code, own) = (api.visit(&giver, 1).await, token(&api, &giver).await);
        let answer = send(&api, &own, &dose(&code)).await;
        assert_eq!(answer.status, 201, "{}: {}", api.engine(), answer.text);
        assert_eq!(send(&api, &own, &dose(&code)).await.status, 200, "the same again");
        let log = api.log_of(1).await;
        let writes: Vec<_> = log.iter().filter(|line| line["action"] == "write").collect();
        assert_eq!((writes.len(), &writes[0]["category"]), (1, &"vaccination".into()), "{}", api.engine());

        let page = browser.get("/vaccinations").await.text;
        assert!(page.contains("AB12") && page.contains("接種した所が送った記録です"), "{page}");
        let id = page.split("vaccination-").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let reader = api.register(6, OrganisationKind::Clinic).await;
        let (theirs, reads) = (api.visit(&reader, 1).await, token(&api, &reader).await);
        assert_eq!(found(&api, &reads, &theirs).await.len(), 1);

        let ledger = [(1, "2025-11-01", "インフルエンザ", 2, "AB12", "")];
        api.app.installation.vaccinations(&city(), vaccinations_file(&city(), &ledger)).await;
        let page = browser.get("/vaccinations").await.text;
        assert_eq!(page.matches("id=\"vaccination-").count(), 1, "{}: {page}", api.engine());
        assert!(
            page.contains(&id) && !page.contains("接種した所が送った記録です"),
            "the same record: {page}"
        );
        assert_eq!(found(&api, &reads, &theirs).await.len(), 1);
        assert_eq!(send(&api, &own, &dose(&code)).await.status, 200, "the ledger has it");
        assert_eq!(found(&api, &reads, &theirs).await.len(), 1, "{}", api.engine());
        let mut back = dose(&code);
        back["status"] = "entered-in-error".into();
        assert_eq!(send(&api, &own, &back).await.status, 200, "{}: its own statement", api.engine());
        assert_eq!(found(&api, &reads, &theirs).await.len(), 1, "the ledger is the municipality's");
    }
}

#[tokio::test]
async fn a_dose_is_corrected_and_taken_back_by_its_sender_alone() {
    for api in each_systems_api().await {
        records::share(&api, &[Category::Vaccination]).await;
        let giver = api.register(5, OrganisationKind::Clinic).await;
        let (code, own) = (api.visit(&giver, 1).await, token(&api, &giver).await);
        send(&api, &own, &dose(&code)).await;
        let mut other_lot = dose(&code);
        other_lot["lotNumber"] = "CD34".into();
        assert_eq!(send(&api, &own, &other_lot).await.status, 200);
        assert_eq!(found(&api, &own, &code).await[0]["lotNumber"], "CD34");
        let other = api.register(6, OrganisationKind::Clinic).await;
        let (theirs, another) = (api.visit(&other, 1).await, token(&api, &other).await);
        let mut back = dose(&theirs);
        back["status"] = "entered-in-error".into();
        assert_eq!(send(&api, &another, &back).await.status, 404, "it is not theirs");
        back["patient"]["identifier"]["value"] = code.as_str().into();
        let answer = send(&api, &own, &back).await;
        assert_eq!((answer.status, &answer.json()["status"]), (200, &"entered-in-error".into()));
        assert!(found(&api, &own, &code).await.is_empty(), "{}", api.engine());
        assert_eq!(send(&api, &own, &dose(&code)).await.status, 200, "stated anew, it is back");
        assert_eq!(found(&api, &own, &code).await.len(), 1);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_dose_is_told_by_its_place() {
    for api in each_systems_api().await {
        records::share(&api, &[Category::Vaccination]).await;
        let giver = api.register(5, OrganisationKind::Clinic).await;
        let (code, own) = (api.visit(&giver, 1).await, token(&api, &giver).await);
        let mut wrong = dose(&code);
        wrong["reaction"] = json!([]);
        wrong["vaccineCode"]["coding"][0]["code"] = "plague".into();
        wrong["occurrenceDateTime"] = "2999-01-01".into();
        wrong["doseQuantity"]["code"] = "L".into();
        wrong["protocolApplied"][0]["doseNumberPositiveInt"] = 0.into();
        let answer = send(&api, &own, &wrong).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        for place in [
            "Immunization.reaction",
            "Immunization.vaccineCode.coding",
            "Immunization.occurrenceDateTime",
            "Immunization.doseQuantity.code",
            "Immunization.protocolApplied[0].doseNumberPositiveInt",
        ] {
            assert!(answer.text.contains(&format!("\"{place}\"")), "{place}: {}", answer.text);
        }
        assert!(found(&api, &own, &code).await.is_empty(), "{}", api.engine());
    }
}

#[tokio::test]
async fn a_dose_that_two_clinics_send_is_one_and_each_takes_back_its_own() {
    for api in each_systems_api().await {
        let (mut browser, _) = api.app.enrolled(1).await;
        records::share(&api, &[Category::Vaccination]).await;
        let (one, two) = (
            api.register(5, OrganisationKind::Clinic).await,
            api.register(6, OrganisationKind::Clinic).await,
        );
        let (code_one, own_one) = (api.visit(&one, 1).await, token(&api, &one).await);
        let (code_two, own_two) = (api.visit(&two, 1).await, token(&api, &two).await);
        assert_eq!(send(&api, &own_one, &dose(&code_one)).await.status, 201, "{}", api.engine());
        assert_eq!(send(&api, &own_two, &dose(&code_two)).await.status, 201, "new of this sender");
        assert_eq!(send(&api, &own_two, &dose(&code_two)).await.status, 200, "the same again");
        let page = browser.get("/vaccinations").await.text;
        assert_eq!(page.matches("id=\"vaccination-").count(), 1, "{}: {page}", api.engine());
        for (own, code) in [(&own_one, &code_one), (&own_two, &code_two)] {
            assert_eq!(found(&api, own, code).await.len(), 1, "{}: both read what they sent", api.engine());
        }
        let mut back = dose(&code_one);
        back["status"] = "entered-in-error".into();
        assert_eq!(send(&api, &own_one, &back).await.status, 200, "{}", api.engine());
        assert_eq!(
            found(&api, &own_two, &code_two).await.len(),
            1,
            "{}: the other still states it",
            api.engine()
        );
        back["patient"]["identifier"]["value"] = code_two.as_str().into();
        assert_eq!(send(&api, &own_two, &back).await.status, 200, "{}", api.engine());
        assert!(found(&api, &own_two, &code_two).await.is_empty(), "{}", api.engine());
    }
}

/// What the place reads of a dose that others state: its own words, and nothing of theirs.
async fn reads_its_own_alone(api: &SystemsApi, (clinic, code, own): (&Clinic, &str, &str)) {
    let seen = found(api, own, code).await;
    assert_eq!(seen.len(), 1, "{}: it reads what it stated", api.engine());
    assert_eq!(seen[0]["lotNumber"], "OWN1", "{}", seen[0]);
    assert_eq!(seen[0]["performer"][0]["actor"]["identifier"]["value"], clinic.organisation.id.as_str());
    assert!(!seen[0].to_string().contains("AB12"), "{}: {}", api.engine(), seen[0]);
}

#[tokio::test]
async fn to_state_a_dose_opens_nothing_of_what_others_state_about_it_and_tells_nothing_of_them() {
    for api in each_systems_api().await {
        api.choose(1, techo_model::consent::Switch::On, 24).await;
        let (first, second) = (
            api.register(5, OrganisationKind::Clinic).await,
            api.register(6, OrganisationKind::Clinic).await,
        );
        let (code_one, one) = (api.visit(&first, 1).await, token(&api, &first).await);
        let (code_two, two) = (api.visit(&second, 1).await, token(&api, &second).await);
        let stated = |code: &str| {
            let mut own = dose(code);
            own["lotNumber"] = "OWN1".into();
            own["vaccineCode"]["text"] = "自院のワクチン".into();
            own
        };
        assert_eq!(send(&api, &one, &dose(&code_one)).await.status, 201, "{}", api.engine());
        let answer = send(&api, &two, &stated(&code_two)).await;
        assert_eq!(answer.status, 201, "{}: whether others state it is not told", api.engine());
        let seen = found(&api, &one, &code_one).await;
        assert_eq!((seen.len(), seen[0]["lotNumber"] == "OWN1"), (1, false), "{}", api.engine());

        let ledger = [(1, "2025-11-01", "インフルエンザ", 1, "AB12", "")];
        api.app.installation.vaccinations(&city(), vaccinations_file(&city(), &ledger)).await;
        reads_its_own_alone(&api, (&second, &code_two, &two)).await;
        let third = api.register(7, OrganisationKind::Clinic).await;
        let (code, own) = (api.visit(&third, 1).await, token(&api, &third).await);
        assert!(found(&api, &own, &code).await.is_empty(), "nothing is shared: {}", api.engine());
        assert_eq!(send(&api, &own, &stated(&code)).await.status, 201, "{}", api.engine());
        reads_its_own_alone(&api, (&third, &code, &own)).await;
        records::share(&api, &[Category::Vaccination]).await;
        let (code, own) = (api.visit(&third, 1).await, token(&api, &third).await);
        assert_eq!(found(&api, &own, &code).await[0]["lotNumber"], "AB12", "what holds, when it is shared");
    }
}

#[tokio::test]
async fn nothing_is_taken_of_a_day_on_which_the_person_did_not_live() {
    for api in each_systems_api().await {
        let sent = crate::api::sending::Sent::new(&api).await;
        let mut report = sent.report();
        report["effectiveDateTime"] = "1975-03-31".into();
        let answer = sent.send(&report).await;
        assert!(answer.status == 400 && answer.text.contains("before the birth"), "{}", answer.text);
        let own = token(&api, &sent.hospital).await;
        for (day, status) in [("1975-03-31", 400), ("1975-04-01", 201)] {
            let mut early = dose(&sent.code);
            early["occurrenceDateTime"] = day.into();
            let answer = send(&api, &own, &early).await;
            assert_eq!(answer.status, status, "{}: {day}: {}", api.engine(), answer.text);
        }
        let log = api.log_of(1).await;
        assert_eq!(log.iter().filter(|line| line["action"] == "write").count(), 1, "{}", api.engine());
    }
}
