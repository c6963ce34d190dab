//! Whoever points at nobody too often has to wait: neither share codes nor people can be found by trying.

use super::{Asking, Reception};
use crate::{Failure, Result};
use std::time::Duration;
use techo_model::UnixMillis;
use techo_store::{
    Tx,
    vault::wrong_tries::{TryKind, WrongTries},
};

/// How long a wrong try is remembered, and how long one waits after too many.
const LOCK: Duration = Duration::from_mins(15);

/// Wrong tries that stop an organisation. A mistyped name costs nobody their help in an emergency, so there are more.
fn most(kind: TryKind) -> i64 {
    match kind {
        TryKind::ShareCode => 5,
        TryKind::Demographics => 20,
    }
}

impl Reception {
    /// Whether an organisation may try; to be followed by a right try, or by [`Reception::note_wrong_try`], in the same
    /// transaction of the vault.
    ///
    /// # Errors
    /// [`Failure::Limited`].
    pub(super) async fn may_try(&self, tx: &mut Tx, kind: TryKind, asking: &Asking) -> Result<WrongTries> {
        let now = self.domain.world.now();
        let wrong = self.domain.stores.vault.lock_wrong_tries(tx, kind, &asking.organisation.id).await?;
        if wrong.locked_until > now {
            return Err(Failure::Limited { retry_after: wrong.locked_until.since(now).as_secs() + 1 });
        }
        Ok(wrong)
    }

    /// One wrong try more. Those of a quarter of an hour ago are forgotten; a right one in between forgives none.
    pub(super) async fn note_wrong_try(
        &self,
        tx: &mut Tx,
        kind: TryKind,
        asking: &Asking,
        before: WrongTries,
    ) -> Result<()> {
        let now = self.domain.world.now();
        let remembered = before.last_at.plus(LOCK) > now && before.tries < most(kind);
        let tries = if remembered { before.tries + 1 } else { 1 };
        let locked_until = if tries >= most(kind) { now.plus(LOCK) } else { UnixMillis(0) };
        let wrong = WrongTries { tries, last_at: now, locked_until };
        Ok(self.domain.stores.vault.put_wrong_tries(tx, kind, &asking.organisation.id, wrong).await?)
    }
}
