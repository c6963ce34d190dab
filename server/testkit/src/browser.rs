//! A browser as far as the server can tell: it keeps cookies and says where its requests come from.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, header},
};
use serde_json::Value;
use std::collections::BTreeMap;
use tower::ServiceExt as _;

/// What came back.
pub struct HttpAnswer {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, as text.
    pub text: String,
}

impl HttpAnswer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("{} is no JSON: {}", self.status, self.text))
    }

    /// A form that came back: 422, 「エラー：」 first in the title, and first on the page what is wrong, with a link to this field.
    pub fn assert_refused(&self, field: &str) {
        assert_eq!(self.status, 422, "{}", self.text);
        assert!(self.text.contains("<title>エラー："), "{}", self.text);
        let main = self.text.split("<main").nth(1).expect("a page has a main part");
        let (before, heading) = main.split_once("<h1").expect("a page has a heading");
        let (tag, summary) =
            before.split_once("class=\"error-summary\"").expect("what is wrong stands first");
        let tag = format!("{}{}", tag.rsplit('<').next().unwrap(), summary.split('>').next().unwrap());
        assert!(tag.contains("autofocus") && tag.contains("tabindex=\"-1\""), "the focus goes to it: {tag}");
        assert!(summary.contains(&format!("href=\"#{field}\"")), "{field}: {summary}");
        assert!(heading.contains(&format!("id=\"{field}\"")), "the link leads to {field}: {heading}");
    }

    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Cookies before a router, without a socket.
pub struct TestBrowser {
    router: Router,
    origin: String,
    /// Cookies by name.
    pub cookies: BTreeMap<String, String>,
}

impl TestBrowser {
    /// Without cookies, at this origin.
    pub fn new(router: Router, origin: &str) -> Self {
        Self { router, origin: origin.to_owned(), cookies: BTreeMap::new() }
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> HttpAnswer {
        self.send(Method::GET, path, &[(header::ACCEPT.as_str(), "text/html")], Body::empty()).await
    }

    /// Asks for JSON.
    pub async fn get_json(&mut self, path: &str) -> HttpAnswer {
        self.send(Method::GET, path, &[(header::ACCEPT.as_str(), "application/json")], Body::empty()).await
    }

    /// Sends a form as a page of the same origin does. Values are sent as they are.
    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> HttpAnswer {
        let body = fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let origin = self.origin.clone();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
            ("sec-fetch-site", "same-origin"),
            ("origin", origin.as_str()),
        ];
        self.send(Method::POST, path, &headers, Body::from(body)).await
    }

    /// Sends JSON as a script of the same origin does.
    pub async fn post_json(&mut self, path: &str, body: &Value) -> HttpAnswer {
        let origin = self.origin.clone();
        let headers = [
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
            ("origin", origin.as_str()),
        ];
        self.send(Method::POST, path, &headers, Body::from(body.to_string())).await
    }

    /// Any request, with the cookies of this browser and nothing else that was not asked for.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> HttpAnswer {
        let mut request = Request::builder().method(method).uri(path);
        let host = self.origin.split_once("://").map_or("localhost", |(_, host)| host);
        request = request.header(header::HOST, host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        self.keep_cookies(&parts.headers);
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        HttpAnswer { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for value in headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() || text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
