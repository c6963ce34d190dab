//! `/consent` and what stands below it: choices, a preview before they hold, receipts, history, marks on single records.

mod change;
mod error;
mod file;
mod marks;
mod preview;
mod read;

pub use change::{Words, fingerprint};
pub use error::{ConsentDraftError, ConsentSaveError, RecordMarkError};
pub use file::Imported;
pub use marks::MarkView;
pub use preview::{PreviewAs, PreviewView, Seen, SeenCheckup, SeenDose, SeenLaboratory};
pub use techo_exchange::fhir::consent::{ConsentProblem, Fault, LONGEST as LONGEST_FILE};

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
}

/// How a version or a draft came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
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
    pub origin: Origin,
    /// When.
    pub changed_at: UnixMillis,
    /// Language of the words.
    pub language: String,
    /// The sentences that were shown when it was chosen.
    pub shown: Vec<String>,
    /// Choices and rules.
    pub state: ConsentState,
}

/// What a new draft is made of.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// Choices and rules.
    pub state: ConsentState,
    /// How it came.
    pub origin: Origin,
    /// The version that the person looked at.
    pub base: i64,
}
