//! Spans that leave for a collector: what they carry, that the last ones are not lost, and that nobody waits for a collector.

use crate::{
    installation::Installation,
    web::collector::{Collector, Export, silent},
};
use std::{
    process::Command,
    time::{Duration, Instant},
};

/// The program with a setting more.
fn with_endpoint(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_techo"));
    command.env("TECHO_OTLP_ENDPOINT", url);
    command
}

#[test]
fn spans_of_requests_and_statements_reach_the_collector_with_templates_alone_and_the_last_before_the_end() {
    let (installation, collector) = (Installation::new(), Collector::start());
    let server = installation.serve_through(with_endpoint(&collector.url()));
    assert_eq!(server.write().status, 303, "{}", server.errors());
    let unknown = "018f0000-0000-7000-8000-000000000000";
    assert_eq!(server.get(&format!("/checkups/{unknown}?secret=wish")).status, 303);
    let (status, errors) = server.stop();
    assert_eq!(status, Some(0), "{errors}");
    let exports: Vec<Export> = collector.taken.try_iter().collect();
    assert!(exports.iter().all(|export| export.head.starts_with("POST /v1/traces HTTP/1.1\r\n")));
    let any = |text: &str| exports.iter().any(|export| export.has(text));
    for told in [
        "techo",
        "request",
        "listener",
        "portal",
        "/checkups/{id}",
        "/enrol/agree",
        "reference",
        "GET",
        "POST",
    ] {
        assert!(any(told), "{told} is missing");
    }
    assert!(any("statement") && any("keep_session"), "statements are told by their functions");
    for kept in [unknown, "secret", "wish", "agree=yes"] {
        assert!(!any(kept), "{kept} left");
    }
}

#[test]
fn a_collector_that_never_answers_holds_no_request_up_and_no_end() {
    let (url, connected) = silent();
    let installation = Installation::new();
    let server = installation.serve_through(with_endpoint(&url));
    // The exporter waits for an answer from here on, and each request makes spans.
    assert_eq!(server.write().status, 303, "{}", server.errors());
    let waiting = connected.recv_timeout(Duration::from_secs(30)).unwrap();
    for _ in 0..50 {
        assert_eq!(server.write().status, 303);
    }
    waiting.set_nonblocking(true).unwrap();
    let began = Instant::now();
    let (status, errors) = server.stop();
    assert_eq!(status, Some(0), "{errors}");
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert!(!errors.contains("\"ERROR\""), "{errors}");
}

#[test]
fn an_address_that_leads_nowhere_stops_the_start_with_one_line() {
    let installation = Installation::new();
    for wrong in ["localhost:4318", "grpc://collector:4317", "http://user:word@collector"] {
        let mut command = installation.through(with_endpoint(wrong), &["serve"]);
        let output = command.output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(words.contains("TECHO_OTLP_ENDPOINT") && words.lines().count() == 1, "{words}");
        assert!(!words.contains("word"), "an address may hold a secret: {words}");
    }
}
