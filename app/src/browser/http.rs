//! Requests of the islands: JSON to our own origin, and nothing else.

use super::objects::text_at;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestCredentials, RequestInit, Response};

/// A request without a good answer.
pub(crate) struct Failure {
    /// HTTP status; 0 when the server was not reached.
    pub(crate) status: u16,
    /// The number to tell support.
    pub(crate) reference: Option<String>,
    /// The answer itself, `undefined` when it was not JSON.
    pub(crate) body: JsValue,
}

impl Failure {
    fn unreachable() -> Self {
        Self { status: 0, reference: None, body: JsValue::UNDEFINED }
    }
}

/// Sends a POST request; the JSON of a good answer (`undefined` when it has no body).
pub(crate) async fn post(path: &str, body: &JsValue) -> Result<JsValue, Failure> {
    let response = send(path, body).await.map_err(|_| Failure::unreachable())?;
    let body = match response.json() {
        Ok(reading) => JsFuture::from(reading).await.unwrap_or(JsValue::UNDEFINED),
        Err(_) => JsValue::UNDEFINED,
    };
    if response.ok() {
        return Ok(body);
    }
    Err(Failure { status: response.status(), reference: text_at(&body, "reference"), body })
}

async fn send(path: &str, body: &JsValue) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("Content-Type", "application/json")?;
    headers.set("Accept", "application/json")?;
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_credentials(RequestCredentials::SameOrigin);
    options.set_headers(&headers);
    options.set_body(&js_sys::JSON::stringify(body)?.into());
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    JsFuture::from(window.fetch_with_str_and_init(path, &options)).await?.dyn_into()
}
