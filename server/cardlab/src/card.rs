//! A card as the lab knows it.

use crate::SpecError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};
use techo_model::{UnixMillis, words};

/// Wrong PINs until a card locks itself, as JPKI's authentication PIN has it.
pub const MAX_TRIES: u8 = 3;

/// Serial number of a card's certificate: 16 hexadecimal digits, lower case, the first of them 4 to 7.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardSerial([u8; 8]);

impl CardSerial {
    /// A serial number from random bytes: positive, and of the same length always.
    pub(crate) fn from_random(mut bytes: [u8; 8]) -> Self {
        bytes[0] = bytes[0] & 0x3f | 0x40;
        Self(bytes)
    }

    /// The number as it stands in the certificate, big endian.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for CardSerial {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = digits.then(|| u64::from_str_radix(text, 16).ok()).flatten().ok_or(SpecError::Serial)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for CardSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for CardSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardSerial({self})")
    }
}

impl TryFrom<String> for CardSerial {
    type Error = SpecError;

    fn try_from(text: String) -> Result<Self, SpecError> {
        text.parse()
    }
}

impl From<CardSerial> for String {
    fn from(serial: CardSerial) -> Self {
        serial.to_string()
    }
}

/// The PIN of the authentication certificate: four digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardPin(String);

impl CardPin {
    /// The digits, for the demo's list of cards.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl FromStr for CardPin {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { Ok(Self(text.to_owned())) } else { Err(SpecError::Pin) }
    }
}

impl fmt::Debug for CardPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

impl TryFrom<String> for CardPin {
    type Error = SpecError;

    fn try_from(text: String) -> Result<Self, SpecError> {
        text.parse()
    }
}

impl From<CardPin> for String {
    fn from(pin: CardPin) -> Self {
        pin.0
    }
}

/// A card to be issued.
#[derive(Clone, Debug)]
pub struct CardSpec {
    /// Whose card it is, in the lab's list only: a certificate for authentication has no name in it.
    pub label: String,
    /// Its PIN.
    pub pin: CardPin,
    /// How long its certificate is valid, to the second.
    pub valid_for: Duration,
}

impl CardSpec {
    /// A card that is valid for five years.
    pub fn new(label: impl Into<String>, pin: CardPin) -> Self {
        Self { label: label.into(), pin, valid_for: Duration::from_hours(5 * 365 * 24) }
    }
}

/// Why a card is revoked, of those reasons that a holder or a municipality can bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevokeReason {
    /// No reason given.
    Unspecified,
    /// Stolen, or lost and not found again.
    KeyCompromise,
    /// Given back, moved abroad, deceased.
    CessationOfOperation,
}

/// What has become of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum CardState {
    /// In order, or expired: the calendar says which.
    Issued,
    /// Suspended (一時停止) since this instant.
    Held {
        /// Since when.
        at: UnixMillis,
    },
    /// Ended since this instant.
    Revoked {
        /// Since when.
        at: UnixMillis,
        /// Why.
        reason: RevokeReason,
    },
    /// Replaced by a new card since this instant.
    Superseded {
        /// Since when.
        at: UnixMillis,
        /// The new card.
        by: CardSerial,
    },
}

/// A card as the lab's list has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedCard {
    /// Serial number of its certificate, and its name in the lab.
    pub serial: CardSerial,
    /// Whose card it is.
    pub label: String,
    /// Its PIN, readable because this is a demonstration.
    pub pin: CardPin,
    /// Tries left; none means locked.
    pub tries_left: u8,
    /// First instant of its certificate.
    pub not_before: UnixMillis,
    /// Last instant of its certificate.
    pub not_after: UnixMillis,
    /// What has become of it.
    #[serde(flatten)]
    pub state: CardState,
}

words! {
    /// A card in one word, for lists.
    CardCondition {
        /// It works.
        Valid "valid";
        /// Too many wrong PINs.
        Locked "locked";
        /// Its certificate is over.
        Expired "expired";
        /// On hold.
        Held "held";
        /// Revoked.
        Revoked "revoked";
        /// Another one came in its place.
        Superseded "superseded";
    }
}

impl IssuedCard {
    /// What can be said of it at an instant.
    pub fn condition(&self, now: UnixMillis) -> CardCondition {
        match self.state {
            CardState::Held { .. } => CardCondition::Held,
            CardState::Revoked { .. } => CardCondition::Revoked,
            CardState::Superseded { .. } => CardCondition::Superseded,
            CardState::Issued if now > self.not_after => CardCondition::Expired,
            CardState::Issued if self.tries_left == 0 => CardCondition::Locked,
            CardState::Issued => CardCondition::Valid,
        }
    }
}
