//! An authenticator in software, for tests: it does what a browser and its device do, in the JSON that they speak.
//!
//! It makes real P-256 keys and real signatures. What a device may do differently (user not verified, synced keys, a
//! browser that reports nothing) are fields of [`DeviceManner`].

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use techo_custody::environment::Environment;

/// How the device behaves.
#[derive(Clone, Copy, Debug)]
pub struct DeviceManner {
    /// Whether it verifies its user (PIN, finger, face).
    pub verifies_user: bool,
    /// Whether its keys may be synced, and are.
    pub synced: bool,
    /// What the browser says of discoverability.
    pub reports_rk: Option<bool>,
    /// Whether it counts uses.
    pub counts: bool,
    /// The id that it gives to new keys, when it is a device that lies.
    pub credential_id: Option<[u8; 32]>,
    /// The id that it announces beside the signed one, when it lies in that.
    pub announced_id: Option<[u8; 16]>,
}

impl Default for DeviceManner {
    fn default() -> Self {
        Self {
            verifies_user: true,
            synced: false,
            reports_rk: Some(true),
            counts: true,
            credential_id: None,
            announced_id: None,
        }
    }
}

/// A passkey in the device.
#[derive(Clone)]
struct Key {
    credential_id: Vec<u8>,
    rp_id: String,
    user_handle: Vec<u8>,
    secret: SigningKey,
    counter: u32,
}

/// A device with its browser at one origin. A clone is a copy of its keys.
#[derive(Clone)]
pub struct SoftAuthenticator {
    /// How it behaves; may change at any time.
    pub manner: DeviceManner,
    origin: String,
    environment: Environment,
    keys: Vec<Key>,
}

impl SoftAuthenticator {
    /// A new device whose browser is at this origin.
    pub fn new(origin: &str, environment: &Environment) -> Self {
        Self {
            manner: DeviceManner::default(),
            origin: origin.to_owned(),
            environment: environment.clone(),
            keys: Vec::new(),
        }
    }

    /// Does what `navigator.credentials.create` does. None when the device refuses, as with an excluded credential.
    ///
    /// # Panics
    /// When the options lack what the standard demands.
    pub fn create(&mut self, options: &Value) -> Option<Value> {
        let excluded = list(&options["excludeCredentials"]);
        if self.keys.iter().any(|key| excluded.contains(&key.credential_id)) {
            return None;
        }
        let rp_id = text(&options["rp"]["id"]);
        let user_handle = bytes(&options["user"]["id"]);
        let secret = loop {
            if let Ok(secret) = SigningKey::from_slice(&self.environment.bytes::<32>()) {
                break secret;
            }
        };
        let credential_id = self.manner.credential_id.unwrap_or_else(|| self.environment.bytes()).to_vec();
        // One discoverable credential per account and site: a new one overwrites the old one.
        self.keys.retain(|key| key.rp_id != rp_id || key.user_handle != user_handle);
        let key = Key { credential_id, rp_id, user_handle, secret, counter: 0 };
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        let announced = self.manner.announced_id.as_ref().map_or(&key.credential_id[..], |id| &id[..]);
        let answer = json!({
            "id": encode(announced),
            "rawId": encode(announced),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": encode(&client_data),
                "attestationObject": encode(&attestation_object(&self.attested_data(&key))),
                "transports": ["internal"],
            },
            "clientExtensionResults": match self.manner.reports_rk {
                Some(rk) => json!({ "credProps": { "rk": rk } }),
                None => json!({}),
            },
        });
        self.keys.push(key);
        Some(answer)
    }

    /// Does what `navigator.credentials.get` does, with the newest key that fits. None when no key fits.
    ///
    /// # Panics
    /// When the options lack what the standard demands.
    pub fn get(&mut self, options: &Value) -> Option<Value> {
        let rp_id = text(&options["rpId"]);
        let allowed = list(&options["allowCredentials"]);
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let manner = self.manner;
        let fits =
            |key: &Key| key.rp_id == rp_id && (allowed.is_empty() || allowed.contains(&key.credential_id));
        let key = self.keys.iter_mut().rev().find(|key| fits(key))?;
        key.counter += u32::from(manner.counts);
        let data = authenticator_data(key, flags(manner));
        let mut signed = data.clone();
        signed.extend_from_slice(&Sha256::digest(&client_data));
        let signature: Signature = key.secret.sign(&signed);
        Some(json!({
            "id": encode(&key.credential_id),
            "rawId": encode(&key.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": encode(&client_data),
                "authenticatorData": encode(&data),
                "signature": encode(signature.to_der().as_bytes()),
                "userHandle": encode(&key.user_handle),
            },
            "clientExtensionResults": {},
        }))
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind, "challenge": text(challenge), "origin": self.origin, "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }

    fn attested_data(&self, key: &Key) -> Vec<u8> {
        const ATTESTED: u8 = 0x40;
        let mut data = authenticator_data(key, flags(self.manner) | ATTESTED);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(key.credential_id.len()).unwrap_or(0).to_be_bytes());
        data.extend_from_slice(&key.credential_id);
        data.extend_from_slice(&cose_key(&key.secret));
        data
    }
}

fn flags(manner: DeviceManner) -> u8 {
    const PRESENT: u8 = 0x01;
    const VERIFIED: u8 = 0x04;
    const BACKUP_ELIGIBLE: u8 = 0x08;
    const BACKED_UP: u8 = 0x10;
    PRESENT
        | if manner.verifies_user { VERIFIED } else { 0 }
        | if manner.synced { BACKUP_ELIGIBLE | BACKED_UP } else { 0 }
}

fn authenticator_data(key: &Key, flags: u8) -> Vec<u8> {
    let mut data = Sha256::digest(&key.rp_id).to_vec();
    data.push(flags);
    data.extend_from_slice(&key.counter.to_be_bytes());
    data
}

/// `{1: 2, 3: -7, -1: 1, -2: x, -3: y}` in CBOR.
fn cose_key(secret: &SigningKey) -> Vec<u8> {
    let point = secret.verifying_key().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    let mut out = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
    out.extend_from_slice(x);
    out.extend_from_slice(&[0x22, 0x58, 0x20]);
    out.extend_from_slice(y);
    out
}

/// `{"fmt": "none", "attStmt": {}, "authData": …}` in CBOR.
fn attestation_object(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0xa3, 0x63];
    out.extend_from_slice(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
    out.push(u8::try_from(data.len()).expect("the data of one credential has under 256 bytes"));
    out.extend_from_slice(data);
    out
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text(value: &Value) -> String {
    value.as_str().expect("the options have this text").to_owned()
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text(value)).expect("the options have base64url here")
}

fn list(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().map(|all| all.iter().map(|it| bytes(&it["id"])).collect()).unwrap_or_default()
}
