//! A renewed card, and the card once more, for somebody who is signed in.

use super::{CardCeremonies, Visitor, present::Presented};
use crate::{
    enrol::{known_binding, stored_certificate},
    letters::{self, OpenedLetter},
    session::{self, SignedIn, held::HeldAccount},
};
use std::sync::Arc;
use techo_audit::outbox::{self, Entry};
use techo_custody::{Failure, Internal, Result};
use techo_jpki::CertificateId;
use techo_model::{
    UnixMillis,
    account::{AccountEvent, BindingState},
};
use techo_store::Tx;

impl CardCeremonies {
    /// A new card joins the account, and the other sessions end. Nothing in its certificate says whose it is, and a
    /// session proves nothing about it; see [`CardCeremonies::must_be_theirs`]. It does not count as the card that was shown:
    /// whoever links a card has not shown the one that the account knew.
    pub(super) async fn link(
        &self,
        visitor: &Visitor<'_>,
        card: &Presented,
        code: Option<&str>,
    ) -> Result<SignedIn> {
        let who = visitor.signed_in.ok_or(Failure::Refused("not-signed-in"))?;
        let letter = match code.filter(|code| !code.trim().is_empty()) {
            Some(code) => Some(letters::open_letter(&self.custody, code).await?),
            None => None,
        };
        let renewed = match &letter {
            None if !who.card_is_fresh(self.custody.environment.now()) => self.renewed(who, card).await?,
            _ => None,
        };
        let HeldAccount { mut tx, now } = session::hold_fresh(&self.custody, who).await?;
        let known = known_binding(&self.custody, &mut tx, &card.certificate).await?;
        match known {
            Some(known) if known.account_id != who.account => {
                return Err(Failure::Refused("card-of-another"));
            }
            // The same card again changes nothing.
            Some(known) if known.state == BindingState::Active => {}
            _ => {
                self.must_be_theirs(&mut tx, (who, now), letter, renewed).await?;
                self.replace_card(&mut tx, who.account, card, now).await?;
                session::end_other_sessions(&self.custody, &mut tx, who, now).await?;
            }
        }
        let linked = SignedIn { card_verified_at: None, ..who.clone() };
        let linked = session::raise_session(&self.custody, &mut tx, visitor, linked).await?;
        tx.commit().await?;
        Ok(linked)
    }

    /// Whose a new card is: a letter's code says it, or the old card that was shown in this session a moment ago, or the
    /// authority that knows which certificate took the place of which.
    async fn must_be_theirs(
        &self,
        tx: &mut Tx,
        (who, now): (&SignedIn, UnixMillis),
        letter: Option<OpenedLetter>,
        renewed: Option<CertificateId>,
    ) -> Result<()> {
        let vault = &self.custody.stores.vault;
        if let Some(letter) = letter {
            let account = vault.account_of(tx, letter.resident).await?;
            if account.is_none_or(|account| account.account_id != who.account) {
                return Err(Failure::Refused("letter-of-another"));
            }
            let used = vault.use_letter(tx, letter.id).await?;
            return if used { Ok(()) } else { Err(Failure::Refused("letter-used")) };
        }
        if who.card_is_fresh(now) {
            return Ok(());
        }
        let old = vault.current_binding_in(tx, who.account).await?;
        let old = old.map(|binding| stored_certificate(&self.custody, &binding)).transpose()?;
        if old.is_some() && old == renewed {
            return Ok(());
        }
        Err(Failure::Refused("card-unproven"))
    }

    /// The card of the account, if the authority says that this one took its place. Asked before the account is held, and
    /// where reading keeps nobody waiting: what the authority says may be long.
    async fn renewed(&self, who: &SignedIn, card: &Presented) -> Result<Option<CertificateId>> {
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let old = vault.current_binding_in(&mut tx, who.account).await?;
        tx.rollback().await?;
        let Some(old) = old.map(|binding| stored_certificate(&self.custody, &binding)).transpose()? else {
            return Ok(None);
        };
        let (status, asked, new) = (Arc::clone(&self.status), old.clone(), card.certificate.id.clone());
        let read = tokio::task::spawn_blocking(move || status.is_renewal(&asked, &new)).await;
        let is_renewal = read.map_err(|_| Internal::Unexpected("the list of renewals could not be read"))?;
        Ok(is_renewal.then_some(old))
    }

    /// The card of the account, once more.
    pub(super) async fn step_up(&self, visitor: &Visitor<'_>, card: &Presented) -> Result<SignedIn> {
        let who = visitor.signed_in.ok_or(Failure::Refused("not-signed-in"))?;
        let HeldAccount { mut tx, now } = session::hold_account(&self.custody, who).await?;
        let known = known_binding(&self.custody, &mut tx, &card.certificate).await?;
        let known = known.ok_or(Failure::Refused("card-unknown"))?;
        if known.account_id != who.account {
            return Err(Failure::Refused("card-of-another"));
        }
        if known.state != BindingState::Active {
            return Err(Failure::Refused("card-not-active"));
        }
        outbox::note_account_event(&self.custody, &mut tx, who.account, Entry::new(AccountEvent::CardShown))
            .await?;
        let shown = SignedIn { card_verified_at: Some(now), ..who.clone() };
        let shown = session::raise_session(&self.custody, &mut tx, visitor, shown).await?;
        tx.commit().await?;
        Ok(shown)
    }
}
