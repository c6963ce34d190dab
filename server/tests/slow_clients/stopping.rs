//! Told to stop, whatever clients do.

use crate::{
    program::{LARGE, LISTENERS, Listener, Program},
    wire::Wire,
};
use std::time::Duration;
use tokio::time::sleep;

/// Two seconds for requests in flight, and a machine that may be slow.
const SOON: Duration = Duration::from_secs(12);

const LARGE_FILE: &str = "GET /pkg/large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Clients of every slow kind at every door.
async fn nuisances(program: &Program) -> Vec<Wire> {
    let mut all = Vec::new();
    for door in LISTENERS {
        for sent in [
            "",
            "GET / HTTP/1.1\r\nHost: local",
            "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\nGET /",
            "POST /language HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nt",
        ] {
            let mut wire = program.connect(door).await;
            wire.send(sent).await;
            all.push(wire);
        }
    }
    let mut narrow = Wire::connect_narrow(program.at(Listener::Portal)).await;
    narrow.send(LARGE_FILE).await;
    all.push(narrow);
    sleep(Duration::from_millis(300)).await;
    all
}

#[tokio::test]
async fn told_to_stop_it_ends_in_time_with_success_and_without_an_error_line_whatever_clients_do() {
    let times = [("HEAD_SECONDS", "60"), ("BODY_SECONDS", "60"), ("STALL_SECONDS", "60")];
    let mut program = Program::start(&times).await;
    let nuisances = nuisances(&program).await;
    let (status, took) = program.stop().await;
    assert_eq!(status.code(), Some(0), "{}", program.log());
    assert!(took < SOON, "{took:?}");
    program.assert_no_error_line();
    drop(nuisances);
}

#[tokio::test]
async fn with_nobody_there_it_ends_at_once() {
    let mut program = Program::start(&[("STOP_SECONDS", "60")]).await;
    let mut idle = program.connect(Listener::Portal).await;
    idle.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert_eq!(idle.reply().await.unwrap().status, 404);
    let (status, took) = program.stop().await;
    assert_eq!(status.code(), Some(0), "{}", program.log());
    assert!(took < SOON, "{took:?}");
    program.assert_no_error_line();
}

#[tokio::test]
async fn an_answer_that_is_on_its_way_arrives_whole() {
    let mut program = Program::start(&[("STOP_SECONDS", "30")]).await;
    let mut wire = program.connect(Listener::Portal).await;
    wire.send(LARGE_FILE).await;
    assert_eq!(wire.take_byte().await.unwrap(), 1, "the answer has begun");
    let (stopped, rest) = tokio::join!(program.stop(), async {
        let mut count = 1;
        while wire.count_more(&mut count).await {}
        count
    });
    assert_eq!(stopped.0.code(), Some(0), "{}", program.log());
    assert!(rest > LARGE, "head and body: {rest}");
}
