//! Lost everything: the card again. No mail, no questions, no favour of support.

use super::{CardCeremonies, CardStep, EXPORT_LOCK, Visitor, enrolment::Won, present::Presented};
use crate::{
    enrol::{known_binding, new_binding, reactivate_binding},
    letters::{self, OpenedLetter},
    session,
};
use techo_audit::outbox::{self, Entry};
use techo_custody::{Failure, Result};
use techo_model::{
    AccountId, UnixMillis,
    account::{
        AccountEvent, {BindingState, CardPurpose},
    },
};
use techo_store::{Tx, vault::bindings::BindingRecord};

/// An account that a card may lead back to, and the letter that says so when the card alone does not.
struct RecoveryTarget {
    account: AccountId,
    letter: Option<OpenedLetter>,
}

impl CardCeremonies {
    /// A known card recovers its account. A card that nobody knows, and one that another took the place of, recovers one
    /// with a letter that the municipality sent to its holder on request: the way back for those who lost the card as
    /// well, and for those whose account somebody linked a card of their own to.
    pub(super) async fn recover(
        &self,
        visitor: &Visitor<'_>,
        card: &Presented,
        code: Option<&str>,
    ) -> Result<CardStep> {
        let RecoveryTarget { account, letter } = self.recovery_target(card, code).await?;
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let now = session::lock_account(&self.custody, &mut tx, account).await?;
        self.custody.environment.pause_point("recovery.held").await;
        let binding = match letter {
            Some(letter) => {
                if !vault.use_letter(&mut tx, letter.id).await? {
                    return Err(Failure::Refused("letter-used"));
                }
                self.replace_card(&mut tx, account, card, now).await?
            }
            None => self.known_card(&mut tx, card, now).await?,
        };
        self.reset(&mut tx, visitor, &binding, now).await?;
        tx.commit().await?;
        Ok(CardStep::MakePasskey)
    }

    async fn recovery_target(&self, card: &Presented, code: Option<&str>) -> Result<RecoveryTarget> {
        if let Some(known) = card.binding.as_ref().filter(|known| known.state != BindingState::Superseded) {
            return Ok(RecoveryTarget { account: known.account_id, letter: None });
        }
        let letter = letters::open_letter(&self.custody, code.unwrap_or_default()).await?;
        let mut tx = self.custody.stores.vault.begin().await?;
        let account = self.custody.stores.vault.account_of(&mut tx, letter.resident).await?;
        let account = account.ok_or(Failure::Refused("no-account"))?.account_id;
        Ok(RecoveryTarget { account, letter: Some(letter) })
    }

    /// The current card of an account that is held.
    async fn known_card(&self, tx: &mut Tx, card: &Presented, now: UnixMillis) -> Result<BindingRecord> {
        let known = known_binding(&self.custody, tx, &card.certificate).await?;
        let known = known.filter(|known| known.state.may_turn());
        let known = known.ok_or(Failure::Refused("card-not-active"))?;
        reactivate_binding(&self.custody, tx, &known, now).await?;
        Ok(known)
    }

    /// Puts this card in the place of the account's current one, be it new or one that was superseded. The account is held.
    ///
    /// # Errors
    /// [`Failure::Refused`] for a card of somebody else, and for one that was revoked or ended.
    pub(super) async fn replace_card(
        &self,
        tx: &mut Tx,
        account: AccountId,
        card: &Presented,
        now: UnixMillis,
    ) -> Result<BindingRecord> {
        let vault = &self.custody.stores.vault;
        let known = known_binding(&self.custody, tx, &card.certificate).await?;
        let binding = match known {
            Some(known) if known.account_id != account => return Err(Failure::Refused("card-of-another")),
            Some(known) if known.state.may_turn() => {
                reactivate_binding(&self.custody, tx, &known, now).await?;
                return Ok(known);
            }
            Some(known) if known.state == BindingState::Superseded => {
                vault.supersede_binding(tx, account, now).await?;
                vault.turn_binding(tx, &known, BindingState::Active, now).await?;
                known
            }
            Some(_) => return Err(Failure::Refused("card-not-active")),
            None => {
                vault.supersede_binding(tx, account, now).await?;
                let binding = new_binding(&self.custody, account, &card.certificate, now);
                if !vault.insert_binding(tx, &binding).await? {
                    return Err(Failure::Refused("card-known"));
                }
                binding
            }
        };
        let entry = Entry::new(AccountEvent::CardLinked).id("card", binding.binding_id);
        outbox::note_account_event(&self.custody, tx, account, entry).await?;
        Ok(binding)
    }

    async fn reset(
        &self,
        tx: &mut Tx,
        visitor: &Visitor<'_>,
        binding: &BindingRecord,
        now: UnixMillis,
    ) -> Result<()> {
        let (vault, account) = (&self.custody.stores.vault, binding.account_id);
        // Those that an earlier recovery suspended and nobody confirmed since would pile up.
        vault.drop_suspended_passkeys(tx, account).await?;
        let suspended = vault.suspend_passkeys(tx, account).await?;
        // The browser that recovers may be signed in itself, and must not be stopped by its own recovery.
        let left = session::leave_session(&self.custody, tx, visitor.session, now).await?;
        let ended = session::end_all_sessions(&self.custody, tx, account, now).await?;
        vault.lock_exports(tx, account, now.plus(EXPORT_LOCK)).await?;
        if let Some(version) = visitor.agreed {
            vault.put_agreement(tx, account, version, now).await?;
        }
        let won = Won { account, binding: binding.binding_id, purpose: CardPurpose::Recover, now };
        self.give_ticket(tx, (left, visitor.next), won).await?;
        let entry = Entry::new(AccountEvent::Recovered).count("passkeys", suspended).count("sessions", ended);
        outbox::note_account_event(&self.custody, tx, account, entry).await
    }
}
