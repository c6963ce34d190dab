//! A stored credential, and the decoy that takes its place when there is none.
//!
//! An unknown credential costs the same work as a known one: the answer is verified against a key that belongs to
//! nobody, and fails. The decoy is of the answer's own kind (synced or device-bound, elliptic or RSA), and so is the key
//! of a known credential: what the answer says about its kind is compared only after its signature. So the time of an
//! answer does not tell who has an account, and a refusal whose signature was right is known to be one.

use super::{PasskeyCeremonies, client::must_be_well_formed_use};
use crate::refusal::PasskeyRefusal;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use techo_custody::{Failure, Internal, Result, refusals};
use techo_model::PasskeyId;
use techo_store::vault::passkeys::PasskeyRecord;
use webauthn_rs::{
    Webauthn,
    prelude::{DiscoverableAuthentication, DiscoverableKey, Passkey, PublicKeyCredential, WebauthnError},
};

const UNREADABLE: Failure =
    Failure::Internal(Internal::Unexpected("a credential has another form than ours"));

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
    /// Table of its row, for the server's log.
    pub table: &'static str,
    /// Id of its row.
    pub id: PasskeyId,
    /// JSON of the credential.
    pub credential: &'a str,
    /// Whether it may leave its device.
    pub backup_eligible: bool,
}

impl StoredCredential<'_> {
    fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(self.credential).map_err(|_| self.corrupt().into())
    }

    fn corrupt(&self) -> Internal {
        Internal::corrupt(self.table, "credential", self.id.0)
    }
}

/// What a right answer changed.
pub(crate) struct Used {
    pub before: String,
    pub after: String,
    pub backup_state: bool,
}

refusals! {
    /// Why an answer is refused although its signature was right. Its owner should know.
    pub(crate) enum SignedButRefused {
        /// A device-bound passkey became a synced one, or the other way round.
        ChangedKind = "passkey-changed-its-kind",
        /// Its counter says that there is a copy.
        Copied = "passkey-copied",
    }
}

/// What an answer says about the key that signed it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct AnswerKind {
    backup_eligible: bool,
    is_rsa: bool,
}

impl AnswerKind {
    fn of(answer: &PublicKeyCredential) -> Self {
        const FLAGS: usize = 32;
        const BACKUP_ELIGIBLE: u8 = 0x08;
        const SHORTEST_RSA: usize = 256;
        let flags = answer.response.authenticator_data.get(FLAGS).copied().unwrap_or(0);
        Self {
            backup_eligible: flags & BACKUP_ELIGIBLE != 0,
            is_rsa: answer.response.signature.len() >= SHORTEST_RSA,
        }
    }
}

impl PasskeyCeremonies {
    /// Verifies an answer against a passkey, or against the decoy when there is none.
    pub(super) fn check(
        &self,
        answer: &PublicKeyCredential,
        state: DiscoverableAuthentication,
        passkey: Option<&PasskeyRecord>,
    ) -> Result<Result<Used, SignedButRefused>> {
        let stored = passkey.map(|record| StoredCredential {
            table: "passkey",
            id: record.passkey_id,
            credential: &record.credential,
            backup_eligible: record.backup_eligible,
        });
        check(&self.webauthn, answer, state, stored)
    }
}

/// Verifies an answer against a stored credential, or against the decoy when there is none. The outer failure is one of
/// the signature, or of ours.
pub(crate) fn check(
    webauthn: &Webauthn,
    answer: &PublicKeyCredential,
    state: DiscoverableAuthentication,
    stored: Option<StoredCredential<'_>>,
) -> Result<Result<Used, SignedButRefused>> {
    must_be_well_formed_use(answer)?;
    let kind = AnswerKind::of(answer);
    let key = match stored {
        Some(stored) => known_key(stored, &answer.raw_id, kind)?,
        None => decoy(&answer.raw_id, kind)?,
    };
    let result = webauthn.finish_discoverable_authentication_v2(answer, state, key);
    let stored = stored.ok_or(PasskeyRefusal::Unknown)?;
    let result = match result {
        Ok(result) if result.user_verified() => result,
        Ok(_) => return Err(PasskeyRefusal::Wrong.into()),
        Err(WebauthnError::CredentialPossibleCompromise) => return Ok(Err(SignedButRefused::Copied)),
        Err(error) => {
            tracing::info!(passkey = %stored.id, %error, "a passkey was refused");
            return Err(PasskeyRefusal::Wrong.into());
        }
    };
    if kind.backup_eligible != stored.backup_eligible {
        return Ok(Err(SignedButRefused::ChangedKind));
    }
    let mut passkey: Passkey = stored.read()?;
    passkey.update_credential(&result);
    Ok(Ok(Used {
        before: stored.credential.to_owned(),
        after: if result.needs_update() { encode(&passkey)? } else { stored.credential.to_owned() },
        backup_state: result.backup_state(),
    }))
}

/// A stored key as if it were of the answer's kind, so that the signature is verified whatever the answer says.
fn known_key(
    stored: StoredCredential<'_>,
    credential_id: &[u8],
    kind: AnswerKind,
) -> Result<DiscoverableKey> {
    let mut value: Value = stored.read()?;
    let is_rsa = value["cred"]["cred"]["key"].get("RSA").is_some();
    if is_rsa != kind.is_rsa {
        // A signature of another kind cannot be right, and takes as long as with anybody's key.
        return decoy(credential_id, kind);
    }
    value["cred"]["backup_eligible"] = kind.backup_eligible.into();
    serde_json::from_value(value).map_err(|_| stored.corrupt().into())
}

/// A credential that nobody has: its public key is the base point of P-256, or a number that nobody factored.
fn decoy(credential_id: &[u8], kind: AnswerKind) -> Result<DiscoverableKey> {
    let value = json!({ "cred": {
        "cred_id": URL_SAFE_NO_PAD.encode(credential_id),
        "cred": if kind.is_rsa { rsa_decoy() } else { elliptic_decoy() },
        "counter": 0,
        "transports": null,
        "user_verified": true,
        "backup_eligible": kind.backup_eligible,
        "backup_state": false,
        "registration_policy": "required",
        "extensions": {},
        "attestation": { "data": "None", "metadata": "None" },
        "attestation_format": "none",
    } });
    serde_json::from_value(value).map_err(|_| UNREADABLE)
}

fn elliptic_decoy() -> Value {
    let coordinate = |hex: [u64; 4]| {
        let bytes: Vec<u8> = hex.iter().flat_map(|word| word.to_be_bytes()).collect();
        Value::from(URL_SAFE_NO_PAD.encode(bytes))
    };
    let x = [0x6b17_d1f2_e12c_4247, 0xf8bc_e6e5_63a4_40f2, 0x7703_7d81_2deb_33a0, 0xf4a1_3945_d898_c296];
    let y = [0x4fe3_42e2_fe1a_7f9b, 0x8ee7_eb4a_7c0f_9e16, 0x2bce_3357_6b31_5ece, 0xcbb6_4068_37bf_51f5];
    let key = json!({ "EC_EC2": { "curve": "SECP256R1", "x": coordinate(x), "y": coordinate(y) } });
    json!({ "type_": "ES256", "key": key })
}

fn rsa_decoy() -> Value {
    let modulus = URL_SAFE_NO_PAD.encode([0xc5; 256]);
    json!({ "type_": "RS256", "key": { "RSA": { "n": modulus, "e": [1, 0, 1] } } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use techo_custody::environment::Environment;
    use techo_model::UnixMillis;
    use techo_testkit::authenticator::{DeviceManner, SoftAuthenticator};
    use webauthn_rs::{WebauthnBuilder, prelude::Url};

    /// Why an answer fails with the decoy.
    fn fate(manner: DeviceManner, forge: impl FnOnce(&mut Value)) -> WebauthnError {
        let origin = Url::parse("http://localhost:3000").expect("an answer is made");
        let webauthn = WebauthnBuilder::new("localhost", &origin)
            .expect("an answer is made")
            .build()
            .expect("an answer is made");
        let mut device =
            SoftAuthenticator::new("http://localhost:3000", &Environment::test(UnixMillis(0), 1));
        device.manner = manner;
        device.create(&json!({
            "rp": { "id": "localhost" }, "user": { "id": "AAAAAAAAAAAAAAAAAAAAAA" }, "challenge": "AAAA",
        }));
        let (options, state) = webauthn.start_discoverable_authentication().expect("an answer is made");
        let mut answer = device
            .get(&serde_json::to_value(options.public_key).expect("an answer is made"))
            .expect("an answer is made");
        forge(&mut answer);
        let answer: PublicKeyCredential = serde_json::from_value(answer).expect("an answer is made");
        let decoy = decoy(&answer.raw_id, AnswerKind::of(&answer)).expect("an answer is made");
        webauthn
            .finish_discoverable_authentication_v2(&answer, state, decoy)
            .expect_err("the decoy signs nothing")
    }

    #[test]
    fn the_decoy_fails_at_the_signature_and_not_before_whatever_kind_the_answer_is() {
        for synced in [false, true] {
            let manner = DeviceManner { synced, ..DeviceManner::default() };
            let error = fate(manner, |_| {});
            assert!(matches!(error, WebauthnError::AuthenticationFailure), "{synced}: {error:?}");
            let rsa = |answer: &mut Value| {
                answer["response"]["signature"] = URL_SAFE_NO_PAD.encode([7; 256]).into();
            };
            let error = fate(manner, rsa);
            assert!(matches!(error, WebauthnError::AuthenticationFailure), "{synced}, RSA: {error:?}");
        }
    }
}
