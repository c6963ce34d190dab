//! Checkups that the place sends where they were made: read strictly, kept as one record, seen like any other.

use crate::{
    api::{
        documents::{inside, reader},
        profile::Profiles,
        records::{ALL, Reader},
    },
    fixtures::systems::{Clinic, SystemsApi, each_systems_api},
};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use std::time::Duration;
use techo_testkit::browser::HttpAnswer;

pub const SCOPES: &str = "system/Bundle.crs system/Observation.crs system/Patient.rs";
pub const HEAD: &str = "/entry/0/resource";
const WEIGHT: &str = "/entry/5/resource/valueQuantity/value";

/// The clinic as it reads, what it reads of another place, and what it sends as its own.
pub struct Sender<'a> {
    api: &'a SystemsApi,
    pub clinic: Clinic,
    reader: Reader<'a>,
    pub token: String,
    pub document: Value,
}

impl<'a> Sender<'a> {
    pub async fn new(api: &'a SystemsApi) -> Self {
        let reader = reader(api, &ALL).await;
        let clinic = api.clinic().await;
        let token = token(api, &clinic, SCOPES).await;
        let mut document = reader.documents("").await.remove(0);
        assert_eq!(document["entry"][3]["resource"]["resourceType"], "Organization");
        set(&mut document, "/entry/3/resource/identifier/0/value", json!(clinic.organisation.id));
        set(&mut document, WEIGHT, json!(60.5));
        Self { api, clinic, reader, token, document }
    }

    pub async fn send(&self, document: &Value) -> HttpAnswer {
        self.api.post(&self.token, "/fhir/Bundle", document).await
    }

    async fn changed(&self, place: &str, value: Value) -> HttpAnswer {
        let mut document = self.document.clone();
        set(&mut document, place, value);
        self.send(&document).await
    }

    async fn writes(&self) -> Vec<Value> {
        let log = self.api.log_of(1).await;
        log.into_iter().filter(|line| line["action"] == "write").collect()
    }
}

pub async fn token(api: &SystemsApi, clinic: &Clinic, scopes: &str) -> String {
    let answer = api.ask_token(&clinic.key.jwt(&api.claims(clinic)), scopes).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// Puts a value where one is, or beside its like.
pub fn set(document: &mut Value, place: &str, value: Value) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(parts) if value.is_null() => _ = parts.remove(name).unwrap(),
        Value::Object(parts) => _ = parts.insert(name.to_owned(), value),
        found => *found.pointer_mut(&format!("/{name}")).unwrap() = value,
    }
}

/// Findings without what each document has for itself.
fn findings(document: &Value) -> Vec<Value> {
    let mut all = inside(document, "Observation");
    for one in &mut all {
        one.as_object_mut()
            .unwrap()
            .retain(|name, _| !["id", "meta", "identifier", "subject", "performer"].contains(&name.as_str()));
    }
    all
}

#[tokio::test]
async fn a_checkup_that_was_sent_is_read_as_it_was_sent_and_stands_beside_those_of_other_places() {
    for api in each_systems_api().await {
        let sender = Sender::new(&api).await;
        let taken = sender.send(&sender.document).await;
        assert_eq!(taken.status, 201, "{}: {}", api.engine(), taken.text);
        let kept = taken.json();
        assert_eq!(findings(&kept), findings(&sender.document));
        assert_eq!(inside(&kept, "Organization")[0]["name"], sender.clinic.organisation.name.as_str());
        let path = taken.header("location").replace("http://localhost:3002", "");
        let read = sender.reader.get(&path).await.json();
        assert_eq!((&read["id"], findings(&read)), (&kept["id"], findings(&kept)));
        assert_eq!(read["entry"][0]["resource"]["section"], kept["entry"][0]["resource"]["section"]);
        assert_eq!(sender.reader.documents("").await.len(), 2);
        if let Some(profiles) = Profiles::of_checkups() {
            assert_eq!(profiles.faults(&kept), Vec::<String>::new());
        }
        let writes = sender.writes().await;
        assert_eq!((writes.len(), &writes[0]["category"]), (1, &json!("checkup")));
        assert_eq!(writes[0]["actor"]["organisation"], sender.clinic.organisation.id.as_str());
        assert!(!json!(writes).to_string().contains("60.5"), "never a value");
    }
}

#[tokio::test]
async fn the_same_again_changes_nothing_a_correction_keeps_the_id_and_an_older_document_is_refused() {
    for api in each_systems_api().await {
        let sender = Sender::new(&api).await;
        let first = sender.send(&sender.document).await.json();
        api.app.installation.custody.environment.advance(Duration::from_mins(1));
        let again = sender.send(&sender.document).await;
        assert_eq!(
            (again.status, &again.json()["identifier"]),
            (200, &first["identifier"]),
            "{}",
            api.engine()
        );
        assert_eq!(sender.writes().await.len(), 1);
        let mut corrected = sender.document.clone();
        set(&mut corrected, WEIGHT, json!(61.5));
        set(&mut corrected, &format!("{HEAD}/date"), json!("2025-10-02"));
        let taken = sender.send(&corrected).await;
        assert_eq!((taken.status, &taken.json()["id"]), (200, &first["id"]), "{}", taken.text);
        assert_ne!(taken.json()["identifier"], first["identifier"]);
        assert!(findings(&taken.json()).iter().any(|one| one["valueQuantity"]["value"] == json!(61.5)));
        assert_eq!(sender.reader.documents("").await.len(), 2);
        let older = sender.send(&sender.document).await;
        assert!(older.status == 400 && older.text.contains("a newer document"), "{}", older.text);
        assert_eq!(sender.writes().await.len(), 2);
    }
}

#[tokio::test]
async fn nobody_sends_a_checkup_without_the_scope_for_another_person_or_into_a_window_that_is_over() {
    for api in each_systems_api().await {
        let sender = Sender::new(&api).await;
        let narrow = token(&api, &sender.clinic, "system/Bundle.rs system/Observation.crs").await;
        assert_eq!(api.post(&narrow, "/fhir/Bundle", &sender.document).await.status, 403, "{}", api.engine());
        let mixed = sender.changed("/entry/1/resource/birthDate", json!("1975-04-02")).await;
        assert!(mixed.status == 400 && mixed.text.contains("birth date"), "{}", mixed.text);
        let code = json!("018f0000-0000-7000-8000-000000000000");
        assert_eq!(sender.changed("/entry/1/resource/identifier/0/value", code).await.status, 404);
        api.app.installation.custody.environment.advance(Duration::from_hours(24));
        let late = token(&api, &sender.clinic, SCOPES).await;
        assert_eq!(api.post(&late, "/fhir/Bundle", &sender.document).await.status, 404);
        assert!(sender.writes().await.is_empty());
    }
}

#[tokio::test]
async fn whatever_of_a_checkup_would_not_be_kept_or_does_not_fit_is_refused_by_its_place() {
    let api = each_systems_api().await.remove(0);
    let sender = Sender::new(&api).await;
    let finding = "/entry/5/resource";
    for (place, value, told) in [
        ("/type".to_owned(), json!("batch"), "Bundle.type"),
        ("/signature".to_owned(), json!({}), "Bundle.signature"),
        ("/entry/4/resource/resourceType".to_owned(), json!("Coverage"), "Bundle.entry"),
        (
            "/entry/3/resource/identifier/0/value".to_owned(),
            json!("1319999999"),
            "entry[3].resource.identifier",
        ),
        ("/entry/3/resource/modifierExtension".to_owned(), json!([]), "entry[3].resource.modifierExtension"),
        ("/entry/4/resource/period/start".to_owned(), json!("2025-09-09"), "entry[4].resource.period"),
        (format!("{HEAD}/status"), json!("entered-in-error"), "entry[0].resource.status"),
        (format!("{HEAD}/category/0/coding/0/code"), json!("19"), "entry[0].resource.category"),
        (format!("{HEAD}/event/0/code/0/coding/0/code"), json!("999"), "entry[0].resource.event[0].code"),
        (format!("{HEAD}/date"), json!("2025-09-09"), "entry[0].resource.date"),
        (format!("{HEAD}/attester"), json!([]), "entry[0].resource.attester"),
        (format!("{HEAD}/section/0/code/coding/0/code"), json!("01995"), "section[0].code"),
        (format!("{HEAD}/section/0/entry/0/reference"), json!("urn:uuid:1"), "section[0].entry[0].reference"),
        (format!("{finding}/meta/security"), json!([]), "entry[5].resource.meta.security"),
        (format!("{finding}/status"), json!("cancelled"), "entry[5].resource.status"),
        (format!("{finding}/code/coding/0/code"), json!("9N006"), "entry[5].resource.code"),
        (format!("{finding}/effectiveDateTime"), json!("2025-09-09"), "entry[5].resource.effectiveDateTime"),
        (format!("{finding}/valueString"), json!("60"), "entry[5].resource.value"),
        (format!("{finding}/valueQuantity"), Value::Null, "entry[5].resource.value"),
        (format!("{finding}/component"), json!([]), "entry[5].resource.component"),
        (
            "/entry/6/resource/valueCodeableConcept/coding/0/system".to_owned(),
            json!("urn:oid:1.2.3"),
            "entry[6].resource.valueCodeableConcept.coding",
        ),
    ] {
        let refused = sender.changed(&place, value).await;
        assert_eq!(refused.status, 422, "{place}: {}", refused.text);
        assert!(refused.text.contains(told), "{place}: {}", refused.text);
    }
    let both = json!({ "resourceType": "Bundle", "type": "batch", "link": [] });
    let told = sender.send(&both).await;
    assert_eq!(told.json()["issue"].as_array().unwrap().len(), 3, "all at once: {}", told.text);
    assert!(sender.writes().await.is_empty());
}

#[tokio::test]
async fn the_answer_to_what_was_sent_tells_nothing_of_the_person_but_what_was_sent() {
    for api in each_systems_api().await {
        let sender = Sender::new(&api).await;
        let create = token(&api, &sender.clinic, "system/Bundle.c system/Observation.c").await;
        for status in [201, 200] {
            let answer = api.post(&create, "/fhir/Bundle", &sender.document).await;
            assert_eq!(answer.status, status, "{}: {}", api.engine(), answer.text);
            let person = inside(&answer.json(), "Patient").remove(0);
            assert_eq!(person["identifier"][0]["value"], sender.reader.code.as_str());
            assert_eq!(person["birthDate"], "1975-04-01");
            assert!(person.get("gender").is_none() && !answer.text.contains("山田"), "{}", answer.text);
        }
        let again = sender.send(&api.post(&create, "/fhir/Bundle", &sender.document).await.json()).await;
        assert_eq!(again.status, 200, "what was answered can be sent: {}", again.text);
    }
}

#[tokio::test]
async fn its_author_reads_the_class_and_the_programme_that_it_said_and_so_corrects_the_same_checkup() {
    for api in each_systems_api().await {
        let sender = Sender::new(&api).await;
        let mut document = sender.document.clone();
        let class = format!("{HEAD}/category/0/coding/0");
        let system = "http://jpfhir.jp/fhir/eCheckup/CodeSystem/checkup-report-category";
        set(&mut document, &class, json!({ "system": system, "code": "44" }));
        set(&mut document, &format!("{HEAD}/event/0/code/0/coding/0/code"), json!("060"));
        let taken = sender.send(&document).await;
        assert_eq!(taken.status, 201, "{}: {}", api.engine(), taken.text);
        let path = taken.header("location").replace("http://localhost:3002", "");
        let read = sender.reader.get(&path).await.json();
        for told in [&taken.json(), &read] {
            let head = &told["entry"][0]["resource"];
            assert_eq!(head["category"][0]["coding"][0]["code"], "44", "{}", api.engine());
            assert_eq!(head["event"][0]["code"][0]["coding"][0]["code"], "060", "{}", api.engine());
        }
        let mut corrected = read;
        set(&mut corrected, WEIGHT, json!(61.5));
        let answer = sender.send(&corrected).await;
        assert_eq!(answer.status, 200, "{}: a correction: {}", api.engine(), answer.text);
        assert_eq!(answer.json()["id"], taken.json()["id"]);
        assert_eq!(sender.reader.documents("").await.len(), 2, "its own and that of the other place");
    }
}

#[tokio::test]
async fn what_a_condition_finds_is_given_only_to_whoever_may_read_what_is_in_it() {
    for api in each_systems_api().await {
        let sender = Sender::new(&api).await;
        for (scopes, status) in [
            ("system/Bundle.cs system/Observation.c", 403),
            ("system/Bundle.cs system/Observation.cr", 403),
            ("system/Bundle.cs system/Observation.cr system/Patient.r", 200),
        ] {
            let token = token(&api, &sender.clinic, scopes).await;
            let bearer = format!("Bearer {token}");
            let headers = [
                ("authorization", bearer.as_str()),
                ("content-type", "application/fhir+json"),
                ("if-none-exist", "type=document"),
            ];
            let body = Body::from(sender.document.to_string());
            let answer = api.client().send(Method::POST, "/fhir/Bundle", &headers, body).await;
            assert_eq!(answer.status, status, "{scopes} on {}: {}", api.engine(), answer.text);
        }
        assert!(sender.writes().await.is_empty(), "{}", api.engine());
    }
}

#[tokio::test]
async fn a_document_is_given_back_with_every_digit_that_was_sent() {
    for api in each_systems_api().await {
        let sender = Sender::new(&api).await;
        let text = sender.document.to_string().replacen("60.5", "60.50", 1);
        assert!(text.contains("60.50"));
        let bearer = format!("Bearer {}", sender.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json")];
        let body = Body::from(text);
        let taken = api.client().send(Method::POST, "/fhir/Bundle", &headers, body).await;
        assert_eq!(taken.status, 201, "{}: {}", api.engine(), taken.text);
        let path = taken.header("location").replace("http://localhost:3002", "");
        for told in [&taken.text, &sender.reader.get(&path).await.text] {
            assert!(told.contains("\"value\":60.50"), "{}: {told}", api.engine());
        }
    }
}

#[tokio::test]
async fn two_findings_of_one_item_that_differ_are_refused_and_the_same_twice_is_kept_once() {
    const COPY: &str = "urn:uuid:0190f000-0000-7000-8000-000000000001";
    let api = each_systems_api().await.remove(0);
    let sender = Sender::new(&api).await;
    let twice = async |weight: Value| {
        let mut document = sender.document.clone();
        let mut copy = document["entry"][5].clone();
        set(&mut copy, "/fullUrl", json!(COPY));
        set(&mut copy, "/resource/valueQuantity/value", weight);
        document["entry"].as_array_mut().unwrap().push(copy);
        let entries = document.pointer_mut(&format!("{HEAD}/section/0/entry")).unwrap();
        entries.as_array_mut().unwrap().push(json!({ "reference": COPY }));
        sender.send(&document).await
    };
    let refused = twice(json!(61.5)).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(refused.text.contains("another Observation of this item"), "{}", refused.text);
    let taken = twice(json!(60.5)).await;
    assert_eq!(taken.status, 201, "{}", taken.text);
    assert_eq!(findings(&taken.json()), findings(&sender.document));
}
