//! The whole log of a person as a file, and the proof of one line. Each is itself a line of the log.

use super::query::CHUNK;
use crate::CitizenServices;
use std::collections::HashMap;
use techo_audit::log::{self, line::LogLine, tree::proof::LineProof};
use techo_custody::{Failure, Result};
use techo_identity::access::{ExportAllowed, confirm_present};
use techo_model::EventId;

/// Lines of one chunk that are proven together.
const PROOFS_AT_ONCE: i64 = 100;

/// A line on its way into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportLine {
    /// The line.
    pub line: LogLine,
    /// Its canonical body; none when it was erased.
    pub body: Option<String>,
    /// Its proof, where proofs were asked for and there is one.
    pub proof: Option<LineProof>,
}

/// Some lines, with the names of the organisations in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportChunk {
    /// The lines, newest first.
    pub lines: Vec<ExportLine>,
    /// Names by number, where they are registered.
    pub names: HashMap<String, String>,
}

/// Whether each line comes with its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineProofs {
    /// No proofs.
    Without,
    /// A proof for each line that is under a checkpoint.
    With,
}

/// The log of a person on its way out, newest line first. It is read in chunks, each when the one before is gone, so that a long log
/// never stands in memory as a whole. It goes backwards from the newest line that is there when it begins: whatever is written
/// on the log meanwhile stands above, so no line comes twice and none is left out. It ends with the session that asked for it.
#[derive(Clone, Debug)]
pub struct LogExport {
    portal: CitizenServices,
    allowed: ExportAllowed,
    proofs: LineProofs,
    /// The number before which the next chunk begins.
    before: i64,
}

impl CitizenServices {
    /// Begins an export of every line of a person.
    ///
    /// # Errors
    /// The access log, and then nothing leaves.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn export_access_log(&self, allowed: &ExportAllowed, proofs: LineProofs) -> Result<LogExport> {
        self.log_export(allowed.scope()).await?;
        Ok(LogExport { portal: self.clone(), allowed: allowed.clone(), proofs, before: i64::MAX })
    }

    /// The proof of one line.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when this person has no such line, or there is no proof of it yet.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn access_log_proof(&self, allowed: &ExportAllowed, event: EventId) -> Result<LineProof> {
        let scope = allowed.scope();
        let proof = log::prove_lines(&self.custody, scope.chain(), &[event]).await?.remove(&event);
        let proof = proof.ok_or(Failure::NotFound)?;
        self.log_export(scope).await?;
        Ok(proof)
    }
}

impl LogExport {
    /// The next lines; none when the first line of the log was given.
    ///
    /// # Errors
    /// [`Failure::Refused`] once the session has ended; a database, or a line that cannot be read. Nothing was given then, and the same
    /// lines come with the next call.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn next_chunk(&mut self) -> Result<Option<ExportChunk>> {
        let custody = &self.portal.custody;
        confirm_present(custody, self.allowed.present()).await?;
        let chain = self.allowed.scope().chain();
        let limit = match self.proofs {
            LineProofs::Without => CHUNK,
            LineProofs::With => PROOFS_AT_ONCE,
        };
        let stored = custody.stores.records.newest_access_entries(chain, self.before, limit).await?;
        let Some(last) = stored.last() else { return Ok(None) };
        let before = last.chain_seq;
        let read = stored.iter().map(LogLine::read).collect::<Result<Vec<_>, _>>()?;
        let mut names = HashMap::new();
        self.portal.learn_names(&read, &mut names).await?;
        let mut proofs = match self.proofs {
            LineProofs::Without => HashMap::new(),
            LineProofs::With => {
                let events: Vec<_> = read.iter().map(|line| line.event).collect();
                log::prove_lines(custody, chain, &events).await?
            }
        };
        let with_bodies = read.into_iter().zip(stored.into_iter().map(|stored| stored.body));
        let lines = with_bodies
            .map(|(line, body)| ExportLine { proof: proofs.remove(&line.event), line, body })
            .collect();
        self.before = before;
        Ok(Some(ExportChunk { lines, names }))
    }
}
