//! The answer of the card, step by step. The order is the promise: see the module above.

use super::{CardCeremonies, CardPurpose, CeremonyVisitor, card_standing::may_not_be_shown};
use crate::{enrol::known_binding, legal_age::require_enrol_age, refusal::CardRefusal, session::SignedIn};
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::{RefusalReason as _, Result};
use techo_jpki::{CardCertificate, SignChallenge};
use techo_model::{UnixMillis, account::AccountEvent, card::WebEidToken};
use techo_store::vault::bindings::BindingRecord;

/// What `POST /card/token` brings.
#[derive(Clone, Copy, Debug)]
pub struct ShownCard<'a> {
    /// The token.
    pub token: &'a WebEidToken,
    /// The code of the letter, as typed.
    pub activation_code: Option<&'a str>,
}

/// What comes after a card that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardStep {
    /// Make a passkey: the session holds a ticket for one.
    MakePasskey,
    /// The card belongs to the account now.
    Linked,
    /// The session says that the card was shown.
    Shown,
}

/// A card that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardOutcome {
    /// Why it was shown.
    pub purpose: CardPurpose,
    /// What comes next.
    pub step: CardStep,
    /// Who is signed in by the new cookie; nobody who has yet to make a passkey. Whatever the step, the browser gets the
    /// new cookie of the visitor: a rise in rights belongs to no cookie from before.
    pub signed_in: Option<SignedIn>,
}

/// A proof that a card was presented that is good: its token, its certificate, and what became of it since. With what the
/// vault knew of it before the account was held. Made by [`CardCeremonies::ask_status`] alone.
pub(super) struct PresentedCard {
    certificate: CardCertificate,
    binding: Option<BindingRecord>,
}

impl PresentedCard {
    pub(super) fn certificate(&self) -> &CardCertificate {
        &self.certificate
    }

    pub(super) fn known(&self) -> Option<&BindingRecord> {
        self.binding.as_ref()
    }
}

impl CardCeremonies {
    /// Takes the answer to the session's challenge.
    ///
    /// # Errors
    /// [`Failure::Refused`], whatever the reason; the reason is for the audit alone. [`Failure::BelowAge`] once card and letter
    /// have proved that it is somebody too young.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn present_card(
        &self,
        visitor: &CeremonyVisitor<'_>,
        shown: &ShownCard<'_>,
    ) -> Result<CardOutcome> {
        let now = self.custody.environment.now();
        let asked = self.custody.stores.vault.consume_challenge(visitor.session.as_bytes(), now).await?;
        let asked = asked.ok_or(CardRefusal::NoChallenge)?;
        let purpose = asked.purpose;
        let challenge = SignChallenge { origin: &self.origin, nonce: &asked.nonce };
        let certificate =
            techo_jpki::present(shown.token, &challenge, &self.trust, now).map_err(|refusal| {
                tracing::info!(%refusal, purpose = purpose.as_str(), "a card was refused");
                CardRefusal::Token
            })?;
        let presented = self.ask_status(certificate, now).await?;
        if let Some(known) = &presented.binding {
            self.ask_age(known).await?;
        }
        self.custody.environment.pause_point("card.checked").await;
        let (step, signed_in) = match purpose {
            CardPurpose::Enrol => (self.enrol(visitor, &presented, shown.activation_code).await?, None),
            CardPurpose::Recover => (self.recover(visitor, &presented, shown.activation_code).await?, None),
            CardPurpose::Link => {
                (CardStep::Linked, Some(self.link(visitor, &presented, shown.activation_code).await?))
            }
            CardPurpose::StepUp => (CardStep::Shown, Some(self.step_up(visitor, &presented).await?)),
        };
        Ok(CardOutcome { purpose, step, signed_in })
    }

    /// The card has proved who this is: whoever is too young learns just that, whatever the card was shown for.
    async fn ask_age(&self, known: &BindingRecord) -> Result<()> {
        match self.custody.stores.vault.owner_facts(known.account_id).await? {
            Some(owner) => require_enrol_age(&self.custody, owner.resident_id, &owner.birth_sealed),
            None => Ok(()),
        }
    }

    /// Asks what became of the certificate; unknown is as bad as revoked here.
    async fn ask_status(&self, certificate: CardCertificate, now: UnixMillis) -> Result<PresentedCard> {
        let status = self.status.status(&certificate.id, now).await;
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let binding = known_binding(&self.custody, &mut tx, &certificate).await?;
        if let Some(refusal) = may_not_be_shown(status) {
            if let Some(known) = &binding {
                let entry = OutboxEntry::new(AccountEvent::CardRefused).word("reason", refusal.audit_word());
                outbox::note_account_event(&self.custody, &mut tx, known.account_id, entry).await?;
                tx.commit().await?;
            }
            return Err(refusal.into());
        }
        if let Some(known) = &binding {
            vault.note_good_status(&mut tx, known.binding_id, now).await?;
            tx.commit().await?;
        }
        Ok(PresentedCard { certificate, binding })
    }
}
