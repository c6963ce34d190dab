//! Checkups as documents: the same findings as by themselves, whole enough to be kept, in the shape of eCheckupReport.

use crate::{
    api::{
        profile::Profiles,
        records::{ALL, Reader, fill, share},
        valid::judged,
    },
    fixtures::systems::{SystemsApi, each_systems_api},
};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use techo_model::{consent::Category, organisation::OrganisationKind};
use techo_testkit::browser::HttpAnswer;

const SMOKING: &str = "9N736000000000011";

impl Reader<'_> {
    async fn find_documents(&self, more: &str) -> HttpAnswer {
        self.get(&format!("/fhir/Bundle?composition.patient={}{more}", self.code)).await
    }

    pub async fn documents(&self, more: &str) -> Vec<Value> {
        let answer = self.find_documents(more).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let found = answer.json();
        let entries = found["entry"].as_array().unwrap().iter();
        let matches: Vec<Value> = entries
            .filter(|entry| entry["search"]["mode"] == "match")
            .map(|entry| entry["resource"].clone())
            .collect();
        assert_eq!(found["total"], matches.len());
        matches
    }
}

/// A clinic that may see these of the only checkup of the first person.
pub async fn reader<'a>(api: &'a SystemsApi, categories: &[Category]) -> Reader<'a> {
    fill(api).await;
    share(api, categories).await;
    Reader::new(api, &api.clinic().await).await
}

pub fn inside(document: &Value, kind: &str) -> Vec<Value> {
    let entries = document["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
    entries.filter(|resource| resource["resourceType"] == kind).cloned().collect()
}

fn sections(document: &Value) -> Vec<String> {
    let all = document["entry"][0]["resource"]["section"].as_array().unwrap().iter();
    all.map(|section| section["code"]["coding"][0]["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_checkup_is_found_and_read_as_one_document_with_the_findings_that_are_read_by_themselves() {
    for api in each_systems_api().await {
        let reader = reader(&api, &ALL).await;
        let found = reader.documents("").await;
        assert_eq!(found.len(), 1, "{}", api.engine());
        let document = &found[0];
        let id = document["id"].as_str().unwrap();
        assert!(id.len() <= 64 && id.starts_with(&reader.code), "{id}");
        assert_eq!(reader.get(&format!("/fhir/Bundle/{id}")).await.json(), *document);
        assert_eq!(
            (&document["type"], sections(document)),
            (&json!("document"), vec!["01011".into(), "01012".into()])
        );
        let plain = |mut finding: Value| {
            let parts = finding.as_object_mut().unwrap();
            parts.retain(|name, _| !["subject", "performer"].contains(&name.as_str()));
            finding
        };
        let alone: Vec<Value> = reader.search("Observation", "").await.0.into_iter().map(plain).collect();
        let within: Vec<Value> = inside(document, "Observation").into_iter().map(plain).collect();
        assert_eq!(within, alone);
        let person = &inside(document, "Patient")[0];
        assert_eq!(
            (&person["name"][0]["text"], &person["birthDate"]),
            (&json!("山田花子"), &json!("1975-04-01"))
        );
        assert!(person.get("telecom").is_none() && person["address"][0].get("text").is_none());
    }
}

#[tokio::test]
async fn what_is_not_shared_is_neither_in_the_document_nor_in_its_sections() {
    for api in each_systems_api().await {
        let reader = reader(&api, &[Category::CheckupMeasurements]).await;
        let found = reader.documents("").await;
        assert_eq!(sections(&found[0]), ["01011"], "{}", api.engine());
        assert_eq!(inside(&found[0], "Observation").len(), 1);
        assert!(!found[0].to_string().contains(SMOKING));
        share(&api, &[Category::CheckupQuestionnaire]).await;
        let other = reader.documents("").await;
        assert_eq!(sections(&other[0]), ["01012"]);
        assert_eq!(other[0]["id"], found[0]["id"]);
        assert_ne!(other[0]["identifier"], found[0]["identifier"], "other content is another document");
    }
}

#[tokio::test]
async fn a_checkup_that_is_hidden_is_like_one_that_never_was() {
    for api in each_systems_api().await {
        let reader = reader(&api, &ALL).await;
        let id = reader.documents("").await[0]["id"].as_str().unwrap().to_owned();
        share(&api, &[Category::Vaccination]).await;
        let told = |answer: &HttpAnswer| {
            (answer.status, answer.text.split(" (reference").next().unwrap().to_owned())
        };
        let hidden = reader.get(&format!("/fhir/Bundle/{id}")).await;
        let never = reader.get(&format!("/fhir/Bundle/{}.0123456789", reader.code)).await;
        assert_eq!(told(&hidden), told(&never), "{}", api.engine());
        assert_eq!(hidden.status, 404);
        assert!(reader.documents("").await.is_empty());
    }
}

#[tokio::test]
async fn another_clinic_finds_nothing_by_a_code_that_is_not_its_own_and_no_address_tells_that_it_is_the_same_person()
 {
    for api in each_systems_api().await {
        let first = reader(&api, &ALL).await;
        let second = Reader::new(&api, &api.register(2, OrganisationKind::Clinic).await).await;
        let id = first.documents("").await[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(second.get(&format!("/fhir/Bundle/{id}")).await.status, 404, "{}", api.engine());
        let astray = second.get(&format!("/fhir/Bundle?composition.patient={}", first.code)).await.json();
        assert_eq!(astray["total"], 0);
        let mut seen = Vec::new();
        for reader in [&first, &second] {
            let document = reader.documents("").await.remove(0);
            let entries = document["entry"].as_array().unwrap().iter();
            let urls = entries.map(|entry| entry["fullUrl"].as_str().unwrap().to_owned());
            seen.push(
                urls.chain([document["identifier"]["value"].as_str().unwrap().to_owned()])
                    .collect::<BTreeSet<_>>(),
            );
        }
        assert!(seen[0].is_disjoint(&seen[1]));
    }
}

#[tokio::test]
async fn a_document_is_searched_by_whom_it_is_about_and_everything_else_is_refused_by_name() {
    for api in each_systems_api().await {
        let reader = reader(&api, &ALL).await;
        let code = &reader.code;
        let number = reader.documents("").await[0]["identifier"]["value"].as_str().unwrap().to_owned();
        for (more, count) in [
            ("&type=document".to_owned(), 1),
            ("&type=collection".to_owned(), 0),
            (format!("&identifier={number}"), 1),
            ("&_lastUpdated=ge2000".to_owned(), 1),
        ] {
            assert_eq!(reader.documents(&more).await.len(), count, "{more} on {}", api.engine());
        }
        let by_identifier =
            format!("/fhir/Bundle?composition.patient:identifier=urn:techo:clinic-code%7C{code}");
        assert_eq!(reader.get(&by_identifier).await.json()["total"], 1);
        let bearer = format!("Bearer {}", reader.token);
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        let form = Body::from(format!("composition.subject=Patient/{code}"));
        let by_form = api.client().send(Method::POST, "/fhir/Bundle/_search", &headers, form).await;
        assert_eq!(by_form.json()["total"], 1, "{}", by_form.text);
        for (query, told) in [
            (format!("patient={code}"), "patient is no parameter"),
            (format!("composition.patient={code}&timestamp=2026"), "timestamp is no parameter"),
            ("type=document".to_owned(), "has to say whom it is about"),
        ] {
            let refused = reader.get(&format!("/fhir/Bundle?{query}")).await;
            assert!(refused.status == 400 && refused.text.contains(told), "{query}: {}", refused.text);
        }
    }
}

#[tokio::test]
async fn a_document_needs_the_scopes_of_all_that_is_in_it() {
    for api in each_systems_api().await {
        let whole = reader(&api, &ALL).await;
        let clinic = api.clinic().await;
        for (scope, status) in [
            ("system/Bundle.rs system/Observation.r system/Patient.r", 200),
            ("system/Bundle.rs system/Patient.r", 403),
            ("system/Bundle.rs system/Observation.r", 403),
            ("system/Observation.r system/Patient.r", 403),
        ] {
            let token = api.ask_token(&clinic.key.jwt(&api.claims(&clinic)), scope).await.json();
            let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
            let path = format!("/fhir/Bundle?composition.patient={}", whole.code);
            let answer =
                api.client().send(Method::GET, &path, &[("authorization", &bearer)], Body::empty()).await;
            assert_eq!(answer.status, status, "{scope} on {}: {}", api.engine(), answer.text);
        }
    }
}

#[tokio::test]
async fn every_document_that_is_handed_out_is_on_the_log() {
    for api in each_systems_api().await {
        let reader = reader(&api, &ALL).await;
        let looks = || async {
            let log = api.log_of(1).await;
            log.into_iter()
                .filter(|line| line["category"] == "checkup" && line["action"] == "read")
                .collect::<Vec<_>>()
        };
        let before = looks().await.len();
        let id = reader.documents("").await[0]["id"].as_str().unwrap().to_owned();
        // Within a minute it would be the same look once more.
        api.app.installation.custody.environment.advance(std::time::Duration::from_mins(1));
        reader.get(&format!("/fhir/Bundle/{id}")).await;
        let after = looks().await;
        assert_eq!(after.len(), before + 2, "{}", api.engine());
        assert!(after.iter().skip(before).all(|line| line["count"] == 1), "one checkup each time");
    }
}

#[tokio::test]
async fn a_document_keeps_the_rules_of_its_profile_whatever_is_shared_of_it() {
    let api = each_systems_api().await.remove(0);
    let reader = reader(&api, &ALL).await;
    let mut documents = reader.documents("").await;
    share(&api, &[Category::CheckupQuestionnaire]).await;
    documents.extend(reader.documents("").await);
    assert_eq!(documents.len(), 2);
    if let Some(profiles) = Profiles::of_checkups() {
        for document in &documents {
            assert_eq!(profiles.faults(document), Vec::<String>::new());
        }
    }
    // The other validator knows what base R4 demands of the document and of each of its entries.
    let mut resources = documents.clone();
    resources.extend(documents.iter().flat_map(|document| {
        document["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone())
    }));
    for resource in &mut resources {
        if resource["resourceType"] != "Observation" {
            resource["meta"].as_object_mut().unwrap().remove("profile");
        }
    }
    if let Some((valid, told)) = judged(&resources) {
        assert!(valid, "{told}");
    }
}

#[tokio::test]
async fn the_check_refuses_a_document_that_breaks_any_rule() {
    let Some(profiles) = Profiles::of_checkups() else { return };
    let api = each_systems_api().await.remove(0);
    let good = reader(&api, &ALL).await.documents("").await.remove(0);
    let head = "/entry/0/resource";
    for (place, value, told) in [
        ("/type".to_owned(), json!("collection"), "Bundle.type: "),
        ("/timestamp".to_owned(), Value::Null, "Bundle.timestamp: 0"),
        ("/identifier/system".to_owned(), json!("urn:x"), "Bundle.identifier.system: "),
        ("/entry/2".to_owned(), Value::Null, "Bundle.entry:practitioner: 0"),
        ("/entry/5/fullUrl".to_owned(), json!("urn:uuid:0"), "nothing points at urn:uuid:0"),
        (format!("{head}/status"), json!("preliminary"), "Composition.status: "),
        (format!("{head}/type/coding/0/code"), json!("18842-5"), "Composition.type.coding.code: "),
        (format!("{head}/category"), Value::Null, "Composition.category: 0"),
        (format!("{head}/event/0/code"), Value::Null, "Composition.event.code: 0"),
        (format!("{head}/extension/0/url"), json!("urn:x"), "Composition.extension:version: 0"),
        (format!("{head}/section/0/code/coding/0/code"), json!("99999"), "Composition.section: 1 of no kind"),
        (
            format!("{head}/section/0/entry"),
            Value::Null,
            "Composition.section:specialCheckup_observations.entry: 0",
        ),
        (format!("{head}/section/0/entry/0/reference"), json!("urn:uuid:1"), "urn:uuid:1 leads nowhere"),
        ("/entry/1/resource/address".to_owned(), Value::Null, "Patient.address: 0"),
        ("/entry/4/resource/period/end".to_owned(), Value::Null, "Encounter.period.end: 0"),
    ] {
        let mut broken = good.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        match broken.pointer_mut(parent).unwrap() {
            Value::Array(all) if value.is_null() => _ = all.remove(name.parse().unwrap()),
            Value::Object(parts) if value.is_null() => _ = parts.remove(name).unwrap(),
            found => *found.pointer_mut(&format!("/{name}")).unwrap() = value,
        }
        let faults = profiles.faults(&broken);
        assert!(faults.iter().any(|fault| fault.contains(told)), "{place}: {faults:?}");
    }
}
