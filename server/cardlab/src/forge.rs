//! Certificates, CAs and revocation lists with any defect, for the tests of whoever must refuse them.
//!
//! A forger has the CA's key, so that nothing but the one defect is wrong:
//!
//! ```
//! # use techo_cardlab::forge::CertificateForge;
//! # use techo_model::UnixMillis;
//! # let forge = CertificateForge::new([7; 32], UnixMillis(1_800_000_000_000));
//! let unversioned = forge.certificate(|draft| draft.version = None);
//! ```
//!
//! To add a defect: if no field of [`CertificateDraft`] or [`ListDraft`] can express it, a field; never a branch in the lab.

use crate::{
    ChipChallenge,
    authority::{Authority, CertificateRequest, bits, generate_key, public_key_info},
    profile::{self, SignedTbs, Tbs},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use der::{
    Any, Encode as _,
    asn1::{Int, ObjectIdentifier, OctetString},
};
use rsa::{BoxedUint, Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest as _, Sha256};
use std::{str::FromStr as _, time::Duration};
use techo_model::{
    UnixMillis,
    card::{TOKEN_ALGORITHM, TOKEN_FORMAT, WebEidToken},
};
use x509_cert::spki::AlgorithmIdentifierOwned;
pub use x509_cert::{crl::TbsCertList, ext::Extension, name::Name, spki::SubjectPublicKeyInfoOwned};

const DAY: Duration = Duration::from_hours(24);

/// How something is signed, and how that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureScheme {
    /// RSA with SHA-256, the one that is in order.
    Sha256,
    /// RSA with SHA-1.
    Sha1,
    /// RSA with MD5.
    Md5,
}

/// Whose key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForgedSigner {
    /// The CA, as it should be.
    Ca,
    /// The card itself.
    Card,
}

/// A certificate before it is signed. As given to the forger it is in order.
#[derive(Clone, Debug)]
pub struct CertificateDraft {
    /// `Some(2)` for version 3; `None` for version 1.
    pub version: Option<u8>,
    /// The serial number's bytes as DER has them: two's complement, big endian.
    pub serial: Vec<u8>,
    /// Who it says issued it.
    pub issuer: Name,
    /// Whose it says it is.
    pub subject: Name,
    /// First instant.
    pub not_before: UnixMillis,
    /// Last instant.
    pub not_after: UnixMillis,
    /// The key in it.
    pub key: SubjectPublicKeyInfoOwned,
    /// Its extensions.
    pub extensions: Vec<Extension>,
    /// Whose key signs it.
    pub signer: ForgedSigner,
    /// How it is signed, and how it says so inside what is signed.
    pub scheme: SignatureScheme,
    /// How it says so outside.
    pub outer_scheme: Option<SignatureScheme>,
    /// Bytes after its end.
    pub trailing: Vec<u8>,
}

impl CertificateDraft {
    /// Takes an extension out.
    pub fn remove(&mut self, oid: &str) {
        let oid = ObjectIdentifier::new_unwrap(oid);
        self.extensions.retain(|extension| extension.extn_id != oid);
    }

    /// Puts an extension in, in place of one of the same name.
    pub fn set(&mut self, extension: Extension) {
        self.extensions.retain(|known| known.extn_id != extension.extn_id);
        self.extensions.push(extension);
    }
}

/// A revocation list before it is signed. As given to the forger it is in order.
#[derive(Clone, Debug)]
pub struct ListDraft {
    /// What is signed, with how it says so inside.
    pub body: TbsCertList,
    /// Whose key signs it, always with SHA-256.
    pub signer: ForgedSigner,
    /// How it says so outside.
    pub outer_scheme: SignatureScheme,
    /// Bytes after its end.
    pub trailing: Vec<u8>,
}

/// A CA and one card, in memory, and a hand that signs whatever it is given.
#[derive(Clone, Debug)]
pub struct CertificateForge {
    authority: Authority,
    card: RsaPrivateKey,
    now: UnixMillis,
}

impl CertificateForge {
    /// Makes two keys, which takes a moment: share one forge among the tests of a binary.
    pub fn new(seed: [u8; 32], now: UnixMillis) -> Self {
        let key = |purpose: u8| {
            let seed = Sha256::new().chain_update(seed).chain_update([purpose]).finalize().into();
            generate_key(seed).expect("2048 is a size that keys are made in")
        };
        let authority = Authority::new(key(0)).expect("the name is a constant");
        Self { authority, card: key(1), now }
    }

    /// Subject key identifier of the CA.
    pub fn ca_key_id(&self) -> &[u8] {
        &self.authority.key_id
    }

    /// The CA's certificate, spoiled; leave the draft alone for one that is in order. Valid for ten years.
    pub fn ca(&self, spoil: impl FnOnce(&mut CertificateDraft)) -> Vec<u8> {
        let request = self.request(self.authority.name.clone(), self.authority.key.as_public_key());
        let extensions = profile::ca_extensions(&self.authority.key_id).expect("its own identifier");
        let mut draft = self.draft(&request, extensions);
        draft.not_after = self.now.plus(DAY * 3650);
        spoil(&mut draft);
        self.sign(draft)
    }

    /// A card's certificate, spoiled; leave the draft alone for one that is in order. Valid for a year.
    pub fn certificate(&self, spoil: impl FnOnce(&mut CertificateDraft)) -> Vec<u8> {
        let subject = profile::holder_name("0123456789ABCDEF").expect("a constant");
        let request = self.request(subject, self.card.as_public_key());
        let key_id = crate::authority::key_id(request.key).expect("a key of its own");
        let Authority { key_id: ca_key_id, name, .. } = &self.authority;
        let extensions = profile::card_extensions(ca_key_id, name, &key_id).expect("its own identifiers");
        let mut draft = self.draft(&request, extensions);
        spoil(&mut draft);
        self.sign(draft)
    }

    /// A revocation list of the CA without entries, spoiled; leave the draft alone for one that is in order.
    pub fn list(&self, spoil: impl FnOnce(&mut ListDraft)) -> Vec<u8> {
        let body = self.authority.list_body([].iter(), 1, self.now).expect("constants");
        let mut draft = ListDraft {
            body,
            signer: ForgedSigner::Ca,
            outer_scheme: SignatureScheme::Sha256,
            trailing: Vec::new(),
        };
        spoil(&mut draft);
        let authority = match draft.signer {
            ForgedSigner::Ca => self.authority.clone(),
            ForgedSigner::Card => Authority { key: self.card.clone(), ..self.authority.clone() },
        };
        let outside = algorithm(draft.outer_scheme);
        let mut der = authority.sign_list(draft.body, outside).expect("a draft that can be encoded");
        der.extend_from_slice(&draft.trailing);
        der
    }

    /// The token of a reader that holds this certificate and the card's key.
    pub fn token(&self, certificate: &[u8], challenge: &ChipChallenge<'_>) -> WebEidToken {
        let mut message = Sha256::digest(challenge.origin).to_vec();
        message.extend_from_slice(&Sha256::digest(challenge.nonce));
        let signature = profile::sign(&self.card, &message).expect("a key of its own");
        WebEidToken {
            unverified_certificate: STANDARD.encode(certificate),
            algorithm: TOKEN_ALGORITHM.to_owned(),
            signature: STANDARD.encode(signature),
            format: TOKEN_FORMAT.to_owned(),
            app_version: None,
        }
    }

    fn request<'a>(&self, subject: Name, key: &'a RsaPublicKey) -> CertificateRequest<'a> {
        let (not_before, not_after) = (self.now.minus(DAY), self.now.plus(DAY * 365));
        CertificateRequest { serial: &[0x12, 0x34, 0x56, 0x78], subject, key, not_before, not_after }
    }

    fn draft(&self, request: &CertificateRequest<'_>, extensions: Vec<Extension>) -> CertificateDraft {
        CertificateDraft {
            version: Some(2),
            serial: request.serial.to_vec(),
            issuer: self.authority.name.clone(),
            subject: request.subject.clone(),
            not_before: request.not_before,
            not_after: request.not_after,
            key: public_key_info(request.key).expect("a key of its own"),
            extensions,
            signer: ForgedSigner::Ca,
            scheme: SignatureScheme::Sha256,
            outer_scheme: None,
            trailing: Vec::new(),
        }
    }

    fn sign(&self, draft: CertificateDraft) -> Vec<u8> {
        let tbs = Tbs {
            version: draft.version,
            serial: Int::new(&draft.serial).expect("bytes that can be an INTEGER"),
            signature: algorithm(draft.scheme),
            issuer: draft.issuer,
            validity: profile::validity(draft.not_before, draft.not_after).expect("instants after 1970"),
            subject: draft.subject,
            key: draft.key,
            extensions: (!draft.extensions.is_empty()).then_some(draft.extensions),
        };
        let body = tbs.to_der().expect("a draft that can be encoded");
        let key = match draft.signer {
            ForgedSigner::Ca => &self.authority.key,
            ForgedSigner::Card => &self.card,
        };
        let signature = bits(&sign_with(draft.scheme, key, &body)).expect("whole bytes");
        let algorithm = algorithm(draft.outer_scheme.unwrap_or(draft.scheme));
        let mut der = SignedTbs { tbs, algorithm, signature }.to_der().expect("encoded above");
        der.extend_from_slice(&draft.trailing);
        der
    }
}

/// An extension with any name and any content.
pub fn extension(oid: &str, critical: bool, value: &[u8]) -> Extension {
    let extn_id = ObjectIdentifier::new_unwrap(oid);
    Extension { extn_id, critical, extn_value: OctetString::new(value).expect("a few bytes") }
}

/// A name such as `CN=…,O=…,C=JP`.
pub fn name(text: &str) -> Name {
    Name::from_str(text).expect("a name as RFC 4514 writes it")
}

/// An RSA key of any size and exponent, to which no private half is known: nobody need sign with it.
pub fn public_key(bits: usize, exponent: u64) -> SubjectPublicKeyInfoOwned {
    let modulus = BoxedUint::from_be_slice_vartime(&vec![0xC5; bits / 8]);
    let key = RsaPublicKey::new(modulus, BoxedUint::from(exponent)).expect("an odd number");
    public_key_info(&key).expect("encoded as any key")
}

fn algorithm(scheme: SignatureScheme) -> AlgorithmIdentifierOwned {
    let oid = match scheme {
        SignatureScheme::Sha256 => return profile::sha256_with_rsa(),
        SignatureScheme::Sha1 => "1.2.840.113549.1.1.5",
        SignatureScheme::Md5 => "1.2.840.113549.1.1.4",
    };
    AlgorithmIdentifierOwned { oid: ObjectIdentifier::new_unwrap(oid), parameters: Some(Any::null()) }
}

fn sign_with(scheme: SignatureScheme, key: &RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    let signed = match scheme {
        SignatureScheme::Sha256 => key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)),
        SignatureScheme::Sha1 => key.sign(Pkcs1v15Sign::new::<sha1::Sha1>(), &sha1::Sha1::digest(message)),
        SignatureScheme::Md5 => key.sign(Pkcs1v15Sign::new::<md5::Md5>(), &md5::Md5::digest(message)),
    };
    signed.expect("a key that is long enough")
}
