//! A stored credential, and the decoy that takes its place when there is none.
//!
//! An unknown credential costs the same work as a known one: the answer is verified against a key that belongs to
//! nobody, and fails. So the time of an answer does not tell who has an account.

use super::PasskeyDesk;
use crate::{Failure, Internal, Result};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use techo_model::PasskeyId;
use techo_store::vault::passkeys::PasskeyRecord;
use webauthn_rs::Webauthn;
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, DiscoverableKey, Passkey, PublicKeyCredential,
};

const UNREADABLE: Failure = Failure::Internal(Internal::Corrupt("passkey.credential"));

/// Reads a credential from the vault.
pub(crate) fn decode(text: &str) -> Result<Passkey> {
    serde_json::from_str(text).map_err(|_| UNREADABLE)
}

/// Writes a credential for the vault.
pub(crate) fn encode(passkey: &Passkey) -> Result<String> {
    serde_json::to_string(passkey).map_err(|_| UNREADABLE)
}

/// Backup eligibility and state: whether a credential may leave its device, and whether it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BackupFlags {
    pub eligible: bool,
    pub state: bool,
}

impl BackupFlags {
    /// The flags of a credential; the library shows them in its serialised form only.
    pub fn of(passkey: &Passkey) -> Result<Self> {
        let value = serde_json::to_value(passkey).map_err(|_| UNREADABLE)?;
        let flag = |name: &str| value["cred"][name].as_bool().ok_or(UNREADABLE);
        Ok(Self { eligible: flag("backup_eligible")?, state: flag("backup_state")? })
    }
}

/// A stored credential, whoever's it is.
#[derive(Clone, Copy)]
pub(crate) struct StoredCredential<'a> {
    /// Id of its row, for the server's log.
    pub id: PasskeyId,
    /// JSON of the credential.
    pub credential: &'a str,
    /// Whether it may leave its device.
    pub backup_eligible: bool,
}

/// What a right answer changed.
pub(crate) struct Used {
    pub before: String,
    pub after: String,
    pub backup_state: bool,
}

impl PasskeyDesk {
    /// Verifies an answer against a passkey, or against the decoy when there is none.
    pub(super) fn check(
        &self,
        answer: &PublicKeyCredential,
        state: DiscoverableAuthentication,
        passkey: Option<&PasskeyRecord>,
    ) -> Result<Used> {
        let stored = passkey.map(|record| StoredCredential {
            id: record.passkey_id,
            credential: &record.credential,
            backup_eligible: record.backup_eligible,
        });
        check(&self.webauthn, answer, state, stored)
    }
}

/// Verifies an answer against a stored credential, or against the decoy when there is none.
pub(crate) fn check(
    webauthn: &Webauthn,
    answer: &PublicKeyCredential,
    state: DiscoverableAuthentication,
    stored: Option<StoredCredential<'_>>,
) -> Result<Used> {
    let Some(stored) = stored else {
        let decoy = decoy(&answer.raw_id)?;
        let _ = webauthn.finish_discoverable_authentication_v2(answer, state, decoy);
        return Err(Failure::Refused("passkey-unknown"));
    };
    let mut passkey = decode(stored.credential)?;
    let key = DiscoverableKey::from(&passkey);
    let result = webauthn.finish_discoverable_authentication_v2(answer, state, key);
    let result = result.map_err(|error| {
        tracing::info!(passkey = %stored.id, %error, "a passkey was refused");
        Failure::Refused("passkey-wrong")
    })?;
    if !is_unchanged_in_kind(&result, stored) {
        return Err(Failure::Refused("passkey-changed-its-kind"));
    }
    passkey.update_credential(&result);
    Ok(Used {
        before: stored.credential.to_owned(),
        after: if result.needs_update() { encode(&passkey)? } else { stored.credential.to_owned() },
        backup_state: result.backup_state(),
    })
}

/// The user was verified, and a device-bound passkey has not become a synced one or the other way round.
fn is_unchanged_in_kind(result: &AuthenticationResult, stored: StoredCredential<'_>) -> bool {
    result.user_verified() && result.backup_eligible() == stored.backup_eligible
}

/// A credential that nobody has: its public key is the base point of P-256.
fn decoy(credential_id: &[u8]) -> Result<DiscoverableKey> {
    let coordinate = |hex: [u64; 4]| {
        let bytes: Vec<u8> = hex.iter().flat_map(|word| word.to_be_bytes()).collect();
        Value::from(URL_SAFE_NO_PAD.encode(bytes))
    };
    let x = [0x6b17_d1f2_e12c_4247, 0xf8bc_e6e5_63a4_40f2, 0x7703_7d81_2deb_33a0, 0xf4a1_3945_d898_c296];
    let y = [0x4fe3_42e2_fe1a_7f9b, 0x8ee7_eb4a_7c0f_9e16, 0x2bce_3357_6b31_5ece, 0xcbb6_4068_37bf_51f5];
    let value = json!({ "cred": {
        "cred_id": URL_SAFE_NO_PAD.encode(credential_id),
        "cred": { "type_": "ES256", "key": { "EC_EC2": { "curve": "SECP256R1", "x": coordinate(x), "y": coordinate(y) } } },
        "counter": 0,
        "transports": null,
        "user_verified": true,
        "backup_eligible": false,
        "backup_state": false,
        "registration_policy": "required",
        "extensions": {},
        "attestation": { "data": "None", "metadata": "None" },
        "attestation_format": "none",
    } });
    serde_json::from_value(value).map_err(|_| UNREADABLE)
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;
    use crate::{passkey::soft::SoftAuthenticator, world::World};
    use techo_model::UnixMillis;
    use webauthn_rs::{
        WebauthnBuilder,
        prelude::{Url, WebauthnError},
    };

    #[test]
    fn the_decoy_fails_at_the_signature_and_not_before() {
        let origin = Url::parse("http://localhost:3000").unwrap();
        let webauthn = WebauthnBuilder::new("localhost", &origin).unwrap().build().unwrap();
        let mut device = SoftAuthenticator::new("http://localhost:3000", &World::test(UnixMillis(0), 1));
        device.create(&json!({
            "rp": { "id": "localhost" }, "user": { "id": "AAAAAAAAAAAAAAAAAAAAAA" }, "challenge": "AAAA",
        }));
        let (options, state) = webauthn.start_discoverable_authentication().unwrap();
        let answer = device.get(&serde_json::to_value(options.public_key).unwrap()).unwrap();
        let answer: PublicKeyCredential = serde_json::from_value(answer).unwrap();
        let decoy = decoy(&answer.raw_id).unwrap();
        let error = webauthn.finish_discoverable_authentication_v2(&answer, state, decoy).unwrap_err();
        assert!(matches!(error, WebauthnError::AuthenticationFailure), "{error:?}");
    }
}
