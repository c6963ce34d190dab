//! A card CA in miniature, with cards and a reader: for the demo, and for tests of whoever verifies cards.
//!
//! ```text
//! DIR/                mode 0700, files 0600, each written whole under another name and then renamed
//!   lab.json          the seed of all serial numbers and keys, and the number of the last revocation list
//!   ca-key.der        the CA's private key, PKCS#8
//!   cards.json        every card: serial number, label, PIN, tries left, validity, state
//!   keys/SERIAL.der   a card's private key, PKCS#8; made when the card first signs
//!   ca/ca.pem         the CA's certificate: the portal's TECHO_CARD_CA is this folder
//!   crl/cards.crl     the revocation list: the portal's TECHO_CARD_CRL is this folder
//!   lock              held while cards.json is changed, so that the commands and the demo may run at once
//! ```
//!
//! Making an RSA key takes a moment, so a card is born without one: its key comes from the lab's seed and its serial
//! number, the same whoever computes it first, and its certificate is signed each time from what `cards.json` says.
//!
//! Nothing here is a secret worth keeping: the PINs are readable, and the CA bears
//! [`techo_model::card::DEMO_CA_MARK`], with which no portal beyond localhost starts.
//!
//! To add something that can happen to a card: a variant of [`CardState`], a function in `events`, and, if
//! the world may know of it, a line in `crl`.

mod authority;
mod card;
mod chip;
mod crl;
mod error;
mod events;
mod files;
#[cfg(feature = "forge")]
pub mod forge;
mod lab;
mod profile;

pub use card::{
    CardCondition, CardPin, CardSerial, CardSpec, CardState, IssuedCard, MAX_TRIES, RevokeReason,
};
pub use chip::{ChipChallenge, SignError};
pub use error::{LabError, SpecError};
pub use lab::CardLab;
