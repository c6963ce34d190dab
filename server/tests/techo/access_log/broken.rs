//! "If the log cannot be written, nothing is disclosed", through every layer.

use crate::fixtures::{TestApp, each_app};
use techo_audit::log::LogWriter;
use techo_custody::Custody;
use techo_store::{DatabaseName, Db, DbUrl, Records, Stores, jobs::list_jobs, testing};
use techo_testkit::{browser::TestBrowser, coverage_file};

/// Every page that shows something about health, and the downloads.
const PAGES: [&str; 11] = [
    "/home",
    "/checkups",
    "/vaccinations",
    "/coverage",
    "/records",
    "/consent/fhir.json",
    "/checkups/018f0000-0000-7000-8000-000000000000",
    "/access-log/018f0000-0000-7000-8000-000000000000",
    "/access-log",
    "/access-log/download.csv",
    "/access-log/download.jsonl",
];

/// A writer of the log into another record store.
fn writer(app: &TestApp, records: Records) -> LogWriter {
    let stores = Stores { records, ..app.installation.custody.stores.clone() };
    LogWriter::start(Custody { stores, ..app.installation.custody.clone() })
}

async fn insured(app: &TestApp) -> TestBrowser {
    let insurer = techo_testkit::insurer("06139999");
    let rows = [(1, "345", "01", "2018-04-01", "", "2026-01-01 09:00")];
    app.installation.coverage(&insurer, coverage_file(&insurer, &rows)).await;
    let (mut browser, _) = app.enrolled(1).await;
    assert!(browser.get("/coverage").await.text.contains("架空健康保険組合"), "the page shows the insurer");
    browser
}

async fn nothing_is_disclosed(app: &TestApp, browser: &mut TestBrowser, cause: &str) {
    for path in PAGES {
        for answer in [browser.get(path).await, browser.get_json(path).await] {
            assert_eq!(answer.status, 503, "{}, {cause}: {path}", app.engine());
            assert!(
                !answer.text.contains("架空健康保険組合") && !answer.text.contains("山田"),
                "{cause}: {path}"
            );
            assert!(answer.header("content-disposition").is_empty());
        }
    }
}

#[tokio::test]
async fn a_log_whose_database_is_gone_means_that_nothing_is_disclosed() {
    for mut app in each_app().await {
        let mut browser = insured(&app).await;
        let elsewhere = testing::sqlite().await;
        let broken = writer(&app, elsewhere.stores.records.clone());
        elsewhere.stores.records.db().close().await;
        app.state.reading = techo_citizen::CitizenServices::new(app.installation.custody.clone(), broken);
        let router = techo::portal::router(app.state.clone());
        let mut other = TestBrowser::new(router, crate::fixtures::ORIGIN);
        other.cookies = browser.cookies.clone();
        // The log itself was not read yet, so that its page needs a line too.
        nothing_is_disclosed(&app, &mut other, "database closed").await;
        assert_eq!(browser.get("/home").await.status, 200, "the other door is whole");
    }
}

#[tokio::test]
async fn a_record_store_that_can_only_be_read_means_that_nothing_is_disclosed() {
    for mut app in each_app().await {
        let browser = insured(&app).await;
        let Db::Sqlite { read, .. } = app.installation.custody.stores.records.db().clone() else { continue };
        // Reading goes on as before; what writes has the read-only connections.
        let readonly = Records::new(Db::Sqlite { read: read.clone(), write: read });
        let broken = writer(&app, readonly);
        app.state.reading = techo_citizen::CitizenServices::new(app.installation.custody.clone(), broken);
        let mut other = TestBrowser::new(techo::portal::router(app.state.clone()), crate::fixtures::ORIGIN);
        other.cookies = browser.cookies;
        nothing_is_disclosed(&app, &mut other, "read-only").await;
    }
}

/// A file system of one megabyte, when this machine lets us mount one.
struct TinyDisk(tempfile::TempDir);

impl TinyDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1536k", "tmpfs"])
            .arg(folder.path())
            .stderr(std::process::Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(folder))
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_means_that_nothing_is_disclosed() {
    let Some(disk) = TinyDisk::mount() else {
        eprintln!("skipped: no file system can be mounted here");
        return;
    };
    let mut app = each_app().await.remove(0);
    let browser = insured(&app).await;
    let url = DbUrl::Sqlite(disk.0.path().join("records.db"));
    let records = Records::new(Db::open(&url, DatabaseName::Records).await.unwrap());
    let filler: Vec<u8> = vec![0; 2 << 20];
    assert!(std::fs::write(disk.0.path().join("filler"), filler).is_err(), "the disk is full");
    let broken = writer(&app, records);
    app.state.reading = techo_citizen::CitizenServices::new(app.installation.custody.clone(), broken);
    let mut other = TestBrowser::new(techo::portal::router(app.state.clone()), crate::fixtures::ORIGIN);
    other.cookies = browser.cookies;
    nothing_is_disclosed(&app, &mut other, "disk full").await;
}

#[tokio::test]
async fn the_tree_grows_although_repeated_looks_cannot_become_lines() {
    for app in each_app().await {
        insured(&app).await;
        let records = app.installation.custody.stores.records.clone();
        testing::tamper(records.db(), "ALTER TABLE log_repeat RENAME TO log_repeat_away", &[]).await;
        assert!(records.count_pending_entries().await.unwrap() > 0);
        techo::jobs::runner(&app.services).run_all().await.unwrap();
        assert_eq!(records.count_pending_entries().await.unwrap(), 0, "{}", app.engine());
        let jobs = list_jobs(records.db(), 10).await.unwrap();
        let tree = jobs.iter().find(|job| job.kind == "grow-log-tree").unwrap();
        assert_eq!(tree.failures, 1, "{}: which is told all the same", app.engine());
    }
}
