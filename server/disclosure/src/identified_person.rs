//! Somebody whom an organisation pointed at.

use techo_custody::{Custody, Failure, Result, codes::PersonCode, resident_record};
use techo_model::{ChainId, RecordCode, ResidentId};

/// Somebody whom an organisation asks about, found by the organisation's code, a share code, a card, or in an emergency by
/// demographics. Says who is meant, not what may be seen: that is up to the consent engine.
#[derive(Clone, Debug)]
pub struct IdentifiedPerson {
    resident: ResidentId,
    record: RecordCode,
    chain: ChainId,
    person: PersonCode,
}

impl IdentifiedPerson {
    /// Whose row in the vault.
    pub fn resident(&self) -> ResidentId {
        self.resident
    }

    /// Whose chain in the access log.
    pub fn chain(&self) -> ChainId {
        self.chain
    }

    /// Whose rows in the record store. For statements about codes, windows and consent; records leave through
    /// the consent engine alone.
    pub fn record(&self) -> RecordCode {
        self.record
    }

    /// Whose choices about sharing, as they are locked and read.
    pub(crate) fn whose(&self) -> (ChainId, RecordCode) {
        (self.chain, self.record)
    }

    /// What codes of organisations are made from.
    pub(crate) fn person(&self) -> &PersonCode {
        &self.person
    }
}

/// The person behind a resident whom an organisation pointed at.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such resident.
pub async fn identify_resident(custody: &Custody, resident: ResidentId) -> Result<IdentifiedPerson> {
    let facts = custody.stores.vault.person_lead(resident).await?.ok_or(Failure::NotFound)?;
    let person = resident_record::open_person(&custody.keys, resident, &facts.person_code_sealed)?;
    let chain = resident_record::open_chain(&custody.keys, resident, &facts.chain_sealed)?;
    let record = custody.keys.version(facts.key_version)?.record_code(&person);
    Ok(IdentifiedPerson { resident, record, chain, person })
}
