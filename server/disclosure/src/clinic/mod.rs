//! A person and the organisation that treats them: how the person is pointed at, the code under which the organisation
//! knows them, and how long it may go on reading.
//!
//! ```text
//! share code ┐                            ┌ opted in:  code (符号) and a treatment window
//! card       ├─▶ ClinicAccess::identify ─▶┤
//! clinic code┘                            └ otherwise: nothing is made, eligibility is answered all the same
//! ```
//!
//! Whoever cannot be found is answered as if there were nobody: a code of another organisation, one that was retired, a
//! card that nobody here holds. Where the person is known, they find the attempt on their access log.
//!
//! To add a way of pointing at somebody: a variant of [`PresentedIdentity`], its rules in a file of its own, an arm in `identify`.

mod card;
mod chart;
mod code;
mod eligibility;
mod error;
mod flags;
mod identify;
mod kept_code;
mod next_page;
mod same_visit;
mod send;
mod share;
mod window;
mod wrong_tries;

pub use code::{IssuedCode, issue_clinic_code, retire_codes};
pub use kept_code::{open_sealed_share_code, seal_share_code};
pub use share::{
    ReservedCode, SHARE_CODE_LIFE, SHARE_CODE_MEMORY, ShareCode, ShareCodeState, make_share_code,
    purge_share_codes, share_code_state,
};
pub use window::treatment_window;
pub(crate) use window::{list_sharing, open_for_emergency};

pub use error::{CardChallengeError, EligibilityError, IdentifyError, SendError};
pub use identify::{CodeUse, IdentifiedBy, PatientVisit, PresentedIdentity};
pub use same_visit::VisitReference;
pub use send::{SendCondition, TakenReport};
pub use wrong_tries::{TryAlarm, try_alarms};

pub use crate::inquiry::InquiringParty;
use std::sync::Arc;
use techo_audit::log::{self, Action, Category, LogEvent, LogWriter, Reason};
use techo_custody::Custody;
use techo_jpki::{CardStatusInquiry, TrustStore};
use techo_model::ChainId;

/// Where organisations point at people. Cheap to clone.
#[derive(Clone)]
pub struct ClinicAccess {
    pub(crate) custody: Custody,
    log: LogWriter,
    trust: Arc<TrustStore>,
    status: CardStatusInquiry,
    most_kept: i64,
}

/// How many records and former versions of one person are kept of what clinics send; a long life with a blood test a week has
/// a fifth of it. Pages and answers hold what is kept of one person in memory.
const MOST_KEPT: i64 = 20_000;

impl ClinicAccess {
    /// Trusts these card CAs, asks this source for the status of cards, and writes on this log.
    pub fn new(
        custody: Custody,
        log: LogWriter,
        trust: Arc<TrustStore>,
        status: impl Into<CardStatusInquiry>,
    ) -> Self {
        Self { custody, log, trust, status: status.into(), most_kept: MOST_KEPT }
    }

    /// The same with another bound of what is kept of one person.
    #[must_use]
    pub fn with_most_kept(self, most_kept: i64) -> Self {
        Self { most_kept, ..self }
    }

    /// Writes on a person's log what was asked for and why nothing was given.
    pub(crate) async fn note_refusal(
        &self,
        asking: &InquiringParty,
        chain: ChainId,
        (asked, reason): (Category, Reason),
    ) -> techo_custody::Result<()> {
        let InquiringParty { organisation, subject, purpose, .. } = asking;
        let event =
            LogEvent::by_organisation(&self.custody.environment, chain, &organisation.id, subject.clone())
                .doing(Action::Refuse, asked, (*purpose).into());
        Ok(self.log.append(event.because(reason)).await?)
    }

    /// Writes down that an organisation pointed at nobody. The same work as for somebody, so that its time does not tell
    /// nobody from somebody who is not to be found.
    pub(crate) async fn note_nobody(
        &self,
        asking: &InquiringParty,
        asked: Category,
    ) -> techo_custody::Result<()> {
        let nobody = log::nobody_chain(&self.custody).await?;
        self.note_refusal(asking, nobody, (asked, Reason::NobodyFound)).await
    }
}

impl std::fmt::Debug for ClinicAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClinicAccess")
    }
}
