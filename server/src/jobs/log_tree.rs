//! The sequencer of the access log as a job.

use crate::{
    config::Settings,
    services::Services,
    tree_health::{TreeHealth, TreeStanding},
};
use std::sync::Arc;
use techo_audit::log::{
    self,
    tree::{
        second_place::CheckpointMirror,
        sequencer::{Sequencer, SequencerError},
    },
};
use techo_custody::Custody;
use tokio::sync::OnceCell;

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

    /// One turn: repeated looks become lines; places, a checkpoint, deliveries.
    pub(super) async fn turn(self) -> Result<(), String> {
        log::settle_repeats(&self.custody).await.map_err(|failure| failure.to_string())?;
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
        turned.map_err(|error| error.to_string())
    }
}

/// What the log of this portal calls itself when it begins.
fn origin(settings: &Settings) -> String {
    let url = settings.portal_url.origin();
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    format!("{host}/access-log")
}
