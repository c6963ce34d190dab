//! Who may send a changing request: pages of our own origin, nobody else. This is the whole defence against forged
//! requests, so it stands in front of every unsafe method and has no exceptions.

use crate::problem::HttpError;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header::ORIGIN},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use std::sync::Arc;

/// Our origin as browsers write it.
#[derive(Clone, Debug)]
pub struct OwnOrigin(pub Arc<str>);

/// Refuses cross-site changes, at a door to which pages of our own lead.
pub async fn layer(State(own): State<Option<OwnOrigin>>, request: Request, next: Next) -> Response {
    let is_allowed = |own: OwnOrigin| is_safe(request.method()) || comes_from_us(request.headers(), &own.0);
    if own.is_none_or(is_allowed) { next.run(request).await } else { HttpError::CrossSite.into_response() }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// What the browser says about the sender must fit, whichever of the two headers it sends; one of them must be there.
///
/// Under `Referrer-Policy: no-referrer` browsers send `Origin: null` with a form of our own page, so there
/// `Sec-Fetch-Site` alone decides; no script can set it.
fn comes_from_us(headers: &HeaderMap, own: &str) -> bool {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes() == b"same-origin");
    let origin = headers.get(ORIGIN).map(|value| value.as_bytes());
    let is_own = |origin: &[u8]| origin.eq_ignore_ascii_case(own.as_bytes());
    match (site, origin) {
        (None, None) => false,
        (None, Some(origin)) => is_own(origin),
        (Some(site), None) => site,
        (Some(site), Some(origin)) => site && (origin == b"null" || is_own(origin)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(pairs: &[(&'static str, &str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), http::HeaderValue::from_str(value).unwrap())
        });
        comes_from_us(&headers.collect(), "https://portal.example.jp")
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let own = ("origin", "https://portal.example.jp");
        assert!(allowed(&[own]));
        assert!(allowed(&[("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[own, ("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[("origin", "null"), ("sec-fetch-site", "same-origin")]));
        for strange in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "https://portal.example.jp.evil.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[own, ("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        ] {
            assert!(!allowed(strange), "{strange:?}");
        }
    }
}
