//! Those who ask and do not take what they get.

use crate::{
    program::{LARGE, Listener, Program},
    wire::Wire,
};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const LARGE_FILE: &str = "GET /pkg/large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn whoever_takes_a_byte_a_second_of_a_large_answer_is_given_up() {
    let program = Program::start(&[]).await;
    let mut slow = Wire::connect_narrow(program.at(Listener::Portal)).await;
    slow.send(LARGE_FILE).await;
    for _ in 0..4 {
        assert_eq!(slow.take_byte().await.unwrap(), 1);
        sleep(Duration::from_secs(1)).await;
    }
    program
        .until("techo_connections_ended_total{listener=\"portal\",how=\"slow_taker\"}", |count| count == 1)
        .await;
    program.until("techo_connections{listener=\"portal\"}", |open| open == 0).await;
    program.assert_no_error_line();
}

#[tokio::test]
async fn a_row_of_requests_whose_answers_nobody_takes_ends() {
    let program = Program::start(&[]).await;
    let mut wire = Wire::connect_narrow(program.at(Listener::Portal)).await;
    let requests = LARGE_FILE.repeat(1_000);
    let began = Instant::now();
    let mut sent = 0;
    while began.elapsed() < Duration::from_secs(8) && sent < requests.len() {
        sent += wire.send_at_once(&requests.as_bytes()[sent..]);
        sleep(Duration::from_millis(100)).await;
    }
    program.until("techo_connections{listener=\"portal\"}", |open| open == 0).await;
    program.assert_no_error_line();
}

#[tokio::test]
async fn whoever_takes_it_at_a_bearable_pace_gets_all_of_it() {
    let program = Program::start(&[]).await;
    let mut wire = program.connect(Listener::Portal).await;
    wire.send(LARGE_FILE).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(wire.reply().await.expect("all of it").body.len(), LARGE);
}
