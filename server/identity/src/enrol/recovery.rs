//! Lost everything: the card again. No mail, no questions, no favour of support.

use super::{
    CardCeremonies, CardStep, CeremonyVisitor, EXPORT_LOCK,
    account_card::{AccountCard, OwnerEvidence},
    present::PresentedCard,
};
use crate::{
    enrol::{known_binding, reactivate_binding},
    letters::{self, OpenedLetter},
    refusal::CardRefusal,
    session,
};
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::Result;
use techo_model::{
    AccountId, UnixMillis,
    account::{AccountEvent, BindingState, CardPurpose},
};
use techo_store::Tx;

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
        visitor: &CeremonyVisitor<'_>,
        card: &PresentedCard,
        code: Option<&str>,
    ) -> Result<CardStep> {
        let RecoveryTarget { account, letter } = self.recovery_target(card, code).await?;
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let now = session::lock_account(&self.custody, &mut tx, account).await?;
        self.custody.environment.pause_point("recovery.held").await;
        let shown = match letter {
            Some(letter) => {
                let letter = Some(OwnerEvidence::Letter(letter));
                let own = self.prove_own_card(&mut tx, (account, now), card, letter).await?;
                self.replace_card(&mut tx, own, now).await?
            }
            None => self.known_card(&mut tx, card, (account, now)).await?,
        };
        self.reset(&mut tx, visitor, &shown).await?;
        tx.commit().await?;
        Ok(CardStep::MakePasskey)
    }

    async fn recovery_target(&self, card: &PresentedCard, code: Option<&str>) -> Result<RecoveryTarget> {
        if let Some(known) = card.known().filter(|known| known.state != BindingState::Superseded) {
            return Ok(RecoveryTarget { account: known.account_id, letter: None });
        }
        let letter = letters::open_letter(&self.custody, code.unwrap_or_default()).await?;
        let mut tx = self.custody.stores.vault.begin().await?;
        let account = self.custody.stores.vault.account_of(&mut tx, letter.resident).await?;
        let account = account.ok_or(CardRefusal::NoAccount)?.account_id;
        Ok(RecoveryTarget { account, letter: Some(letter) })
    }

    /// The current card of an account that is held.
    async fn known_card(
        &self,
        tx: &mut Tx,
        card: &PresentedCard,
        (account, now): (AccountId, UnixMillis),
    ) -> Result<AccountCard> {
        if let Some(known) = known_binding(&self.custody, tx, card.certificate()).await? {
            reactivate_binding(&self.custody, tx, &known, now).await?;
        }
        self.account_card(tx, card, (account, now)).await
    }

    /// Suspends every passkey, ends every session and locks exports, for whoever showed the account's card.
    async fn reset(&self, tx: &mut Tx, visitor: &CeremonyVisitor<'_>, shown: &AccountCard) -> Result<()> {
        let vault = &self.custody.stores.vault;
        let (account, now) = (shown.account(), shown.shown_at());
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
        self.give_ticket(tx, (left, visitor.next), shown, CardPurpose::Recover).await?;
        let entry =
            OutboxEntry::new(AccountEvent::Recovered).count("passkeys", suspended).count("sessions", ended);
        outbox::note_account_event(&self.custody, tx, account, entry).await
    }
}
