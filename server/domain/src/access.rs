//! Proofs that somebody may see something. Only this module can make one; everything that reads a person's rows asks for one.

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
    /// A proof for the owner's own data. The caller has just verified the session and the account's state.
    pub(crate) fn owner(
        account: AccountId,
        resident: ResidentId,
        record: RecordCode,
        chain: ChainId,
    ) -> Self {
        Self { account, resident, record, chain }
    }

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
}
