//! Where documents and doses wait for their person: sealed whole, under aliases, known again by a keyed digest.

use crate::{
    Custody, Result,
    keys::{
        KeyRing,
        set::{KeySet, LookupPurpose},
    },
    seal::SealLocation,
};
use techo_model::{RecordCode, WaitingId, checkup::CheckupDocument};
use techo_store::records::import::waiting::WaitingRecord;
use zeroize::Zeroizing;

/// Under what a record waits, and what it is known again by.
pub struct WaitingKeys {
    /// Of the person, or of their family when no branch was stated.
    pub alias: Vec<u8>,
    /// Of their family; none for what does not wait for an insurance.
    pub family_alias: Option<Vec<u8>>,
    /// Keyed digest of the content.
    pub content_digest: Vec<u8>,
}

impl WaitingKeys {
    /// Of a document: the aliases of its insured id.
    pub fn of_checkup(keys: &KeySet, document: &CheckupDocument, bytes: &[u8]) -> Self {
        let ids = keys.insured_aliases(&document.insured);
        Self {
            alias: ids.person.unwrap_or(ids.family).to_vec(),
            family_alias: Some(ids.family.to_vec()),
            content_digest: keys.lookup(LookupPurpose::Digest, &[b"waiting-checkup", bytes]).to_vec(),
        }
    }

    /// Of a document that came in when less was asked of one and that is not read any more: kept, and found by nobody.
    pub(crate) fn of_unreadable(keys: &KeySet, bytes: &[u8]) -> Self {
        let content_digest = keys.lookup(LookupPurpose::Digest, &[b"waiting-checkup", bytes]).to_vec();
        Self { alias: content_digest.clone(), family_alias: None, content_digest }
    }

    /// Of a dose: the record code that its person will have.
    pub fn of_dose(keys: &KeySet, code: RecordCode, text: &[u8]) -> Self {
        let alias = code.0.as_bytes();
        Self {
            alias: alias.to_vec(),
            family_alias: None,
            content_digest: keys
                .lookup(LookupPurpose::Digest, &[b"waiting-vaccination", alias, text])
                .to_vec(),
        }
    }
}

fn place(id: &WaitingId) -> SealLocation<'_> {
    SealLocation { table: "waiting_record", column: "content_sealed", row: id.0.as_bytes() }
}

/// Seals a content with the version that writes.
pub fn seal(custody: &Custody, id: WaitingId, content: &[u8]) -> Vec<u8> {
    custody.keys.seal(&custody.environment, place(&id), content)
}

/// Opens the content of a waiting record.
pub fn open(keys: &KeyRing, row: &WaitingRecord) -> Result<Zeroizing<Vec<u8>>> {
    Ok(keys.open(place(&row.waiting_id), &row.content_sealed)?)
}
