//! `/access-log`: who looked at what, when and why; questions about it; proofs and downloads.
//!
//! Reading the log is itself on the log, one line for half an hour of looking around: a line for each page turned would
//! bury what people come here to see. Downloads and proofs leave the house, so each of them is a line.

mod ask;
mod export;
mod filter;
mod query;

pub use ask::LineQuestion;
pub use export::{ExportChunk, ExportLine, LineProofs, LogExport};
pub use filter::{ActorFilter, LogFilter, LogTopic};

use std::collections::HashMap;
use techo_audit::log::line::LogLine;
use techo_model::{CalendarDate, UnixMillis};

/// `/access-log`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessLogView {
    /// What was asked for.
    pub filter: LogFilter,
    /// The lines by day, newest first.
    pub days: Vec<LogDay>,
    /// Names of the organisations on this page, by number, where they are registered.
    pub names: HashMap<String, String>,
    /// Questions that were asked, newest first.
    pub questions: Vec<LineQuestion>,
    /// The number before which older lines stand; none at the end.
    pub older: Option<i64>,
    /// The last checkpoint; none before the first.
    pub seal: Option<LastCheckpoint>,
}

/// The lines of one day in Japan, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogDay {
    /// The day.
    pub on: CalendarDate,
    /// What people did, and everything else that is not a look of the owner or of a program.
    pub lines: Vec<LogLine>,
    /// What programs of organisations looked at by themselves, one entry for each organisation.
    pub systems: Vec<SystemLooks>,
    /// Looks of the owner.
    pub own: Vec<LogLine>,
}

/// How often the program of an organisation looked by itself on one day. Each look has a line of its own, which the filter
/// [`ActorFilter::Systems`] shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemLooks {
    /// Official number of the organisation.
    pub organisation: String,
    /// How often something was asked for.
    pub looks: i64,
    /// How often of these it was refused.
    pub refused: i64,
}

/// The last checkpoint, and what checks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastCheckpoint {
    /// Number of lines of everybody.
    pub size: i64,
    /// Root over them, in base64.
    pub root: String,
    /// When it was signed.
    pub signed_at: UnixMillis,
    /// The public key of the log.
    pub key: String,
}

/// `/access-log/{id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLineView {
    /// The line.
    pub line: LogLine,
    /// Name of its organisation, when registered.
    pub organisation_name: Option<String>,
    /// What was asked about it.
    pub question: Option<LineQuestion>,
    /// Whether it stands under a checkpoint, so that there is a proof.
    pub sealed: LineSealing,
}

/// Whether a line can be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineSealing {
    /// There is a proof.
    Yes,
    /// It will be under the next checkpoint.
    NotYet,
    /// Its body was erased.
    Erased,
}
