//! Requests that mean two things at once, and what every door says when it turns somebody away.

use crate::program::{Listener, Program};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const PAGES: [Listener; 3] = [Listener::Portal, Listener::Console, Listener::Api];

async fn answered(program: &Program, door: Listener, head: &str, body: &str) -> (u16, String) {
    let mut wire = program.connect(door).await;
    wire.send(format!("{head}\r\n\r\n{body}")).await;
    let reply = wire.reply().await.unwrap_or_else(|| panic!("{door:?}: no answer to {head}"));
    (reply.status, reply.head)
}

#[tokio::test]
async fn whoever_says_something_twice_is_refused_at_every_door() {
    let program = Program::start(&[]).await;
    let get = "GET /nothing HTTP/1.1\r\nHost: localhost";
    let twice = |name: &str| format!("{get}\r\n{name}: 1\r\n{name}: 1");
    for door in [PAGES.as_slice(), &[Listener::Ops]].concat() {
        assert_eq!(answered(&program, door, get, "").await.0, 404, "{door:?}");
        assert_eq!(answered(&program, door, "GET /nothing HTTP/1.0\r\nHost: localhost", "").await.0, 404);
        for head in [
            "GET /nothing HTTP/1.1\r\nX: y".to_owned(),
            "GET /nothing HTTP/1.1\r\nHost:".to_owned(),
            format!("{get}\r\nHost: localhost"),
            format!("{get}\r\nHost: evil.example"),
            "GET http://localhost/nothing HTTP/1.1\r\nX: y".to_owned(),
            twice("Origin"),
            twice("Authorization"),
            twice("Content-Type"),
            twice("Sec-Fetch-Site"),
            twice("If-None-Exist"),
        ] {
            let (status, said) = answered(&program, door, &head, "").await;
            assert_eq!(status, 400, "{door:?}: {head}\n{said}");
        }
    }
    for (door, name) in [(Listener::Portal, "techo"), (Listener::Console, "techo-console")] {
        let one = format!("{get}\r\nCookie: {name}=1; lang=ja");
        assert_eq!(answered(&program, door, &one, "").await.0, 404, "{door:?}");
        for two in [format!("{one}; {name}=2"), format!("{one}\r\nCookie: {name}=2")] {
            assert_eq!(answered(&program, door, &two, "").await.0, 400, "{door:?}: {two}");
        }
    }
    program.assert_no_error_line();
}

/// What a stranger may ask for, however strange.
const PATHS: [&str; 15] = [
    "/%00",
    "/%ff",
    "/pkg/%00",
    "/pkg/%ff%fe",
    "/pkg/../../keys.json",
    "/pkg/..%2f..%2fkeys.json",
    "/pkg/app.css/below",
    "/checkups/%00",
    "/consent/receipts/%00/file",
    "/notices/x",
    "/records/report?kind=%00&id=%00",
    "/demo/cards?page=99999999999999999999",
    "/fhir/Patient/%00",
    "/fhir/%F0%28%8C%28",
    "*",
];

/// What may stand in their heads.
const HEADS: [&str; 6] = [
    "X: y",
    "Cookie: techo=%00; techo-console=\u{1}",
    "Cookie: techo=AAAAAAAAAAAAAAAAAAAAAA; techo-console=AAAAAAAAAAAAAAAAAAAAAA",
    "Authorization: Bearer \u{e9}",
    "Authorization: Bearer AAAA\r\nAccept: application/json",
    "Range: bytes=5-1,9999-\r\nAccept-Language: ;;q=NaN,*;q=-1\r\nAccept-Encoding: \u{e9}",
];

/// Where they may send something.
const POSTED: [&str; 6] =
    ["/language", "/card/token", "/passkey/sign-in/finish", "/passkey/join/begin", "/oauth/token", "/fhir"];

/// What they may send, and what they say it is.
const BODIES: [(&str, &str); 3] = [
    ("application/json", "{\"code\":\"\\u0000\",\"purpose\":\"\\u0000\",\"id\":\"\\u0000\"}"),
    ("application/x-www-form-urlencoded", "to=%00&back=%00&grant_type=client_credentials&scope=%00"),
    ("text/plain", "\u{0}"),
];

/// Whatever a stranger sends: a path, a cookie, a token, a name with a zero in it. Nothing of it is an error of ours.
#[tokio::test]
async fn nothing_that_a_stranger_sends_writes_an_error_line() {
    let program = Program::start(&[("ADDRESS_RATE", "10000")]).await;
    let long = format!("/pkg/{}", "a".repeat(3_000));
    for door in [PAGES.as_slice(), &[Listener::Ops]].concat() {
        for path in PATHS.into_iter().chain([long.as_str()]) {
            for more in HEADS {
                let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{more}");
                let (status, said) = answered(&program, door, &head, "").await;
                assert!(status < 500, "{door:?} {path} {more}: {said}");
            }
        }
        for path in POSTED {
            for (kind, body) in BODIES {
                let head = format!(
                    "POST {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\n\
                     Content-Length: {}",
                    body.len()
                );
                let (status, said) = answered(&program, door, &head, body).await;
                assert!(status < 500, "{door:?} {path} {kind}: {said}");
            }
        }
    }
    program.assert_no_error_line();
}

/// An answer to a sign-in whose authenticator data are cut off, or go on with what is no CBOR.
fn broken_answer(options: &Value, origin: &str) -> String {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let challenge = &options["publicKey"]["challenge"];
    let challenge = if challenge.is_null() { &options["challenge"] } else { challenge };
    let client =
        json!({ "type": "webauthn.get", "challenge": challenge, "origin": origin, "crossOrigin": false });
    let mut data = vec![7; 32];
    data.push(0xC5);
    data.resize(20_000, 0xFF);
    json!({
        "id": encode(&[1; 16]), "rawId": encode(&[1; 16]), "type": "public-key", "clientExtensionResults": {},
        "response": {
            "authenticatorData": encode(&data), "clientDataJSON": encode(client.to_string().as_bytes()),
            "signature": encode(&[0; 70]), "userHandle": encode(&[2; 16]),
        },
    })
    .to_string()
}

#[tokio::test]
async fn an_answer_of_a_passkey_that_cannot_be_read_writes_nothing_of_itself() {
    let program = Program::start(&[]).await;
    for door in [Listener::Portal, Listener::Console] {
        let origin = format!("http://localhost:{}", program.at(door).port());
        let head = |path: &str, more: &str, length: usize| {
            format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nSec-Fetch-Site: same-origin\r\n\
                 Content-Type: application/json\r\nContent-Length: {length}{more}"
            )
        };
        let mut wire = program.connect(door).await;
        wire.send(format!("{}\r\n\r\n{{}}", head("/passkey/sign-in/begin", "", 2))).await;
        let began = wire.reply().await.unwrap();
        assert_eq!(began.status, 200, "{}", began.head);
        let cookie = began.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let body = broken_answer(&serde_json::from_slice(&began.body).unwrap(), &origin);
        let head = head("/passkey/sign-in/finish", &format!("\r\nCookie: {cookie}"), body.len());
        let (status, said) = answered(&program, door, &head, &body).await;
        assert!((400..500).contains(&status), "{door:?}: {said}");
    }
    program.assert_no_error_line();
    assert!(!program.log().contains("255, 255"), "nothing of the answer stands in the log");
}

#[tokio::test]
async fn who_is_told_to_wait_is_told_for_how_long_at_every_door() {
    let program = Program::start(&[("ADDRESS_RATE", "1")]).await;
    for door in PAGES {
        let mut told = None;
        for _ in 0..40 {
            let head = "POST /nothing HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 0";
            let (status, said) = answered(&program, door, head, "").await;
            if status == 429 {
                told = Some(said);
                break;
            }
        }
        let told = told.unwrap_or_else(|| panic!("{door:?}: nobody was slowed down"));
        assert!(told.to_lowercase().contains("\r\nretry-after: 1\r\n"), "{door:?}: {told}");
    }
}

#[tokio::test]
async fn a_system_finds_out_without_a_token_how_to_get_in() {
    let program = Program::start(&[]).await;
    let reply = program.get(Listener::Api, "/fhir/.well-known/smart-configuration").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    let said: Value = serde_json::from_slice(&reply.body).unwrap();
    let statement = program.get(Listener::Api, "/fhir/metadata").await.text();
    assert_eq!(said["grant_types_supported"], serde_json::json!(["client_credentials"]));
    assert!(statement.contains(said["token_endpoint"].as_str().unwrap()));
    assert!(statement.contains("/fhir/.well-known/smart-configuration"));
    let document = program.get(Listener::Api, "/openapi.json").await.text();
    assert!(document.contains("/fhir/.well-known/smart-configuration"));
}
