//! Whether time tells what words do not: hidden from absent, nobody from somebody, through every layer of the door for
//! systems. A figure is the chance that of one answer of each kind the slower one is guessed right: 0.5 tells nothing.

use crate::fixtures::systems::{API, Clinic, SystemsApi, each_systems_api};
use axum::{Router, body::Body, http::Method};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use techo::api::{self, ApiState};
use techo_model::{
    RuleId, UnixMillis,
    consent::{
        Category, ConsentRule, ConsentState, DataPeriod, Effect, EmergencyChoice, Grantee, Mark, Purpose,
        RecordMarking, RuleScope, RuleValidity, Switch,
    },
    organisation::OrganisationKind,
    record::RecordKind,
};
use techo_testkit::{
    browser::TestBrowser,
    city, coverage_file,
    documents::{bytes, document, own_insurer},
    vaccinations_file,
};

/// Pairs of one comparison.
const PAIRS: usize = 1_000;
/// Pairs between two rests: fewer tries than stop an organisation, and fewer requests than fill the bucket of an address.
const ROUND: usize = 9;

/// A request whose time is measured.
struct Probe {
    method: Method,
    path: String,
    body: String,
}

impl Probe {
    fn get(path: String) -> Self {
        Self { method: Method::GET, path, body: String::new() }
    }

    async fn time(&self, router: &Router, token: &str) -> Duration {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json")];
        let mut client = TestBrowser::new(router.clone(), API);
        let body = Body::from(self.body.clone());
        let began = Instant::now();
        let answer = client.send(self.method.clone(), &self.path, &headers, body).await;
        let took = began.elapsed();
        assert!([200, 404].contains(&answer.status), "{}: {}", answer.status, answer.text);
        took
    }
}

/// Every comparison.
pub async fn measure() -> Value {
    let api = each_systems_api().await.remove(0);
    let clinic = api.register(1, OrganisationKind::Clinic).await;
    let (hidden, empty) = people(&api, &clinic).await;
    let nobody = "018f0000-0000-7000-8000-000000000000";
    let search = |code: &str| Probe::get(format!("/fhir/Observation?patient={code}"));
    let read = |code: &str| Probe::get(format!("/fhir/Immunization/{code}.0123456789abcdef0123456789"));
    let pairs = [
        ("hidden_or_absent_search", search(&hidden), search(&empty)),
        ("hidden_or_absent_read", read(&hidden), read(&empty)),
        ("never_or_nobody", emergency("1975-04-01"), emergency("1931-01-01")),
        ("unknown_code_or_another", search(nobody), search("018f0000-0000-7000-8000-000000000001")),
    ];
    let mut figures = serde_json::Map::new();
    figures.insert("pairs".to_owned(), PAIRS.into());
    for (name, one, other) in pairs {
        let purpose = if name == "never_or_nobody" { "ETREAT" } else { "TREAT" };
        figures.insert(name.to_owned(), compare(&api, (&clinic, purpose), &one, &other).await.into());
    }
    Value::Object(figures)
}

/// Somebody by kana name and birth date: the first person, who allows no emergency access, or nobody.
fn emergency(birth_date: &str) -> Probe {
    let person =
        json!({ "resourceType": "Patient", "id": "p", "name": [{ "text": "ﾃｽﾄ" }], "birthDate": birth_date });
    let code = json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "BTG" }],
        "text": "意識がなく、既往とアレルギーを確かめる" });
    let flag = json!({ "resourceType": "Flag", "status": "active", "contained": [person], "code": code,
        "subject": { "reference": "#p" } });
    Probe { method: Method::POST, path: "/fhir/Flag".to_owned(), body: flag.to_string() }
}

/// The code of somebody of whom everything is hidden, and of somebody of whom there is nothing.
async fn people(api: &SystemsApi, clinic: &Clinic) -> (String, String) {
    let installation = &api.app.installation;
    let insurer = own_insurer();
    let period = [(1, "345", "01", "2020-04-01", "", "2026-01-01 09:00")];
    installation.coverage(&insurer, coverage_file(&insurer, &period)).await;
    assert_eq!(installation.checkups(&insurer, vec![bytes(&document())]).await.counts.inserted, 1);
    let days: Vec<String> = (1..=9).map(|day| format!("2025-11-0{day}")).collect();
    let doses: Vec<_> = days.iter().map(|day| (1, day.as_str(), "インフルエンザ", 1, "AB12", "")).collect();
    installation.vaccinations(&city(), vaccinations_file(&city(), &doses)).await;
    for n in [1, 2] {
        let scope = api.citizen(n).await;
        let base = api.app.state.reading.consent(&scope).await.unwrap().version;
        api.save(&scope, shared(api), base).await;
    }
    let scope = api.citizen(1).await;
    let held = api.app.state.reading.records(&scope).await.unwrap();
    let shown = api.card_shown(1).await;
    for source in held.sources.iter().filter(|source| source.kind != RecordKind::Coverage) {
        for record in &source.records {
            let marking = RecordMarking { mark: Some(Mark::Withheld), ..RecordMarking::default() };
            api.app.state.reading.mark_record(&shown, source.kind, record.id, marking).await.unwrap();
        }
    }
    (api.visit(clinic, 1).await, api.visit(clinic, 2).await)
}

/// Everything is shared with clinics, but for what is marked, and nothing in an emergency.
fn shared(api: &SystemsApi) -> ConsentState {
    let mut state = ConsentState::default();
    (state.settings.clinics, state.settings.emergency) = (Switch::On, EmergencyChoice::Never);
    state.settings.treatment_window_hours = 720;
    state.rules.push(ConsentRule {
        id: RuleId(api.app.installation.custody.environment.new_id()),
        effect: Effect::Permit,
        grantee: Grantee::Class { class: OrganisationKind::Clinic },
        scope: RuleScope { categories: Category::ALL.iter().copied().collect(), labels: BTreeSet::new() },
        purpose: Purpose::Treatment,
        validity: RuleValidity { from: UnixMillis(0), until: None },
        data: DataPeriod::default(),
    });
    state
}

/// The chance of guessing right, after pairs in turn.
async fn compare(api: &SystemsApi, (clinic, purpose): (&Clinic, &str), one: &Probe, other: &Probe) -> f64 {
    let (mut ones, mut others) = (Vec::with_capacity(PAIRS), Vec::with_capacity(PAIRS));
    while ones.len() < PAIRS {
        // A window of treatment lasts longer than all of this; what is stopped or full begins anew.
        api.app.installation.custody.environment.advance(Duration::from_mins(16));
        let router = api::router(ApiState::new(&api.app.services));
        let token = api.token_for(clinic, purpose).await;
        for n in 0..ROUND {
            let (first, second) = if n % 2 == 0 { (one, other) } else { (other, one) };
            let times = (first.time(&router, &token).await, second.time(&router, &token).await);
            let (mine, theirs) = if n % 2 == 0 { times } else { (times.1, times.0) };
            ones.push(mine);
            others.push(theirs);
        }
    }
    chance(&mut ones, &mut others)
}

/// The area under the curve of a guess by time, never below one half: whoever always guesses wrong knows as much.
fn chance(ones: &mut [Duration], others: &mut [Duration]) -> f64 {
    others.sort_unstable();
    let mut wins = 0.0;
    for one in ones.iter() {
        let below = others.partition_point(|other| other < one);
        let upto = others.partition_point(|other| other <= one);
        wins += below as f64 + (upto - below) as f64 / 2.0;
    }
    let area = wins / (ones.len() * others.len()) as f64;
    (area.max(1.0 - area) * 1_000.0).round() / 1_000.0
}
