//! The sequencer of the access log as a job, and how it stands.

use crate::{config::ProcessSettings, services::Services};
use std::{sync::Arc, time::Duration};
use techo_audit::log::{
    self,
    tree::{
        checkpoint_mirror::CheckpointMirror,
        sequencer::{Sequencer, SequencerError},
    },
};
use techo_custody::Custody;
use techo_model::{UnixMillis, words};
use techo_store::{Records, StoreError};
use tokio::sync::OnceCell;

/// The setting of the record store that says how the tree stands.
const SETTING: &str = "log_tree_standing";
/// How old a note about a tree that stands as before may grow until a turn writes a newer one.
const NOTE_AGAIN: Duration = Duration::from_mins(1);

words! {
    /// How the tree of the access log stands, for the operators' door.
    TreeHealth {
        /// It grows, and its checkpoints arrive.
        Growing "growing";
        /// It grows, but its checkpoints wait for the second place.
        MirrorAway "second-place-away";
        /// It contradicts what was signed before, and stands still until somebody has looked.
        Contradiction "contradiction";
        /// It could not grow; the next turn tries again.
        Failing "failing";
    }
}

impl TreeHealth {
    fn of(turned: &Result<(), SequencerError>) -> Self {
        match turned {
            Ok(()) => Self::Growing,
            Err(SequencerError::CheckpointMirror(_)) => Self::MirrorAway,
            Err(
                SequencerError::Contradiction(_) | SequencerError::Forged(_) | SequencerError::NoBeginning,
            ) => Self::Contradiction,
            Err(SequencerError::Ours(_)) => Self::Failing,
        }
    }
}

/// What the last turn of any process left in the record store about the tree, so that every process can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeNote {
    /// How it stood.
    pub standing: TreeHealth,
    /// When.
    pub at: UnixMillis,
}

impl TreeNote {
    /// The note that stands there; none when there is none, or one that cannot be read.
    ///
    /// # Errors
    /// The record store.
    pub async fn read(records: &Records) -> Result<Option<Self>, StoreError> {
        Ok(records.setting(SETTING).await?.and_then(|text| Self::parse(&text)))
    }

    fn parse(text: &str) -> Option<Self> {
        let (word, at) = text.split_once(' ')?;
        let standing = TreeHealth::parse(word)?;
        Some(Self { standing, at: UnixMillis(at.parse().ok()?) })
    }

    fn text(self) -> String {
        format!("{} {}", self.standing, self.at.0)
    }

    /// Writes it down, unless the same was written a moment ago: a turn in which nothing happens writes nothing.
    async fn write_down(self, records: &Records) -> Result<(), StoreError> {
        let is_known = |last: Self| {
            last.standing == self.standing && last.at <= self.at && self.at < last.at.plus(NOTE_AGAIN)
        };
        if Self::read(records).await?.is_some_and(is_known) {
            return Ok(());
        }
        let mut tx = records.begin().await?;
        records.put_setting(&mut tx, SETTING, &self.text()).await?;
        tx.commit().await
    }
}

/// One log's sequencer, made when it is first needed.
#[derive(Clone)]
pub(super) struct TreeJob {
    custody: Custody,
    origin: String,
    place: CheckpointMirror,
    sequencer: Arc<OnceCell<Sequencer>>,
}

impl TreeJob {
    pub(super) fn new(services: &Services) -> Self {
        Self {
            custody: services.custody.clone(),
            origin: origin(&services.settings),
            place: services.settings.log_checkpoints.clone(),
            sequencer: Arc::default(),
        }
    }

    /// One turn: repeated looks become lines; places, a checkpoint, deliveries. The tree grows whatever becomes of the repeats.
    pub(super) async fn run_once(self) -> Result<(), String> {
        let repeats = log::write_due_repeats(&self.custody).await;
        let made = self
            .sequencer
            .get_or_try_init(|| Sequencer::new(self.custody.clone(), &self.origin, self.place.clone()))
            .await;
        let turned = match made {
            Ok(sequencer) => sequencer.run_once().await.map(drop),
            Err(failure) => Err(failure.into()),
        };
        let note = TreeNote { standing: TreeHealth::of(&turned), at: self.custody.environment.now() };
        if let Err(error) = note.write_down(&self.custody.stores.records).await {
            tracing::warn!(%error, "how the tree stands could not be written down");
        }
        turned.map_err(|error| error.to_string())?;
        repeats.map(drop).map_err(|failure| failure.to_string())
    }
}

/// What the log of this portal calls itself when it begins.
fn origin(settings: &ProcessSettings) -> String {
    let url = settings.portal_url.origin();
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    format!("{host}/access-log")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standing_is_read_as_it_was_written_and_anything_else_is_none() {
        for &standing in TreeHealth::ALL {
            let note = TreeNote { standing, at: UnixMillis(1_795_392_000_123) };
            assert_eq!(TreeNote::parse(&note.text()), Some(note));
        }
        for text in ["", "growing", "growing soon", "withering 1"] {
            assert_eq!(TreeNote::parse(text), None, "{text}");
        }
    }
}
