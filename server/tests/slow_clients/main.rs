//! The real program on real sockets, and clients that are slow, silent, many, or mean two things at once.
//!
//! A binary of its own: what comes when is measured here, and beside the other tests of the process it would come late.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod bodies;
mod crowds;
mod heads;
mod program;
mod proxies;
mod shapes;
mod stopping;
mod takers;
mod wire;
