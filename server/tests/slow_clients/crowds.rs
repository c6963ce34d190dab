//! Many connections: of one address, of many, and more than there are files for.

use crate::{
    program::{LISTENERS, Listener, Program},
    wire::Wire,
};

const HALF: &str = "GET / HTTP/1.1\r\nHost: local";
const LOOK: &str = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn many_silent_connections_of_one_address_keep_nobody_out_not_even_a_neighbour() {
    let program = Program::start(&[("ADDRESS_CONNECTIONS", "20"), ("HEAD_SECONDS", "60")]).await;
    for door in LISTENERS {
        let mut crowd = Vec::new();
        for n in 0..100 {
            let mut wire = program.connect(door).await;
            wire.send(if n % 2 == 0 { HALF } else { "" }).await;
            crowd.push(wire);
        }
        assert_eq!(program.get(door, "/nothing").await.status, 404, "{door:?}: a neighbour");
        let mut stranger = program.connect_from(door, 2).await;
        stranger.send(LOOK).await;
        assert_eq!(stranger.reply().await.unwrap().status, 404, "{door:?}: somebody else");
        let name = format!("techo_connections{{listener=\"{}\"}}", format!("{door:?}").to_lowercase());
        program.until(&name, |open| open <= 22).await;
    }
    program.assert_no_error_line();
}

#[tokio::test]
async fn a_full_door_takes_in_whoever_comes_from_elsewhere() {
    let settings = [("PORTAL_CONNECTIONS", "12"), ("ADDRESS_CONNECTIONS", "8"), ("HEAD_SECONDS", "60")];
    let program = Program::start(&settings).await;
    let mut crowd = Vec::new();
    for n in 0..40 {
        let mut wire = program.connect_from(Listener::Portal, 2 + n % 4).await;
        wire.send(HALF).await;
        crowd.push(wire);
    }
    assert_eq!(program.get(Listener::Portal, "/nothing").await.status, 404);
    program.assert_no_error_line();
}

/// Files are kept back for the databases, and each door has its own.
#[tokio::test]
async fn with_two_hundred_files_and_a_crowd_at_every_door_all_of_them_answer() {
    let program = Program::start_within("ulimit -n 200", &[("HEAD_SECONDS", "60")]).await;
    let mut crowd: Vec<Wire> = Vec::new();
    for n in 0..60 {
        for door in LISTENERS {
            let Ok(mut wire) = Wire::try_connect(program.at(door), Some([127, 0, 1, n].into())).await else {
                continue;
            };
            wire.send(HALF).await;
            crowd.push(wire);
        }
    }
    let ready = program.get(Listener::Ops, "/readyz").await;
    assert_eq!(ready.status, 200, "{}", ready.text());
    let challenge = "POST /card/challenge HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
        Content-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"purpose\":\"enrol\"}";
    let mut person = program.connect(Listener::Portal).await;
    person.send(challenge).await;
    let reply = person.reply().await.expect("an answer");
    assert_eq!(reply.status, 200, "the databases can be written: {}", reply.text());
    for door in [Listener::Console, Listener::Api] {
        assert_eq!(program.get(door, "/nothing").await.status, 404, "{door:?}");
    }
    assert!(crowd.len() > 100, "there was a crowd: {}", crowd.len());
    program.assert_no_error_line();
}

#[test]
fn with_far_too_few_files_the_start_says_so_in_one_line() {
    let (status, log) = Program::refused("ulimit -n 100");
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(log.contains("ulimit -n") && log.trim().lines().count() == 1, "{log}");
}
