//! Watching bound cards: what is held, revoked or over ends the sessions of its account, within one sweep.

use super::{CardCeremonies, Watch, standing::Judged};
use crate::{enrol::judge_binding, session};
use std::time::Duration;
use techo_audit::outbox::{self, Entry};
use techo_custody::Result;
use techo_jpki::{CardStatus, Standing};
use techo_model::{
    BindingId, UnixMillis,
    account::{AccountEvent, BindingState},
};
use techo_store::vault::bindings::BindingRecord;
use uuid::Uuid;

const PAGE: i64 = 500;

/// How old the last good answer may grow before a sweep writes a newer one.
const NOTE_GOOD: Duration = Duration::from_hours(1);

/// What one sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Cards that were asked about.
    pub asked: u64,
    /// Of those, with nobody to answer.
    pub unknown: u64,
    /// Cards that changed their state.
    pub turned: u64,
    /// Sessions that were ended.
    pub sessions_ended: u64,
}

impl CardCeremonies {
    /// Asks once about every card that may still turn, page by page. Cards of running sessions every few seconds, all
    /// of them now and then: a card is asked about at sign-in anyway.
    pub async fn watch_cards(&self, watch: Watch) -> Result<Sweep> {
        let vault = &self.custody.stores.vault;
        let mut sweep = Sweep::default();
        let mut after = BindingId(Uuid::nil());
        loop {
            let page = vault.watched_bindings(watch, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(sweep) };
            after = last.binding_id;
            let mut good = Vec::new();
            for binding in &page {
                let judged = judge_binding(&self.custody, &*self.status, binding)?;
                sweep.asked += 1;
                self.apply(watch, binding, &judged, &mut sweep).await?;
                let now = self.custody.environment.now();
                if judged.status == CardStatus::Good && binding.last_good_at.plus(NOTE_GOOD) <= now {
                    good.push(binding.binding_id);
                }
            }
            self.note_good(&good).await?;
        }
    }

    async fn apply(
        &self,
        watch: Watch,
        binding: &BindingRecord,
        judged: &Judged,
        sweep: &mut Sweep,
    ) -> Result<()> {
        if matches!(judged.status, CardStatus::Unknown(_)) {
            sweep.unknown += 1;
            // Nobody can say, so nothing is written down; but beyond the grace no session goes on.
            if judged.standing == Standing::Lapsed && watch == Watch::Running {
                self.turn(binding, None, sweep).await?;
            }
            return Ok(());
        }
        let next = match judged.standing {
            Standing::Good | Standing::Grace { .. } | Standing::Unverified { .. } => {
                (BindingState::Active, AccountEvent::CardReleased)
            }
            Standing::Suspended => (BindingState::Held, AccountEvent::CardHeld),
            Standing::Revoked => (BindingState::Revoked, AccountEvent::CardRevoked),
            Standing::Lapsed => (BindingState::Expired, AccountEvent::CardExpired),
        };
        if next.0 == binding.state { Ok(()) } else { self.turn(binding, Some(next), sweep).await }
    }

    async fn turn(
        &self,
        binding: &BindingRecord,
        next: Option<(BindingState, AccountEvent)>,
        sweep: &mut Sweep,
    ) -> Result<()> {
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        // Whatever begins beside this waits, or is seen. For an account that is suspended nothing begins.
        vault.lock_account(&mut tx, binding.account_id, self.custody.environment.now()).await?;
        let now = self.custody.environment.now();
        self.custody.environment.pause_point("card-watch.held").await;
        if let Some((state, kind)) = next {
            if !vault.turn_binding(&mut tx, binding, state, now).await? {
                return Ok(());
            }
            outbox::note_account_event(&self.custody, &mut tx, binding.account_id, Entry::new(kind)).await?;
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
