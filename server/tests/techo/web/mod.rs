//! What every listener has in common: metrics, spans, forms that come back.

mod collector;
mod export;
mod forms;
mod metrics;
