//! Named points at which a test holds a piece of work, so that another overtakes it exactly there: no sleeps, no luck.
//!
//! The work says `environment.pause_point("sign-in.before-session").await` where an interleaving matters, with whatever transaction
//! it has open. Only an environment made for tests ever waits; the machine's own passes without a look. A name is `use-case.place`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Semaphore;

/// How long a test waits for work to come to a point before it fails.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(20);

/// The points that a test holds at present.
#[derive(Clone, Default)]
pub(super) struct PausePoints(Arc<Mutex<HashMap<&'static str, Arc<Gate>>>>);

struct Gate {
    arrived: Semaphore,
    opened: Semaphore,
}

/// One point that is held. The first piece of work that comes to it waits there; those behind it pass.
pub struct HeldPoint {
    name: &'static str,
    gate: Arc<Gate>,
    points: PausePoints,
}

impl PausePoints {
    pub(super) fn hold(&self, name: &'static str) -> HeldPoint {
        let gate = Arc::new(Gate { arrived: Semaphore::new(0), opened: Semaphore::new(0) });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, gate.clone());
        HeldPoint { name, gate, points: self.clone() }
    }

    pub(super) async fn pass(&self, name: &'static str) {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        if let Some(gate) = held {
            gate.arrived.add_permits(1);
            // A gate is opened by a permit or, when its test is over, not at all: both let the work go on.
            let _ = gate.opened.acquire().await;
        }
    }
}

impl HeldPoint {
    /// Waits until a piece of work stands at the point.
    ///
    /// # Panics
    /// When none comes there: the point was renamed, or the work took another way.
    pub async fn arrived(&self) {
        let arrival = tokio::time::timeout(ARRIVAL_LIMIT, self.gate.arrived.acquire()).await;
        arrival.unwrap_or_else(|_| panic!("nothing came to {}", self.name)).expect("gates stay").forget();
    }

    /// Lets the work go on.
    pub fn release(self) {}
}

impl Drop for HeldPoint {
    fn drop(&mut self) {
        let mut points = self.points.0.lock().unwrap_or_else(PoisonError::into_inner);
        if points.get(self.name).is_some_and(|gate| Arc::ptr_eq(gate, &self.gate)) {
            points.remove(self.name);
        }
        self.gate.opened.close();
    }
}

#[cfg(test)]
mod tests {
    use crate::environment::Environment;
    use techo_model::UnixMillis;

    #[tokio::test]
    async fn work_waits_at_a_held_point_and_whoever_comes_behind_passes() {
        let environment = Environment::test(UnixMillis(1_000), 7);
        let held = environment.hold_point("test.middle");
        let first = tokio::spawn({
            let environment = environment.clone();
            async move { environment.pause_point("test.middle").await }
        });
        held.arrived().await;
        assert!(!first.is_finished());
        environment.pause_point("test.middle").await;
        held.release();
        first.await.expect("it goes on");
    }
}
