//! What is counted about connections and requests, for Prometheus. Labels are closed words and templates of routes: never a path,
//! a name or a number that somebody chose.
//!
//! To add a metric: a field in [`Families`], its registration below, a row in `docs/OPERATIONS.md`; `tests/techo/web` holds both
//! together. What is asked for only when somebody looks (databases, the log) stands in `ops/metrics.rs`.

mod labels;

pub use labels::{Ending, ListenerName};

use axum::{extract::MatchedPath, http::StatusCode};
use labels::{ABORTED, REFUSALS, refusal, status_class};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode_registry},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::{fmt, sync::Arc, time::Instant};

/// Upper bounds of the latency histogram, in seconds: from a cached page to the time limit of the slowest door.
const LATENCIES: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// Label `route` of what no route was found for.
const UNMATCHED: &str = "unmatched";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ListenerLabel {
    listener: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndingLabels {
    listener: &'static str,
    how: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    listener: &'static str,
    route: String,
    class: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    listener: &'static str,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    listener: &'static str,
    status: &'static str,
}

/// Everything that is counted, by its labels; cheap to clone.
#[derive(Clone, Debug)]
struct Families {
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    in_flight: Family<ListenerLabel, Gauge>,
    refusals: Family<RefusalLabels, Counter>,
    panics: Family<ListenerLabel, Counter>,
    connections: Family<ListenerLabel, Gauge>,
    endings: Family<EndingLabels, Counter>,
}

impl Families {
    fn new() -> Self {
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(LATENCIES)),
            in_flight: Family::default(),
            refusals: Family::default(),
            panics: Family::default(),
            connections: Family::default(),
            endings: Family::default(),
        }
    }

    fn register(&self, registry: &mut Registry) {
        registry.register(
            "http_requests",
            "Requests by route and class of answer since the start",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "Time from the head of a request to the head of its answer",
            Unit::Seconds,
            self.durations.clone(),
        );
        let in_flight = "Requests that are worked on at this moment";
        registry.register("http_requests_in_flight", in_flight, self.in_flight.clone());
        let refusals = "Answers that turn somebody away, by status since the start";
        registry.register("http_refusals", refusals, self.refusals.clone());
        registry.register("http_panics", "Requests whose work panicked since the start", self.panics.clone());
        registry.register("connections", "Connections at this moment", self.connections.clone());
        let endings = "Connections that ended, by how since the start";
        registry.register("connections_ended", endings, self.endings.clone());
    }

    /// Begins every closed set of labels at zero, so that a first one is seen as a rise.
    fn begin(&self, door: ListenerName) {
        let listener = door.name();
        let label = ListenerLabel { listener };
        self.in_flight.get_or_create(&label).set(0);
        self.panics.get_or_create(&label).inc_by(0);
        self.connections.get_or_create(&label).set(0);
        for (_, status) in REFUSALS {
            self.refusals.get_or_create(&RefusalLabels { listener, status }).inc_by(0);
        }
        for how in Ending::ALL {
            self.endings.get_or_create(&EndingLabels { listener, how: how.as_str() }).inc_by(0);
        }
    }
}

/// What all listeners count.
#[derive(Debug)]
pub struct HttpMetrics {
    registry: Registry,
    families: Families,
}

impl Default for HttpMetrics {
    fn default() -> Self {
        let (mut registry, families) = (Registry::with_prefix("techo"), Families::new());
        families.register(&mut registry);
        ListenerName::ALL.into_iter().for_each(|door| families.begin(door));
        Self { registry, families }
    }
}

impl HttpMetrics {
    /// Those of one listener.
    pub fn of(&self, door: ListenerName) -> Arc<ListenerMetrics> {
        Arc::new(ListenerMetrics { listener: door.name(), families: self.families.clone() })
    }

    /// Writes everything as Prometheus reads it, without the mark of the end.
    ///
    /// # Errors
    /// The text cannot be written to.
    pub fn encode(&self, text: &mut impl fmt::Write) -> fmt::Result {
        encode_registry(text, &self.registry)
    }
}

/// What one listener counts.
#[derive(Debug)]
pub struct ListenerMetrics {
    listener: &'static str,
    families: Families,
}

impl ListenerMetrics {
    /// Its name, as in labels.
    pub fn listener(&self) -> &'static str {
        self.listener
    }

    /// A request came, for this route if any was found. It is counted when what is answered here is dropped.
    pub fn request_began(self: &Arc<Self>, route: Option<&MatchedPath>) -> RequestCount {
        self.families.in_flight.get_or_create(&self.label()).inc();
        let route = route.map_or(UNMATCHED, MatchedPath::as_str).to_owned();
        RequestCount { metrics: Arc::clone(self), route, began: Instant::now(), class: ABORTED }
    }

    /// The work for a request panicked.
    pub fn panicked(&self) {
        self.families.panics.get_or_create(&self.label()).inc();
    }

    pub(crate) fn connection_began(&self) {
        self.families.connections.get_or_create(&self.label()).inc();
    }

    pub(crate) fn connection_ended(&self, how: Ending) {
        self.families.connections.get_or_create(&self.label()).dec();
        self.count_ending(how);
    }

    pub(crate) fn count_ending(&self, how: Ending) {
        let labels = EndingLabels { listener: self.listener, how: how.as_str() };
        self.families.endings.get_or_create(&labels).inc();
    }

    fn label(&self) -> ListenerLabel {
        ListenerLabel { listener: self.listener }
    }
}

/// A request that is being worked on. Dropped without an answer, it counts as one that nobody waited for.
#[derive(Debug)]
pub struct RequestCount {
    metrics: Arc<ListenerMetrics>,
    route: String,
    began: Instant,
    class: &'static str,
}

impl RequestCount {
    /// It was answered.
    pub fn answered(mut self, status: StatusCode) {
        self.class = status_class(status);
        if let Some(status) = refusal(status) {
            let labels = RefusalLabels { listener: self.metrics.listener, status };
            self.metrics.families.refusals.get_or_create(&labels).inc();
        }
    }
}

impl Drop for RequestCount {
    fn drop(&mut self) {
        let (families, listener) = (&self.metrics.families, self.metrics.listener);
        families.in_flight.get_or_create(&self.metrics.label()).dec();
        let route = std::mem::take(&mut self.route);
        let labels = RouteLabels { listener, route };
        families.durations.get_or_create(&labels).observe(self.began.elapsed().as_secs_f64());
        let labels = RequestLabels { listener, route: labels.route, class: self.class };
        families.requests.get_or_create(&labels).inc();
    }
}
