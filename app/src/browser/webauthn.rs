//! Passkey ceremonies: options of the server in, answer of the authenticator out, both as WebAuthn's JSON.
//!
//! Browsers that do not read or write that JSON by themselves get the conversion done here.

use super::{
    bytes::{decode, encode},
    objects::{call, get, object, set, text_at},
};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The two ceremonies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub enum PasskeyCeremony {
    /// Makes a passkey.
    Create,
    /// Uses a passkey.
    Get,
}

impl From<PasskeyCeremony> for String {
    fn from(ceremony: PasskeyCeremony) -> Self {
        if ceremony == PasskeyCeremony::Create { "create" } else { "get" }.to_owned()
    }
}

impl From<String> for PasskeyCeremony {
    fn from(text: String) -> Self {
        if text == "create" { Self::Create } else { Self::Get }
    }
}

/// Why a ceremony gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CeremonyError {
    /// This browser knows no passkeys.
    Unsupported,
    /// The person closed the window, or waited too long.
    Cancelled,
    /// This device holds a passkey of this account already.
    AlreadyThere,
    /// Anything else.
    Failed,
}

/// Runs a ceremony with the server's options; the answer is ready to be sent as JSON.
pub(crate) async fn run(ceremony: PasskeyCeremony, options: &JsValue) -> Result<JsValue, CeremonyError> {
    let class = get(&js_sys::global(), "PublicKeyCredential");
    let window = web_sys::window().ok_or(CeremonyError::Unsupported)?;
    let credentials = get(&get(&window, "navigator"), "credentials");
    if class.is_undefined() || credentials.is_undefined() {
        return Err(CeremonyError::Unsupported);
    }
    let (parser, method) = match ceremony {
        PasskeyCeremony::Create => ("parseCreationOptionsFromJSON", "create"),
        PasskeyCeremony::Get => ("parseRequestOptionsFromJSON", "get"),
    };
    let public_key = match call(&class, parser, options) {
        Some(parsed) => parsed.map_err(|_| CeremonyError::Failed)?,
        None => with_buffers(options),
    };
    let asked = call(&credentials, method, &object(&[("publicKey", &public_key)]));
    let promise = asked.ok_or(CeremonyError::Unsupported)?.map_err(|cause| reason(&cause))?;
    let promise: js_sys::Promise = promise.dyn_into().map_err(|_| CeremonyError::Failed)?;
    let credential = JsFuture::from(promise).await.map_err(|cause| reason(&cause))?;
    if credential.is_null() {
        return Err(CeremonyError::Cancelled);
    }
    match call(&credential, "toJSON", &JsValue::UNDEFINED) {
        Some(written) => written.map_err(|_| CeremonyError::Failed),
        None => Ok(by_hand(&credential)),
    }
}

fn reason(cause: &JsValue) -> CeremonyError {
    match text_at(cause, "name").as_deref() {
        Some("NotAllowedError" | "AbortError") => CeremonyError::Cancelled,
        Some("InvalidStateError") => CeremonyError::AlreadyThere,
        Some("NotSupportedError") => CeremonyError::Unsupported,
        _ => CeremonyError::Failed,
    }
}

/// The options with base64url texts made into buffers: challenge, `user.id`, and the ids of both lists.
fn with_buffers(options: &JsValue) -> JsValue {
    let to_buffer = |owner: &JsValue, field: &str| {
        if let Some(text) = text_at(owner, field) {
            set(owner, field, &Uint8Array::from(decode(&text).as_slice()).buffer());
        }
    };
    to_buffer(options, "challenge");
    to_buffer(&get(options, "user"), "id");
    for list in ["excludeCredentials", "allowCredentials"] {
        if let Ok(entries) = get(options, list).dyn_into::<Array>() {
            entries.iter().for_each(|entry| to_buffer(&entry, "id"));
        }
    }
    options.clone()
}

/// The credential as its `toJSON` would write it.
fn by_hand(credential: &JsValue) -> JsValue {
    let answer = get(credential, "response");
    let response = object(&[]);
    for field in ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] {
        let value = get(&answer, field);
        if !value.is_undefined() && !value.is_null() {
            set(&response, field, &encode(&Uint8Array::new(&value).to_vec()).into());
        }
    }
    if let Some(Ok(transports)) = call(&answer, "getTransports", &JsValue::UNDEFINED) {
        set(&response, "transports", &transports);
    }
    let extensions = call(credential, "getClientExtensionResults", &JsValue::UNDEFINED);
    let extensions = extensions.and_then(Result::ok).unwrap_or_else(|| object(&[]));
    let id = get(credential, "id");
    object(&[
        ("id", &id),
        ("rawId", &id),
        ("type", &get(credential, "type")),
        ("response", &response),
        ("clientExtensionResults", &extensions),
        ("authenticatorAttachment", &get(credential, "authenticatorAttachment")),
    ])
}
