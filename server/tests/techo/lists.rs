//! Lists that grow with the country and with the years: places are searched for, the log leaves in parts, and no page begins after
//! something made up.
use crate::fixtures::{TestApp, each_app};
use std::collections::BTreeSet;
use techo_audit::log::{Action, Category, LogEvent, Purpose};
use techo_citizen::access_log::LineProofs;
use techo_custody::Failure;
use techo_identity::{
    access::{self, PatientScope},
    session,
};
use techo_model::{
    consent::AskingPerson,
    organisation::{Organisation, OrganisationKind},
};
use techo_testkit::{browser::TestBrowser, record_code};

const CLINICS: u32 = 300;

fn number(n: u32) -> String {
    format!("1310{n:06}")
}

async fn register_clinics(app: &TestApp) {
    let vault = &app.installation.custody.stores.vault;
    let mut tx = vault.begin().await.unwrap();
    for n in 0..CLINICS {
        let name =
            if n % 100 == 7 { format!("もみじ医院{n}") } else { format!("架空クリニック{n}") };
        let clinic = Organisation { id: number(n), kind: OrganisationKind::Clinic, name };
        vault.put_organisation(&mut tx, &clinic, app.installation.custody.environment.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// How many entries of lists and boxes name a clinic.
fn offered(page: &str) -> usize {
    page.matches("<option value=\"1310").count()
}

async fn search(browser: &mut TestBrowser, fields: &[(&str, &str)]) -> String {
    let answer = browser.post_form("/consent/places", fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

#[tokio::test]
async fn of_three_hundred_clinics_those_are_offered_that_were_searched_for() {
    for app in each_app().await {
        register_clinics(&app).await;
        let (mut browser, _) = app.enrolled(1).await;
        let page = browser.get("/consent").await.text;
        assert!(page.contains("施設を探す"), "{}", app.engine());
        assert!(page.len() < 200_000 && offered(&page) == 0, "{}: {}", app.engine(), page.len());
        let page = search(&mut browser, &[("words", "もみじ")]).await;
        assert!(page.contains("もみじ医院7") && page.contains("もみじ医院207"), "{page}");
        assert_eq!(offered(&page), 6, "{}: three places in two lists", app.engine());
        assert!(page.contains("3件を表示しています"), "{page}");
        let kept = format!("kept.{}", number(7));
        let page = search(&mut browser, &[("words", &number(100)), (&kept, "yes")]).await;
        assert!(page.contains("もみじ医院7") && page.contains("架空クリニック100"), "{page}");
        assert_eq!(offered(&page), 4, "{}: one was kept, one was found", app.engine());
        assert!(search(&mut browser, &[("words", "どこにもない")]).await.contains("見つかりませんでした"));
    }
}

#[tokio::test]
async fn what_was_found_comes_in_pages_without_a_gap() {
    for app in each_app().await {
        register_clinics(&app).await;
        let (mut browser, _) = app.enrolled(1).await;
        let (mut after, mut seen) = (String::new(), BTreeSet::new());
        for _ in 0..20 {
            let page = search(&mut browser, &[("words", "架空"), ("after", &after)]).await;
            let boxes = page.split("name=\"kept.").skip(1).map(|rest| rest[..10].to_owned());
            let shown: Vec<_> = boxes.collect();
            assert!(shown.len() <= 30, "{}: {}", app.engine(), shown.len());
            for number in shown {
                assert!(seen.insert(number.clone()), "{}: {number} comes twice", app.engine());
            }
            let Some(rest) = page.split("name=\"after\" value=\"").nth(1) else { break };
            after = rest[..10].to_owned();
        }
        assert_eq!(seen.len(), 297, "{}", app.engine());
    }
}

#[tokio::test]
async fn a_rule_about_a_place_that_was_searched_for_is_kept_and_told_by_its_name() {
    for app in each_app().await {
        register_clinics(&app).await;
        let (mut browser, _) = app.enrolled(1).await;
        let chosen = number(207);
        let fields = [("base", "0"), ("place-number", chosen.as_str()), ("place-effect", "deny")];
        let wrong = browser.post_form("/consent/draft", &fields).await;
        wrong.assert_refused("place-which");
        assert!(wrong.text.contains("もみじ医院207"), "{}: it is still chosen", app.engine());
        let fields = [fields.as_slice(), &[("place.vaccination", "yes")]].concat();
        assert_eq!(browser.post_form("/consent/draft", &fields).await.status, 303, "{}", app.engine());
        assert!(browser.get("/consent/preview").await.text.contains("もみじ医院207"));
        let members = [format!("team.{}", number(1)), format!("team.{}", number(2))];
        let team = [
            ("base", "0"),
            (members[0].as_str(), "yes"),
            (members[1].as_str(), "yes"),
            ("team.see.vaccination", "yes"),
        ];
        assert_eq!(browser.post_form("/consent/draft", &team).await.status, 303, "{}", app.engine());
        assert!(browser.get("/consent/preview").await.text.contains("架空クリニック2"));
        let unknown = [("base", "0"), ("place-number", "9999999999"), ("place.vaccination", "yes")];
        assert_eq!(browser.post_form("/consent/draft", &unknown).await.status, 422);
    }
}

#[tokio::test]
async fn a_page_after_something_made_up_is_refused_in_words() {
    for app in each_app().await {
        register_clinics(&app).await;
        let (mut browser, _) = app.enrolled(1).await;
        for hostile in ["%27+OR+1%3D1", "..%2F", "13100000011310000001131", "%00", "%E3%81%82"] {
            let answer = browser.post_form("/consent/places", &[("words", "架空"), ("after", hostile)]).await;
            assert_eq!(answer.status, 400, "{}: {hostile}", app.engine());
            assert!(answer.text.contains("<h1"), "{hostile}");
        }
        for hostile in ["x", "1.5", "99999999999999999999", "%27"] {
            let answer = browser.get(&format!("/consent/history?before={hostile}")).await;
            assert_eq!(answer.status, 400, "{}: {hostile}", app.engine());
        }
        assert_eq!(browser.get("/consent/history?before=-5").await.status, 200);
    }
}

async fn scope(app: &TestApp) -> PatientScope {
    let (vault, keys) = (&app.installation.custody.stores.vault, app.installation.custody.keys.current());
    let lookup = keys.person_lookup(&keys.person_code(&record_code(1)));
    let resident = vault.resident_with(&lookup).await.unwrap().unwrap();
    let mut tx = vault.begin().await.unwrap();
    let account = vault.account_of(&mut tx, resident).await.unwrap().unwrap().account_id;
    tx.rollback().await.unwrap();
    access::owner_scope(&app.installation.custody, account).await.unwrap()
}

/// Looks of a clinic, each of another doctor, so that each is a line of its own.
async fn look(app: &TestApp, whose: &PatientScope, doctors: std::ops::Range<u32>) {
    let environment = &app.installation.custody.environment;
    let events: Vec<_> = doctors
        .map(|n| {
            let doctor = AskingPerson { id: format!("doctor-{n}"), name: None, role: None };
            LogEvent::by_organisation(environment, whose.chain(), &number(n % 3), Some(doctor))
                .doing(Action::Read, Category::Checkup, Purpose::Treatment)
                .about([environment.new_id()])
        })
        .collect();
    for some in events.chunks(100) {
        let appended = some.iter().map(|event| app.state.log.append(event.clone()));
        futures::future::try_join_all(appended).await.unwrap();
    }
}

#[tokio::test]
async fn a_long_log_leaves_whole_and_each_line_once_while_lines_are_added() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        register_clinics(&app).await;
        let scope = scope(&app).await;
        look(&app, &scope, 0..1_100).await;
        let count = async || {
            let records = &app.installation.custody.stores.records;
            records.access_entries(scope.chain(), 0, 10_000).await.unwrap().len()
        };
        let allowed = access::testing::export_allowed(&app.installation.custody, &scope).await;
        let mut export = app.state.reading.export_access_log(&allowed, LineProofs::Without).await.unwrap();
        let (at_first, mut numbers, mut chunks) = (count().await, Vec::new(), 0_u32);
        while let Some(chunk) = export.next_chunk().await.unwrap() {
            assert!(chunk.lines.len() <= 500 && chunk.names.len() <= 4, "{}", app.engine());
            numbers.extend(chunk.lines.iter().map(|line| line.line.seq));
            chunks += 1;
            look(&app, &scope, 2_000 + chunks * 5..2_005 + chunks * 5).await;
        }
        let expected: Vec<_> = (1..=i64::try_from(at_first).unwrap()).rev().collect();
        assert_eq!((numbers, chunks), (expected, 3), "{}", app.engine());
        let csv = browser.get("/access-log/download.csv").await;
        assert_eq!(csv.status, 200);
        assert!(csv.text.starts_with('\u{feff}'));
        assert_eq!(
            csv.text.lines().count(),
            count().await + 1,
            "{}: a row a line, and the head",
            app.engine()
        );
        let lines = browser.get("/access-log/download.jsonl").await.text;
        assert_eq!(lines.lines().count(), count().await, "{}", app.engine());
    }
}

#[tokio::test]
async fn one_export_of_a_log_runs_at_once_and_ends_with_the_session_that_asked_for_it() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let (mut other, _) = app.enrolled(2).await;
        let scope = scope(&app).await;
        let running = app.state.log_exports.take(&scope.account()).await.unwrap();
        let second = browser.get("/access-log/download.csv").await;
        assert_eq!((second.status, second.header("location")), (303, "/access-log"), "{}", app.engine());
        let told = browser.get("/access-log").await.text;
        assert!(told.contains("終わってから、もう一度お試しください"), "{}: {told}", app.engine());
        assert_eq!(other.get("/access-log/download.csv").await.status, 200, "{}: others go on", app.engine());
        drop(running);
        assert_eq!(browser.get("/access-log/download.jsonl").await.status, 200, "{}", app.engine());

        look(&app, &scope, 0..1_100).await;
        let custody = &app.installation.custody;
        let allowed = access::testing::export_allowed(custody, &scope).await;
        let mut export = app.state.reading.export_access_log(&allowed, LineProofs::Without).await.unwrap();
        assert!(export.next_chunk().await.unwrap().is_some(), "{}", app.engine());
        session::sign_out(custody, &allowed.present().who.key).await.unwrap();
        let next = export.next_chunk().await;
        assert!(matches!(next, Err(Failure::Refused(_))), "{}: nothing more leaves", app.engine());
    }
}
