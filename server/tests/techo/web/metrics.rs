//! `/metrics`: what it says, and that the operators' page says the same.

use crate::fixtures::{TestApp, each_app};
use axum::{Router, http::StatusCode, routing::get};
use std::{collections::BTreeMap, fs, path::Path, time::Duration};
use techo::{
    jobs,
    ops::{self, OpsState},
    portal,
    roles::RoleSet,
    services::Services,
};
use techo_store::CorruptCell;
use techo_testkit::browser::TestBrowser;
use uuid::Uuid;

const OPS: &str = "http://localhost:3009";

/// What the operators' door says of everything.
async fn scrape(services: &Services) -> String {
    let state = OpsState::new(services, RoleSet::all());
    let router = ops::bounded_router(state, &services.settings.limits);
    let answer = TestBrowser::new(router, OPS).get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(answer.text.ends_with("# EOF\n"));
    answer.text
}

/// Metrics with their types, as scraped: a counter by the name that it is asked for.
fn exposed(text: &str) -> BTreeMap<String, String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let named = types.map(|(name, kind)| {
        let ending = match kind {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        (format!("{name}{ending}"), kind.to_owned())
    });
    named.collect()
}

/// Rows of the table on the operators' page.
fn documented() -> BTreeMap<String, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/OPERATIONS.md");
    let text = fs::read_to_string(page).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `techo_"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        (format!("techo_{}", cells[0].split('`').next().unwrap()), cells[1].to_owned())
    })
    .collect()
}

/// A sample by its name with labels.
fn value(text: &str, sample: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(sample)?.trim().parse().ok())
}

#[tokio::test]
async fn every_metric_is_on_the_operators_page_and_has_its_help_and_the_other_way_round() {
    for app in each_app().await {
        app.browser().get("/sign-in").await;
        // What has no sample yet is not said: every job runs once, and one row cannot be read.
        jobs::runner(&app.services).run_all().await.unwrap();
        let cell = CorruptCell::new("resident", "name_sealed", Uuid::nil());
        let mut tx = app.installation.custody.stores.vault.begin().await.unwrap();
        app.installation.custody.park(&mut tx, cell, "seal-broken").await.unwrap();
        tx.commit().await.unwrap();
        let text = scrape(&app.services).await;
        assert_eq!(exposed(&text), documented(), "{}", app.engine());
        for name in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
            assert!(text.contains(&format!("# HELP {name} ")), "{name}");
        }
    }
}

#[tokio::test]
async fn operators_are_told_of_lists_that_are_refused_and_of_a_folder_that_is_not_looked_at_or_gone() {
    for app in each_app().await {
        let (lists, environment) = (&app.services.card_lists, &app.installation.custody.environment);
        let router = ops::router(OpsState::new(&app.services, RoleSet::all()));
        let mut operator = TestBrowser::new(router, OPS);
        let mut standing = async || {
            let text = operator.get("/readyz").await.text;
            text.lines().find_map(|line| line.strip_prefix("card-lists: ")).unwrap().to_owned()
        };
        let folder = app.state.demo.as_ref().unwrap().lab.crl_folder();
        fs::write(folder.join("broken.crl"), "half a list").unwrap();
        assert_eq!(standing().await, "ok", "nobody has looked yet: {}", app.engine());
        lists.reload(environment.now());
        assert_eq!(standing().await, "degraded: a file was refused");
        let text = scrape(&app.services).await;
        for (state, count) in [("fresh", 1.0), ("stale", 0.0), ("refused", 1.0)] {
            assert_eq!(
                value(&text, &format!("techo_card_lists{{state=\"{state}\"}}")),
                Some(count),
                "{text}"
            );
        }
        assert_eq!(value(&text, "techo_card_list_changes_total"), Some(2.0));
        fs::remove_file(folder.join("broken.crl")).unwrap();
        lists.reload(environment.now());
        assert_eq!(standing().await, "ok");
        environment.advance(Duration::from_secs(61));
        let forgotten = "degraded: the folder has not been looked at for more than a minute";
        assert_eq!(standing().await, forgotten);
        fs::rename(&folder, folder.with_extension("away")).unwrap();
        lists.reload(environment.now());
        assert_eq!(standing().await, "degraded: the folder cannot be read", "{}", app.engine());
    }
}

#[tokio::test]
async fn requests_are_counted_by_the_template_of_their_route_and_never_by_a_path() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let unknown = "018f0000-0000-7000-8000-000000000000";
        for path in [&format!("/checkups/{unknown}"), "/nothing/here", "/sign-in?next=x"] {
            browser.get(path).await;
        }
        let text = scrape(&app.services).await;
        let count = |route: &str, class: &str| {
            let labels = format!("listener=\"portal\",route=\"{route}\",class=\"{class}\"");
            value(&text, &format!("techo_http_requests_total{{{labels}}}"))
        };
        assert_eq!(count("/checkups/{id}", "4xx"), Some(1.0), "{text}");
        assert_eq!(count("unmatched", "4xx"), Some(1.0), "{text}");
        assert_eq!(count("/sign-in", "3xx"), Some(1.0), "{text}");
        let labels = "listener=\"portal\",route=\"/checkups/{id}\"";
        let timed = value(&text, &format!("techo_http_request_duration_seconds_count{{{labels}}}"));
        assert_eq!(timed, Some(1.0));
        for personal in [unknown, "/nothing", "next=x", "山田"] {
            assert!(!text.contains(personal), "{personal}");
        }
    }
}

/// The portal with a page that fails.
fn with_a_page_that_fails(app: &TestApp) -> TestBrowser {
    async fn fails() -> StatusCode {
        panic!("on purpose");
    }
    let more = Router::new().route("/fails", get(fails));
    TestBrowser::new(portal::router_with(app.state.clone(), more), app.state.settings.portal_url.origin())
}

#[tokio::test]
async fn what_the_layers_turn_away_and_what_panics_is_counted_too() {
    for app in each_app().await {
        let mut browser = with_a_page_that_fails(&app);
        assert_eq!(browser.get("/fails").await.status, 500);
        assert_eq!(browser.get("/nothing").await.status, 404);
        let mut limited = 0;
        for _ in 0..200 {
            limited += u32::from(browser.post_form("/sign-out", &[]).await.status == 429);
        }
        assert!(limited > 0);
        let text = scrape(&app.services).await;
        let of = |name: &str, more: &str| value(&text, &format!("{name}{{listener=\"portal\"{more}}}"));
        assert_eq!(of("techo_http_panics_total", ""), Some(1.0), "{text}");
        assert_eq!(of("techo_http_refusals_total", ",status=\"404\""), Some(1.0));
        assert_eq!(of("techo_http_refusals_total", ",status=\"429\""), Some(f64::from(limited)));
        assert_eq!(of("techo_http_refusals_total", ",status=\"503\""), Some(0.0), "seen before it rises");
        assert_eq!(of("techo_http_requests_in_flight", ""), Some(0.0));
    }
}

#[tokio::test]
async fn pools_are_told_by_database_and_engine() {
    for app in each_app().await {
        let text = scrape(&app.services).await;
        let (engine, pool) = if app.engine().eq_ignore_ascii_case("sqlite") {
            ("sqlite", "write")
        } else {
            ("postgres", "all")
        };
        for database in ["identity", "records"] {
            let labels = format!("database=\"{database}\",engine=\"{engine}\",pool=\"{pool}\"");
            let of = |name: &str| value(&text, &format!("techo_database_{name}{{{labels}}}")).unwrap();
            let (open, idle, most) = (of("connections"), of("idle_connections"), of("max_connections"));
            assert!(idle <= open && open <= most && most >= 1.0, "{open} {idle} {most}");
        }
    }
}
