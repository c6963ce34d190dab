//! Work that is done by itself while the program runs, and again after it was killed.
//!
//! A [`Job`] is a kind of work. What there is to do stands in the table `job` of one of the two databases: a row for each
//! scheduled job, and one for each piece of work that was asked for in a transaction ([`techo_store::jobs::enqueue_job`]). A
//! [`Runner`] claims what is due by a lease, so that of several processes one does it; what fails is tried again later and later,
//! what is of no use to try is parked. A panic is a failure like any other, and is counted.
//!
//! To add a job: implement [`Job`], or use [`ScheduledJob`] for one that only has a rhythm, and put it into the [`Registry`].
//! It must be possible to kill it at any await and to run it again, and a second run beside it must do no harm: a lease is kept by a
//! clock, and clocks of two machines differ.

mod clock;
mod context;
mod counters;
mod job;
mod registry;
mod retry;
mod runner;
mod supervise;

pub use clock::JobClock;
pub use context::{JobContext, LeaseLost};
pub use counters::{JobCounters, RunCounts, RunOutcome};
pub use job::{Job, JobError, Schedule, ScheduledJob};
pub use registry::{Registry, schedule_key};
pub use retry::RetryPolicy;
pub use runner::{RunPace, Runner, RunningJobs};
pub use supervise::Supervisor;
