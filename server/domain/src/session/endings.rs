//! How sessions end: signing out here, elsewhere, everywhere; and the list that shows them to their owner.

use super::{SessionKey, SignedIn, storage::limits};
use crate::{
    Domain, Failure, Result,
    outbox::{Entry, Kind},
};
use techo_model::{SessionId, UnixMillis};

/// A running session, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// For the form that ends it.
    pub id: SessionId,
    /// Browser and system; empty when unknown.
    pub agent: String,
    /// When it was opened.
    pub started_at: UnixMillis,
    /// When it was used last, to the minute.
    pub last_seen_at: UnixMillis,
}

impl Domain {
    /// Running sessions of an account, newest first, the asking one among them.
    pub async fn sessions(&self, who: &SignedIn) -> Result<Vec<SessionLine>> {
        let found = self.stores.vault.sessions_of(who.account, limits(self.world.now())).await?;
        Ok(found
            .into_iter()
            .map(|record| SessionLine {
                id: record.session_id,
                started_at: record.signed_in_at.unwrap_or(record.created_at),
                last_seen_at: record.last_seen_at,
                agent: record.agent,
            })
            .collect())
    }

    /// Ends this session. Whatever request still holds it cannot bring it back.
    pub async fn sign_out(&self, key: &SessionKey) -> Result<()> {
        Ok(self.stores.vault.revoke_session(key.as_bytes(), self.world.now()).await?)
    }

    /// Ends one of the person's own sessions.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when it has ended already or is somebody else's.
    pub async fn sign_out_session(&self, who: &SignedIn, session: SessionId) -> Result<()> {
        let vault = &self.stores.vault;
        let mut tx = vault.begin().await?;
        if !vault.revoke_session_of(&mut tx, who.account, session, self.world.now()).await? {
            return Err(Failure::NotFound);
        }
        self.note(&mut tx, who.account, Entry::new(Kind::SignedOutElsewhere).count("sessions", 1)).await?;
        Ok(tx.commit().await?)
    }

    /// Ends all sessions of the person but the one that asks. Answers how many there were.
    pub async fn sign_out_others(&self, who: &SignedIn, here: &SessionKey) -> Result<u64> {
        let vault = &self.stores.vault;
        let mut tx = vault.begin().await?;
        let ended =
            vault.revoke_other_sessions(&mut tx, who.account, here.as_bytes(), self.world.now()).await?;
        self.note(&mut tx, who.account, Entry::new(Kind::SignedOutElsewhere).count("sessions", ended))
            .await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends all sessions of the person, the one that asks included, and those that are just beginning.
    pub async fn sign_out_everywhere(&self, who: &SignedIn) -> Result<u64> {
        let vault = &self.stores.vault;
        let now = self.world.now();
        let mut tx = vault.begin().await?;
        vault.mark_signed_out(&mut tx, who.account, now).await?;
        let ended = vault.revoke_all_sessions(&mut tx, who.account, now).await?;
        self.note(&mut tx, who.account, Entry::new(Kind::SignedOutEverywhere).count("sessions", ended))
            .await?;
        tx.commit().await?;
        Ok(ended)
    }
}
