//! Why a card was refused: one reason per rule, for the audit and for the tests.

use super::extensions::ExtensionFault;

/// The rule that a token, or the certificate in it, breaks.
///
/// Its text goes into the audit, never to whoever presented the card, and carries nothing of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CardRefusal {
    /// The format is not exactly `web-eid:1.0`.
    #[error("token-format")]
    TokenFormat,
    /// The algorithm is not exactly `RS256`.
    #[error("token-algorithm")]
    TokenAlgorithm,
    /// The certificate is not strict standard base64, or longer than [`super::MAX_CERTIFICATE_BYTES`].
    #[error("certificate-encoding")]
    CertificateEncoding,
    /// The signature is not strict standard base64 of 256 bytes.
    #[error("signature-encoding")]
    SignatureEncoding,
    /// The bytes are not one X.509 certificate in DER, or something follows it.
    #[error("certificate-der")]
    CertificateDer,
    /// Not a version 3 certificate.
    #[error("certificate-version")]
    Version,
    /// The serial number is zero, negative, or longer than 20 bytes.
    #[error("serial-number")]
    SerialNumber,
    /// The CA's signature is made with anything but RSASSA-PKCS1-v1_5 and SHA-256.
    #[error("signature-algorithm")]
    SignatureAlgorithm,
    /// The certificate names one signature algorithm inside what is signed and another outside.
    #[error("signature-algorithm-mismatch")]
    SignatureAlgorithmMismatch,
    /// An extension occurs twice.
    #[error("repeated-extension")]
    RepeatedExtension,
    /// An extension that is marked critical is not one of those that are verified here.
    #[error("unknown-critical-extension")]
    UnknownCriticalExtension,
    /// An extension does not hold what its name promises.
    #[error("malformed-extension")]
    MalformedExtension,
    /// The certificate does not say which key of its issuer signed it.
    #[error("no-authority-key-id")]
    NoAuthorityKeyId,
    /// No trusted CA has that key.
    #[error("unknown-authority")]
    UnknownAuthority,
    /// The issuer's name is not that of the CA with that key.
    #[error("issuer-name")]
    IssuerName,
    /// The CA did not sign this.
    #[error("authority-signature")]
    AuthoritySignature,
    /// The CA's certificate is not valid yet.
    #[error("authority-not-yet-valid")]
    AuthorityNotYetValid,
    /// The CA's certificate has expired.
    #[error("authority-expired")]
    AuthorityExpired,
    /// The certificate is not valid yet.
    #[error("not-yet-valid")]
    NotYetValid,
    /// The certificate has expired.
    #[error("expired")]
    Expired,
    /// The certificate says that it is a CA.
    #[error("is-authority")]
    IsAuthority,
    /// The key is not a well-formed RSA key.
    #[error("key-algorithm")]
    KeyAlgorithm,
    /// The RSA key does not have 2048 bits.
    #[error("key-size")]
    KeySize,
    /// The RSA key's exponent is not 65537.
    #[error("key-exponent")]
    KeyExponent,
    /// The certificate does not say what its key is for.
    #[error("no-key-usage")]
    NoKeyUsage,
    /// The key is for something else than authentication alone (a signature certificate, for instance).
    #[error("key-usage")]
    KeyUsage,
    /// The certificate was not issued under the policy for user authentication.
    #[error("policy")]
    Policy,
    /// The certificate lists purposes, and client authentication is not one of them.
    #[error("extended-key-usage")]
    ExtendedKeyUsage,
    /// The certificate's key did not sign this origin and this nonce.
    #[error("challenge-signature")]
    ChallengeSignature,
}

impl From<ExtensionFault> for CardRefusal {
    fn from(fault: ExtensionFault) -> Self {
        match fault {
            ExtensionFault::Repeated => Self::RepeatedExtension,
            ExtensionFault::UnknownCritical => Self::UnknownCriticalExtension,
            ExtensionFault::Malformed => Self::MalformedExtension,
        }
    }
}
