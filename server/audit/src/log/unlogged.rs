//! What was found about somebody, out of reach until the lines about it are on their access log.
//!
//! ```text
//! Unlogged<T> ── account_for ─▶ AccountedValue<U> ── reveal ─▶ U
//!               what is taken,    lines are written,
//!               and its lines     or nothing is given
//! ```
//!
//! Whatever looks for records on somebody else's behalf answers with an [`Unlogged`]: there is no way to what is in it but through the log.

use super::{LogEvent, LogWriter};
use techo_custody::LogUnavailable;

/// Something about a person of which nothing is on the log yet.
#[must_use]
pub struct Unlogged<T>(T);

/// What is taken of it, with the lines that say so.
#[must_use]
pub struct AccountedValue<T> {
    taken: T,
    lines: LineSet,
}

/// One line or more.
#[derive(Clone, Debug)]
pub struct LineSet {
    first: LogEvent,
    others: Vec<LogEvent>,
}

impl LineSet {
    /// One line.
    pub fn one(line: LogEvent) -> Self {
        Self { first: line, others: Vec::new() }
    }

    /// The same and one more.
    #[must_use]
    pub fn and(mut self, line: LogEvent) -> Self {
        self.others.push(line);
        self
    }
}

impl<T> Unlogged<T> {
    /// Puts what was found out of reach.
    pub fn new(found: T) -> Self {
        Self(found)
    }

    /// Both, out of reach.
    pub fn zip<U>(self, other: Unlogged<U>) -> Unlogged<(T, U)> {
        Unlogged((self.0, other.0))
    }

    /// What is taken of it, and the lines that say so.
    ///
    /// # Errors
    /// What `account` says.
    pub fn account_for<U, E>(
        self,
        account: impl FnOnce(T) -> Result<(U, LineSet), E>,
    ) -> Result<AccountedValue<U>, E> {
        let (taken, lines) = account(self.0)?;
        Ok(AccountedValue { taken, lines })
    }
}

impl<T> AccountedValue<T> {
    /// What was taken, once all of its lines are stored.
    ///
    /// # Errors
    /// A line could not be written: nothing is given.
    pub async fn reveal(self, log: &LogWriter) -> Result<T, LogUnavailable> {
        let lines = std::iter::once(self.lines.first).chain(self.lines.others);
        log.append_all(lines).await?;
        Ok(self.taken)
    }
}
