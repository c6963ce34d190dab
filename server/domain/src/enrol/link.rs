//! A renewed card, and the card once more, for somebody who is signed in.

use super::{CardDesk, Visitor, present::Presented};
use crate::{
    Failure, Result,
    outbox::{Entry, Kind},
    session::SignedIn,
};

impl CardDesk {
    /// A new card joins the account. Nothing in its certificate says whose it is, so that the passkey does, verified a
    /// moment ago in the same session; a card that is bound to anybody, this account's former ones included, does not.
    pub(super) async fn link(&self, visitor: &Visitor<'_>, card: &Presented) -> Result<SignedIn> {
        let who = visitor.signed_in.ok_or(Failure::Refused("not-signed-in"))?;
        if !who.is_fresh(card.at) {
            return Err(Failure::Refused("not-fresh"));
        }
        let vault = &self.domain.stores.vault;
        let mut tx = vault.begin().await?;
        if !vault.lock_account(&mut tx, who.account, card.at).await? {
            return Err(Failure::Refused("account-not-active"));
        }
        match &card.binding {
            Some(known) if known.account_id != who.account => {
                return Err(Failure::Refused("card-of-another"));
            }
            Some(known) if known.state != "active" => return Err(Failure::Refused("card-not-active")),
            // The same card again changes nothing.
            Some(_) => {}
            None => drop(self.replace_card(&mut tx, who.account, card).await?),
        }
        tx.commit().await?;
        Ok(SignedIn { card_verified_at: Some(card.at), ..who.clone() })
    }

    /// The card of the account, once more.
    pub(super) async fn step_up(&self, visitor: &Visitor<'_>, card: &Presented) -> Result<SignedIn> {
        let who = visitor.signed_in.ok_or(Failure::Refused("not-signed-in"))?;
        let known = card.binding.as_ref().ok_or(Failure::Refused("card-unknown"))?;
        if known.account_id != who.account {
            return Err(Failure::Refused("card-of-another"));
        }
        if known.state != "active" {
            return Err(Failure::Refused("card-not-active"));
        }
        let vault = &self.domain.stores.vault;
        let mut tx = vault.begin().await?;
        if !vault.lock_account(&mut tx, who.account, card.at).await? {
            return Err(Failure::Refused("account-not-active"));
        }
        self.domain.note(&mut tx, who.account, Entry::new(Kind::CardShown)).await?;
        tx.commit().await?;
        Ok(SignedIn { card_verified_at: Some(card.at), ..who.clone() })
    }
}
