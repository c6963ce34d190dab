//! Keys of systems, as JSON Web Keys (RFC 7517): P-384 for ES384, RSA of 2048 bits and more for RS384, nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p384::ecdsa::{self, signature::Signer as _, signature::Verifier as _};
use rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey, traits::PublicKeyParts as _};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha384};
use std::collections::BTreeSet;
use techo_exchange::json::{JsonBounds, JsonFault, read_strict_json};
use techo_model::{free_text::holds_personal_number, words};

/// Keys that one organisation may have: one in use, one to come, and room for several systems.
const MOST_KEYS: usize = 16;
/// Longest `kid`.
const LONGEST_KID: usize = 128;
/// Longest set: as many keys as there may be, with certificates.
const BOUNDS: JsonBounds = JsonBounds::of_bytes(256 * 1024);
/// Sizes of an RSA modulus in bytes.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;
/// Members that only a private or a symmetric key has.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

words! {
    /// How an assertion is signed, by its name in a JWT. `none` and HMAC are not here, so they cannot be asked for.
    Algorithm {
        /// ECDSA on P-384 with SHA-384.
        Es384 "ES384";
        /// RSASSA-PKCS1-v1_5 with SHA-384.
        Rs384 "RS384";
    }
}

/// Why a set of keys cannot be registered, in a sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not a JWK Set.
    #[error("鍵の一覧（JWK Set）として読めません。{{\"keys\": [ … ]}} の形で書いてください。")]
    NotASet,
    /// Empty, or too many.
    #[error("鍵は1個から16個までです。")]
    Count,
    /// A private key was about to be registered.
    #[error(
        "鍵「{0}」に秘密の部分（{1}）が入っています。秘密鍵は誰にも渡さず、公開鍵だけのファイルを作り直してください。この鍵はもう使わないことをお勧めします。"
    )]
    Private(String, String),
    /// No key id, or two with the same.
    #[error("どの鍵にも、ほかと重ならない kid（128文字まで）が必要です。")]
    KeyId,
    /// One name twice in an object of the set.
    #[error("鍵の一覧（JWK Set）: {0}")]
    Json(String),
    /// A key id that may be the number of a person.
    #[error(
        "kid に個人番号または住民票コードのような数字が入っています。別の kid で鍵を作り直してください。"
    )]
    PersonalNumber,
    /// Another kind, curve, size or use.
    #[error(
        "鍵「{0}」は使えません。ES384（P-384）または RS384（RSA 2048ビット以上）の署名用の公開鍵だけが登録できます。"
    )]
    Unfit(String),
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// `kid`.
    pub id: String,
    material: Material,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Material {
    P384(Box<ecdsa::VerifyingKey>),
    Rsa(Box<RsaPublicKey>),
}

/// The keys of one organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicKeys(Vec<PublicKey>);

impl PublicKeys {
    /// Reads a JWK Set that an operator wants to register.
    pub fn read(text: &str) -> Result<Self, KeyFault> {
        let set: Value =
            read_strict_json(text.as_bytes(), BOUNDS).map_err(|problem| match problem.fault {
                JsonFault::NotJson => KeyFault::NotASet,
                _ => KeyFault::Json(problem.japanese()),
            })?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or(KeyFault::NotASet)?;
        let read = Self::of(keys)?;
        // Only what comes in: a set that was taken before this was asked goes on to work.
        if read.0.iter().any(|key| holds_personal_number(&key.id)) {
            return Err(KeyFault::PersonalNumber);
        }
        Ok(read)
    }

    /// Reads the array that stands in the vault.
    pub fn stored(text: &str) -> Option<Self> {
        let keys: Vec<Value> = serde_json::from_str(text).ok()?;
        if keys.is_empty() { Some(Self::default()) } else { Self::of(&keys).ok() }
    }

    fn of(keys: &[Value]) -> Result<Self, KeyFault> {
        if keys.is_empty() || keys.len() > MOST_KEYS {
            return Err(KeyFault::Count);
        }
        let read = keys.iter().map(PublicKey::read).collect::<Result<Vec<_>, _>>()?;
        let ids: BTreeSet<_> = read.iter().map(|key| &key.id).collect();
        if ids.len() == read.len() { Ok(Self(read)) } else { Err(KeyFault::KeyId) }
    }

    /// The key with this id.
    pub fn find(&self, id: &str) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.id == id)
    }

    /// All keys.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter()
    }

    /// The array for the vault: only what makes a public key, whatever else the file said.
    pub fn to_json(&self) -> String {
        Value::Array(self.0.iter().map(PublicKey::jwk).collect()).to_string()
    }
}

impl PublicKey {
    fn read(jwk: &Value) -> Result<Self, KeyFault> {
        let jwk = jwk.as_object().ok_or(KeyFault::NotASet)?;
        let id = jwk.get("kid").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(secret) = PRIVATE.iter().find(|member| jwk.contains_key(**member)) {
            return Err(KeyFault::Private(id, (*secret).to_owned()));
        }
        if id.is_empty() || id.len() > LONGEST_KID || id.chars().any(char::is_control) {
            return Err(KeyFault::KeyId);
        }
        let material = for_signatures(jwk).then(|| Material::read(jwk)).flatten();
        match material {
            Some(material) => Ok(Self { id, material }),
            None => Err(KeyFault::Unfit(id)),
        }
    }

    /// What this key signs with.
    pub fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::P384(_) => Algorithm::Es384,
            Material::Rsa(_) => Algorithm::Rs384,
        }
    }

    /// Whether this is a signature of this key over the message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::P384(key) => ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Material::Rsa(key) => {
                key.verify(Pkcs1v15Sign::new::<Sha384>(), &Sha384::digest(message), signature).is_ok()
            }
        }
    }

    fn jwk(&self) -> Value {
        let alg = self.algorithm().as_str();
        match &self.material {
            Material::P384(key) => {
                let point = key.to_sec1_point(false);
                let part = |bytes: Option<&[u8]>| bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
                json!({ "kty": "EC", "crv": "P-384", "alg": alg, "use": "sig", "kid": self.id,
                    "x": part(point.x().map(|x| &**x)), "y": part(point.y().map(|y| &**y)) })
            }
            Material::Rsa(key) => json!({ "kty": "RSA", "alg": alg, "use": "sig", "kid": self.id,
                "n": URL_SAFE_NO_PAD.encode(key.n_bytes()), "e": URL_SAFE_NO_PAD.encode(key.e_bytes()) }),
        }
    }
}

/// Whether nothing in a key says that it is for something else.
fn for_signatures(jwk: &Map<String, Value>) -> bool {
    let says = |member: &str, allowed: &[&str]| {
        jwk.get(member).is_none_or(|value| value.as_str().is_some_and(|text| allowed.contains(&text)))
    };
    let verifies = jwk.get("key_ops").is_none_or(|ops| {
        ops.as_array().is_some_and(|ops| ops.iter().any(|op| op.as_str() == Some("verify")))
    });
    let alg = if jwk.get("kty").and_then(Value::as_str) == Some("EC") { "ES384" } else { "RS384" };
    says("use", &["sig"]) && says("alg", &[alg]) && verifies
}

impl Material {
    fn read(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |member: &str| jwk.get(member).and_then(Value::as_str);
        let bytes = |member: &str| URL_SAFE_NO_PAD.decode(text(member)?).ok();
        match text("kty")? {
            "EC" if text("crv")? == "P-384" => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                if x.len() != 48 || y.len() != 48 {
                    return None;
                }
                let point = [&[4][..], &x, &y].concat();
                ecdsa::VerifyingKey::from_sec1_bytes(&point).ok().map(|key| Self::P384(Box::new(key)))
            }
            "RSA" => {
                let (n, e) = (bytes("n")?, bytes("e")?);
                let odd = n.last().is_some_and(|last| last & 1 == 1);
                let whole = n.first().is_some_and(|first| first >> 7 == 1);
                if !RSA_BYTES.contains(&n.len()) || !odd || !whole || e != [1, 0, 1] {
                    return None;
                }
                RsaPublicKey::new_with_max_size(
                    BoxedUint::from_be_slice_vartime(&n),
                    BoxedUint::from(65_537_u64),
                    RSA_BYTES.end() * 8,
                )
                .ok()
                .map(|key| Self::Rsa(Box::new(key)))
            }
            _ => None,
        }
    }
}

/// A private key of a system, as its own side keeps one. Here for the demo, for `techo org try` and for tests: nobody
/// registers one.
pub struct SigningKey {
    id: String,
    key: ecdsa::SigningKey,
}

impl SigningKey {
    /// A new P-384 key.
    pub fn generate(environment: &techo_custody::environment::Environment, id: &str) -> Self {
        loop {
            // A number above the order of the curve is as good as impossible, and then the next one will do.
            if let Ok(key) = ecdsa::SigningKey::from_slice(&environment.bytes::<48>()) {
                return Self { id: id.to_owned(), key };
            }
        }
    }

    /// Reads a private JWK.
    pub fn read(text: &str) -> Option<Self> {
        let jwk: Value = read_strict_json(text.as_bytes(), BOUNDS).ok()?;
        let is_p384 = jwk["kty"] == "EC" && jwk["crv"] == "P-384";
        let secret = URL_SAFE_NO_PAD.decode(jwk["d"].as_str()?).ok()?;
        let key = is_p384.then(|| ecdsa::SigningKey::from_slice(&secret).ok()).flatten()?;
        Some(Self { id: jwk["kid"].as_str()?.to_owned(), key })
    }

    /// `kid`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey { id: self.id.clone(), material: Material::P384(Box::new(*self.key.verifying_key())) }
    }

    /// The private JWK, for a file that only its owner can read.
    pub fn private_jwk(&self) -> String {
        let mut jwk = self.public().jwk();
        jwk["d"] = URL_SAFE_NO_PAD.encode(self.key.to_bytes()).into();
        jwk.to_string()
    }

    /// The public JWK Set.
    pub fn public_set(&self) -> String {
        json!({ "keys": [self.public().jwk()] }).to_string()
    }

    /// A signed JWT with these claims.
    pub fn jwt(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES384", "typ": "JWT", "kid": self.id });
        self.jws(&header.to_string(), &claims.to_string())
    }

    /// A signed JWT of two texts, whatever stands in them.
    pub fn jws(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature: ecdsa::Signature = self.key.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}
