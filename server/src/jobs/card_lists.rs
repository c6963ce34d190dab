//! The folder of revocation lists, looked at by each process for itself: what one has loaded answers nobody in another.

use super::watch_cards;
use crate::{
    roles::{ProcessRole, RoleSet},
    services::Services,
};
use std::{panic::resume_unwind, sync::Arc};
use techo_custody::environment::Environment;
use techo_identity::enrol::CardCeremonies;
use techo_jpki::{CrlFolder, CrlReload};

/// Looks into the folder, and asks about cards when there is something new.
#[derive(Clone)]
pub(super) struct ListWatcher {
    lists: Arc<CrlFolder>,
    environment: Environment,
    /// A worker does not wait for the next turn of `watch-cards`: what was revoked ends its sessions at once.
    cards: Option<CardCeremonies>,
}

impl ListWatcher {
    pub(super) fn new(services: &Services, roles: &RoleSet) -> Self {
        Self {
            lists: services.card_lists.clone(),
            environment: services.custody.environment.clone(),
            cards: roles.includes(ProcessRole::Worker).then(|| services.cards.clone()),
        }
    }

    /// One look. Files are read on a thread that may wait for them.
    pub(super) async fn look(self) {
        let (lists, now) = (self.lists, self.environment.now());
        let looked = tokio::task::spawn_blocking(move || lists.reload(now)).await;
        let found = looked.unwrap_or_else(|ended| resume_unwind(ended.into_panic()));
        if let (CrlReload::Changed, Some(cards)) = (found, &self.cards) {
            tracing::info!("the revocation lists are other ones; running sessions are asked about");
            if let Err(cause) = watch_cards(cards).await {
                tracing::error!(
                    cause,
                    "running sessions could not be asked about; the next turn tries again"
                );
            }
        }
    }
}
