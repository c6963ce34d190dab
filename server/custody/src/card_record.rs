//! How a card stands in the vault: found by a keyed look-up, its serial number sealed.

use crate::{
    Custody, Internal, Result,
    keys::{KeyRing, set::KeySet},
    seal::SealLocation,
};
use techo_model::BindingId;
use techo_store::vault::bindings::BindingRecord;
use zeroize::Zeroizing;

/// What one key version keeps of a card's serial number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSerial {
    /// By which the card is found.
    pub lookup: Vec<u8>,
    /// The number, sealed for its row.
    pub sealed: Vec<u8>,
    /// The version.
    pub key_version: i64,
}

/// The look-ups of a card under every key version, the one that writes first.
pub fn card_lookups(keys: &KeyRing, ca_key_id: &[u8], serial: &[u8]) -> Vec<[u8; 32]> {
    keys.readers().map(|set| set.card_lookup(ca_key_id, serial)).collect()
}

/// A serial number as the version that writes keeps it.
pub fn seal_serial(custody: &Custody, id: BindingId, ca_key_id: &[u8], serial: &[u8]) -> SealedSerial {
    let keys = custody.keys.current();
    SealedSerial {
        lookup: keys.card_lookup(ca_key_id, serial).to_vec(),
        sealed: custody.keys.seal(&custody.environment, serial_place(&id), serial),
        key_version: keys.version(),
    }
}

/// The serial number of a stored card.
///
/// # Errors
/// It does not open.
pub fn open_serial(keys: &KeyRing, binding: &BindingRecord) -> Result<Zeroizing<Vec<u8>>> {
    Ok(keys.open(serial_place(&binding.binding_id), &binding.serial_sealed)?)
}

/// The same card under the key version that writes; for rotation.
///
/// # Errors
/// It does not open, or is not the card that its look-up under the old keys names.
pub fn rekey_card(custody: &Custody, old: &KeySet, binding: &BindingRecord) -> Result<BindingRecord> {
    let serial = open_serial(&custody.keys, binding)?;
    if old.card_lookup(&binding.ca_key_id, &serial).as_slice() != binding.serial_lookup {
        return Err(Internal::corrupt("card_binding", "serial_lookup", binding.binding_id.0).into());
    }
    let SealedSerial { lookup, sealed, key_version } =
        seal_serial(custody, binding.binding_id, &binding.ca_key_id, &serial);
    Ok(BindingRecord { serial_lookup: lookup, serial_sealed: sealed, key_version, ..binding.clone() })
}

fn serial_place(id: &BindingId) -> SealLocation<'_> {
    SealLocation { table: "card_binding", column: "serial_sealed", row: id.0.as_bytes() }
}
