//! Security headers and the nonce of the Content-Security-Policy, on every response.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use techo_custody::environment::Environment;

/// The nonce of one response: the only scripts that run carry it.
#[derive(Clone, Debug)]
pub struct CspNonce(pub String);

/// What the headers depend on.
#[derive(Clone, Debug)]
pub struct HeaderPolicy {
    /// Randomness for nonces.
    pub environment: Environment,
    /// Whether browsers come by https.
    pub https: bool,
    /// Which scripts run.
    pub scripts: ScriptPolicy,
}

/// Which scripts run on the pages of a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptPolicy {
    /// Files of our own, those with the nonce of the response, and wasm.
    Islands,
    /// Files of our own.
    OwnFiles,
    /// None.
    None,
}

/// Where browsers tell what the policy kept from running; the policy names it by `csp`.
const REPORTING_ENDPOINTS: HeaderName = HeaderName::from_static("reporting-endpoints");
const ENDPOINT: HeaderValue = HeaderValue::from_static("csp=\"/csp-reports\"");

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const PERMISSIONS_VALUE: HeaderValue = HeaderValue::from_static(
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), \
     midi=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
);

/// What a browser is to forget when somebody signs out.
pub const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// Its value.
pub const CLEAR: HeaderValue = HeaderValue::from_static("\"cache\", \"storage\"");

/// For everything that is no page of ours: JSON, redirects, files.
const BARE_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");

/// Mints the nonce before the page is made and sets the headers after.
pub async fn layer(State(policy): State<HeaderPolicy>, mut request: Request, next: Next) -> Response {
    let nonce = STANDARD.encode(policy.environment.bytes::<16>());
    request.extensions_mut().insert(CspNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let is_page = is_page(response.headers());
    let csp = if is_page { page_policy(&nonce, policy.scripts) } else { BARE_POLICY };
    let headers = response.headers_mut();
    if is_page {
        headers.insert(REPORTING_ENDPOINTS, ENDPOINT);
    }
    headers.insert(CONTENT_SECURITY_POLICY, csp);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(COOP, HeaderValue::from_static("same-origin"));
    headers.insert(CORP, HeaderValue::from_static("same-origin"));
    headers.insert(PERMISSIONS, PERMISSIONS_VALUE);
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if policy.https {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    response
}

fn is_page(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

/// `wasm-unsafe-eval` lets the browser compile our own wasm; it does not allow `eval`.
fn page_policy(nonce: &str, scripts: ScriptPolicy) -> HeaderValue {
    let scripts = match scripts {
        ScriptPolicy::Islands => format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        ScriptPolicy::OwnFiles => "'self'".to_owned(),
        ScriptPolicy::None => "'none'".to_owned(),
    };
    let policy = format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
         report-uri /csp-reports; report-to csp"
    );
    HeaderValue::from_str(&policy).expect("base64 is a valid header value")
}
