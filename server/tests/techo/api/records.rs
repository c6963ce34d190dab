//! Reading and searching by the organisation's own code: what the person shares, and nothing that shows that there is more.

use crate::fixtures::systems::{API, Clinic, SystemsApi, each_systems_api};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};
use techo_model::{
    UnixMillis,
    consent::{
        Category, ConsentRule, ConsentState, DataPeriod, Effect, Grantee, Purpose, RuleScope, RuleValidity,
        Switch,
    },
    organisation::OrganisationKind,
};
use techo_testkit::{
    city, coverage_file,
    documents::{bytes, document, own_insurer},
    vaccinations_file,
};

/// A checkup, a dose and a period of insurance of the first person.
pub async fn fill(api: &SystemsApi) {
    let installation = &api.app.installation;
    let insurer = own_insurer();
    let period = [(1, "345", "01", "2020-04-01", "", "2026-01-01 09:00")];
    installation.coverage(&insurer, coverage_file(&insurer, &period)).await;
    assert_eq!(installation.checkups(&insurer, vec![bytes(&document())]).await.counts.inserted, 1);
    let doses = [(1, "2025-11-01", "インフルエンザ", 1, "AB12", "")];
    installation.vaccinations(&city(), vaccinations_file(&city(), &doses)).await;
}

/// The first person shares these with clinics, and nothing else with anybody.
pub async fn share(api: &SystemsApi, categories: &[Category]) {
    let scope = api.citizen(1).await;
    let mut state = ConsentState::default();
    state.settings.clinics = Switch::On;
    if !categories.is_empty() {
        state.rules.push(ConsentRule {
            id: techo_model::RuleId(api.app.installation.custody.environment.new_id()),
            effect: Effect::Permit,
            grantee: Grantee::Class { class: OrganisationKind::Clinic },
            scope: RuleScope { categories: categories.iter().copied().collect(), labels: BTreeSet::new() },
            purpose: Purpose::Treatment,
            validity: RuleValidity { from: UnixMillis(0), until: None },
            data: DataPeriod::default(),
        });
    }
    let base = api.app.state.reading.consent(&scope).await.unwrap().version;
    api.save(&scope, state, base).await;
}

pub const ALL: [Category; 7] = [
    Category::CheckupMeasurements,
    Category::CheckupLaboratory,
    Category::CheckupFindings,
    Category::CheckupQuestionnaire,
    Category::CheckupScreening,
    Category::Vaccination,
    Category::Eligibility,
];

pub struct Reader<'a> {
    api: &'a SystemsApi,
    pub token: String,
    pub code: String,
}

impl<'a> Reader<'a> {
    pub async fn new(api: &'a SystemsApi, clinic: &Clinic) -> Self {
        Self { api, code: api.visit(clinic, 1).await, token: api.token(clinic).await }
    }

    pub async fn get(&self, path: &str) -> techo_testkit::browser::HttpAnswer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str())];
        self.api.client().send(Method::GET, path, &headers, Body::empty()).await
    }

    /// Resources that a search finds, and how many it says there are.
    pub async fn search(&self, kind: &str, more: &str) -> (Vec<Value>, u64) {
        let answer = self.get(&format!("/fhir/{kind}?patient={}{more}", self.code)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/fhir+json");
        let bundle = answer.json();
        let entries = bundle["entry"].as_array().unwrap();
        let matches = entries.iter().filter(|entry| entry["search"]["mode"] == "match");
        (matches.map(|entry| entry["resource"].clone()).collect(), bundle["total"].as_u64().unwrap())
    }

    async fn total(&self, kind: &str) -> u64 {
        self.search(kind, "").await.1
    }
}

#[tokio::test]
async fn a_clinic_reads_what_the_person_shares_and_each_read_leads_back_to_the_same_resource() {
    for api in each_systems_api().await {
        fill(&api).await;
        share(&api, &ALL).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        for kind in ["Observation", "DiagnosticReport", "Immunization", "Coverage"] {
            let (found, total) = reader.search(kind, "").await;
            assert!(total > 0 && found.len() as u64 == total.min(50), "{kind} on {}", api.engine());
            let first = &found[0];
            assert_eq!(first["resourceType"], kind);
            let id = first["id"].as_str().unwrap();
            assert!(id.len() <= 64 && id.starts_with(&reader.code), "{id}");
            let read = reader.get(&format!("/fhir/{kind}/{id}")).await;
            assert_eq!(read.json(), *first, "{kind}");
        }
        let patient = reader.get(&format!("/fhir/Patient/{}", reader.code)).await.json();
        assert_eq!(patient["identifier"][0]["value"], reader.code.as_str());
        assert_eq!(patient["name"][0]["text"], "山田花子");
        assert!(patient.get("address").is_none() && patient.get("telecom").is_none());
    }
}

#[tokio::test]
async fn what_is_not_shared_is_as_if_it_were_not_there() {
    for api in each_systems_api().await {
        share(&api, &[Category::Vaccination]).await;
        let clinic = api.clinic().await;
        let before = Reader::new(&api, &clinic).await;
        let query = format!("/fhir/Observation?patient={}", before.code);
        let absent = before.get(&query).await;
        fill(&api).await;
        let hidden = before.get(&query).await;
        assert_eq!((hidden.status, &hidden.text), (absent.status, &absent.text), "{}", api.engine());
        assert_eq!(before.total("DiagnosticReport").await, 0);
        assert_eq!(before.total("Immunization").await, 1);
        share(&api, &ALL).await;
        let shown = before.search("Observation", "").await;
        assert!(shown.1 > 0, "a change holds from the next request on");
        let path = format!("/fhir/Observation/{}", shown.0[0]["id"].as_str().unwrap());
        share(&api, &[Category::Vaccination]).await;
        let told = |text: &str| text.split(" (reference").next().unwrap().to_owned();
        let withdrawn = before.get(&path).await;
        let never = before.get(&format!("/fhir/Observation/{}.0123456789", before.code)).await;
        let stranger = before.get("/fhir/Observation/018f0000-0000-7000-8000-000000000000.01").await;
        assert_eq!((withdrawn.status, told(&withdrawn.text)), (404, told(&never.text)));
        assert_eq!((stranger.status, told(&stranger.text)), (404, told(&never.text)));
    }
}

#[tokio::test]
async fn laboratory_values_that_are_denied_leave_the_rest_of_the_checkup_and_no_gap_in_it() {
    for api in each_systems_api().await {
        fill(&api).await;
        share(&api, &[Category::CheckupMeasurements]).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let (found, total) = reader.search("Observation", "").await;
        assert!(total > 0, "{}", api.engine());
        assert!(found.iter().all(|one| one["category"][0]["coding"][0]["code"] != "laboratory"));
        let (reports, _) = reader.search("DiagnosticReport", "").await;
        assert_eq!(reports[0]["result"].as_array().unwrap().len() as u64, total);
    }
}

#[tokio::test]
async fn two_clinics_cannot_tell_by_any_id_that_they_read_the_same_person() {
    for api in each_systems_api().await {
        fill(&api).await;
        share(&api, &ALL).await;
        let mut seen: Vec<BTreeSet<String>> = Vec::new();
        for n in [1, 2] {
            let clinic = api.register(n, OrganisationKind::Clinic).await;
            let reader = Reader::new(&api, &clinic).await;
            let (found, _) = reader.search("Immunization", "").await;
            let tails =
                found.iter().map(|one| one["id"].as_str().unwrap().split_once('.').unwrap().1.to_owned());
            seen.push(tails.collect());
        }
        assert!(seen[0].is_disjoint(&seen[1]), "{}", api.engine());
    }
}

#[tokio::test]
async fn a_search_is_filtered_counted_and_paged_and_its_links_lead_through_all_of_it() {
    for api in each_systems_api().await {
        fill(&api).await;
        share(&api, &ALL).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let (all, total) = reader.search("Observation", "&_count=200").await;
        assert_eq!(all.len() as u64, total);
        let mut ids = Vec::new();
        let mut next = Some(format!("/fhir/Observation?patient={}&_count=3", reader.code));
        while let Some(path) = next {
            let bundle = reader.get(&path).await.json();
            assert_eq!(bundle["total"], total, "{}", api.engine());
            let entries = bundle["entry"].as_array().unwrap().iter();
            let found = entries.filter(|entry| entry["search"]["mode"] == "match");
            ids.extend(found.map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned()));
            let links = bundle["link"].as_array().unwrap();
            let link = links.iter().find(|link| link["relation"] == "next");
            next = link.map(|link| link["url"].as_str().unwrap().replace("http://localhost:3002", ""));
        }
        let expected: Vec<_> = all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, expected);
        let code = all[0]["code"]["coding"][0]["code"].as_str().unwrap();
        assert_eq!(reader.search("Observation", &format!("&code={code}")).await.1, 1);
        let date = all[0]["effectiveDateTime"].as_str().unwrap();
        assert_eq!(reader.search("Observation", &format!("&date={date}")).await.1, total);
        assert_eq!(reader.search("Observation", &format!("&date=gt{date}")).await.1, 0);
        assert_eq!(reader.search("Observation", "&_lastUpdated=ge2000").await.1, total);
        assert_eq!(reader.search("Observation", "&_lastUpdated=lt2000").await.1, 0);
    }
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_by_name_and_an_include_needs_its_scope() {
    for api in each_systems_api().await {
        share(&api, &ALL).await;
        fill(&api).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let code = &reader.code;
        for (query, told) in [
            (format!("pateint={code}"), "pateint is no parameter"),
            (format!("patient={code}&code:in=x"), "code:in has a modifier"),
            (format!("patient={code}&_include=Observation:device"), "_include asks"),
            ("date=2026".to_owned(), "has to say whom it is about"),
        ] {
            let answer = reader.get(&format!("/fhir/Observation?{query}")).await;
            assert_eq!(answer.status, 400, "{query}: {}", answer.text);
            assert_eq!(answer.json()["resourceType"], "OperationOutcome");
            assert!(answer.text.contains(told), "{query}: {}", answer.text);
        }
        let included = reader
            .get(&format!("/fhir/DiagnosticReport?patient={code}&_include=DiagnosticReport:result"))
            .await;
        assert!(included.text.contains("\"mode\":\"include\""), "{}", included.text);
        let narrow =
            api.ask_token(&clinic.key.jwt(&api.claims(&clinic)), "system/DiagnosticReport.rs").await.json();
        let reader = Reader { token: narrow["access_token"].as_str().unwrap().to_owned(), ..reader };
        let path = format!("/fhir/DiagnosticReport?patient={}", reader.code);
        assert_eq!(reader.get(&path).await.status, 200);
        assert_eq!(reader.get(&format!("{path}&_include=DiagnosticReport:result")).await.status, 403);
        assert_eq!(reader.get(&format!("/fhir/Observation?patient={}", reader.code)).await.status, 403);
    }
}

#[tokio::test]
async fn every_look_is_on_the_log_and_a_window_that_is_over_shuts_it() {
    for api in each_systems_api().await {
        fill(&api).await;
        share(&api, &ALL).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        reader.total("Immunization").await;
        let log = api.log_of(1).await;
        let look = log.iter().rev().find(|line| line["category"] == "vaccination").unwrap();
        assert_eq!((&look["action"], &look["count"]), (&"read".into(), &1.into()), "{}", api.engine());
        assert_eq!(look["actor"]["organisation"], clinic.organisation.id.as_str());
        api.app.installation.custody.environment.advance(Duration::from_hours(24));
        let reader = Reader { token: api.token(&clinic).await, ..reader };
        assert_eq!(reader.total("Immunization").await, 0, "an empty bundle");
        assert_eq!(reader.get(&format!("/fhir/Patient/{}", reader.code)).await.status, 404);
    }
}

#[tokio::test]
async fn each_line_says_what_left_and_a_look_that_found_nothing_says_so() {
    for api in each_systems_api().await {
        fill(&api).await;
        share(&api, &[Category::Vaccination]).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let after = async |kind: &str, more: &str| -> Vec<Value> {
            // Within a minute an equal look would be counted with the one before.
            api.app.installation.custody.environment.advance(Duration::from_mins(1));
            let before = api.log_of(1).await.len();
            reader.search(kind, more).await;
            let lines = api.log_of(1).await.split_off(before);
            let mut told: Vec<Value> = lines
                .iter()
                .map(|line| json!([line["category"], line["count"], line["detail"]["found"]]))
                .collect();
            told.sort_by_key(Value::to_string);
            told
        };
        let (dose, who) = (json!(["vaccination", 1, null]), json!(["identity", 0, null]));
        assert_eq!(after("Immunization", "").await, std::slice::from_ref(&dose), "{}", api.engine());
        let included = after("Immunization", "&_include=Immunization:patient").await;
        assert_eq!(included, [who, dose], "{}: the person left with the dose", api.engine());
        let nothing = after("Observation", "").await;
        assert_eq!(nothing, [json!(["checkup", 0, "nothing"])], "{}", api.engine());
        let nobody = after("Immunization", "&status=entered-in-error&_include=Immunization:patient").await;
        assert_eq!(nobody, [json!(["vaccination", 0, "nothing"])], "{}", api.engine());
    }
}

#[tokio::test]
async fn a_search_by_form_keeps_the_code_out_of_every_address_and_a_page_is_one_organisations_own() {
    for api in each_systems_api().await {
        fill(&api).await;
        share(&api, &ALL).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let bearer = format!("Bearer {}", reader.token);
        let form =
            [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        let body = format!("patient={}&_count=1", reader.code);
        let found =
            api.client().send(Method::POST, "/fhir/Observation/_search", &form, Body::from(body)).await;
        let links = found.json()["link"].clone();
        assert!(links.as_array().unwrap().len() == 2 && !links.to_string().contains(&reader.code), "{links}");
        let next = links[1]["url"].as_str().unwrap().replace(API, "");
        let page = reader.get(&next).await;
        assert_eq!(page.status, 200, "{}: {}", api.engine(), page.text);
        assert_eq!(reader.get(&format!("{next}&_count=9")).await.status, 400, "nothing beside it");
        assert_eq!(reader.get(&next.replace("Observation", "Coverage")).await.status, 400, "another type");
        assert_eq!(reader.get(&format!("{next}A")).await.status, 400, "damaged");
        let other = api.register(2, OrganisationKind::Clinic).await;
        let other = Reader { token: api.token(&other).await, ..reader };
        assert_eq!(other.get(&next).await.status, 400, "somebody else's");
    }
}

#[tokio::test]
async fn anybody_may_read_what_the_door_can_do_and_it_names_only_what_is_there() {
    for api in each_systems_api().await {
        let statement = api.client().get("/fhir/metadata").await;
        assert_eq!((statement.status, statement.json()["fhirVersion"].as_str()), (200, Some("4.0.1")));
        let document = api.client().get("/openapi.json").await.json();
        let token = api.token(&api.clinic().await).await;
        let bearer = format!("Bearer {token}");
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, _) in methods.as_object().unwrap() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
                let answer = api.client().send(method, path, &headers, Body::from("{}")).await;
                assert_ne!(answer.status, 405, "{path}");
                assert!(answer.status < 500, "{path}: {}", answer.text);
            }
        }
    }
}
