//! Lost everything: the card again. No mail, no questions, no favour of support.

use super::{CardDesk, CardStep, EXPORT_LOCK, Visitor, enrolment::Won, present::Presented};
use crate::{
    Failure, Result,
    outbox::{Entry, Kind},
};
use techo_model::AccountId;
use techo_store::{Tx, vault::bindings::BindingRecord};

impl CardDesk {
    /// A known card recovers its account. A card that nobody knows recovers one with a letter that the municipality
    /// sent to its holder on request: the way back for those who lost the card as well.
    pub(super) async fn recover(
        &self,
        visitor: &Visitor<'_>,
        card: &Presented,
        code: Option<&str>,
    ) -> Result<CardStep> {
        let vault = &self.domain.stores.vault;
        if let Some(known) = &card.binding {
            let mut tx = vault.begin().await?;
            if !matches!(known.state.as_str(), "active" | "held") {
                return Err(Failure::Refused("card-not-active"));
            }
            self.domain.wake(&mut tx, known, card.at).await?;
            return self.reset(tx, visitor, card, known).await;
        }
        let letter = self.domain.open_letter(code.unwrap_or_default()).await?;
        let mut tx = vault.begin().await?;
        let account = vault.account_of(&mut tx, letter.resident).await?;
        let account = account.ok_or(Failure::Refused("no-account"))?.account_id;
        if !vault.lock_account(&mut tx, account, card.at).await? {
            return Err(Failure::Refused("account-not-active"));
        }
        if !vault.use_letter(&mut tx, letter.id).await? {
            return Err(Failure::Refused("letter-used"));
        }
        let binding = self.replace_card(&mut tx, account, card).await?;
        self.reset(tx, visitor, card, &binding).await
    }

    /// Puts this card in the place of the account's current one.
    pub(super) async fn replace_card(
        &self,
        tx: &mut Tx,
        account: AccountId,
        card: &Presented,
    ) -> Result<BindingRecord> {
        let vault = &self.domain.stores.vault;
        vault.supersede_binding(tx, account, card.at).await?;
        let binding = self.domain.new_binding(account, &card.certificate, card.at);
        if !vault.insert_binding(tx, &binding).await? {
            return Err(Failure::Refused("card-known"));
        }
        let entry = Entry::new(Kind::CardLinked).id("card", binding.binding_id);
        self.domain.note(tx, account, entry).await?;
        Ok(binding)
    }

    async fn reset(
        &self,
        mut tx: Tx,
        visitor: &Visitor<'_>,
        card: &Presented,
        binding: &BindingRecord,
    ) -> Result<CardStep> {
        let (vault, account, here) =
            (&self.domain.stores.vault, binding.account_id, visitor.session.as_bytes());
        if !vault.lock_account(&mut tx, account, card.at).await? {
            return Err(Failure::Refused("account-not-active"));
        }
        // Those that an earlier recovery suspended and nobody confirmed since would pile up.
        vault.drop_suspended_passkeys(&mut tx, account).await?;
        let suspended = vault.suspend_passkeys(&mut tx, account).await?;
        vault.mark_signed_out(&mut tx, account, card.at).await?;
        let ended = vault.revoke_other_sessions(&mut tx, account, here, card.at).await?;
        vault.drop_other_tickets(&mut tx, account, here).await?;
        vault.lock_exports(&mut tx, account, card.at.plus(EXPORT_LOCK)).await?;
        if let Some(version) = visitor.agreed {
            vault.put_agreement(&mut tx, account, version, card.at).await?;
        }
        let won = Won { account, binding: binding.binding_id, purpose: "recover" };
        self.give_ticket(&mut tx, visitor, card, won).await?;
        let entry = Entry::new(Kind::Recovered).count("passkeys", suspended).count("sessions", ended);
        self.domain.note(&mut tx, account, entry).await?;
        tx.commit().await?;
        Ok(CardStep::MakePasskey)
    }
}
