//! Whoever points at nobody too often has to wait: neither share codes nor people can be found by trying, by one
//! organisation or by all of them together.
//!
//! A try is counted before anything is looked up, so that an organisation that has to wait learns nothing, not even by the
//! time that its answer takes. To add a kind: a variant of [`TryKind`] and its bounds here.

use super::ClinicAccess;
use crate::inquiry::InquiringParty;
use std::time::Duration;
use techo_custody::{Custody, Failure, Result};
use techo_model::UnixMillis;
use techo_store::{
    Tx,
    vault::wrong_tries::{TryKind, TryTotal, WrongTries},
};

/// How long a wrong try is remembered, and how long one waits after too many.
const LOCK: Duration = Duration::from_mins(15);
/// When to try again while others of the same organisation are being looked for.
const BUSY_SECONDS: u64 = 1;

/// Wrong tries that stop an organisation. A mistyped name costs nobody their help in an emergency, so there are more.
fn most_of_one(kind: TryKind) -> i64 {
    match kind {
        TryKind::ShareCode => 5,
        TryKind::Demographics => 20,
    }
}

/// Wrong tries of all organisations within a quarter of an hour that call somebody.
fn alarm_of_all(kind: TryKind) -> i64 {
    match kind {
        TryKind::ShareCode => 150,
        TryKind::Demographics => 200,
    }
}

/// Wrong tries of all organisations that stop everybody. None for emergencies: whoever tries much there must not keep
/// others from being helped.
fn most_of_all(kind: TryKind) -> Option<i64> {
    match kind {
        TryKind::ShareCode => Some(300),
        TryKind::Demographics => None,
    }
}

/// The wrong tries of all organisations, for the operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryAlarm {
    /// What was tried.
    pub kind: TryKind,
    /// How many were wrong in this quarter of an hour.
    pub tries: i64,
    /// Whether that is so many that nobody may try any more.
    pub is_stopped: bool,
}

/// How often all organisations together pointed at nobody lately.
///
/// # Errors
/// The database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn try_alarms(custody: &Custody) -> Result<Vec<TryAlarm>> {
    let now = custody.environment.now();
    let mut alarms = Vec::new();
    for kind in [TryKind::ShareCode, TryKind::Demographics] {
        let total = custody.stores.vault.try_total(kind).await?;
        let tries = total.filter(|total| total.began_at.plus(LOCK) > now).map_or(0, |total| total.tries);
        alarms.push(TryAlarm {
            kind,
            tries,
            is_stopped: most_of_all(kind).is_some_and(|most| tries >= most),
        });
    }
    Ok(alarms)
}

/// What was found of the counts when a try began, inside its transaction.
pub(super) struct Counted {
    one: WrongTries,
    all: TryTotal,
}

impl ClinicAccess {
    /// Whether an organisation may try; to be followed by a right try, or by [`ClinicAccess::note_wrong_try`], in the same
    /// transaction of the vault.
    ///
    /// # Errors
    /// [`Failure::Limited`].
    pub(super) async fn may_try(
        &self,
        tx: &mut Tx,
        kind: TryKind,
        asking: &InquiringParty,
    ) -> Result<Counted> {
        let (vault, now) = (&self.custody.stores.vault, self.custody.environment.now());
        let one = vault.lock_wrong_tries(tx, kind, &asking.organisation.id).await?;
        must_be_over(one.locked_until, now)?;
        let mut all = vault.lock_try_total(tx, kind, now).await?;
        if all.began_at.plus(LOCK) <= now {
            all = TryTotal { tries: 0, began_at: now };
        }
        if most_of_all(kind).is_some_and(|most| all.tries >= most) {
            must_be_over(all.began_at.plus(LOCK), now)?;
        }
        Ok(Counted { one, all })
    }

    /// One wrong try more. Those of a quarter of an hour ago are forgotten; a right one in between forgives none.
    pub(super) async fn note_wrong_try(
        &self,
        tx: &mut Tx,
        kind: TryKind,
        asking: &InquiringParty,
        before: Counted,
    ) -> Result<()> {
        let (vault, now) = (&self.custody.stores.vault, self.custody.environment.now());
        let tries = remembered(&before.one, now) + 1;
        let wrong = WrongTries { tries, last_at: now, locked_until: lock_of(kind, tries, now) };
        vault.put_wrong_tries(tx, kind, &asking.organisation.id, wrong).await?;
        self.count_in_all(tx, kind, before.all).await
    }

    async fn count_in_all(&self, tx: &mut Tx, kind: TryKind, before: TryTotal) -> Result<()> {
        let all = TryTotal { tries: before.tries + 1, ..before };
        self.custody.stores.vault.put_try_total(tx, kind, all).await?;
        if all.tries == alarm_of_all(kind) {
            tracing::warn!(
                kind = kind.as_str(),
                tries = all.tries,
                "many wrong tries of all organisations together"
            );
        } else if most_of_all(kind) == Some(all.tries) {
            tracing::warn!(kind = kind.as_str(), tries = all.tries, "nobody may try any more for a while");
        }
        Ok(())
    }

    /// Counts a try as wrong before anybody is looked for; [`ClinicAccess::end_try`] says what it was. For what is looked up
    /// outside of the transaction that counts.
    ///
    /// # Errors
    /// [`Failure::Limited`].
    pub(super) async fn begin_try(&self, kind: TryKind, asking: &InquiringParty) -> Result<()> {
        let (vault, now) = (&self.custody.stores.vault, self.custody.environment.now());
        let mut tx = vault.begin().await?;
        let Counted { one, .. } = self.may_try(&mut tx, kind, asking).await?;
        let before = remembered(&one, now);
        if before >= most_of_one(kind) {
            return Err(Failure::Limited { retry_after: BUSY_SECONDS });
        }
        let last_at = if before == 0 { now } else { one.last_at };
        let counted = WrongTries { tries: before + 1, last_at, locked_until: UnixMillis(0) };
        vault.put_wrong_tries(&mut tx, kind, &asking.organisation.id, counted).await?;
        Ok(tx.commit().await?)
    }

    /// Says what became of a try that was counted: a right one is taken back, a wrong one may stop the organisation.
    pub(super) async fn end_try(&self, kind: TryKind, asking: &InquiringParty, ended: TryEnd) -> Result<()> {
        let (vault, now) = (&self.custody.stores.vault, self.custody.environment.now());
        let number = &asking.organisation.id;
        let mut tx = vault.begin().await?;
        let one = vault.lock_wrong_tries(&mut tx, kind, number).await?;
        let after = match ended {
            TryEnd::Right => {
                let tries = (one.tries - 1).max(0);
                WrongTries { tries, last_at: one.last_at, locked_until: lock_of(kind, tries, now) }
            }
            TryEnd::Wrong => WrongTries { last_at: now, locked_until: lock_of(kind, one.tries, now), ..one },
        };
        vault.put_wrong_tries(&mut tx, kind, number, after).await?;
        if ended == TryEnd::Wrong {
            let mut all = vault.lock_try_total(&mut tx, kind, now).await?;
            if all.began_at.plus(LOCK) <= now {
                all = TryTotal { tries: 0, began_at: now };
            }
            self.count_in_all(&mut tx, kind, all).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TryEnd {
    /// Somebody was found.
    Right,
    /// Nobody was, or nobody whom this organisation may find.
    Wrong,
}

fn must_be_over(until: UnixMillis, now: UnixMillis) -> Result<()> {
    if until > now {
        return Err(Failure::Limited { retry_after: until.since(now).as_secs() + 1 });
    }
    Ok(())
}

/// Wrong tries that are not forgotten yet.
fn remembered(wrong: &WrongTries, now: UnixMillis) -> i64 {
    if wrong.last_at.plus(LOCK) > now { wrong.tries } else { 0 }
}

fn lock_of(kind: TryKind, tries: i64, now: UnixMillis) -> UnixMillis {
    if tries >= most_of_one(kind) { now.plus(LOCK) } else { UnixMillis(0) }
}
