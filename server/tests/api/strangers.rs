//! Every route of the door for systems, walked by a stranger: four are public, everything else refuses alike.

use crate::door::doors;
use axum::{body::Body, http::Method};
use std::{fs, path::Path};

/// Anybody may ask these.
const PUBLIC: [&str; 4] =
    ["/fhir/metadata", "/fhir/.well-known/smart-configuration", "/openapi.json", "/oauth/token"];

/// Routes of the door, read from where they are written: method and path.
fn routes() -> Vec<(Method, String)> {
    let mut sources = String::new();
    read_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api"), &mut sources);
    let mut found = Vec::new();
    for line in sources.split(".route(").skip(1) {
        let path = line.split('"').nth(1).expect("a route has a path").to_owned();
        let handlers =
            line.split(".route(").next().unwrap_or_default().split('\n').next().unwrap_or_default();
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            if handlers.contains(&format!("{}(", method.as_str().to_lowercase())) {
                found.push((method, path.clone()));
            }
        }
    }
    assert!(found.len() >= 2, "the routes were found: {found:?}");
    found
}

fn read_below(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            read_below(&path, text);
        } else {
            text.push_str(&fs::read_to_string(path).expect("a source is text"));
        }
    }
}

#[tokio::test]
async fn a_stranger_is_refused_on_every_route_but_the_four_public_ones() {
    for door in doors().await {
        for (method, path) in routes().into_iter().filter(|(_, path)| !PUBLIC.contains(&path.as_str())) {
            let asked = path.replace("{id}", "018f0000-0000-7000-8000-000000000000");
            for authorization in ["", "Bearer nonsense", "Basic YTpi", "Bearer "] {
                let headers = [("authorization", authorization), ("content-type", "application/fhir+json")];
                let answer = door.client().send(method.clone(), &asked, &headers, Body::from("{}")).await;
                assert_eq!(answer.status, 401, "{method} {path} {authorization}: {}", answer.text);
                assert_eq!(answer.header("www-authenticate"), "Bearer", "{path}");
                assert_eq!(answer.header("cache-control"), "no-store", "{path}");
                if path.starts_with("/fhir") {
                    assert_eq!(answer.json()["resourceType"], "OperationOutcome", "{path}");
                    assert_eq!(answer.json()["issue"][0]["code"], "login", "{path}");
                } else {
                    assert_eq!(answer.json()["type"], "urn:techo:problem:login", "{path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_path_has_no_cookie_and_no_page() {
    for door in doors().await {
        let answer = door.client().get("/home").await;
        assert_eq!(answer.status, 404);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("set-cookie"), "");
    }
}
