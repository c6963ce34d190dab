//! The writer: one task that stores all waiting events in one transaction, and answers each caller after the commit.
//!
//! A commit costs a write to the disk that nothing can hurry; while one is under way the next events queue up and share
//! the next one. So a busy portal logs at hardly more cost per page than a quiet one.

use super::{Event, append_in};
use crate::world::World;
use std::time::Duration;
use techo_store::{Records, StoreError};
use tokio::sync::{mpsc, oneshot};

/// Events that may wait. More than this and the database is not keeping up: callers are told at once.
const QUEUE: usize = 4_096;
/// Events in one transaction.
const GROUP: usize = 256;
/// Tries of one group when the database says that another process was in the way.
const TRIES: u32 = 4;

/// The line could not be written, so what it is about must not be shown. The cause is in the server's own log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the access log cannot be written")]
pub struct LogDown;

/// A handle to the writer; cheap to clone. When the last one is dropped, the writer stores what waits and ends.
#[derive(Clone, Debug)]
pub struct LogWriter {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    event: Event,
    done: oneshot::Sender<Result<(), LogDown>>,
}

impl LogWriter {
    /// Starts the writer on the current runtime.
    pub fn start(records: Records, world: World) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(records, world, waiting));
        Self { queue }
    }

    /// Writes an event; returns when it is stored for good. On an error nothing may be disclosed.
    pub async fn append(&self, event: Event) -> Result<(), LogDown> {
        let (done, answer) = oneshot::channel();
        self.queue.try_send(Waiting { event, done }).map_err(|_| LogDown)?;
        answer.await.map_err(|_| LogDown)?
    }

    /// Whether the writer takes events; for `/readyz`.
    pub fn is_ready(&self) -> bool {
        !self.queue.is_closed() && self.queue.capacity() > 0
    }
}

async fn run(records: Records, world: World, mut queue: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let (events, callers): (Vec<_>, Vec<_>) =
            group.drain(..).map(|waiting| (waiting.event, waiting.done)).unzip();
        let outcome = write(&records, &world, &events).await;
        if let Err(error) = &outcome {
            tracing::error!(%error, events = events.len(), "the access log cannot be written");
        }
        for caller in callers {
            // A caller that went away is told nothing; its line stays, which errs on the side of the log.
            let _ = caller.send(outcome.as_ref().copied().map_err(|_| LogDown));
        }
    }
}

async fn write(records: &Records, world: &World, events: &[Event]) -> Result<(), StoreError> {
    let mut tried = 1;
    loop {
        match write_once(records, world, events).await {
            Err(error) if tried < TRIES && error.is_passing() => {
                tokio::time::sleep(Duration::from_millis(5 << tried)).await;
                tried += 1;
            }
            outcome => return outcome,
        }
    }
}

async fn write_once(records: &Records, world: &World, events: &[Event]) -> Result<(), StoreError> {
    let mut tx = records.begin().await?;
    append_in(records, world, &mut tx, events).await?;
    tx.commit().await
}
