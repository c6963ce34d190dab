//! Signed-in pages on SQLite, the access log written, no page cache anywhere.

use crate::fixtures::{TestApp, each_app};
use axum::{Router, body::Body, http::Request, response::Html, routing::get};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use techo::portal;
use techo_audit::log::{Action, Category, LogEvent};
use techo_exchange::items::{self, ItemDuty, ItemKind};
use techo_identity::access;
use techo_model::{
    CalendarDate, ChainId,
    answer::ItemCode,
    checkup::{CheckupDocument, ItemResult, ItemValue, Phase},
};
use techo_testkit::{
    city, coverage_file,
    documents::{bytes, document, own_insurer},
    record_code,
    results::weight,
    vaccinations_file,
};
use tower::ServiceExt as _;

const IN_FLIGHT: usize = 50;
const REQUESTS: usize = 4_000;

struct PageFigures {
    per_second: f64,
    p50: Duration,
    p99: Duration,
    cpu: Duration,
}

/// `/home` and `/checkups`, each beside a constant answer of the same bytes.
pub async fn measure() -> Value {
    let app = each_app().await.remove(0);
    let (mut browser, _) = app.enrolled(1).await;
    fill(&app).await;
    let cookie =
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let mut report = serde_json::Map::new();
    for (path, shown) in [("/home", "山田花子"), ("/checkups", "架空健診センター")] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains(shown), "{path} shows what was imported");
        let size =
            json!({ "plain": page.text.len(), "packed": compressed(&app.router, path, &cookie).await });
        let constant = constant(&app, page.text);
        let beside = load(&constant, "/constant", &cookie).await;
        let real = load(&app.router, path, &cookie).await;
        let mut figures = compare(&real, &beside, &size);
        figures["log_share_of_processor"] = share(append(&app).await, real.cpu).into();
        report.insert(path.to_owned(), figures);
    }
    Value::Object(report)
}

/// Processor time of one line of the access log, written as pages write theirs: as many at once, all of one person.
async fn append(app: &TestApp) -> Duration {
    let (log, environment) = (app.state.log.clone(), app.installation.custody.environment.clone());
    let chain = chain(app).await;
    let before = cpu_time();
    let workers = (0..IN_FLIGHT).map(|_| {
        let (log, environment) = (log.clone(), environment.clone());
        tokio::spawn(async move {
            for _ in 0..REQUESTS / IN_FLIGHT {
                let event = LogEvent::by_owner(&environment, chain, Action::Read, Category::Checkup);
                log.append(event.about((0..5).map(|_| environment.new_id()))).await.unwrap();
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    (cpu_time() - before) / u32::try_from(REQUESTS).unwrap()
}

/// The first person's chain.
async fn chain(app: &TestApp) -> ChainId {
    let custody = &app.installation.custody;
    let (vault, keys) = (&custody.stores.vault, custody.keys.current());
    let lookup = keys.person_lookup(&keys.person_code(&record_code(1)));
    let resident = vault.resident_with(&lookup).await.unwrap().unwrap();
    let mut tx = vault.begin().await.unwrap();
    let account = vault.account_of(&mut tx, resident).await.unwrap().unwrap();
    tx.rollback().await.unwrap();
    access::owner_scope(custody, account.account_id).await.unwrap().chain()
}

/// A part of a whole, to three places.
fn share(part: Duration, whole: Duration) -> f64 {
    (part.as_secs_f64() / whole.as_secs_f64() * 1_000.0).round() / 1_000.0
}

/// Five whole checkups, two insurers and ten doses, by the same imports as an operator's.
async fn fill(app: &TestApp) {
    let (installation, insurer) = (&app.installation, own_insurer());
    let periods = [
        (1, "345", "01", "2018-04-01", "", "2026-01-01 09:00"),
        (1, "300", "01", "2015-04-01", "2018-03-31", "2018-04-02 09:00"),
    ];
    installation.coverage(&insurer, coverage_file(&insurer, &periods)).await;
    let documents: Vec<_> = (2021..=2025).map(|year| bytes(&whole(year))).collect();
    let taken = installation.checkups(&insurer, documents).await;
    assert_eq!(taken.counts.inserted, 5, "{:?}", taken.rejects);
    let days: Vec<String> = (1..=10).map(|year| format!("20{:02}-11-01", year + 14)).collect();
    let doses: Vec<_> = days.iter().map(|day| (1, day.as_str(), "インフルエンザ", 1, "AB12", "")).collect();
    let taken = installation.vaccinations(&city(), vaccinations_file(&city(), &doses)).await;
    assert_eq!(taken.counts.inserted, 10, "{:?}", taken.rejects);
}

/// Every measured item that 特定健診 demands.
fn whole(year: i16) -> CheckupDocument {
    let mut document = document();
    document.facts.examined_on = CalendarDate::new(year, 9, 10).unwrap();
    document.facts.document_date = CalendarDate::new(year, 10, 1).unwrap();
    document.facts.phase = Phase::on(document.facts.examined_on);
    let measured =
        items::all().iter().filter(|item| item.kind == ItemKind::Quantity && item.duty != ItemDuty::Outside);
    document.facts.results = measured
        .map(|item| ItemResult {
            item: ItemCode(item.code.into()),
            range_low: Some("40".into()),
            range_high: Some("120".into()),
            value: ItemValue::Quantity {
                text: format!("{}", 50 + year % 10),
                unit: item.ucum.unwrap_or("1").into(),
                bound: None,
            },
            ..weight("1")
        })
        .collect();
    document
}

/// What travels to a browser.
async fn compressed(router: &Router, path: &str, cookie: &str) -> usize {
    let request = Request::get(path)
        .header("host", "localhost:3000")
        .header("cookie", cookie)
        .header("accept-encoding", "br, gzip");
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().len()
}

fn constant(app: &TestApp, text: String) -> Router {
    let text: &'static str = Box::leak(text.into_boxed_str());
    portal::router_with(
        app.state.clone(),
        Router::new().route("/constant", get(move || async move { Html(text) })),
    )
}

async fn load(router: &Router, path: &'static str, cookie: &str) -> PageFigures {
    run(router, path, cookie, REQUESTS / 10).await;
    run(router, path, cookie, REQUESTS).await
}

async fn run(router: &Router, path: &'static str, cookie: &str, requests: usize) -> PageFigures {
    let (began, cpu_before) = (Instant::now(), cpu_time());
    let workers = (0..IN_FLIGHT).map(|_| {
        let (router, cookie) = (router.clone(), cookie.to_owned());
        tokio::spawn(async move {
            let mut times = Vec::with_capacity(requests / IN_FLIGHT);
            for _ in 0..requests / IN_FLIGHT {
                let request = Request::get(path)
                    .header("host", "localhost:3000")
                    .header("cookie", &cookie)
                    .header("accept", "text/html");
                let at = Instant::now();
                let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
                assert_eq!(response.status(), 200);
                axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
                times.push(at.elapsed());
            }
            times
        })
    });
    let mut times = Vec::with_capacity(requests);
    for worker in workers.collect::<Vec<_>>() {
        times.extend(worker.await.unwrap());
    }
    times.sort_unstable();
    let (wall, cpu) = (began.elapsed(), cpu_time() - cpu_before);
    let count = u32::try_from(times.len()).unwrap();
    PageFigures {
        per_second: f64::from(count) / wall.as_secs_f64(),
        p50: times[times.len() / 2],
        p99: times[times.len() * 99 / 100],
        cpu: cpu / count,
    }
}

/// Processor time of this process, user and system, in clock ticks of 10 ms.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

fn compare(real: &PageFigures, beside: &PageFigures, size: &Value) -> Value {
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    json!({
        "requests_per_second": real.per_second.round(),
        "of_constant_handler": (real.per_second / beside.per_second * 1000.0).round() / 1000.0,
        "p50_us": micros(real.p50),
        "p99_us": micros(real.p99),
        "p99_to_p50": (real.p99.as_secs_f64() / real.p50.as_secs_f64() * 100.0).round() / 100.0,
        "processor_us_per_page": micros(real.cpu),
        "bytes": size["plain"],
        "bytes_compressed": size["packed"],
        "constant_requests_per_second": beside.per_second.round(),
    })
}
