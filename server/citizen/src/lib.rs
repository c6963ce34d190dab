//! What a citizen reads about themselves: one file per page, each with the shape of its view and the query that fills it.
//!
//! Views carry facts (dates, codes, closed enums), never sentences: `app` puts them into words in two languages.
//! Every function reads, writes a line onto the access log and only then returns: what cannot be logged is not shown.
//! To add a page: a file here with its view and its function on [`CitizenServices`], a page in `app`, a route in the server.

pub mod access_log;
pub mod checkups;
pub mod consent;
pub mod coverage;
mod emergency_reply;
pub mod holdings;
pub mod home;
pub mod laboratory;
pub mod notices;
mod owner;
pub mod records;
mod reports;
#[cfg(feature = "testing")]
pub mod testing;
pub mod vaccinations;
pub mod values;

pub use emergency_reply::EmergencyReplyError;

use techo_audit::log::{Action, Category, LogEvent, LogWriter, Reason};
use techo_custody::{Custody, Failure, Result};
use techo_identity::access::PatientScope;
use uuid::Uuid;

/// Everything that a person can read about themselves, and what they can say about it.
#[derive(Clone, Debug)]
pub struct CitizenServices {
    pub(crate) custody: Custody,
    log: LogWriter,
}

impl CitizenServices {
    /// On these databases, with this access log.
    pub fn new(custody: Custody, log: LogWriter) -> Self {
        Self { custody, log }
    }

    /// Notes that the owner is about to see these records.
    async fn log_read(
        &self,
        scope: &PatientScope,
        category: Category,
        records: impl IntoIterator<Item = Uuid>,
    ) -> Result<()> {
        let event = LogEvent::by_owner(&self.custody.environment, scope.chain(), Action::Read, category);
        Ok(self.log.append(event.about(records)).await?)
    }

    /// Notes that something was asked for that this person does not have. The answer is the same whether nobody has it
    /// or somebody else.
    pub(crate) async fn not_found(&self, scope: &PatientScope, category: Category) -> Failure {
        let event = LogEvent::by_owner(&self.custody.environment, scope.chain(), Action::Refuse, category);
        match self.log.append(event.because(Reason::NoSuchRecord)).await {
            Ok(()) => Failure::NotFound,
            Err(down) => down.into(),
        }
    }
}
