//! Proofs that somebody may see something. Only this module can make one; everything that reads a person's rows asks for one.

mod fresh;
mod ownership;
#[cfg(feature = "testing")]
pub mod testing;

pub(crate) use fresh::hold_present;
pub use fresh::{ExportAllowed, Present, Verified, prove_export_allowed, prove_verified};
pub(crate) use ownership::is_owner;
pub use ownership::{owner_mac, prove_owners};

use crate::{Domain, Failure, Internal, Result, codes::PersonCode, enrol, resident_record};
use techo_model::{AccountId, ChainId, RecordCode, ResidentId};

/// A proof that the owner of an account may see the data of one person (today: themselves) now.
///
/// Made per request, never kept in a session.
#[derive(Clone, Debug)]
pub struct PatientScope {
    account: AccountId,
    resident: ResidentId,
    record: RecordCode,
    chain: ChainId,
}

impl PatientScope {
    /// Who asks.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Whose row in the vault.
    pub fn resident(&self) -> ResidentId {
        self.resident
    }

    /// Whose rows in the record store.
    pub fn record(&self) -> RecordCode {
        self.record
    }

    /// Whose chain in the access log.
    pub fn chain(&self) -> ChainId {
        self.chain
    }

    /// Whose choices about sharing, as they are locked and read.
    pub(crate) fn whose(&self) -> (ChainId, RecordCode) {
        (self.chain, self.record)
    }
}

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
    pub(crate) fn record(&self) -> RecordCode {
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
pub(crate) async fn identify_resident(domain: &Domain, resident: ResidentId) -> Result<IdentifiedPerson> {
    let facts = domain.stores.vault.person_lead(resident).await?.ok_or(Failure::NotFound)?;
    let person = resident_record::open_person(&domain.keys, resident, &facts.person_code_sealed)?;
    let chain = open_chain(domain, resident, &facts.chain_sealed)?;
    let record = domain.keys.version(facts.key_version)?.record_code(&person);
    Ok(IdentifiedPerson { resident, record, chain, person })
}

/// The owner of an account reads their own data. Asked anew for each request, so that it holds now.
///
/// # Errors
/// [`Failure::Refused`] when the account is not active or the person is not alive any more, [`Failure::BelowAge`] when
/// they are too young to open it by themself.
pub async fn owner_scope(domain: &Domain, account: AccountId) -> Result<PatientScope> {
    let facts = domain.stores.vault.owner_facts(account).await?;
    let facts = facts.ok_or(Failure::Refused("account-not-active"))?;
    if !is_owner(domain, account, facts.resident_id, facts.owner_mac.as_deref()) {
        return Err(Internal::Corrupt("account.owner_mac").into());
    }
    enrol::require_enrol_age(domain, facts.resident_id, &facts.birth_sealed)?;
    let person = resident_record::open_person(&domain.keys, facts.resident_id, &facts.person_code_sealed)?;
    let chain = open_chain(domain, facts.resident_id, &facts.chain_sealed)?;
    Ok(PatientScope {
        account,
        resident: facts.resident_id,
        record: domain.keys.version(facts.key_version)?.record_code(&person),
        chain,
    })
}

/// The number of a resident's chain in the access log, as it is sealed in the vault.
pub(crate) fn open_chain(domain: &Domain, resident: ResidentId, sealed: &[u8]) -> Result<ChainId> {
    resident_record::open_chain(&domain.keys, resident, sealed)
}
