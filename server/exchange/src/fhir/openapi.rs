//! `/openapi.json`: the door for systems as OpenAPI 3.1, from the same table as the CapabilityStatement.

use super::{KINDS, KindFacts, capability::parameters};
use serde_json::{Map, Value, json};

const FHIR: &str = "application/fhir+json";

/// The document of the door at `base`.
pub fn document(base: &str, version: &str) -> Value {
    let mut paths = Map::new();
    for facts in &KINDS {
        let mut of_type = json!({ "get": search(facts) });
        if facts.is_sent {
            of_type["post"] = create(&format!("create{}", facts.name), "the resource as it is kept");
            of_type["post"]["parameters"] = json!([{ "name": "If-None-Exist", "in": "header", "required": false,
                "description": "conditional create (R4): a search of this type", "schema": { "type": "string" } }]);
            of_type["post"]["responses"]["412"] = answer("If-None-Exist finds several", FHIR);
        }
        paths.insert(format!("/fhir/{}", facts.name), of_type);
        paths.insert(format!("/fhir/{}/_search", facts.name), json!({ "post": search_by_form(facts) }));
        paths.insert(format!("/fhir/{}/{{id}}", facts.name), json!({ "get": read(facts) }));
    }
    let transaction = create("transaction", "a Bundle of type transaction-response");
    paths.insert("/fhir".into(), json!({ "post": transaction }));
    paths.insert("/fhir/metadata".into(), json!({ "get": open("the CapabilityStatement", FHIR) }));
    let smart = open("how a system gets in: SMART App Launch 2", "application/json");
    paths.insert("/fhir/.well-known/smart-configuration".into(), json!({ "get": smart }));
    paths.insert("/openapi.json".into(), json!({ "get": open("this document", "application/json") }));
    paths.insert("/oauth/token".into(), json!({ "post": token() }));
    paths.insert("/card/challenge".into(), json!({ "post": challenge() }));
    paths.insert("/fhir/Flag".into(), json!({ "post": create("createFlag", "declare an emergency") }));
    paths.insert("/fhir/Flag/{id}".into(), json!({ "put": end_of_emergency() }));
    for (name, what) in
        [("$submit", "資格確認 of one person"), ("$submit-batch", "資格確認 of up to 200 appointments")]
    {
        let path = format!("/fhir/CoverageEligibilityRequest/{name}");
        paths.insert(path, json!({ "post": submit(name, what) }));
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Techo: the door for systems", "version": version,
            "description": "FHIR R4 for those who treat somebody, within what the person shares." },
        "servers": [{ "url": base }],
        "paths": paths,
        "components": { "securitySchemes": { "smart": { "type": "oauth2", "flows": { "clientCredentials": {
            "tokenUrl": format!("{base}/oauth/token"), "scopes": {} } } } } },
    })
}

fn answer(text: &str, media: &str) -> Value {
    json!({ "description": text, "content": { media: { "schema": { "type": "object" } } } })
}

/// The answers that every route behind a token can give.
fn answers(good: &str) -> Value {
    let mut all = json!({ "200": answer(good, FHIR) });
    let refusals = [
        ("400", "not understood; the OperationOutcome names what"),
        ("401", "no valid access token"),
        ("403", "not covered by the token's scopes, or refused"),
        ("404", "nothing there, or nothing for this organisation"),
        ("408", "the body came too slowly"),
        ("413", "the body is too large"),
        ("429", "too many tries"),
        ("503", "busy; try again"),
    ];
    for (status, text) in refusals {
        all[status] = answer(text, FHIR);
    }
    all
}

fn secured() -> Value {
    json!([{ "smart": [] }])
}

fn search(facts: &KindFacts) -> Value {
    json!({
        "operationId": format!("search{}", facts.name),
        "summary": format!("search {}", facts.name),
        "security": secured(),
        "parameters": fields(facts).iter().map(|(name, schema)| json!({
            "name": name, "in": "query", "required": false, "schema": schema })).collect::<Vec<_>>(),
        "responses": answers("a Bundle of type searchset"),
    })
}

fn search_by_form(facts: &KindFacts) -> Value {
    let properties: Map<String, Value> = fields(facts).into_iter().collect();
    json!({
        "operationId": format!("searchByForm{}", facts.name),
        "summary": format!("search {} without a code in an address", facts.name),
        "security": secured(),
        "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": {
            "schema": { "type": "object", "properties": properties } } } },
        "responses": answers("a Bundle of type searchset"),
    })
}

fn fields(facts: &KindFacts) -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> = parameters(facts)
        .into_iter()
        .map(|(name, _)| (name.to_owned(), json!({ "type": "string" })))
        .collect();
    all.push(("_count".into(), json!({ "type": "integer", "minimum": 1, "maximum": 200 })));
    all.push((
        "_page".into(),
        json!({ "type": "string", "description":
        "from the link next, and alone: where the former page ended" }),
    ));
    if !facts.includes.is_empty() {
        all.push(("_include".into(), json!({ "type": "string", "enum": facts.includes })));
    }
    all
}

fn read(facts: &KindFacts) -> Value {
    json!({
        "operationId": format!("read{}", facts.name),
        "summary": format!("read one {}", facts.name),
        "security": secured(),
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "responses": answers("the resource"),
    })
}

fn open(what: &str, media: &str) -> Value {
    json!({ "summary": what, "responses": { "200": answer(what, media), "503": answer("busy", media) } })
}

fn token() -> Value {
    let text = json!({ "type": "string" });
    let names = ["grant_type", "scope", "client_assertion_type", "client_assertion"];
    let properties: Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), text.clone())).collect();
    let told = |what: &str| answer(what, "application/json");
    json!({
        "operationId": "token",
        "summary": "an access token for a signed assertion (SMART Backend Services)",
        "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": {
            "schema": { "type": "object", "properties": properties, "required": names } } } },
        "responses": { "200": told("an access token"), "400": told("refused, as RFC 6749 says"),
            "401": told("nobody we know"), "413": told("too large"), "429": told("too many tries"), "503": told("busy") },
    })
}

fn challenge() -> Value {
    let mut responses = answers("what a card is to sign");
    responses["200"] = answer("what a card is to sign", "application/json");
    json!({ "operationId": "cardChallenge", "summary": "asks a card at the counter something new",
        "security": secured(), "responses": responses })
}

fn create(id: &str, what: &str) -> Value {
    let mut responses = answers(what);
    responses["201"] = answer(what, FHIR);
    responses["422"] = answer("not as docs/FORMATS.md says; the OperationOutcome names every element", FHIR);
    json!({
        "operationId": id,
        "summary": what,
        "security": secured(),
        "requestBody": { "required": true, "content": { FHIR: { "schema": { "type": "object" } } } },
        "responses": responses,
    })
}

fn end_of_emergency() -> Value {
    json!({
        "operationId": "updateFlag",
        "summary": "end an emergency before its time",
        "security": secured(),
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "requestBody": { "required": true, "content": { FHIR: { "schema": { "type": "object" } } } },
        "responses": answers("the Flag, inactive"),
    })
}

fn submit(name: &str, what: &str) -> Value {
    let mut responses = answers(what);
    responses["406"] = answer("only other forms can be written", FHIR);
    json!({
        "operationId": name.trim_start_matches('$'),
        "summary": what,
        "security": secured(),
        "requestBody": { "required": true, "content": { FHIR: { "schema": { "type": "object" } } } },
        "responses": responses,
    })
}
