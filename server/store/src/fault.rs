//! What an error of an engine says: whether another one was only in the way, whether the database can be used at all for
//! now, and whether the connection that told it can be trusted any more.
//!
//! SQLite tells a number whose lowest byte is the kind; PostgreSQL tells five characters whose first two are the class.

use sqlx::{Error, error::DatabaseError, postgres::PgDatabaseError};

/// SQLite: busy, locked.
const SQLITE_IN_THE_WAY: [i32; 2] = [5, 6];
/// SQLite: out of memory, read-only, input or output, full, cannot be opened, locking protocol.
const SQLITE_AWAY: [i32; 6] = [7, 8, 10, 13, 14, 15];
/// SQLite: what says something about the statement alone: error, too big, constraint, mismatch, range.
const SQLITE_OF_STATEMENT: [i32; 5] = [1, 18, 19, 20, 25];

/// PostgreSQL: serialization failure, deadlock, a lock that was not to be had.
const POSTGRES_IN_THE_WAY: [&str; 3] = ["40001", "40P01", "55P03"];
/// PostgreSQL: the connection, its authorisation, no such database (it is being restored), a transaction that was rolled
/// back, resources (a full disk among them), an object that is not ready, the operator, the system.
const POSTGRES_AWAY: [&str; 8] = ["08", "28", "3D", "40", "53", "55", "57", "58"];
/// The same outside of whole classes: the server takes no writes; a transaction stood idle or lasted for too long.
const POSTGRES_AWAY_ALONE: [&str; 3] = ["25006", "25P03", "25P04"];
/// PostgreSQL: what says something about the statement alone.
const POSTGRES_OF_STATEMENT: [&str; 7] = ["21", "22", "23", "40", "42", "54", "55"];
/// PostgreSQL: a statement that took too long, or was cancelled.
const POSTGRES_CANCELLED: &str = "57014";

/// What an engine calls its error.
enum Code {
    Sqlite(i32),
    Postgres(String),
    Unknown,
}

fn code_of(error: &dyn DatabaseError) -> Code {
    let Some(text) = error.code() else { return Code::Unknown };
    if error.try_downcast_ref::<PgDatabaseError>().is_some() {
        return Code::Postgres(text.into_owned());
    }
    text.parse::<i32>().map_or(Code::Unknown, |number| Code::Sqlite(number & 0xff))
}

fn class(code: &str) -> &str {
    code.get(..2).unwrap_or_default()
}

/// Whether somebody else was in the way, so that the same work may well succeed when it is done again at once.
pub(crate) fn is_in_the_way(error: &Error) -> bool {
    let Error::Database(error) = error else { return false };
    match code_of(&**error) {
        Code::Sqlite(kind) => SQLITE_IN_THE_WAY.contains(&kind),
        Code::Postgres(code) => POSTGRES_IN_THE_WAY.contains(&code.as_str()),
        Code::Unknown => false,
    }
}

/// Whether the database cannot be used for now: locked, full, unreachable, starting, taking no writes. The same work may
/// succeed later without a change of anything here.
pub(crate) fn is_away(error: &Error) -> bool {
    match error {
        Error::Database(inner) => match code_of(&**inner) {
            Code::Sqlite(kind) => SQLITE_IN_THE_WAY.contains(&kind) || SQLITE_AWAY.contains(&kind),
            Code::Postgres(code) => {
                POSTGRES_AWAY.contains(&class(&code)) || POSTGRES_AWAY_ALONE.contains(&code.as_str())
            }
            Code::Unknown => false,
        },
        Error::Io(_)
        | Error::Tls(_)
        | Error::Protocol(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed
        | Error::InvalidSavePointStatement
        | Error::BeginFailed => true,
        _ => false,
    }
}

/// Whether the error is about the statement alone, so that its connection is as good as before. After any other the
/// connection is given up: nobody knows what became of it, and a new one costs little.
pub(crate) fn is_of_statement(error: &Error) -> bool {
    match error {
        Error::Database(inner) => match code_of(&**inner) {
            Code::Sqlite(kind) => SQLITE_IN_THE_WAY.contains(&kind) || SQLITE_OF_STATEMENT.contains(&kind),
            Code::Postgres(code) => {
                POSTGRES_OF_STATEMENT.contains(&class(&code)) || code == POSTGRES_CANCELLED
            }
            Code::Unknown => false,
        },
        Error::RowNotFound
        | Error::ColumnDecode { .. }
        | Error::ColumnNotFound(_)
        | Error::ColumnIndexOutOfBounds { .. }
        | Error::TypeNotFound { .. }
        | Error::Decode(_)
        | Error::Encode(_) => true,
        _ => false,
    }
}
