//! How much is held about somebody, as numbers: what the demo's list of cards says, so that one can choose somebody with a story.

use techo_custody::{Custody, Result};
use techo_disclosure::identified_person;
use techo_model::{ResidentId, record::RecordKind};

/// How many records of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordHoldings {
    /// 健診.
    pub checkups: u32,
    /// 予防接種.
    pub doses: u32,
    /// Periods of health insurance.
    pub coverages: u32,
}

/// Counts what is held about a resident. No record is opened.
///
/// # Errors
/// [`techo_custody::Failure::NotFound`] when there is no such resident.
pub async fn count_holdings(custody: &Custody, resident: ResidentId) -> Result<RecordHoldings> {
    let person = identified_person::identify_resident(custody, resident).await?;
    let mut holdings = RecordHoldings::default();
    for held in custody.stores.records.held_records(person.record()).await? {
        match held.kind {
            RecordKind::Checkup => holdings.checkups += 1,
            RecordKind::Vaccination => holdings.doses += 1,
            RecordKind::Coverage => holdings.coverages += 1,
            RecordKind::Laboratory => {}
        }
    }
    Ok(holdings)
}
