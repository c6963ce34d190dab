//! A renewed card, and the card once more, for somebody who is signed in.

use super::{CardCeremonies, CeremonyVisitor, account_card::OwnerEvidence, present::PresentedCard};
use crate::{
    access,
    enrol::{known_binding, stored_certificate},
    letters,
    refusal::{CardRefusal, SessionRefusal},
    session::{self, SignedIn, held::HeldAccount},
};
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::Result;
use techo_jpki::CertificateId;
use techo_model::account::{AccountEvent, BindingState};

impl CardCeremonies {
    /// A new card joins the account, and the other sessions end. Nothing in its certificate says whose it is, and a
    /// session proves nothing about it; see [`OwnerEvidence`]. It does not count as the card that was shown:
    /// whoever links a card has not shown the one that the account knew.
    pub(super) async fn link(
        &self,
        visitor: &CeremonyVisitor<'_>,
        card: &PresentedCard,
        code: Option<&str>,
    ) -> Result<SignedIn> {
        let who = visitor.signed_in.ok_or(SessionRefusal::NotSignedIn)?;
        let evidence = self.owner_evidence(who, card, code).await?;
        let HeldAccount { mut tx, now } = session::hold_verified_account(&self.custody, who).await?;
        let known = known_binding(&self.custody, &mut tx, card.certificate()).await?;
        match known {
            Some(known) if known.account_id != who.account => {
                return Err(CardRefusal::OfAnother.into());
            }
            // The same card again changes nothing.
            Some(known) if known.state == BindingState::Active => {}
            _ => {
                let own = self.prove_own_card(&mut tx, (who.account, now), card, evidence).await?;
                self.replace_card(&mut tx, own, now).await?;
                session::end_other_sessions(&self.custody, &mut tx, who, now).await?;
            }
        }
        let linked = SignedIn { card_verified_at: None, ..who.clone() };
        let linked = session::raise_session(&self.custody, &mut tx, visitor, linked).await?;
        tx.commit().await?;
        Ok(linked)
    }

    /// What says whose the new card is: a letter's code, or the old card that was shown in this session a moment ago, or the
    /// authority that knows which certificate took the place of which.
    async fn owner_evidence(
        &self,
        who: &SignedIn,
        card: &PresentedCard,
        code: Option<&str>,
    ) -> Result<Option<OwnerEvidence>> {
        if let Some(code) = code.filter(|code| !code.trim().is_empty()) {
            return Ok(Some(OwnerEvidence::Letter(letters::open_letter(&self.custody, code).await?)));
        }
        if who.card_is_fresh(self.custody.environment.now()) {
            let scope = access::owner_scope(&self.custody, who.account).await?;
            let verified = access::prove_verified(&self.custody, who, &scope).await?;
            let shown = access::prove_card_shown(&self.custody, verified).await?;
            return Ok(Some(OwnerEvidence::FormerCard(shown)));
        }
        Ok(self.renewed(who, card).await?.map(OwnerEvidence::Renewal))
    }

    /// The card of the account, if the authority says that this one took its place. Asked before the account is held: it
    /// may take a while.
    async fn renewed(&self, who: &SignedIn, card: &PresentedCard) -> Result<Option<CertificateId>> {
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let old = vault.current_binding_in(&mut tx, who.account).await?;
        tx.rollback().await?;
        let Some(old) = old.map(|binding| stored_certificate(&self.custody, &binding)).transpose()? else {
            return Ok(None);
        };
        let is_renewal = self.status.is_renewal(&old, &card.certificate().id).await;
        Ok(is_renewal.then_some(old))
    }

    /// The card of the account, once more.
    pub(super) async fn step_up(
        &self,
        visitor: &CeremonyVisitor<'_>,
        card: &PresentedCard,
    ) -> Result<SignedIn> {
        let who = visitor.signed_in.ok_or(SessionRefusal::NotSignedIn)?;
        let HeldAccount { mut tx, now } = session::hold_account(&self.custody, who).await?;
        let card = self.account_card(&mut tx, card, (who.account, now)).await?;
        outbox::note_account_event(
            &self.custody,
            &mut tx,
            who.account,
            OutboxEntry::new(AccountEvent::CardShown),
        )
        .await?;
        let shown = SignedIn { card_verified_at: Some(card.shown_at()), ..who.clone() };
        let shown = session::raise_session(&self.custody, &mut tx, visitor, shown).await?;
        tx.commit().await?;
        Ok(shown)
    }
}
