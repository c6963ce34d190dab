//! The client assertion: a JWT with which a system proves that it is the organisation that it says.
//!
//! Nothing in it is believed before its signature was verified with a registered key; the algorithm is the key's, never
//! the token's choice.

use super::{Algorithm, PublicKeys, context::B2b};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};
use std::time::Duration;
use techo_exchange::json::{JsonBounds, read_strict_json};
use techo_model::{UnixMillis, free_text::holds_personal_number};

/// How far ahead an assertion may expire.
pub const LONGEST_LIFE: Duration = Duration::from_mins(5);
/// How far two clocks may be apart.
const SKEW: Duration = Duration::from_secs(30);
/// Longest assertion in bytes.
const LONGEST: usize = 8 * 1024;
/// Longest id that gets into the log.
const LONGEST_LOGGED: usize = 128;
/// Longest `jti` in bytes.
const LONGEST_ID: usize = 256;

/// Which rule an assertion breaks. For the log alone: a stranger is told `invalid_client` for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum AssertionRefusal {
    #[error("no JWT of three parts in base64url with a header and claims that are understood")]
    Form,
    #[error("a header parameter that must be understood (crit) and is not")]
    Critical,
    #[error("nobody who is registered and active")]
    Stranger,
    #[error("used before")]
    Used,
    #[error("an algorithm other than that of the key")]
    Algorithm,
    #[error("no registered key with this id")]
    Key,
    #[error("the signature does not belong to key and content")]
    Signature,
    #[error("issuer and subject are not the same organisation")]
    Issuer,
    #[error("meant for another audience")]
    Audience,
    #[error("expired, not yet valid, or valid for too long")]
    Time,
    #[error("no id, or one that is too long")]
    Id,
}

/// The JOSE header. Parameters that are not known are ignored (RFC 7515, section 4), save those that say that they must not be.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default)]
    typ: Option<String>,
    /// Whether it is there, whatever it says.
    #[serde(default, deserialize_with = "is_there")]
    crit: bool,
}

fn is_there<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(value).map(|_| true)
}

/// Whom an assertion claims to be from, however wrong the rest of it is: for the log, where an operator looks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimedSender {
    /// `iss`.
    pub issuer: Option<String>,
    /// `kid`.
    pub key: Option<String>,
}

impl ClaimedSender {
    /// What an assertion claims. Nothing of it is believed.
    pub fn of(text: &str) -> Self {
        let mut parts = text.split('.');
        let mut member = |name: &str| {
            let value: serde_json::Value = json(parts.next()?).ok()?;
            let text = value.get(name)?.as_str()?;
            // Anybody can write anything here, so only what can be an id gets into the log.
            let plain = text.len() <= LONGEST_LOGGED && text.bytes().all(|byte| byte.is_ascii_graphic());
            (plain && !holds_personal_number(text)).then(|| text.to_owned())
        };
        let key = member("kid");
        Self { issuer: member("iss"), key }
    }
}

impl std::fmt::Display for ClaimedSender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        write!(f, "{} with key {}", or_none(&self.issuer), or_none(&self.key))
    }
}

/// Claims, none of them believed yet.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    iat: Option<i64>,
    #[serde(default)]
    nbf: Option<i64>,
    pub(super) jti: String,
    #[serde(default)]
    pub(super) extensions: Option<Extensions>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
pub(super) struct Extensions {
    #[serde(default, rename = "hl7-b2b")]
    pub(super) b2b: Option<B2b>,
}

/// An assertion that was taken apart. Says who it claims to be from, so that their keys can be looked up.
pub(super) struct Parsed<'a> {
    header: Header,
    pub(super) claims: Claims,
    message: &'a str,
    signature: Vec<u8>,
}

impl<'a> Parsed<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, AssertionRefusal> {
        let form = AssertionRefusal::Form;
        if text.len() > LONGEST {
            return Err(form);
        }
        let (message, signature) = text.rsplit_once('.').ok_or(form)?;
        let (header, claims) = message.split_once('.').ok_or(form)?;
        let header: Header = json(header)?;
        if header.crit {
            return Err(AssertionRefusal::Critical);
        }
        let typ = header.typ.as_deref().unwrap_or("JWT");
        if claims.contains('.') || !typ.eq_ignore_ascii_case("JWT") {
            return Err(form);
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| form)?;
        Ok(Self { header, claims: json(claims)?, message, signature })
    }

    /// Verifies everything but that it is new, which only the vault can say.
    pub(super) fn verify(
        self,
        keys: &PublicKeys,
        audience: &str,
        now: UnixMillis,
    ) -> Result<Claims, AssertionRefusal> {
        let known = [Algorithm::Es384, Algorithm::Rs384];
        let algorithm = known.into_iter().find(|algorithm| algorithm.as_str() == self.header.alg);
        let key = keys.find(&self.header.kid).ok_or(AssertionRefusal::Key)?;
        if algorithm != Some(key.algorithm()) {
            return Err(AssertionRefusal::Algorithm);
        }
        if !key.verifies(self.message.as_bytes(), &self.signature) {
            return Err(AssertionRefusal::Signature);
        }
        self.claims.check(audience, now)?;
        Ok(self.claims)
    }
}

/// Reads an assertion and verifies everything but that it is new. For fuzz targets: everybody else asks for a token.
///
/// # Errors
/// The rule that the assertion breaks.
#[cfg(feature = "fuzzing")]
pub fn read_assertion(
    text: &str,
    keys: &PublicKeys,
    audience: &str,
    now: UnixMillis,
) -> Result<(), AssertionRefusal> {
    Parsed::read(text)?.verify(keys, audience, now).map(drop)
}

impl Claims {
    fn check(&self, audience: &str, now: UnixMillis) -> Result<(), AssertionRefusal> {
        if self.iss != self.sub {
            return Err(AssertionRefusal::Issuer);
        }
        if !self.aud.is(audience) {
            return Err(AssertionRefusal::Audience);
        }
        let ends = self.ends_at();
        let begun = |seconds: Option<i64>| seconds.is_none_or(|at| seconds_to_millis(at) <= now.plus(SKEW));
        let too_old = self.iat.is_some_and(|at| seconds_to_millis(at).plus(LONGEST_LIFE).plus(SKEW) < now);
        if ends <= now || ends > now.plus(LONGEST_LIFE) || !begun(self.iat) || !begun(self.nbf) || too_old {
            return Err(AssertionRefusal::Time);
        }
        if self.jti.is_empty() || self.jti.len() > LONGEST_ID {
            return Err(AssertionRefusal::Id);
        }
        Ok(())
    }

    pub(super) fn ends_at(&self) -> UnixMillis {
        seconds_to_millis(self.exp)
    }
}

impl Audience {
    /// One audience and no other: an assertion for two doors could be carried from one to the other.
    fn is(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Many(many) => matches!(many.as_slice(), [one] if one == audience),
        }
    }
}

fn seconds_to_millis(seconds: i64) -> UnixMillis {
    UnixMillis(seconds.saturating_mul(1_000))
}

fn json<T: DeserializeOwned>(part: &str) -> Result<T, AssertionRefusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| AssertionRefusal::Form)?;
    read_strict_json(&bytes, JsonBounds::of_bytes(LONGEST)).map_err(|_| AssertionRefusal::Form)
}
