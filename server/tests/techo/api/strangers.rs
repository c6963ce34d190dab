//! Every route of the door for systems, walked by a stranger: four are public, everything else refuses alike. The routes are those
//! of the door's own table.

use crate::fixtures::systems::each_systems_api;
use axum::body::Body;
use techo::api::{self, ApiAccess};

#[tokio::test]
async fn a_stranger_is_refused_on_every_route_but_the_four_public_ones() {
    let routes = api::route_table().into_list();
    assert_eq!(routes.iter().filter(|route| route.access == ApiAccess::Anybody).count(), 4);
    for api in each_systems_api().await {
        for route in routes.iter().filter(|route| route.access == ApiAccess::Clients) {
            let (method, path) = (&route.method, route.path);
            let asked = path.replace("{id}", "018f0000-0000-7000-8000-000000000000");
            for authorization in ["", "Bearer nonsense", "Basic YTpi", "Bearer "] {
                let headers = [("authorization", authorization), ("content-type", "application/fhir+json")];
                let answer = api.client().send(method.clone(), &asked, &headers, Body::from("{}")).await;
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
    for api in each_systems_api().await {
        let answer = api.client().get("/home").await;
        assert_eq!(answer.status, 404);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("set-cookie"), "");
    }
}
