//! The card in the reader: it asks for the PIN, then signs.

use crate::{
    CardLab, CardSerial, IssuedCard, LabError, MAX_TRIES,
    authority::{self, CertificateRequest},
    events::find,
    files, profile,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rsa::{
    RsaPrivateKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _},
};
use sha2::{Digest as _, Sha256};
use techo_model::card::{TOKEN_ALGORITHM, TOKEN_FORMAT, WebEidToken};

/// What a page asks the card to sign.
#[derive(Clone, Copy, Debug)]
pub struct ChipChallenge<'a> {
    /// The page's origin, without a slash at the end. A real reader takes it from the browser, never from the page.
    pub origin: &'a str,
    /// The nonce as text, as it was received.
    pub nonce: &'a str,
}

/// Why the card did not sign.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Wrong PIN; the last try leaves none.
    #[error("暗証番号が違います（残り{tries_left}回）")]
    WrongPin {
        /// Tries left before the card locks.
        tries_left: u8,
    },
    /// Locked by wrong PINs; even the right one is not looked at.
    #[error("暗証番号を続けて間違えたため、カードがロックされています")]
    Locked,
    /// The lab failed, or has no such card.
    #[error(transparent)]
    Lab(#[from] LabError),
}

impl CardLab {
    /// Does what a reader does with the card in it: PIN, then a signature of the chip over this origin and nonce.
    ///
    /// A chip does not know that its certificate is held, revoked or expired; it signs all the same.
    ///
    /// # Errors
    /// Wrong PIN, locked card, no such card, or the lab's files fail.
    pub fn sign(
        &self,
        serial: &CardSerial,
        pin: &str,
        challenge: &ChipChallenge<'_>,
    ) -> Result<WebEidToken, SignError> {
        let card = self.enter_pin(serial, pin)?;
        let key = self.key_of(serial)?;
        let certificate = self.certificate(&card, &key)?;
        let mut message = Sha256::digest(challenge.origin).to_vec();
        message.extend_from_slice(&Sha256::digest(challenge.nonce));
        Ok(WebEidToken {
            unverified_certificate: STANDARD.encode(certificate),
            algorithm: TOKEN_ALGORITHM.to_owned(),
            signature: STANDARD.encode(profile::sign(&key, &message)?),
            format: TOKEN_FORMAT.to_owned(),
            app_version: Some(concat!("techo-cardlab/", env!("CARGO_PKG_VERSION")).to_owned()),
        })
    }

    /// Counts the try before it looks at the PIN, so that two guesses at once are two tries.
    fn enter_pin(&self, serial: &CardSerial, pin: &str) -> Result<IssuedCard, SignError> {
        self.change(|_, cards| {
            let card = find(cards, serial)?;
            if card.tries_left == 0 {
                return Ok(Err(SignError::Locked));
            }
            let right = card.pin.digits() == pin;
            card.tries_left = if right { MAX_TRIES } else { card.tries_left - 1 };
            Ok(if right {
                Ok(card.clone())
            } else {
                Err(SignError::WrongPin { tries_left: card.tries_left })
            })
        })?
    }

    /// The card's key from its file; made on first use.
    fn key_of(&self, serial: &CardSerial) -> Result<RsaPrivateKey, LabError> {
        let path = self.key_path(serial);
        if path.exists() {
            return RsaPrivateKey::from_pkcs8_der(&files::read(&path)?)
                .map_err(|_| LabError::Broken(path.clone()));
        }
        let key = authority::generate_key(self.derive("card key", serial.as_bytes()))?;
        files::write(&path, key.to_pkcs8_der().map_err(LabError::crypto)?.as_bytes())?;
        Ok(key)
    }

    fn certificate(&self, card: &IssuedCard, key: &RsaPrivateKey) -> Result<Vec<u8>, LabError> {
        let opaque: [u8; 32] = self.derive("card name", card.serial.as_bytes());
        let opaque: String = opaque[..13].iter().map(|byte| format!("{byte:02X}")).collect();
        self.authority().card_certificate(&CertificateRequest {
            serial: card.serial.as_bytes(),
            subject: profile::holder_name(&opaque)?,
            key: key.as_public_key(),
            not_before: card.not_before,
            not_after: card.not_after,
        })
    }
}
