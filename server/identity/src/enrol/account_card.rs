//! Whose a card is that was presented: the proofs without which no card is bound, no passkey suspended and no ticket given.

use super::{CardCeremonies, present::PresentedCard};
use crate::{
    access::CardShown,
    enrol::{known_binding, new_binding, reactivate_binding, stored_certificate},
    letters::OpenedLetter,
    refusal::{CardRefusal, LetterRefusal},
};
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::Result;
use techo_jpki::CertificateId;
use techo_model::{
    AccountId, BindingId, UnixMillis,
    account::{AccountEvent, BindingState},
};
use techo_store::{Tx, vault::bindings::BindingRecord};

/// What says that a card belongs to the owner of an account. Nothing in a certificate does, and a session proves nothing
/// about a card.
pub(super) enum OwnerEvidence {
    /// A letter's code.
    Letter(OpenedLetter),
    /// The card that the account knew, shown in the same session a moment ago.
    FormerCard(CardShown),
    /// The authority says that the new card took the place of this one.
    Renewal(CertificateId),
}

/// A proof that a card that was presented belongs to the owner of an account, who is held. Made by
/// [`CardCeremonies::prove_own_card`] alone.
pub(super) struct OwnCard<'a> {
    account: AccountId,
    card: &'a PresentedCard,
}

/// A proof that the card that an account stands on was presented a moment ago, and the account is held. Made by
/// [`CardCeremonies::account_card`] alone.
pub(super) struct AccountCard {
    binding: BindingRecord,
    shown_at: UnixMillis,
}

impl AccountCard {
    /// Whose card it is.
    pub(super) fn account(&self) -> AccountId {
        self.binding.account_id
    }

    /// Which card.
    pub(super) fn binding(&self) -> BindingId {
        self.binding.binding_id
    }

    /// When it was presented.
    pub(super) fn shown_at(&self) -> UnixMillis {
        self.shown_at
    }
}

impl CardCeremonies {
    /// The proof that the card that was presented is the one that an account stands on. The account is held.
    ///
    /// # Errors
    /// `Failure::Refused` for a card that nobody or somebody else has, and for one that is not active.
    pub(super) async fn account_card(
        &self,
        tx: &mut Tx,
        card: &PresentedCard,
        (account, now): (AccountId, UnixMillis),
    ) -> Result<AccountCard> {
        let known = known_binding(&self.custody, tx, card.certificate()).await?;
        let binding = known.ok_or(CardRefusal::Unknown)?;
        if binding.account_id != account {
            return Err(CardRefusal::OfAnother.into());
        }
        if binding.state != BindingState::Active {
            return Err(CardRefusal::NotActive.into());
        }
        Ok(AccountCard { binding, shown_at: now })
    }

    /// The proof that a card belongs to the owner of an account, which is held. A letter is used up by it.
    ///
    /// # Errors
    /// `Failure::Refused` when what was brought says otherwise, or nothing was.
    pub(super) async fn prove_own_card<'a>(
        &self,
        tx: &mut Tx,
        (account, now): (AccountId, UnixMillis),
        card: &'a PresentedCard,
        evidence: Option<OwnerEvidence>,
    ) -> Result<OwnCard<'a>> {
        let vault = &self.custody.stores.vault;
        match evidence.ok_or(CardRefusal::Unproven)? {
            OwnerEvidence::Letter(letter) => {
                let addressed = vault.account_of(tx, letter.resident).await?;
                if addressed.is_none_or(|addressed| addressed.account_id != account) {
                    return Err(LetterRefusal::OfAnother.into());
                }
                if !vault.use_letter(tx, letter.id).await? {
                    return Err(LetterRefusal::Used.into());
                }
            }
            OwnerEvidence::FormerCard(shown) => {
                if shown.signed_in().account != account || !shown.is_fresh(now) {
                    return Err(CardRefusal::Unproven.into());
                }
            }
            OwnerEvidence::Renewal(former) => {
                let current = vault.current_binding_in(tx, account).await?;
                let current = current.map(|found| stored_certificate(&self.custody, &found)).transpose()?;
                if current != Some(former) {
                    return Err(CardRefusal::Unproven.into());
                }
            }
        }
        Ok(OwnCard { account, card })
    }

    /// Puts a card in the place of the account's current one, be it new or one that was superseded. The account is held.
    ///
    /// # Errors
    /// `Failure::Refused` for a card of somebody else, and for one that was revoked or ended.
    pub(super) async fn replace_card(
        &self,
        tx: &mut Tx,
        OwnCard { account, card }: OwnCard<'_>,
        now: UnixMillis,
    ) -> Result<AccountCard> {
        let vault = &self.custody.stores.vault;
        match known_binding(&self.custody, tx, card.certificate()).await? {
            Some(known) if known.account_id != account => return Err(CardRefusal::OfAnother.into()),
            Some(known) if known.state.can_change_state() => {
                reactivate_binding(&self.custody, tx, &known, now).await?;
                return self.account_card(tx, card, (account, now)).await;
            }
            Some(known) if known.state == BindingState::Superseded => {
                vault.supersede_binding(tx, account, now).await?;
                vault.set_binding_state(tx, &known, BindingState::Active, now).await?;
            }
            Some(_) => return Err(CardRefusal::NotActive.into()),
            None => {
                vault.supersede_binding(tx, account, now).await?;
                let binding = new_binding(&self.custody, account, card.certificate(), now);
                if !vault.insert_binding(tx, &binding).await? {
                    return Err(CardRefusal::Known.into());
                }
            }
        }
        let bound = self.account_card(tx, card, (account, now)).await?;
        let entry = OutboxEntry::new(AccountEvent::CardLinked).id("card", bound.binding());
        outbox::note_account_event(&self.custody, tx, account, entry).await?;
        Ok(bound)
    }
}
