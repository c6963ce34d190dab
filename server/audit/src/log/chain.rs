//! Checks a chain: that no number is missing, that each entry names the one before, and that each body is the one that
//! was committed to.

use super::{Commitment, EntrySalt, entry};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use techo_custody::{Custody, Internal, Result};
use techo_model::ChainId;
use techo_store::records::access_log::AccessEntry;

/// The setting of the record store that names the chain of nobody.
const NOBODY: &str = "log_nobody_chain";

/// The chain of nobody: lines about whoever was asked for and is not here, and about the log itself.
///
/// # Errors
/// A database.
pub async fn nobody_chain(custody: &Custody) -> Result<ChainId> {
    let records = &custody.stores.records;
    let kept = match records.setting(NOBODY).await? {
        Some(kept) => kept,
        None => records.keep_setting(NOBODY, &custody.environment.opaque_id().to_string()).await?,
    };
    Ok(kept.parse().map_err(|_| Internal::corrupt("store_setting", "value", NOBODY))?)
}

/// What is wrong with a chain, and at which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A number is missing or stands twice.
    #[error("entry {0} is missing")]
    Gap(i64),
    /// An entry does not name the one before it.
    #[error("entry {0} does not follow from the one before it")]
    Link(i64),
    /// The body is not the one that was committed to.
    #[error("entry {0} was altered")]
    Body(i64),
}

/// Checks a whole chain from its first entry. Entries whose body was erased count by their commitment alone.
pub fn check(entries: &[AccessEntry]) -> Result<(), ChainFault> {
    let mut previous: Option<&[u8]> = None;
    for (seq, stored) in (1..).zip(entries) {
        if stored.chain_seq != seq {
            return Err(ChainFault::Gap(seq));
        }
        if stored.previous.as_deref() != previous {
            return Err(ChainFault::Link(seq));
        }
        check_body(stored)?;
        previous = Some(&stored.entry);
    }
    Ok(())
}

fn check_body(stored: &AccessEntry) -> Result<(), ChainFault> {
    let altered = ChainFault::Body(stored.chain_seq);
    let (Some(salt), Some(body)) = (&stored.salt, &stored.body) else { return Ok(()) };
    let salt = EntrySalt::try_from(salt.as_slice()).map_err(|_| altered)?;
    let committed = Commitment::try_from(stored.entry.as_slice()).map_err(|_| altered)?;
    let says: Value = serde_json::from_str(body).map_err(|_| altered)?;
    let previous = stored.previous.as_ref().map(|entry| BASE64_STANDARD.encode(entry));
    let placed = says["seq"] == stored.chain_seq && says["previous"] == Value::from(previous);
    if entry(&salt, body) == committed && placed { Ok(()) } else { Err(altered) }
}
