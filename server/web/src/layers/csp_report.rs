//! `POST /csp-reports`: what the Content-Security-Policy kept from running, as browsers tell it. A page of ours that
//! tries to run something foreign is a sign of an attack, or of a mistake of ours.
//!
//! What stands in a report may be anything, addresses of the person's pages among it. So nothing of it is kept, and the
//! log gets closed words alone, one line a request.

use axum::{body::Bytes, http::StatusCode};
use serde::Deserialize;
use techo_exchange::json::{JsonBounds, read_strict_json};

/// Where it is.
pub const PATH: &str = "/csp-reports";

/// What browsers send: a list (Reporting API), or one report (`report-uri`).
#[derive(Deserialize)]
#[serde(untagged)]
enum Sent {
    Many(Vec<Report>),
    One {
        #[serde(rename = "csp-report")]
        report: Violation,
    },
}

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "type")]
    kind: String,
    body: Violation,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Violation {
    #[serde(alias = "effective-directive", rename = "effectiveDirective")]
    effective: String,
    /// The older name; where both are told the newer one counts.
    #[serde(rename = "violated-directive")]
    violated: String,
    #[serde(alias = "blocked-uri", rename = "blockedURL")]
    blocked: String,
}

/// Directives of our own policy.
const DIRECTIVES: [&str; 12] = [
    "script-src-elem",
    "script-src-attr",
    "script-src",
    "style-src-elem",
    "style-src-attr",
    "style-src",
    "img-src",
    "font-src",
    "connect-src",
    "form-action",
    "frame-ancestors",
    "base-uri",
];

/// Takes a report. Answers nothing in any case.
pub async fn receive(body: Bytes) -> StatusCode {
    let Ok(sent) = read_strict_json::<Sent>(&body, JsonBounds::of_bytes(body.len())) else {
        return StatusCode::NO_CONTENT;
    };
    let violations: Vec<Violation> = match sent {
        Sent::Many(all) => all
            .into_iter()
            .filter(|report| report.kind == "csp-violation")
            .map(|report| report.body)
            .collect(),
        Sent::One { report } => vec![report],
    };
    if let Some(first) = violations.first() {
        tracing::warn!(
            directive = directive(first),
            blocked = blocked(&first.blocked),
            reports = violations.len(),
            "a browser kept something from running on a page"
        );
    }
    StatusCode::NO_CONTENT
}

fn directive(violation: &Violation) -> &'static str {
    let told = if violation.effective.is_empty() { &violation.violated } else { &violation.effective };
    let name = told.split_whitespace().next().unwrap_or_default();
    DIRECTIVES.into_iter().find(|known| *known == name).unwrap_or("another")
}

fn blocked(told: &str) -> &'static str {
    match told {
        "inline" => "inline",
        "eval" | "wasm-eval" => "eval",
        told if told.starts_with("data") || told.starts_with("blob") => "data",
        _ => "an address",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_report_are_read_and_only_closed_words_are_left() {
        let list = r#"[{"type":"csp-violation","body":{"effectiveDirective":"script-src-elem","blockedURL":"https://evil.example/?name=secret"}}]"#;
        let Ok(Sent::Many(reports)) = serde_json::from_str(list) else { panic!("a list") };
        assert_eq!(directive(&reports[0].body), "script-src-elem");
        assert_eq!(blocked(&reports[0].body.blocked), "an address");
        let one = r#"{"csp-report":{"violated-directive":"style-src 'self'","effective-directive":"","blocked-uri":"inline"}}"#;
        let Ok(Sent::One { report }) = serde_json::from_str(one) else { panic!("one") };
        assert_eq!((directive(&report), blocked(&report.blocked)), ("style-src", "inline"));
        let made_up = Violation { effective: "made-up\nname".to_owned(), ..Violation::default() };
        assert_eq!(directive(&made_up), "another");
    }
}
