//! What the library leaves to us of an answer: where the browser says that it was asked, and how long an id may be.

use super::{AuthenticationResponse, RegistrationResponse};
use crate::refusal::PasskeyRefusal;
use serde::{Deserialize, de::IgnoredAny};
use techo_custody::Result;
use techo_exchange::json::{JsonBounds, read_strict_json};
use webauthn_rs::prelude::Passkey;

/// Client data of browsers takes a few hundred bytes.
const CLIENT_DATA: JsonBounds = JsonBounds::of_bytes(16 * 1024);

/// Longest id of a credential (WebAuthn level 3, section 4). Nothing shorter than a byte is one.
const LONGEST_ID: usize = 1023;

/// The part of the client's data that says whether a page of another origin had ours in a frame.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Surroundings {
    cross_origin: Option<bool>,
    top_origin: Option<IgnoredAny>,
}

/// Refuses a new key that was made within somebody else's page, or whose id is none.
pub(crate) fn must_be_well_formed(answer: &RegistrationResponse) -> Result<()> {
    check(&answer.response.client_data_json, &answer.raw_id)
}

/// [`must_be_well_formed`] for the use of a key. It depends on the answer alone, so it tells nothing about who is here.
pub(crate) fn must_be_well_formed_use(answer: &AuthenticationResponse) -> Result<()> {
    check(&answer.response.client_data_json, &answer.raw_id)
}

/// Refuses a key whose own data name another id than its answer: the library keeps the former and we have looked at the latter.
pub(crate) fn must_be_the_announced(answer: &RegistrationResponse, made: &Passkey) -> Result<()> {
    if made.cred_id()[..] == answer.raw_id[..] { Ok(()) } else { Err(PasskeyRefusal::CredentialId.into()) }
}

fn check(client_data: &[u8], credential_id: &[u8]) -> Result<()> {
    let surroundings: Surroundings =
        read_strict_json(client_data, CLIENT_DATA).map_err(|_| PasskeyRefusal::ClientData)?;
    if surroundings.cross_origin == Some(true) || surroundings.top_origin.is_some() {
        return Err(PasskeyRefusal::CrossOrigin.into());
    }
    if credential_id.is_empty() || credential_id.len() > LONGEST_ID {
        return Err(PasskeyRefusal::CredentialId.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_in_another_page_and_an_id_of_no_length_are_refused() {
        let plain = br#"{"type":"webauthn.get","origin":"https://a.example","crossOrigin":false}"#;
        assert!(check(plain, &[1]).is_ok());
        assert!(check(br#"{"type":"webauthn.get"}"#, &[1; LONGEST_ID]).is_ok());
        for (data, id) in [
            (&plain[..], &[][..]),
            (plain, &[1; LONGEST_ID + 1]),
            (br#"{"crossOrigin":true}"#, &[1]),
            (br#"{"crossOrigin":false,"crossOrigin":true}"#, &[1]),
            (br#"{"type":"webauthn.get","unknown":1,"unknown":2}"#, &[1]),
            (br#"{"topOrigin":"https://evil.example"}"#, &[1]),
            (b"no json", &[1]),
        ] {
            assert!(check(data, id).is_err(), "{}", String::from_utf8_lossy(data));
        }
    }
}
