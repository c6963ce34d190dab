//! Pages for what went wrong.

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorView {
    /// No such page, or nothing there for this person.
    NotFound,
    /// Not allowed; every reason looks the same.
    Refused {
        /// Reference to tell support.
        reference: String,
    },
    /// The notebook is of somebody who cannot open it by themself yet.
    BelowAge,
    /// A step was taken too late, twice or from another page.
    Stale,
    /// Too many requests.
    Limit {
        /// Seconds until the next try makes sense.
        retry_after: i64,
    },
    /// The form or file was too large.
    TooLarge,
    /// The form or file came too slowly.
    TooSlow,
    /// Everybody came at once.
    Busy,
    /// The records cannot be read or written for now.
    Away,
    /// Our fault.
    Broken {
        /// Reference to tell support.
        reference: String,
    },
}
