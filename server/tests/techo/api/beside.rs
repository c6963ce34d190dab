//! Two who write about one checkup, or one dose, at the same time: systems through this door, and files that are imported. Each is
//! held where the other could overtake it, before its transaction and within it; what is left is always what one after the other
//! would have left.
use crate::{
    api::{
        checkups::{self, HEAD, SCOPES, Sender, set},
        doses,
        opt_out::as_far_as_it_comes,
        records,
    },
    fixtures::systems::{SystemsApi, each_systems_api},
};
use futures::future::{MaybeDone, maybe_done};
use serde_json::{Value, json};
use std::pin::{Pin, pin};
use techo_model::{
    CalendarDate,
    checkup::{CheckupDocument, DocumentRequest},
    consent::Category,
    organisation::{Organisation, OrganisationKind},
};
use techo_testkit::{
    IntakeReport, city,
    documents::{bytes, document, own_insurer},
    results::weight,
    vaccinations_file,
};

const OLDER: &str = "2025-10-02";
const NEWER: &str = "2025-10-03";

/// The document of a day, as the clinic's system sends it.
fn dated(sender: &Sender<'_>, date: &str) -> Value {
    let mut document = sender.document.clone();
    set(&mut document, &format!("{HEAD}/date"), json!(date));
    let system = "http://jpfhir.jp/fhir/eCheckup/CodeSystem/checkup-report-category";
    let class = json!({ "system": system, "code": "10" });
    set(&mut document, &format!("{HEAD}/category/0/coding/0"), class);
    set(&mut document, &format!("{HEAD}/event/0/code/0/coding/0/code"), json!("010"));
    document
}

/// The same as a file has it.
fn filed(sender: &Sender<'_>, date: &str) -> CheckupDocument {
    let mut filed = document();
    filed.facts.facility.clone_from(&sender.clinic.organisation.id);
    filed.facts.facility_name.clone_from(&sender.clinic.organisation.name);
    filed.facts.document_date = CalendarDate::parse(date).unwrap();
    filed.facts.results = vec![weight("70.0")];
    filed
}

/// 報告区分 19: the checkup is taken back.
fn taken_back(sender: &Sender<'_>, date: &str) -> CheckupDocument {
    let mut deletion = CheckupDocument { request: DocumentRequest::Delete, ..filed(sender, date) };
    deletion.facts.report_class = "19".into();
    deletion
}

async fn import(api: &SystemsApi, by: &Organisation, document: &CheckupDocument) -> IntakeReport {
    api.app.installation.checkups(by, vec![bytes(document)]).await
}

/// The dates of the clinic's documents that are kept as checkups of the first person.
async fn kept(sender: &Sender<'_>, api: &SystemsApi) -> Vec<String> {
    let installation = &api.app.installation;
    let rows = installation.custody.stores.records.checkups(installation.record_of(1)).await.unwrap();
    let own = rows.into_iter().filter(|row| row.facility == sender.clinic.organisation.id);
    own.map(|row| row.document_date.to_string()).collect()
}

/// Lets the first piece of work come to a point, the second as far as it can beside it, and then both go on.
async fn overtaken<A: Future, B: Future>(
    api: &SystemsApi,
    point: &'static str,
    mut first: Pin<&mut MaybeDone<A>>,
    mut second: Pin<&mut MaybeDone<B>>,
) -> (A::Output, B::Output) {
    let held = api.app.installation.custody.environment.hold_point(point);
    as_far_as_it_comes(first.as_mut()).await;
    held.arrived().await;
    as_far_as_it_comes(second.as_mut()).await;
    held.release();
    tokio::join!(first.as_mut(), second.as_mut());
    (first.take_output().unwrap(), second.take_output().unwrap())
}

#[tokio::test]
async fn an_older_checkup_through_the_door_never_replaces_a_newer_one_of_a_file() {
    for (point, status) in [("clinic.write", 400), ("checkup.known", 201)] {
        for api in each_systems_api().await {
            let sender = Sender::new(&api).await;
            let older = dated(&sender, OLDER);
            let (insurer, newer) = (own_insurer(), filed(&sender, NEWER));
            let (older, newer) =
                (pin!(maybe_done(sender.send(&older))), pin!(maybe_done(import(&api, &insurer, &newer))));
            let (answer, taken) = overtaken(&api, point, older, newer).await;
            let label = format!("{point} on {}", api.engine());
            assert_eq!(answer.status, status, "{label}: {}", answer.text);
            assert_eq!(taken.counts.inserted + taken.counts.updated, 1, "{label}");
            assert_eq!(kept(&sender, &api).await, [NEWER], "{label}");
        }
    }
}

#[tokio::test]
async fn an_older_checkup_of_a_file_never_replaces_a_newer_one_through_the_door() {
    for point in ["import.checkups.begin", "import.checkups.known"] {
        for api in each_systems_api().await {
            let sender = Sender::new(&api).await;
            let (insurer, older) = (own_insurer(), filed(&sender, OLDER));
            let newer = dated(&sender, NEWER);
            let (older, newer) =
                (pin!(maybe_done(import(&api, &insurer, &older))), pin!(maybe_done(sender.send(&newer))));
            let (taken, answer) = overtaken(&api, point, older, newer).await;
            let label = format!("{point} on {}", api.engine());
            assert!(matches!(answer.status, 200 | 201), "{label}: {}", answer.text);
            assert_eq!(taken.counts.inserted + taken.counts.updated, 1, "{label}");
            assert_eq!(kept(&sender, &api).await, [NEWER], "{label}");
        }
    }
}

#[tokio::test]
async fn of_two_systems_of_one_place_the_older_checkup_never_replaces_the_newer_one() {
    for (point, status) in [("clinic.write", 400), ("checkup.known", 201)] {
        for api in each_systems_api().await {
            let sender = Sender::new(&api).await;
            let other = checkups::token(&api, &sender.clinic, SCOPES).await;
            let (older, newer) = (dated(&sender, OLDER), dated(&sender, NEWER));
            let (older, newer) = (
                pin!(maybe_done(sender.send(&older))),
                pin!(maybe_done(api.post(&other, "/fhir/Bundle", &newer))),
            );
            let (older, newer) = overtaken(&api, point, older, newer).await;
            let label = format!("{point} on {}", api.engine());
            assert_eq!(older.status, status, "{label}: {}", older.text);
            assert!(matches!(newer.status, 200 | 201), "{label}: {}", newer.text);
            assert_eq!(kept(&sender, &api).await, [NEWER], "{label}");
        }
    }
}

#[tokio::test]
async fn of_the_files_of_two_senders_the_older_checkup_never_replaces_the_newer_one() {
    for point in ["import.checkups.begin", "import.checkups.known"] {
        for api in each_systems_api().await {
            let sender = Sender::new(&api).await;
            let (insurer, clinic) = (own_insurer(), &sender.clinic.organisation);
            let (older, newer) = (filed(&sender, OLDER), filed(&sender, NEWER));
            let (older, newer) = (
                pin!(maybe_done(import(&api, &insurer, &older))),
                pin!(maybe_done(import(&api, clinic, &newer))),
            );
            overtaken(&api, point, older, newer).await;
            assert_eq!(kept(&sender, &api).await, [NEWER], "{point} on {}", api.engine());
        }
    }
}

#[tokio::test]
async fn a_checkup_that_a_file_takes_back_while_a_system_sends_it_does_not_come_to_life_again() {
    for point in ["clinic.write", "checkup.known"] {
        for api in each_systems_api().await {
            let sender = Sender::new(&api).await;
            let (insurer, sent) = (own_insurer(), dated(&sender, OLDER));
            let deletion = taken_back(&sender, NEWER);
            let (sent, deletion) =
                (pin!(maybe_done(sender.send(&sent))), pin!(maybe_done(import(&api, &insurer, &deletion))));
            let (answer, taken) = overtaken(&api, point, sent, deletion).await;
            let label = format!("{point} on {}", api.engine());
            // Whoever came first, the other knew of it.
            let known = if point == "checkup.known" { (201, 1) } else { (400, 0) };
            assert_eq!((answer.status, taken.counts.deleted), known, "{label}: {}", answer.text);
            assert_eq!(kept(&sender, &api).await, Vec::<String>::new(), "{label}");
        }
    }
}

#[tokio::test]
async fn a_checkup_that_a_system_sends_while_a_file_takes_it_back_does_not_come_to_life_again() {
    for api in each_systems_api().await {
        let sender = Sender::new(&api).await;
        let (insurer, sent) = (own_insurer(), dated(&sender, OLDER));
        let deletion = taken_back(&sender, NEWER);
        let (deletion, sent) =
            (pin!(maybe_done(import(&api, &insurer, &deletion))), pin!(maybe_done(sender.send(&sent))));
        let (_, answer) = overtaken(&api, "import.checkups.known", deletion, sent).await;
        assert!(
            answer.status == 400 && answer.text.contains("took this checkup back"),
            "{}: {}",
            api.engine(),
            answer.text
        );
        assert_eq!(kept(&sender, &api).await, Vec::<String>::new(), "{}", api.engine());
    }
}

/// A clinic that gave the first person a dose, with its code for them and a token.
async fn giver(api: &SystemsApi) -> (String, String) {
    records::share(api, &[Category::Vaccination]).await;
    let clinic = api.register(5, OrganisationKind::Clinic).await;
    (api.visit(&clinic, 1).await, doses::token(api, &clinic).await)
}

/// Doses of the first person, and what is stated about them beside what holds.
async fn stated(api: &SystemsApi) -> (usize, usize) {
    let (records, code) = (&api.app.installation.custody.stores.records, api.app.installation.record_of(1));
    (records.doses(code).await.unwrap().len(), records.stated_too(code).await.unwrap().len())
}

#[tokio::test]
async fn a_dose_that_a_clinic_and_a_ledger_state_at_the_same_time_is_one() {
    // The municipality counts it as the second.
    let ledger = [(1, "2025-11-01", "インフルエンザ", 2, "AB12", "")];
    for point in ["dose.known", "import.doses.known"] {
        for api in each_systems_api().await {
            let (code, token) = giver(&api).await;
            let (dose, file) = (doses::dose(&code), vaccinations_file(&city(), &ledger));
            let sender = city();
            let sent = pin!(maybe_done(doses::send(&api, &token, &dose)));
            let file = pin!(maybe_done(api.app.installation.vaccinations(&sender, file)));
            let answer = if point == "dose.known" {
                overtaken(&api, point, sent, file).await.0
            } else {
                overtaken(&api, point, file, sent).await.1
            };
            let label = format!("{point} on {}", api.engine());
            assert_eq!(answer.status, 201, "{label}: {}", answer.text);
            assert_eq!(stated(&api).await, (1, 1), "{label}: one dose, and the clinic states it too");
        }
    }
}

#[tokio::test]
async fn a_dose_that_a_clinic_takes_back_while_a_ledger_states_it_is_not_stated_by_the_clinic_again() {
    let ledger = [(1, "2025-11-01", "インフルエンザ", 1, "AB12", "")];
    for point in ["dose.known", "import.doses.known"] {
        for api in each_systems_api().await {
            let (code, token) = giver(&api).await;
            assert_eq!(doses::send(&api, &token, &doses::dose(&code)).await.status, 201);
            let mut back = doses::dose(&code);
            back["status"] = "entered-in-error".into();
            let sender = city();
            let back = pin!(maybe_done(doses::send(&api, &token, &back)));
            let file = pin!(maybe_done(
                api.app.installation.vaccinations(&sender, vaccinations_file(&sender, &ledger))
            ));
            let answer = if point == "dose.known" {
                overtaken(&api, point, back, file).await.0
            } else {
                overtaken(&api, point, file, back).await.1
            };
            let label = format!("{point} on {}", api.engine());
            assert_eq!(answer.status, 200, "{label}: {}", answer.text);
            assert_eq!(stated(&api).await, (1, 0), "{label}: the ledger alone states it");
        }
    }
}
