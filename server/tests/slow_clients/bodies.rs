//! Bodies that come slowly, in crumbs, or to somebody who does not want them.

use crate::{
    program::{Listener, Program},
    wire::{Reply, Wire},
};
use std::time::{Duration, Instant};
use tokio::{task::JoinSet, time::sleep};

const FORM: &str = "to=en&back=/privacy";

/// A head of a request that changes something, as our own pages send it.
fn head(path: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{more}\r\n\r\n"
    )
}

fn whole(path: &str) -> String {
    head(path, &format!("Content-Length: {}", FORM.len())) + FORM
}

/// How an ordinary request fares, and how long it takes.
async fn ordinary(program: &Program, door: Listener, path: &str) -> (u16, Duration) {
    let began = Instant::now();
    let mut wire = program.connect(door).await;
    wire.send(whole(path)).await;
    (wire.reply().await.expect("an answer").status, began.elapsed())
}

/// A crowd of slow bodies at a door, and an ordinary request among them.
async fn crowded(program: &Program, door: Listener, path: &str, good: u16) {
    let mut slow = JoinSet::new();
    for _ in 0..300 {
        let mut wire = program.connect(door).await;
        wire.send(head(path, "Content-Length: 1000") + "t").await;
        slow.spawn(async move { (wire.reply().await, wire.ended().await) });
    }
    for _ in 0..3 {
        let (status, took) = ordinary(program, door, path).await;
        assert_eq!(status, good, "{door:?}: a neighbour at the same address is let in");
        assert!(took < Duration::from_secs(5), "{door:?}: {took:?}");
    }
    let mut late = 0;
    while let Some(reply) = slow.join_next().await {
        let reply = reply.unwrap().0.expect("who is too slow is told so");
        assert!([408, 429].contains(&reply.status), "{door:?}: {}", reply.head);
        assert!(reply.closes(), "{door:?}: {}", reply.head);
        late += u32::from(reply.status == 408);
    }
    assert!(late > 0, "{door:?}: somebody was waited for");
}

#[tokio::test]
async fn slow_bodies_shut_no_door_and_end_in_time() {
    let program = Program::start(&[
        ("ADDRESS_CONNECTIONS", "400"),
        ("CONSOLE_CONNECTIONS", "512"),
        ("ADDRESS_RATE", "1000"),
        ("STALL_SECONDS", "10"),
        ("BODY_SECONDS", "10"),
    ])
    .await;
    tokio::join!(
        crowded(&program, Listener::Portal, "/language", 303),
        crowded(&program, Listener::Console, "/language", 303),
        crowded(&program, Listener::Api, "/oauth/token", 400),
    );
    program.assert_no_error_line();
    assert!(program.log().matches("came too slowly").count() < 100, "the log is bounded");
}

#[tokio::test]
async fn a_byte_a_second_is_too_slow_and_crumbs_that_come_quickly_are_not() {
    let program = Program::start(&[]).await;
    let mut wire = program.connect(Listener::Portal).await;
    wire.send(head("/language", "Transfer-Encoding: chunked")).await;
    for byte in FORM.bytes() {
        wire.send(format!("1\r\n{}\r\n", char::from(byte))).await;
    }
    wire.send("0\r\n\r\n").await;
    assert_eq!(wire.reply().await.unwrap().status, 303);

    wire.send(head("/language", "Transfer-Encoding: chunked")).await;
    let began = Instant::now();
    let drip = async {
        loop {
            wire.send("1\r\nt\r\n").await;
            sleep(Duration::from_secs(1)).await;
            if began.elapsed() > Duration::from_secs(5) {
                return wire.reply().await;
            }
        }
    };
    let reply = drip.await.expect("an answer");
    assert_eq!((reply.status, reply.closes()), (408, true));
    program.assert_no_error_line();
}

#[tokio::test]
async fn a_body_that_is_too_large_or_cut_or_no_body_is_refused_and_nothing_of_it_is_a_request() {
    let program = Program::start(&[]).await;
    let smuggled = "GET /pkg/app.css HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (framing, body, statuses) in [
        ("Content-Length: 99999999", String::new(), &[413][..]),
        ("Transfer-Encoding: chunked", format!("FFFFF\r\n{}", "x".repeat(100_000)), &[413]),
        ("Transfer-Encoding: chunked", format!("zz\r\n{smuggled}"), &[400]),
        ("Transfer-Encoding: chunked", format!("-1\r\n{smuggled}"), &[400]),
        ("Content-Length: -1", smuggled.to_owned(), &[400]),
        ("Content-Length: 5\r\nContent-Length: 5", smuggled.to_owned(), &[400]),
        ("Content-Length: 5\r\nContent-Length: 50", smuggled.to_owned(), &[400]),
        ("Transfer-Encoding: chunked, identity", smuggled.to_owned(), &[400]),
    ] {
        let mut wire = program.connect(Listener::Portal).await;
        wire.send(head("/language", framing) + &body).await;
        if let Some(reply) = wire.reply().await {
            assert!(statuses.contains(&reply.status), "{framing}: {}", reply.head);
        }
        while let Some(reply) = wire.reply().await {
            assert_ne!(reply.text(), "body{}", "{framing}: a body is no request");
        }
    }
    program.assert_no_error_line();
}

/// Many changes on one connection until somebody is told to wait: each answer is read, and the line is used again exactly
/// when it was not said to end.
async fn hammered(program: &Program, door: Listener, path: &str, body: &str) -> Reply {
    let mut wire: Option<Wire> = None;
    let request = head(path, &format!("Content-Length: {}", body.len())) + body;
    for _ in 0..400 {
        let mut line = match wire.take() {
            Some(line) => line,
            None => program.connect(door).await,
        };
        line.send(&request).await;
        let reply = line.reply().await.unwrap_or_else(|| panic!("{door:?}: a line was cut without a word"));
        if reply.status == 429 {
            if !reply.closes() {
                line.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
                let next = line.reply().await.expect("the line is good");
                assert!([404, 429].contains(&next.status), "{}", next.head);
            }
            return reply;
        }
        wire = (!reply.closes()).then_some(line);
    }
    panic!("{door:?}: nobody was slowed down");
}

#[tokio::test]
async fn who_is_told_to_wait_before_the_body_was_read_can_use_the_line_again_or_is_told_that_it_ends() {
    let program = Program::start(&[("ADDRESS_RATE", "2")]).await;
    for (door, path) in
        [(Listener::Portal, "/language"), (Listener::Console, "/language"), (Listener::Api, "/oauth/token")]
    {
        for body in [FORM.to_owned(), "x".repeat(30_000), "x".repeat(60_000)] {
            let reply = hammered(&program, door, path, &body).await;
            assert!(reply.header("retry-after").is_some(), "{door:?}: {}", reply.head);
        }
    }
}

#[tokio::test]
async fn who_waits_to_be_asked_for_the_body_is_asked_or_refused_without_it() {
    let program = Program::start(&[("ADDRESS_RATE", "1")]).await;
    let length = format!("Expect: 100-continue\r\nContent-Length: {}", FORM.len());
    let mut asked = false;
    for _ in 0..40 {
        let mut wire = program.connect(Listener::Portal).await;
        wire.send(head("/language", &length)).await;
        let first = wire.reply().await.expect("an answer");
        if first.status == 100 {
            asked = true;
            wire.send(FORM).await;
            assert_eq!(wire.reply().await.unwrap().status, 303);
        } else {
            assert_eq!((first.status, first.closes(), asked), (429, true, true), "{}", first.head);
            return;
        }
    }
    panic!("nobody was slowed down");
}
