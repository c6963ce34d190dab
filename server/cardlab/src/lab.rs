//! The lab: a folder with a CA and its cards.

use crate::{
    CardSerial, CardSpec, CardState, IssuedCard, LabError, MAX_TRIES,
    authority::{self, Authority},
    files,
};
use der::pem::LineEnding;
use rsa::{
    RsaPrivateKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};
use techo_model::UnixMillis;

/// Layout of the folder; another number is another layout.
const VERSION: u32 = 1;

/// Validity of the CA's certificate, as JPKI's has it.
const CA_VALIDITY: Duration = Duration::from_hours(10 * 365 * 24);

/// Clocks of reader and portal may differ by this much.
pub(crate) const BACKDATED: Duration = Duration::from_mins(5);

/// All cards of a lab, by serial number.
pub(crate) type Cards = BTreeMap<CardSerial, IssuedCard>;

#[derive(Serialize, Deserialize)]
struct LabFile {
    version: u32,
    seed: [u8; 32],
}

/// `cards.json`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CardsFile {
    /// How many serial numbers were given out.
    issued: u64,
    /// Number of the last revocation list.
    crl_number: u64,
    cards: Vec<IssuedCard>,
}

/// A lab that is open. Several may be open on one folder, in one process or in many.
#[derive(Clone, Debug)]
pub struct CardLab {
    folder: PathBuf,
    seed: [u8; 32],
    authority: Authority,
}

impl CardLab {
    /// Makes a lab in a new folder: a CA, no cards, an empty revocation list.
    ///
    /// Everything random in the lab comes from the seed: 32 bytes from the operating system, or always the same ones
    /// for a demo that shall repeat itself.
    ///
    /// # Errors
    /// There is a lab already, or the folder cannot be written.
    pub fn create(folder: &Path, seed: [u8; 32], now: UnixMillis) -> Result<Self, LabError> {
        if Self::is_in(folder) {
            return Err(LabError::Exists(folder.to_owned()));
        }
        for name in ["", "keys", "ca", "crl"] {
            files::make_folder(&folder.join(name))?;
        }
        let authority = Authority::new(authority::generate_key(derive(&seed, "ca key", &[]))?)?;
        let key = authority.key.to_pkcs8_der().map_err(LabError::crypto)?;
        files::write(&folder.join("ca-key.der"), key.as_bytes())?;
        let certificate = authority.own_certificate(now.minus(BACKDATED), now.plus(CA_VALIDITY))?;
        let pem =
            der::pem::encode_string("CERTIFICATE", LineEnding::LF, &certificate).map_err(LabError::crypto)?;
        files::write(&folder.join("ca/ca.pem"), pem.as_bytes())?;
        let lab = Self { folder: folder.to_owned(), seed, authority };
        files::write_json(&lab.cards_path(), &CardsFile::default())?;
        lab.publish_crl(now)?;
        // Last, because a folder with this file in it counts as a whole lab.
        files::write_json(&folder.join("lab.json"), &LabFile { version: VERSION, seed })?;
        Ok(lab)
    }

    /// Whether there is a lab in this folder: what to ask before [`CardLab::create`] or [`CardLab::open`].
    pub fn is_in(folder: &Path) -> bool {
        folder.join("lab.json").exists()
    }

    /// Opens a lab.
    ///
    /// # Errors
    /// There is none, or a file of it is broken.
    pub fn open(folder: &Path) -> Result<Self, LabError> {
        if !Self::is_in(folder) {
            return Err(LabError::Missing(folder.to_owned()));
        }
        let settings = folder.join("lab.json");
        let LabFile { version, seed } = files::read_json(&settings)?;
        if version != VERSION {
            return Err(LabError::Broken(settings));
        }
        let key_path = folder.join("ca-key.der");
        let key = RsaPrivateKey::from_pkcs8_der(&files::read(&key_path)?)
            .map_err(|_| LabError::Broken(key_path))?;
        Ok(Self { folder: folder.to_owned(), seed, authority: Authority::new(key)? })
    }

    /// The folder for the portal's `TECHO_CARD_CA`.
    pub fn ca_folder(&self) -> PathBuf {
        self.folder.join("ca")
    }

    /// The folder for the portal's `TECHO_CARD_CRL`.
    pub fn crl_folder(&self) -> PathBuf {
        self.folder.join("crl")
    }

    /// All cards, by serial number.
    ///
    /// # Errors
    /// The list cannot be read.
    pub fn cards(&self) -> Result<Vec<IssuedCard>, LabError> {
        Ok(files::read_json::<CardsFile>(&self.cards_path())?.cards)
    }

    /// One card.
    ///
    /// # Errors
    /// There is no such card, or the list cannot be read.
    pub fn card(&self, serial: &CardSerial) -> Result<IssuedCard, LabError> {
        let found = self.cards()?.into_iter().find(|card| card.serial == *serial);
        found.ok_or_else(|| LabError::NoSuchCard(serial.clone()))
    }

    /// Issues cards, in the order given; none of them has a key yet, so that thousands take no time.
    ///
    /// # Errors
    /// The list cannot be read or written; then no card was issued.
    pub fn issue(&self, specs: &[CardSpec], now: UnixMillis) -> Result<Vec<IssuedCard>, LabError> {
        self.change(|file, cards| {
            let issued = specs.iter().map(|spec| self.new_card(file, spec, now)).collect::<Vec<_>>();
            cards.extend(issued.iter().map(|card| (card.serial.clone(), card.clone())));
            Ok(issued)
        })
    }

    /// Publishes the revocation list anew. To be called at least once a day, since a list older than 24 hours is not
    /// believed; hold, release, revoke, expire and renew do it by themselves.
    ///
    /// # Errors
    /// The list of cards cannot be read, or a file cannot be written.
    pub fn publish_crl(&self, now: UnixMillis) -> Result<(), LabError> {
        self.change(|file, cards| self.publish(file, cards, now))
    }

    /// [`CardLab::publish_crl`] for whoever holds the lock already.
    pub(crate) fn publish(
        &self,
        file: &mut CardsFile,
        cards: &Cards,
        now: UnixMillis,
    ) -> Result<(), LabError> {
        file.crl_number += 1;
        let list = self.authority.revocation_list(cards.values(), file.crl_number, now)?;
        files::write(&self.crl_folder().join("cards.crl"), &list)
    }

    /// Reads all cards, lets them be changed and writes them back; nobody else changes any meanwhile. Nothing is
    /// written when nothing changed, as when a card signs with the right PIN.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut CardsFile, &mut Cards) -> Result<T, LabError>,
    ) -> Result<T, LabError> {
        let _held = files::lock(&self.folder.join("lock"))?;
        let mut file: CardsFile = files::read_json(&self.cards_path())?;
        let former = file.clone();
        let mut cards: Cards =
            std::mem::take(&mut file.cards).into_iter().map(|card| (card.serial.clone(), card)).collect();
        let result = change(&mut file, &mut cards)?;
        file.cards = cards.into_values().collect();
        if file != former {
            files::write_json(&self.cards_path(), &file)?;
        }
        Ok(result)
    }

    pub(crate) fn new_card(&self, file: &mut CardsFile, spec: &CardSpec, now: UnixMillis) -> IssuedCard {
        file.issued += 1;
        let random: [u8; 32] = self.derive("serial number", &file.issued.to_be_bytes());
        let serial = random.first_chunk().expect("32 bytes begin with 8");
        IssuedCard {
            serial: CardSerial::from_random(*serial),
            label: spec.label.clone(),
            pin: spec.pin.clone(),
            tries_left: MAX_TRIES,
            not_before: now.minus(BACKDATED),
            not_after: now.plus(spec.valid_for),
            state: CardState::Issued,
        }
    }

    /// 32 bytes of the lab's own for this use and this thing.
    pub(crate) fn derive(&self, purpose: &str, thing: &[u8]) -> [u8; 32] {
        derive(&self.seed, purpose, thing)
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(crate) fn key_path(&self, serial: &CardSerial) -> PathBuf {
        self.folder.join("keys").join(format!("{serial}.der"))
    }

    fn cards_path(&self) -> PathBuf {
        self.folder.join("cards.json")
    }
}

/// SHA-256 over seed, purpose and thing. The seed is of fixed length and no purpose begins another.
fn derive(seed: &[u8; 32], purpose: &str, thing: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(seed).chain_update(purpose).chain_update(thing).finalize().into()
}
