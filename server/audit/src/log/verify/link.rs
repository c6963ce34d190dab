//! One entry with its link to the one before, as the checks pass it on.

use super::FaultKind;
use crate::log::Commitment;
use techo_model::ChainId;
use techo_store::records::access_log::AccessEntry;
use uuid::Uuid;

/// One entry on its way through the checks.
pub(super) struct Link<'a> {
    pub(super) chain: ChainId,
    pub(super) event: Uuid,
    pub(super) seq: i64,
    pub(super) previous: Option<&'a [u8]>,
    pub(super) entry: Commitment,
    pub(super) mac: Option<&'a [u8]>,
    pub(super) content: Option<(&'a [u8], &'a str)>,
}

/// An entry as it is stored.
pub(super) fn link(chain: ChainId, stored: &AccessEntry) -> Result<Link<'_>, FaultKind> {
    Ok(Link {
        chain,
        event: stored.event_id.0,
        seq: stored.chain_seq,
        previous: stored.previous.as_deref(),
        entry: stored.entry.as_slice().try_into().map_err(|_| FaultKind::Edited)?,
        mac: stored.mac.as_deref(),
        content: stored.salt.as_deref().zip(stored.body.as_deref()),
    })
}
