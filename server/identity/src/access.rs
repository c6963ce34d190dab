//! Proofs that somebody may see something. Only this module can make one; everything that reads a person's rows asks for one.

mod card_shown;
mod fresh;
#[cfg(feature = "testing")]
pub mod testing;

pub use card_shown::{CardShown, OwnerCheck, hold_card_shown, prove_card_shown};
pub use fresh::{
    ExportAllowed, ExportError, PresentOwner, VerifiedOwner, confirm_present, prove_export_allowed,
    prove_verified,
};

use crate::{legal_age, ownership, refusal::SessionRefusal};
use techo_custody::{Custody, Internal, Result, resident_record};
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
    pub fn whose(&self) -> (ChainId, RecordCode) {
        (self.chain, self.record)
    }
}

/// The owner of an account reads their own data. Asked anew for each request, so that it holds now.
///
/// # Errors
/// `Failure::Refused` when the account is not active or the person is not alive any more, `Failure::BelowAge` when
/// they are too young to open it by themself.
pub async fn owner_scope(custody: &Custody, account: AccountId) -> Result<PatientScope> {
    let facts = custody.stores.vault.owner_facts(account).await?;
    let facts = facts.ok_or(SessionRefusal::AccountNotActive)?;
    if !ownership::is_owner(custody, account, facts.resident_id, facts.owner_mac.as_deref()) {
        return Err(Internal::corrupt("account", "owner_mac", account.0).into());
    }
    legal_age::require_enrol_age(custody, facts.resident_id, &facts.birth_sealed)?;
    let person = resident_record::open_person(&custody.keys, facts.resident_id, &facts.person_code_sealed)?;
    let chain = resident_record::open_chain(&custody.keys, facts.resident_id, &facts.chain_sealed)?;
    Ok(PatientScope {
        account,
        resident: facts.resident_id,
        record: custody.keys.version(facts.key_version)?.record_code(&person),
        chain,
    })
}
