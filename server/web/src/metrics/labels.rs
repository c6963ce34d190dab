//! The closed vocabularies of labels: listeners, endings of connections, what became of a request.

use axum::http::StatusCode;
use techo_model::words;

/// The listeners of the program, each with whom it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerName {
    /// Citizens.
    Portal,
    /// Staff.
    Console,
    /// Systems.
    Api,
    /// Operators.
    Ops,
}

impl ListenerName {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Portal, Self::Console, Self::Api, Self::Ops];

    /// As label `listener`, and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Console => "console",
            Self::Api => "api",
            Self::Ops => "ops",
        }
    }
}

words! {
    /// How a connection ended, as label `how`.
    Ending {
        /// As it should.
        Done "done";
        /// There was no place for it.
        Full "full";
        /// It was silent, and somebody else needed the place.
        GaveWay "gave_way";
        /// No whole head in time.
        LateHead "late_head";
        /// What came was no HTTP.
        BadHead "bad_head";
        /// The answer was taken too slowly.
        SlowTaker "slow_taker";
        /// Anything else, such as a line that was cut.
        Broken "broken";
    }
}

impl Ending {
    /// What stands in the log; silence and cut lines are everyday things and are only counted.
    pub const fn complaint(self) -> Option<&'static str> {
        match self {
            Self::GaveWay => Some("it was silent and somebody else needed its place"),
            Self::SlowTaker => Some("its answer was taken too slowly"),
            Self::Done | Self::Full | Self::LateHead | Self::BadHead | Self::Broken => None,
        }
    }
}

/// Label `class` of a request that nobody waited for until it was answered.
pub(super) const ABORTED: &str = "aborted";

/// Label `class` of an answer.
pub(super) fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// Statuses that are counted one by one: what turns somebody away who may have asked for something good.
pub(super) const REFUSALS: [(StatusCode, &str); 5] = [
    (StatusCode::NOT_FOUND, "404"),
    (StatusCode::REQUEST_TIMEOUT, "408"),
    (StatusCode::PAYLOAD_TOO_LARGE, "413"),
    (StatusCode::TOO_MANY_REQUESTS, "429"),
    (StatusCode::SERVICE_UNAVAILABLE, "503"),
];

/// Label `status` of such a refusal.
pub(super) fn refusal(status: StatusCode) -> Option<&'static str> {
    REFUSALS.iter().find(|(known, _)| *known == status).map(|(_, label)| *label)
}
