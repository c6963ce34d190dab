//! Spans on their way to a collector. They are gathered on a thread of its own, from a queue that drops what does not fit: a
//! collector that is slow or away costs spans and never a request.

use super::collector::Collector;
use crate::config::{ConfigError, OtlpEndpoint};
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracer, SdkTracerProvider},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tracing::{Level, Metadata, level_filters::LevelFilter, subscriber::Interest};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, Filter},
    reload,
};

/// How long the end of the program waits for spans that are on their way.
const FLUSH_TIME: Duration = Duration::from_secs(5);
/// The first letters of the names of our crates: nothing else is exported.
const OURS: &str = "techo";

type Slot = Option<OpenTelemetryLayer<Registry, SdkTracer>>;

/// Sends spans to a collector once it is started.
pub struct TraceExport {
    slot: reload::Handle<Slot, Registry>,
    is_on: Arc<AtomicBool>,
    provider: Option<SdkTracerProvider>,
}

impl TraceExport {
    /// Switched off, with the layer that is to stand next to the registry.
    pub(super) fn new() -> (impl Layer<Registry>, Self) {
        let is_on = Arc::new(AtomicBool::new(false));
        let (layer, slot) = reload::Layer::new(None);
        let layer = layer.with_filter(OwnSpans { is_on: is_on.clone() });
        (layer, Self { slot, is_on, provider: None })
    }

    /// Sends spans from now on.
    ///
    /// # Errors
    /// The exporter does not take the address.
    pub fn start(&mut self, endpoint: &OtlpEndpoint) -> Result<(), ConfigError> {
        let wrong = |error: &dyn std::fmt::Display| {
            ConfigError::new("TECHO_OTLP_ENDPOINT", format!("この送り先は使えません（{error}）"))
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::default())
            .with_endpoint(endpoint.url())
            .build()
            .map_err(|error| wrong(&error))?;
        let resource = Resource::builder()
            .with_service_name("techo")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        let layer = OpenTelemetryLayer::new(provider.tracer("techo")).with_threads(false);
        self.is_on.store(true, Ordering::Relaxed);
        self.slot.reload(Some(layer)).map_err(|error| wrong(&error))?;
        self.provider = Some(provider);
        Ok(())
    }

    /// Sends what is left, but does not wait for long.
    pub fn finish(self) {
        let left = self.provider.map(|provider| provider.shutdown_with_timeout(FLUSH_TIME));
        if let Some(Err(_)) = left {
            tracing::warn!("the last spans could not be sent");
        }
    }
}

/// Lets spans of our own crates through while the export is on. Events stay in the log: their causes are texts.
struct OwnSpans {
    is_on: Arc<AtomicBool>,
}

impl OwnSpans {
    fn lets_through(&self, metadata: &Metadata<'_>) -> bool {
        self.is_on.load(Ordering::Relaxed)
            && metadata.is_span()
            && *metadata.level() <= Level::DEBUG
            && metadata.target().starts_with(OURS)
    }
}

impl<S> Filter<S> for OwnSpans {
    fn enabled(&self, metadata: &Metadata<'_>, _context: &Context<'_, S>) -> bool {
        self.lets_through(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.lets_through(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(if self.is_on.load(Ordering::Relaxed) { LevelFilter::DEBUG } else { LevelFilter::OFF })
    }
}
