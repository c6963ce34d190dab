//! The whole log of a person as a file, and the proof of one line. Each is itself a line of the log.

use super::query::CHUNK;
use crate::Portal;
use std::collections::HashMap;
use techo_audit::log::{self, line::Line, tree::proof::LineProof};
use techo_custody::{Failure, Result};
use techo_identity::access::ExportAllowed;
use techo_model::EventId;

/// A line on its way into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportLine {
    /// The line.
    pub line: Line,
    /// Its canonical body; none when it was erased.
    pub body: Option<String>,
    /// Its proof, where proofs were asked for and there is one.
    pub proof: Option<LineProof>,
}

impl Portal {
    /// Every line of a person, newest first, with the names of the organisations.
    ///
    /// # Errors
    /// A database; or the access log, and then nothing leaves.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn access_log_lines(
        &self,
        allowed: &ExportAllowed,
    ) -> Result<(Vec<ExportLine>, HashMap<String, String>)> {
        let scope = allowed.scope();
        self.log_export(scope).await?;
        let (mut lines, mut names, mut before) = (Vec::new(), HashMap::new(), i64::MAX);
        loop {
            let chunk =
                self.custody.stores.records.newest_access_entries(scope.chain(), before, CHUNK).await?;
            let Some(last) = chunk.last() else { return Ok((lines, names)) };
            before = last.chain_seq;
            let read = chunk.iter().map(Line::read).collect::<Result<Vec<_>, _>>()?;
            self.learn_names(&read, &mut names).await?;
            let bodies = chunk.into_iter().map(|stored| stored.body);
            lines.extend(read.into_iter().zip(bodies).map(|(line, body)| ExportLine {
                line,
                body,
                proof: None,
            }));
        }
    }

    /// The same with a proof for each line that is under a checkpoint.
    ///
    /// # Errors
    /// A database; or the access log, and then nothing leaves.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn access_log_proofs(&self, allowed: &ExportAllowed) -> Result<Vec<ExportLine>> {
        let (mut lines, _) = self.access_log_lines(allowed).await?;
        for some in lines.chunks_mut(PROOFS) {
            let events: Vec<_> = some.iter().map(|line| line.line.event).collect();
            let mut proofs = log::prove_lines(&self.custody, allowed.scope().chain(), &events).await?;
            for line in some {
                line.proof = proofs.remove(&line.line.event);
            }
        }
        Ok(lines)
    }

    /// The proof of one line.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when this person has no such line, or there is no proof of it yet.
    pub async fn access_log_proof(&self, allowed: &ExportAllowed, event: EventId) -> Result<LineProof> {
        let scope = allowed.scope();
        let proof = log::prove_lines(&self.custody, scope.chain(), &[event]).await?.remove(&event);
        let proof = proof.ok_or(Failure::NotFound)?;
        self.log_export(scope).await?;
        Ok(proof)
    }
}

/// Proofs that are made together.
const PROOFS: usize = 100;
