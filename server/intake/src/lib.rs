//! Imports: files of municipalities, insurers and clinics become records of people.
//!
//! One file per kind says what makes a row new, changed, unchanged or unwanted. Rows go in batches; a batch is one
//! transaction in the vault, then one in the record store, and every step can be repeated: an import that is killed
//! between the two ends in the same state when it is run again. To add a kind: a file here with a `RowIntake`, a variant of
//! [`ImportKind`], a layout in `techo-exchange`.

mod batch;
mod carry_over;
mod checkups;
mod conflict;
mod coverage;
mod coverage_statements;
mod documents;
pub mod dose_ledger;
mod dose_statements;
mod life_span;
mod matched_documents;
mod matching;
mod owners;
mod period_aliases;
mod residents;
mod retry_waiting;
mod said_before;
mod unproven;
mod vaccinations;
mod waiting_dose;

pub use batch::{RowIntake, import_rows};
pub use carry_over::upgrade_stores;
pub use checkups::new_row as checkup_row;
pub use conflict::repeat_overtaken;
pub use coverage::CoverageIntake;
pub use documents::{ArchiveDocument, DocumentTaker, import_documents};
pub use residents::ResidentsIntake;
pub use retry_waiting::{MatchedCounts, retry_waiting, retry_waiting_doses};
pub use unproven::{BranchDoubt, UnprovenCheckup, unproven_checkups};
pub use vaccinations::VaccinationsIntake;

use serde::Serialize;
use std::time::Duration;
use techo_custody::{Custody, Result};
use techo_exchange::csv::RawRow;
use techo_model::organisation::{Organisation, OrganisationKind};
use techo_model::words;
use techo_store::{Tx, answered_within, records::import::waiting::QueuePosition};

words! {
    /// What a file holds, by its name on the command line, in manifests and in the vault.
    ImportKind {
        /// 住民.
        Residents "residents";
        /// 資格.
        Coverage "coverage";
        /// 健診.
        Checkups "checkups";
        /// 予防接種.
        Vaccinations "vaccinations";
    }
}

impl ImportKind {
    /// Whether this class of organisation may send such a file.
    pub fn may_come_from(self, kind: OrganisationKind) -> bool {
        match self {
            Self::Residents | Self::Vaccinations => kind == OrganisationKind::Municipality,
            Self::Coverage => kind == OrganisationKind::Insurer,
            Self::Checkups => kind == OrganisationKind::Insurer || kind.is_facility(),
        }
    }
}

/// What became of the rows of a file. `read` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportCounts {
    /// Rows or documents read.
    pub read: u64,
    /// New.
    pub inserted: u64,
    /// Changed.
    pub updated: u64,
    /// Known already, or older than what is known.
    pub unchanged: u64,
    /// Taken back by their sender.
    pub deleted: u64,
    /// Not taken; in the rejects file.
    pub rejected: u64,
    /// Waiting for their person.
    pub quarantined: u64,
}

impl ImportCounts {
    pub(crate) fn add(&mut self, outcome: RowOutcome) {
        self.read += 1;
        *match outcome {
            RowOutcome::Inserted => &mut self.inserted,
            RowOutcome::Updated => &mut self.updated,
            RowOutcome::Unchanged => &mut self.unchanged,
            RowOutcome::Deleted => &mut self.deleted,
            RowOutcome::Rejected(_) | RowOutcome::Deferred(_) => &mut self.rejected,
            RowOutcome::Quarantined => &mut self.quarantined,
        } += 1;
    }
}

/// What became of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// New.
    Inserted,
    /// Changed.
    Updated,
    /// Known already, or older than what is known.
    Unchanged,
    /// Taken back.
    Deleted,
    /// Waits for its person.
    Quarantined,
    /// Not taken, with the sentence for the rejects file.
    Rejected(&'static str),
    /// Not taken yet: another row of the file may make room for it. At its end, not taken, with the sentence.
    Deferred(&'static str),
}

/// Whether the very same file was taken in before: then it can add what is missing but change nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileHistory {
    /// Never.
    New,
    /// Before; later files may have changed its rows since.
    Before,
}

impl FileHistory {
    /// Where a row goes that waits already.
    fn place_in_line(self) -> QueuePosition {
        match self {
            Self::New => QueuePosition::Last,
            Self::Before => QueuePosition::Kept,
        }
    }
}

/// One file on its way in.
#[derive(Clone, Debug)]
pub struct FileImport<'a> {
    /// Databases, keys, clock.
    pub custody: &'a Custody,
    /// Who sends it.
    pub sender: &'a Organisation,
    /// Whether it came before.
    pub seen: FileHistory,
    /// When it came before: the lines that were not taken then, in order. To them it is new.
    pub rejected_before: &'a [i64],
}

/// Where a letter stands that can hardly be shown to anybody. See [`techo_model::text::is_unshowable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterPlace<'a> {
    /// In a cell.
    Cell {
        /// Physical line on which the row begins.
        line: u64,
        /// Name of the column.
        column: &'a str,
    },
    /// In a document, by its path.
    Document(&'a str),
}

/// Where rejected rows go, and who wants to know how far the import is.
pub trait ImportSink: Send {
    /// A row that was not taken: its line, its cells as they stood in the file, and why.
    fn rejected_row(&mut self, line: u64, raw: &RawRow, reason: &str) -> std::io::Result<()>;
    /// A document that was not taken: its path within the archive, and why.
    fn rejected_document(&mut self, path: &str, reason: &str) -> std::io::Result<()>;
    /// A letter that its sender should repair, in a row or document that was taken.
    fn unshowable_letter(&mut self, place: LetterPlace<'_>);
    /// So many are done.
    fn progress(&mut self, counts: &ImportCounts);
    /// So much that waited has found its person through these rows.
    fn settled(&mut self, _settled: MatchedCounts) {}
}

/// What stops an import.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be used at all.
    #[error("{0}")]
    File(String),
    /// The file cannot be read any further.
    #[error("ファイルを読めません（{0}）")]
    Reading(std::io::Error),
    /// What was rejected cannot be written down. The sentence names the place.
    #[error("{0}")]
    Rejects(std::io::Error),
    /// Ours.
    #[error(transparent)]
    Custody(#[from] techo_custody::Failure),
}

impl From<techo_store::StoreError> for ImportError {
    fn from(error: techo_store::StoreError) -> Self {
        Self::Custody(error.into())
    }
}

/// The transactions of one batch.
pub struct BatchTransactions {
    pub(crate) vault: Tx,
    pub(crate) records: Tx,
    /// What found its person in them.
    pub(crate) settled: MatchedCounts,
    first: CommittedFirst,
}

/// Which half is committed first: the one without which the other would be repeated in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CommittedFirst {
    Vault,
    Records,
}

/// How long a batch may wait for the record store to begin with it, while it holds the vault.
const BEGIN_LIMIT: Duration = Duration::from_secs(5);
/// How long a batch may take, on a slow disk beside everybody else's work, with everything that waited for its people: thousands of
/// documents of one family, at worst.
const BATCH_LIMIT: Duration = Duration::from_mins(10);

/// Does the work of one batch, which ends with [`BatchTransactions::commit`]. A record store that stops answering keeps nobody from the vault
/// for longer than [`BATCH_LIMIT`]: the batch is taken back and the import fails, to be run again.
pub(crate) async fn bounded<T>(batch: impl Future<Output = Result<T>>) -> Result<T> {
    answered_within(BATCH_LIMIT, batch).await
}

impl BatchTransactions {
    /// Begins a batch. Not in a process whose keys are no longer those of the databases: what it wrote nobody would find, and what it
    /// cannot open says nothing about a row.
    pub(crate) async fn begin(custody: &Custody) -> Result<Self> {
        custody.check_keys().await?;
        // Always in this order, so that two imports never wait for each other crosswise; nor does anybody else.
        let vault = custody.stores.vault.begin_in_turn().await?;
        let records = answered_within(BEGIN_LIMIT, custody.stores.records.begin_in_turn()).await?;
        Ok(Self { vault, records, settled: MatchedCounts::default(), first: CommittedFirst::Vault })
    }

    /// The record store goes first: what waits in the vault, or a person who is new there, leads to a repetition.
    pub(crate) fn records_first(&mut self) {
        self.first = CommittedFirst::Records;
    }

    /// The vault first, if nothing else was said: what the record store then refers to is there, and repeating the batch
    /// is harmless.
    pub(crate) async fn commit(self) -> Result<()> {
        let (first, second) = match self.first {
            CommittedFirst::Vault => (self.vault, self.records),
            CommittedFirst::Records => (self.records, self.vault),
        };
        first.commit().await?;
        Ok(second.commit().await?)
    }

    /// As [`BatchTransactions::commit`], and lets pages that wait for their line on the access log go first.
    pub(crate) async fn commit_and_yield(self, custody: &Custody) -> Result<()> {
        self.commit().await?;
        custody.stores.records.db().yield_to_writers().await;
        Ok(())
    }
}
