//! How a request points at somebody, as the clinics' part understands it.

use super::{FhirError, SystemClient};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use techo_disclosure::{clinic::PresentedIdentity, inquiry::AskerKey};
use techo_exchange::{
    fhir::pointer::{PersonPointer, PointerKind},
    json::{JsonBounds, read_strict_json},
};
use techo_model::card::WebEidToken;

/// A pointer whose value was read as far as its kind demands.
pub(super) enum Pointed<'a> {
    ShareCode(&'a str),
    ClinicCode(&'a str),
    Card(Box<WebEidToken>),
}

impl<'a> Pointed<'a> {
    /// Reads a pointer.
    ///
    /// # Errors
    /// 400 when a card token is none.
    pub(super) fn read(pointer: &'a PersonPointer) -> Result<Self, FhirError> {
        let value = pointer.value.as_str();
        Ok(match pointer.kind {
            PointerKind::ShareCode => Self::ShareCode(value),
            PointerKind::ClinicCode => Self::ClinicCode(value),
            PointerKind::Card => Self::Card(Box::new(card_token(value)?)),
        })
    }

    /// Whom that means; a card answered the challenge of this client's token.
    pub(super) fn presented<'b>(&'b self, client: &'b SystemClient) -> PresentedIdentity<'b> {
        match self {
            Self::ShareCode(digits) => {
                PresentedIdentity::ShareCode { digits, key: AskerKey::of_system(&client.token) }
            }
            Self::ClinicCode(code) => PresentedIdentity::ClinicCode(code),
            Self::Card(token) => {
                PresentedIdentity::Card { token, origin: client.origin.as_deref(), key: &client.token }
            }
        }
    }
}

/// The token of a card: base64 of its JSON.
fn card_token(value: &str) -> Result<WebEidToken, FhirError> {
    let bytes = STANDARD.decode(value).ok();
    let wrong = |what: &str| {
        FhirError::invalid(format!("urn:techo:card: base64 of a web-eid:1.0 token as JSON is expected{what}"))
    };
    let bytes = bytes.ok_or_else(|| wrong(""))?;
    read_strict_json(&bytes, JsonBounds::of_bytes(bytes.len()))
        .map_err(|problem| wrong(&format!(" ({problem})")))
}
