//! The sequencer of the access log as a job, and how it stands.

use crate::{config::Settings, services::Services};
use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};
use techo_audit::log::{
    self,
    tree::{
        second_place::CheckpointMirror,
        sequencer::{Sequencer, SequencerError},
    },
};
use techo_custody::Custody;
use tokio::sync::OnceCell;

/// How the tree of the access log stands, for the operators' door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TreeStanding {
    /// It grows, and its checkpoints arrive.
    Growing,
    /// It grows, but its checkpoints wait for the second place.
    SecondPlaceAway,
    /// It contradicts what was signed before, and stands still until somebody has looked.
    Contradiction,
    /// It could not grow; the next turn tries again.
    Failing,
}

/// The last standing.
#[derive(Debug, Default)]
pub struct TreeHealth(AtomicU8);

impl TreeHealth {
    /// How the tree stood after the last turn.
    pub fn standing(&self) -> TreeStanding {
        use TreeStanding::{Contradiction, Failing, Growing, SecondPlaceAway};
        let all = [Growing, SecondPlaceAway, Contradiction, Failing];
        all[usize::from(self.0.load(Ordering::Relaxed)).min(3)]
    }

    fn note(&self, standing: TreeStanding) {
        self.0.store(standing as u8, Ordering::Relaxed);
    }
}

/// One log's sequencer, made when it is first needed.
#[derive(Clone)]
pub(super) struct TreeJob {
    custody: Custody,
    origin: String,
    place: CheckpointMirror,
    health: Arc<TreeHealth>,
    sequencer: Arc<OnceCell<Sequencer>>,
}

impl TreeJob {
    pub(super) fn new(services: &Services) -> Self {
        Self {
            custody: services.custody.clone(),
            origin: origin(&services.settings),
            place: services.settings.log_checkpoints.clone(),
            health: services.tree.clone(),
            sequencer: Arc::default(),
        }
    }

    /// One turn: repeated looks become lines; places, a checkpoint, deliveries. The tree grows whatever becomes of the repeats.
    pub(super) async fn turn(self) -> Result<(), String> {
        let repeats = log::settle_repeats(&self.custody).await;
        let made = self
            .sequencer
            .get_or_try_init(|| Sequencer::new(self.custody.clone(), &self.origin, self.place.clone()))
            .await;
        let turned = match made {
            Ok(sequencer) => sequencer.turn().await.map(drop),
            Err(failure) => Err(failure.into()),
        };
        self.health.note(match &turned {
            Ok(()) => TreeStanding::Growing,
            Err(SequencerError::CheckpointMirror(_)) => TreeStanding::SecondPlaceAway,
            Err(
                SequencerError::Contradiction(_) | SequencerError::Forged(_) | SequencerError::NoBeginning,
            ) => TreeStanding::Contradiction,
            Err(SequencerError::Ours(_)) => TreeStanding::Failing,
        });
        turned.map_err(|error| error.to_string())?;
        repeats.map(drop).map_err(|failure| failure.to_string())
    }
}

/// What the log of this portal calls itself when it begins.
fn origin(settings: &Settings) -> String {
    let url = settings.portal_url.origin();
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    format!("{host}/access-log")
}
