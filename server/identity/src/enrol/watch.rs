//! Watching bound cards: what is held, revoked or over ends the sessions of its account, within one sweep.

use super::{
    CardCeremonies, CardSelection,
    card_standing::{Judged, judge_bindings},
};
use crate::{enrol::stored_certificate, session};
use std::time::Duration;
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::{Failure, Result, parking::unreadable_reason};
use techo_jpki::{CardStatus, SignInStatus, StatusUnknown};
use techo_model::{
    BindingId, UnixMillis,
    account::{AccountEvent, BindingState},
};
use techo_store::{CorruptCell, vault::bindings::BindingRecord};
use uuid::Uuid;

const PAGE: i64 = 500;

/// How old the last good answer may grow before a sweep writes a newer one.
const NOTE_GOOD: Duration = Duration::from_hours(1);

/// What one sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardSweep {
    /// Cards that were asked about.
    pub asked: u64,
    /// Of those, with nobody to answer.
    pub unknown: u64,
    /// Cards that changed their state.
    pub turned: u64,
    /// Cards that cannot be judged.
    pub unreadable: u64,
    /// Sessions that were ended.
    pub sessions_ended: u64,
}

impl CardCeremonies {
    /// Asks once about every card that may still turn, page by page, each page in one question. Cards of running sessions every few seconds:
    /// a card is asked about at sign-in anyway.
    ///
    /// # Errors
    /// A database that is away ends the sweep at once. What fails about one card alone is told when all the others were looked at.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn watch_cards(&self, watch: CardSelection) -> Result<CardSweep> {
        let vault = &self.custody.stores.vault;
        let (mut sweep, mut failed) = (CardSweep::default(), Ok(()));
        let mut after = BindingId(Uuid::nil());
        loop {
            let page = vault.watched_bindings(watch, after, PAGE).await?;
            let Some(last) = page.last() else { return failed.map(|()| sweep) };
            after = last.binding_id;
            let mut good = Vec::new();
            let judged = judge_bindings(&self.custody, &self.status, &page).await?;
            for (binding, judged) in page.iter().zip(&judged) {
                match self.look_at(watch, (binding, judged), &mut sweep).await {
                    Ok(true) => good.push(binding.binding_id),
                    Ok(false) => {}
                    Err(failure) if is_of_all(&failure) => return Err(failure),
                    Err(failure) => failed = failed.and(Err(failure)),
                }
            }
            self.note_good(&good).await?;
        }
    }

    /// Applies what was said about one card. Whether that it is good is news.
    async fn look_at(
        &self,
        watch: CardSelection,
        (binding, judged): (&BindingRecord, &Judged),
        sweep: &mut CardSweep,
    ) -> Result<bool> {
        sweep.asked += 1;
        if judged.status == CardStatus::Unknown(StatusUnknown::Unreadable)
            && let Err(failure) = stored_certificate(&self.custody, binding)
        {
            return self.give_up(binding, failure, sweep).await.map(|()| false);
        }
        self.apply(watch, binding, judged, sweep).await?;
        let now = self.custody.environment.now();
        Ok(judged.status == CardStatus::Good && binding.last_good_at.plus(NOTE_GOOD) <= now)
    }

    /// A card that cannot be judged is not good: the sessions of its account end, and its row is parked. It is looked at again all
    /// the same, so that nothing depends on somebody who remembers to say that it was mended.
    async fn give_up(&self, binding: &BindingRecord, failure: Failure, sweep: &mut CardSweep) -> Result<()> {
        let Some(reason) = unreadable_reason(&failure) else { return Err(failure) };
        self.custody.check_keys().await?;
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let cell = CorruptCell::new("card_binding", "serial_sealed", binding.binding_id.0);
        self.custody.park(&mut tx, cell, reason).await?;
        vault.lock_account(&mut tx, binding.account_id, self.custody.environment.now()).await?;
        let now = self.custody.environment.now();
        let ended = session::end_all_sessions(&self.custody, &mut tx, binding.account_id, now).await?;
        tx.commit().await?;
        sweep.unreadable += 1;
        sweep.sessions_ended += ended;
        Ok(())
    }

    async fn apply(
        &self,
        watch: CardSelection,
        binding: &BindingRecord,
        judged: &Judged,
        sweep: &mut CardSweep,
    ) -> Result<()> {
        if matches!(judged.status, CardStatus::Unknown(_)) {
            sweep.unknown += 1;
            // Nobody can say, so nothing is written down; but beyond the grace no session goes on.
            if judged.standing == SignInStatus::Lapsed && watch == CardSelection::Running {
                self.set_state(binding, None, sweep).await?;
            }
            return Ok(());
        }
        let next = match judged.standing {
            SignInStatus::Good | SignInStatus::Grace { .. } | SignInStatus::Unverified { .. } => {
                (BindingState::Active, AccountEvent::CardReleased)
            }
            SignInStatus::Suspended => (BindingState::Held, AccountEvent::CardHeld),
            SignInStatus::Revoked => (BindingState::Revoked, AccountEvent::CardRevoked),
            SignInStatus::Lapsed => (BindingState::Expired, AccountEvent::CardExpired),
        };
        if next.0 == binding.state { Ok(()) } else { self.set_state(binding, Some(next), sweep).await }
    }

    async fn set_state(
        &self,
        binding: &BindingRecord,
        next: Option<(BindingState, AccountEvent)>,
        sweep: &mut CardSweep,
    ) -> Result<()> {
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        // Whatever begins beside this waits, or is seen. For an account that is suspended nothing begins.
        vault.lock_account(&mut tx, binding.account_id, self.custody.environment.now()).await?;
        let now = self.custody.environment.now();
        self.custody.environment.pause_point("card-watch.held").await;
        if let Some((state, kind)) = next {
            if !vault.set_binding_state(&mut tx, binding, state, now).await? {
                return Ok(());
            }
            outbox::note_account_event(&self.custody, &mut tx, binding.account_id, OutboxEntry::new(kind))
                .await?;
            sweep.turned += 1;
        }
        if next.is_none_or(|(state, _)| state != BindingState::Active) {
            sweep.sessions_ended +=
                session::end_all_sessions(&self.custody, &mut tx, binding.account_id, now).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn note_good(&self, good: &[BindingId]) -> Result<()> {
        if good.is_empty() {
            return Ok(());
        }
        let now: UnixMillis = self.custody.environment.now();
        let mut tx = self.custody.stores.vault.begin().await?;
        for id in good {
            self.custody.stores.vault.note_good_status(&mut tx, *id, now).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Whether every other card would fail likewise.
fn is_of_all(failure: &Failure) -> bool {
    matches!(failure, Failure::Internal(internal) if internal.is_away())
}
