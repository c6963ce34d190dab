//! 救急: a clinician opens somebody's records without being asked to, for a reason that is looked into afterwards.
//!
//! ```text
//! declare ─▶ code and 60 minutes ─▶ ends
//!    │ at once                       │
//!    ├─▶ line on the access log      └─▶ review queue ─▶ finding ─▶ the person is told
//!    └─▶ notice to the person ─▶ they may answer ──┘ (an answer after the review opens it again)
//! ```
//!
//! What may be seen is the consent engine's business, as always: it asks what the person chose for emergencies. Whoever
//! chose "never" is to everybody as if they were not here.

mod declare;
mod error;
mod impartial;
mod review;
pub mod text;

use impartial::require_impartial;
pub use review::{
    EmergencyCase, OpenedRecord, QueueCursor, ReviewLine, ReviewQueue, ReviewVerdict, close_emergency_review,
    review_emergency, review_queue,
};

pub use declare::{DeclaredEmergency, EmergencyIdentification};
pub use error::{CloseReviewError, DeclareError, EmergencyTextError};

use std::time::Duration;
use techo_custody::{Custody, Result, emergency_text};
use techo_model::{
    EventId, UnixMillis,
    consent::PersonEmergency,
    emergency::{EmergencyReview, Finding, FoundBy},
};
use techo_store::records::emergencies::EmergencyRow;

/// How long a declared emergency runs.
pub const EMERGENCY_LIFE: Duration = techo_consent::LONGEST_EMERGENCY;
/// Characters that a reason has at least.
pub const REASON_MIN: usize = 10;
/// Characters that a reason, an answer or a remark has at most.
pub const TEXT_MAX: usize = 1_000;

/// An emergency in clear, without the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyView {
    /// Key: the line of the access log that tells of the declaration.
    pub id: EventId,
    /// Official number of the organisation.
    pub organisation: String,
    /// Its name, when registered.
    pub organisation_name: Option<String>,
    /// Who declared it, by the id that the organisation gave.
    pub subject: String,
    /// Their name.
    pub subject_name: Option<String>,
    /// Their role.
    pub subject_role: Option<String>,
    /// How the person was found.
    pub found_by: FoundBy,
    /// Why.
    pub reason: String,
    /// When, and until when.
    pub time: PersonEmergency,
    /// What the person answered, and when.
    pub reply: Option<(String, UnixMillis)>,
    /// What the review found last.
    pub review: Option<ClosedReview>,
    /// Whether the review queue waits for it: not reviewed, or answered since.
    pub is_open: bool,
}

/// A closed review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedReview {
    /// What was found.
    pub finding: Finding,
    /// What the reviewer tells the person.
    pub remark: String,
    /// When.
    pub at: UnixMillis,
}

/// Opens a stored emergency.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn emergency_view(custody: &Custody, row: &EmergencyRow) -> Result<EmergencyView> {
    let id = row.emergency_id;
    let organisation = custody.stores.vault.organisation(&row.organisation).await?;
    let text = |column, value: &[u8]| emergency_text::open(&custody.keys, id, column, value);
    let reply = match (&row.reply_sealed, row.replied_at) {
        (Some(reply), Some(at)) => Some((text(emergency_text::REPLY, reply)?, at)),
        _ => None,
    };
    let review = match (row.finding, &row.remark_sealed, row.reviewed_at) {
        (Some(finding), Some(remark), Some(at)) => {
            Some(ClosedReview { finding, remark: text(emergency_text::REMARK, remark)?, at })
        }
        _ => None,
    };
    Ok(EmergencyView {
        id,
        organisation: row.organisation.clone(),
        organisation_name: organisation.map(|organisation| organisation.name),
        subject: row.subject.clone(),
        subject_name: row.subject_name.clone(),
        subject_role: row.subject_role.clone(),
        found_by: row.found_by,
        reason: text(emergency_text::REASON, &row.reason_sealed)?,
        time: PersonEmergency { declared_at: row.declared_at, ends_at: row.ends_at },
        reply,
        review,
        is_open: row.state == EmergencyReview::Open,
    })
}
