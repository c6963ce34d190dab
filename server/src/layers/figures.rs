//! Counters by door: what was answered, and how connections ended. Counting stands outside of every other layer, so that what
//! they turn away is counted, too.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::Response,
};
use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// How long to stay away when nothing better is known.
const AWAY: HeaderValue = HeaderValue::from_static("5");

/// The doors of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Citizens.
    Portal,
    /// Staff.
    Console,
    /// Systems.
    Api,
    /// Operators.
    Ops,
}

impl Door {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Portal, Self::Console, Self::Api, Self::Ops];

    /// In figures and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Console => "console",
            Self::Api => "api",
            Self::Ops => "ops",
        }
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As it should.
    Done,
    /// There was no place for it.
    Full,
    /// It was silent, and somebody else needed the place.
    GaveWay,
    /// No whole head in time.
    LateHead,
    /// What came was no HTTP.
    BadHead,
    /// The answer was taken too slowly.
    SlowTaker,
    /// Anything else, such as a line that was cut.
    Broken,
}

impl Ending {
    const ALL: [Self; 7] =
        [Self::Done, Self::Full, Self::GaveWay, Self::LateHead, Self::BadHead, Self::SlowTaker, Self::Broken];

    const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Full => "full",
            Self::GaveWay => "gave_way",
            Self::LateHead => "late_head",
            Self::BadHead => "bad_head",
            Self::SlowTaker => "slow_taker",
            Self::Broken => "broken",
        }
    }

    /// What stands in the log; silence and cut lines are everyday things and are only counted.
    pub const fn complaint(self) -> Option<&'static str> {
        match self {
            Self::GaveWay => Some("it was silent and somebody else needed its place"),
            Self::SlowTaker => Some("its answer was taken too slowly"),
            Self::Done | Self::Full | Self::LateHead | Self::BadHead | Self::Broken => None,
        }
    }
}

/// Counters of one door since the start.
#[derive(Debug, Default)]
pub struct DoorFigures {
    responses: [AtomicU64; 5],
    open: AtomicU64,
    endings: [AtomicU64; 7],
}

impl DoorFigures {
    /// Counts a response by its hundred.
    pub fn count(&self, status: StatusCode) {
        let hundred = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.responses[hundred].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connection_began(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connection_ended(&self, how: Ending) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        self.count_ending(how);
    }

    pub(crate) fn count_ending(&self, how: Ending) {
        self.endings[how as usize].fetch_add(1, Ordering::Relaxed);
    }
}

/// Counters of all doors.
#[derive(Debug, Default)]
pub struct Figures {
    doors: [Arc<DoorFigures>; 4],
}

impl Figures {
    /// Those of one door.
    pub fn of(&self, door: Door) -> Arc<DoorFigures> {
        self.doors[door as usize].clone()
    }

    /// As Prometheus reads them.
    pub fn text(&self) -> String {
        let mut text = String::from("# TYPE techo_responses_total counter\n");
        for door in Door::ALL {
            for (i, count) in self.of(door).responses.iter().enumerate() {
                let (name, class, count) = (door.name(), i + 1, count.load(Ordering::Relaxed));
                writeln!(text, "techo_responses_total{{door=\"{name}\",class=\"{class}xx\"}} {count}")
                    .expect("a string takes text");
            }
        }
        text.push_str("# TYPE techo_connections gauge\n");
        for door in Door::ALL {
            let (name, count) = (door.name(), self.of(door).open.load(Ordering::Relaxed));
            writeln!(text, "techo_connections{{door=\"{name}\"}} {count}").expect("a string takes text");
        }
        text.push_str("# TYPE techo_connections_ended_total counter\n");
        for door in Door::ALL {
            for how in Ending::ALL {
                let (name, how_name) = (door.name(), how.name());
                let count = self.of(door).endings[how as usize].load(Ordering::Relaxed);
                writeln!(text, "techo_connections_ended_total{{door=\"{name}\",how=\"{how_name}\"}} {count}")
                    .expect("a string takes text");
            }
        }
        text
    }
}

/// Counts what leaves, and sees to it that whoever is told to wait is told for how long.
pub async fn layer(State(figures): State<Arc<DoorFigures>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    figures.count(response.status());
    if matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        response.headers_mut().entry(RETRY_AFTER).or_insert(AWAY);
    }
    response
}
