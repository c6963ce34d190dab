//! `/consent` and what stands below it: choices, a preview before they hold, receipts, history, marks on single records.

mod change;
mod error;
mod file;
mod marks;
mod places;
mod preview;
mod read;

pub use change::{ConfirmedWords, fingerprint};
pub use error::{ConsentDraftError, ConsentSaveError, RecordMarkError};
pub use file::ImportedConsent;
pub use marks::MarkView;
pub use places::{OrganisationFinder, OrganisationSearch};
pub use preview::{PreviewAs, PreviewView, PreviewedRecords, SeenCheckup, SeenDose, SeenLaboratory};
pub use techo_exchange::fhir::consent::{ConsentFault, ConsentProblem, LONGEST as LONGEST_FILE};

use techo_model::{UnixMillis, consent::ConsentState, organisation::Organisation};

/// `/consent`: what holds now.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentView {
    /// 0 until the person chose something.
    pub version: i64,
    /// When it was chosen.
    pub changed_at: Option<UnixMillis>,
    /// Choices and rules.
    pub state: ConsentState,
    /// Places that treat people, for rules about one of them.
    pub places: Vec<Organisation>,
    /// The search for others.
    pub finder: OrganisationFinder,
}

/// How a version or a draft came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionOrigin {
    /// Chosen on the page.
    Page,
    /// Gone back to an earlier version.
    Restore {
        /// Which.
        version: i64,
    },
    /// Read from a file.
    Import,
}

/// One version of what a person chose, as receipts and the history show it.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentVersion {
    /// From 1.
    pub version: i64,
    /// How it came.
    pub origin: VersionOrigin,
    /// When.
    pub changed_at: UnixMillis,
    /// Language of the words.
    pub language: String,
    /// The sentences that were shown when it was chosen.
    pub shown: Vec<String>,
    /// Choices and rules.
    pub state: ConsentState,
}

/// `/consent/history`: a page of versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsentHistory {
    /// Newest first.
    pub versions: Vec<ConsentVersion>,
    /// The number of the version that holds; 0 for none.
    pub newest: i64,
    /// The number before which the next page begins; none when this is the last.
    pub older: Option<i64>,
}

/// What a new draft is made of.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// Choices and rules.
    pub state: ConsentState,
    /// How it came.
    pub origin: VersionOrigin,
    /// The version that the person looked at.
    pub base: i64,
}
