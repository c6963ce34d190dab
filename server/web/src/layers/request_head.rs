//! A request that says something twice means two things: one to whoever looks at the first, another to whoever looks at the
//! last. Such requests are refused before anybody looks.

use super::turn_away::turn_away;
use crate::problem::HttpError;
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName,
        header::{
            AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, IF_MATCH,
            IF_NONE_MATCH, ORIGIN, RANGE, REFERER, TRANSFER_ENCODING,
        },
        uri::Authority,
    },
    middleware::Next,
    response::Response,
};

/// What stands at most once in a head.
const ONCE: [HeaderName; 14] = [
    AUTHORIZATION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    ORIGIN,
    RANGE,
    REFERER,
    TRANSFER_ENCODING,
    HeaderName::from_static("if-none-exist"),
    HeaderName::from_static("sec-fetch-dest"),
    HeaderName::from_static("sec-fetch-mode"),
    HeaderName::from_static("sec-fetch-site"),
];

/// Name of the door's session cookie, where it has one.
#[derive(Clone, Copy, Debug)]
pub struct SessionCookie(pub Option<&'static str>);

/// Refuses requests that contradict themselves.
pub async fn layer(State(cookie): State<SessionCookie>, request: Request, next: Next) -> Response {
    let is_text = request.uri().path_and_query().is_none_or(|asked| !holds_nul(asked.as_str().as_bytes()));
    if is_text && is_plain(request.headers(), cookie) {
        next.run(request).await
    } else {
        turn_away(request, HttpError::BadRequest).await
    }
}

/// Whether an address or a form holds U+0000, which no text has and PostgreSQL does not store.
pub fn holds_nul(encoded: &[u8]) -> bool {
    encoded.contains(&0) || encoded.windows(3).any(|three| three == b"%00")
}

fn is_plain(headers: &HeaderMap, cookie: SessionCookie) -> bool {
    let once = ONCE.iter().all(|name| headers.get_all(name).iter().nth(1).is_none());
    once && has_one_host(headers) && cookie.0.is_none_or(|name| cookies(headers, name) <= 1)
}

fn has_one_host(headers: &HeaderMap) -> bool {
    let mut all = headers.get_all(HOST).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return false };
    let authority = |text: &str| text.parse::<Authority>().is_ok_and(|host| !host.as_str().contains('@'));
    only.to_str().is_ok_and(authority)
}

/// How many cookies of this name there are: a second one was put there by somebody else.
fn cookies(headers: &HeaderMap, name: &str) -> usize {
    let lines = headers.get_all(COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let names = pairs.map(|pair| pair.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii());
    names.filter(|found| *found == name.as_bytes()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn plain(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        is_plain(&headers, SessionCookie(Some("techo")))
    }

    #[test]
    fn a_head_that_says_something_twice_or_names_no_host_is_refused() {
        let host = ("host", "portal.example.jp");
        assert!(plain(&[host]));
        assert!(plain(&[("host", "[2001:db8::1]:3000")]));
        for wrong in [&[][..], &[host, host], &[("host", "")], &[("host", "a b")], &[("host", "me@here")]] {
            assert!(!plain(wrong), "{wrong:?}");
        }
        for name in ONCE {
            let name: &'static str = Box::leak(name.as_str().to_owned().into_boxed_str());
            assert!(plain(&[host, (name, "x")]), "{name}");
            assert!(!plain(&[host, (name, "x"), (name, "x")]), "{name}");
        }
    }

    #[test]
    fn two_cookies_of_our_name_are_refused_and_others_are_nobodys_business() {
        let host = ("host", "portal.example.jp");
        assert!(plain(&[host, ("cookie", "techo=1; lang=ja; lang=en; techo-console=2")]));
        assert!(!plain(&[host, ("cookie", "techo=1; techo=2")]));
        assert!(!plain(&[host, ("cookie", "techo=1"), ("cookie", "a=b;techo=1")]));
        assert!(!plain(&[host, ("cookie", "techo; techo =1")]));
    }
}
