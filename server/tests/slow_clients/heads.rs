//! Silence, half a head, too much of a head, and what is no HTTP/1.1 at all.

use crate::{
    program::{LISTENERS, Listener, Program},
    wire::Wire,
};
use std::time::Duration;
use tokio::{task::JoinSet, time::sleep};

/// Two seconds are allowed; the machine that runs the tests may be slow.
const SOON: Duration = Duration::from_secs(6);

#[tokio::test]
async fn half_a_head_or_no_byte_ends_in_time_at_every_door() {
    let program = Program::start(&[]).await;
    let mut ends = JoinSet::new();
    for door in LISTENERS {
        for sent in ["", "G", "GET / HTTP/1.1\r\nHost: local", "\r\n\r\n"] {
            let mut wire = program.connect(door).await;
            wire.send(sent).await;
            ends.spawn(async move { (door, sent, wire.ended().await) });
        }
        let mut wire = program.connect(door).await;
        ends.spawn(async move {
            let drip = async {
                wire.send("GET / HTTP/1.1\r\nX: ").await;
                for _ in 0..40 {
                    wire.send("x").await;
                    sleep(Duration::from_millis(200)).await;
                }
            };
            drop(tokio::time::timeout(Duration::from_secs(3), drip).await);
            (door, "a byte at a time", wire.ended().await)
        });
    }
    while let Some(ended) = ends.join_next().await {
        let (door, sent, after) = ended.unwrap();
        assert!(after < SOON, "{door:?} after {sent:?}: {after:?}");
    }
    program.until("techo_connections{listener=\"api\"}", |open| open == 0).await;
    program.assert_no_error_line();
}

#[tokio::test]
async fn a_connection_is_used_again_and_ends_when_nothing_more_comes() {
    let program = Program::start(&[]).await;
    for door in LISTENERS {
        let mut wire = program.connect(door).await;
        for _ in 0..3 {
            wire.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
            assert_eq!(wire.reply().await.unwrap().status, 404, "{door:?}");
        }
        assert!(wire.ended().await < SOON, "{door:?}");
    }
}

#[tokio::test]
async fn too_long_a_head_and_too_many_lines_are_refused_and_the_door_stays_open() {
    let program = Program::start(&[]).await;
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(200_000));
    let address = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(200_000));
    let lines = (0..1_000).map(|n| format!("X-{n}: y\r\n")).collect::<String>();
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n");
    for door in LISTENERS {
        for (head, statuses) in [(&long, [431, 431]), (&address, [414, 431]), (&many, [431, 431])] {
            let mut wire = program.connect(door).await;
            wire.send(head).await;
            // A line that is cut while one still sends takes the answer along; that is refused, too.
            if let Some(reply) = wire.reply().await {
                assert!(statuses.contains(&reply.status), "{door:?}: {}", reply.head);
            }
            wire.ended().await;
        }
        assert_eq!(program.get(door, "/nothing").await.status, 404, "{door:?}");
    }
    program.assert_no_error_line();
}

/// There is no HTTP/2 here, so no reset, stream or settings frame can be sent to anybody.
#[tokio::test]
async fn whoever_speaks_another_protocol_is_sent_away_at_once() {
    let program = Program::start(&[("HEAD_SECONDS", "60")]).await;
    let http2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00".to_vec();
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec();
    let noise = vec![0xa5; 4_096];
    for door in LISTENERS {
        for sent in [&http2, &tls, &noise] {
            let mut wire = program.connect(door).await;
            wire.send(sent).await;
            assert!(wire.ended().await < SOON, "{door:?}");
        }
        let mut wire = program.connect(door).await;
        wire.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n")
            .await;
        wire.send("Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n").await;
        assert_eq!(wire.reply().await.unwrap().status, 404, "an upgrade is not taken up: {door:?}");
    }
    program.assert_no_error_line();
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let program = Program::start(&[]).await;
    let mut wire: Wire = program.connect(Listener::Portal).await;
    let one = "GET /pkg/app.css HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let other = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
    wire.send([one, other].concat().repeat(20)).await;
    for _ in 0..20 {
        assert_eq!(wire.reply().await.unwrap().text(), "body{}");
        assert_eq!(wire.reply().await.unwrap().status, 404);
    }
}
