//! The words that a card, its reader and the portal share: the token and the names in a certificate.
//!
//! Who reads a token: `techo-jpki`. Who makes one: a card bridge, a phone, or the demo reader (`techo-cardlab`).

use serde::{Deserialize, Serialize};

/// The one token format that is read. Another version is another format, not a newer one of this.
pub const TOKEN_FORMAT: &str = "web-eid:1.0";

/// The one algorithm of a token: RSASSA-PKCS1-v1_5 with SHA-256, which is all that the card's chip can do.
pub const TOKEN_ALGORITHM: &str = "RS256";

/// The certificate policy of the user-authentication certificate (利用者証明用電子証明書) of JPKI.
pub const AUTHENTICATION_POLICY: &str = "1.2.392.200149.8.5.1.3.30";

/// The certificate policy of the signature certificate (署名用電子証明書), which the portal never accepts.
pub const SIGNATURE_POLICY: &str = "1.2.392.200149.8.5.1.1.20";

/// Stands in the subject of every card CA that was made for demonstration, so that a portal that is not on
/// localhost can refuse to start with it.
pub const DEMO_CA_MARK: &str = "TECHO DEMO CARD CA - NOT FOR REAL USE";

/// A token as it travels, unread and untrusted: every field is what the sender wrote.
///
/// Unknown fields are refused: the format is closed, and what it does not know it cannot have verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebEidToken {
    /// Base64 of the authentication certificate's DER.
    pub unverified_certificate: String,
    /// [`TOKEN_ALGORITHM`].
    pub algorithm: String,
    /// Base64 of the signature over SHA-256(origin) ‖ SHA-256(nonce text).
    pub signature: String,
    /// [`TOKEN_FORMAT`].
    pub format: String,
    /// The program that made the token; for diagnosis only, nothing is decided by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = r#"{"unverifiedCertificate":"AA==","algorithm":"RS256","signature":"AA==","format":"web-eid:1.0","appVersion":"demo"}"#;

    #[test]
    fn a_token_is_written_as_it_was_read() {
        let token: WebEidToken = serde_json::from_str(TOKEN).unwrap();
        assert_eq!(serde_json::to_string(&token).unwrap(), TOKEN);
    }

    #[test]
    fn a_token_with_a_field_more_a_field_less_or_a_field_twice_is_refused() {
        let more = TOKEN.replace("{\"unv", "{\"unverifiedSigningCertificate\":\"AA==\",\"unv");
        let less = TOKEN.replace("\"algorithm\":\"RS256\",", "");
        let twice = TOKEN.replace("\"algorithm\"", "\"algorithm\":\"none\",\"algorithm\"");
        for text in [more, less, twice] {
            assert!(serde_json::from_str::<WebEidToken>(&text).is_err(), "{text}");
        }
    }
}
