//! Whose a statement is: the resident behind an alias, and the key of their records.

use super::BatchTransactions;
use std::collections::HashMap;
use techo_custody::{Custody, Result, resident_record};
use techo_model::{
    RecordCode, ResidentId,
    coverage::{BranchState, CoverageFacts},
};
use uuid::Uuid;

/// The resident behind an alias, and the key of their records.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) resident: ResidentId,
    pub(super) record: RecordCode,
}

/// A statement whose person is known.
pub(super) struct KnownStatement<'a> {
    pub(super) owner: Owner,
    pub(super) facts: &'a CoverageFacts,
    pub(super) branch: BranchState,
    pub(super) sent_by: &'a str,
}

/// The residents behind these aliases of My Numbers, as far as they are there.
pub(super) async fn owners(
    custody: &Custody,
    txs: &mut BatchTransactions,
    aliases: &[Uuid],
) -> Result<HashMap<Uuid, Owner>> {
    let rows = custody.stores.vault.my_number_owners(&mut txs.vault, aliases).await?;
    let mut owners = HashMap::with_capacity(rows.len());
    for row in rows {
        let record = record_code(custody, row.resident_id, &row.person_code_sealed)?;
        owners.insert(row.alias, Owner { resident: row.resident_id, record });
    }
    Ok(owners)
}

/// Opens a resident's person code and converts it.
pub(crate) fn record_code(custody: &Custody, resident: ResidentId, sealed: &[u8]) -> Result<RecordCode> {
    let person = resident_record::open_person(&custody.keys, resident, sealed)?;
    Ok(custody.keys.current().record_code(&person))
}
