//! The three requests behind one press of the button.

use super::{
    CardTransport,
    fields::{Code, Pin},
};
use crate::browser::{Failure, object, post, text_at};
use wasm_bindgen::JsValue;

/// Why the card was not shown.
pub(crate) enum ShowCardError {
    /// The PIN was wrong; so many tries are left.
    WrongPin(i64),
    /// The card takes no PIN any more.
    Locked,
    /// A request failed.
    Request(Failure),
}

impl From<Failure> for ShowCardError {
    fn from(failure: Failure) -> Self {
        Self::Request(failure)
    }
}

/// What the card is asked to sign.
struct Challenge {
    origin: JsValue,
    nonce: JsValue,
}

impl CardTransport {
    /// Lets the card sign; the token as `web-eid:1.0` writes it.
    async fn sign(&self, pin: &Pin, challenge: &Challenge) -> Result<JsValue, ShowCardError> {
        match self {
            Self::Demo { serial } => {
                let body = object(&[
                    ("pin", &pin.as_str().into()),
                    ("origin", &challenge.origin),
                    ("nonce", &challenge.nonce),
                ]);
                post(&format!("/demo/cards/{serial}/sign"), &body).await.map_err(demo_trouble)
            }
        }
    }
}

fn demo_trouble(failure: Failure) -> ShowCardError {
    let tries = js_sys::Reflect::get(&failure.body, &"tries_left".into()).ok().and_then(|left| left.as_f64());
    match (failure.status, tries.map(|left| left as i64)) {
        // The last wrong PIN is answered like the others, with no try left.
        (423, _) | (403, Some(0)) => ShowCardError::Locked,
        (403, Some(left)) => ShowCardError::WrongPin(left),
        _ => ShowCardError::Request(failure),
    }
}

/// Challenge, signature, token; the page to go to next.
pub(super) async fn show_card(
    transport: &CardTransport,
    purpose: &str,
    pin: &Pin,
    code: Option<&Code>,
) -> Result<String, ShowCardError> {
    let answer = post("/card/challenge", &object(&[("purpose", &purpose.into())])).await?;
    let field = |name: &str| text_at(&answer, name).map_or(JsValue::UNDEFINED, JsValue::from);
    let challenge = Challenge { origin: field("origin"), nonce: field("nonce") };
    let token = transport.sign(pin, &challenge).await?;
    let code = code.map_or(JsValue::UNDEFINED, |code| code.as_str().into());
    let done = post("/card/token", &object(&[("token", &token), ("activation_code", &code)])).await?;
    Ok(text_at(&done, "next").unwrap_or_default())
}
