//! The three kinds of failure: theirs, not allowed, ours. What is theirs is told by the error of the use case, see
//! [`use_case`](crate::use_case); [`Failure`] is the rest, which is answered in the same way wherever it comes from.

use crate::{Refusal, codes::ForeignCode, keys::UnknownKeyVersion, seal::SealError};
use std::borrow::Cow;
use techo_store::{CorruptCell, RowKey, StoreError};

/// Result of what is done for a person or an operator.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why something was not done, in what all use cases have in common.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Not allowed. One answer for every reason; the reason is for the audit only.
    #[error("refused")]
    Refused(Refusal),
    /// The person cannot decide by themself yet; whoever opens the notebook instead comes with the families.
    #[error("below the age of enrolment")]
    BelowAge,
    /// Too many tries.
    #[error("too many tries")]
    Limited {
        /// Seconds until the next try makes sense.
        retry_after: u64,
    },
    /// It is not there, or not for this person: the same answer.
    #[error("not found")]
    NotFound,
    /// Ours: a database, a key, a stored value.
    #[error("internal: {0}")]
    Internal(#[from] Internal),
}

/// What went wrong on our side.
#[derive(Debug, thiserror::Error)]
pub enum Internal {
    /// A database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sealed value.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A key.
    #[error(transparent)]
    Key(#[from] UnknownKeyVersion),
    /// The databases stand under other keys than those that this process began with. Says nothing about any row.
    #[error("the keys of the databases were changed, or are being changed, since this process began")]
    KeysChanged,
    /// A code.
    #[error(transparent)]
    Code(#[from] ForeignCode),
    /// The access log: what could not be logged is not shown.
    #[error(transparent)]
    Log(#[from] LogUnavailable),
    /// A stored value that cannot be read.
    #[error(transparent)]
    Corrupt(#[from] CorruptCell),
    /// Anything else that should not happen.
    #[error("{0}")]
    Unexpected(&'static str),
}

/// The line could not be written, so what it is about must not be shown. The cause is in the server's own log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the access log cannot be written")]
pub struct LogUnavailable {
    /// Whether it may well be written later: the database is away, or more events wait than it can keep up with.
    pub is_away: bool,
}

impl Internal {
    /// A stored value that cannot be read, at its place: table, column and row.
    pub fn corrupt(
        table: &'static str,
        column: impl Into<Cow<'static, str>>,
        row: impl Into<RowKey>,
    ) -> Self {
        Self::Corrupt(CorruptCell::new(table, column, row))
    }

    /// The cell that cannot be read, when that is what went wrong.
    pub fn corrupt_cell(&self) -> Option<&CorruptCell> {
        match self {
            Self::Corrupt(cell) | Self::Store(StoreError::Corrupt(cell)) => Some(cell),
            _ => None,
        }
    }

    /// Whether a database cannot be used for now, or not by this process, so that whoever asked may ask again later.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Store(error) => error.is_away(),
            Self::Log(down) => down.is_away,
            Self::KeysChanged => true,
            _ => false,
        }
    }
}

macro_rules! internal {
    ($($from:ty),*) => {$(
        impl From<$from> for Failure {
            fn from(error: $from) -> Self {
                Self::Internal(error.into())
            }
        }
    )*};
}

internal!(StoreError, SealError, UnknownKeyVersion, ForeignCode, LogUnavailable, CorruptCell);
