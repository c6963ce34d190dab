//! First time here: the card and the letter together make an account.

use super::{CardDesk, CardStep, TICKET_LIFE, Visitor, present::Presented};
use crate::{
    Failure, Result,
    outbox::{Entry, Kind},
};
use techo_model::{AccountId, BindingId, ResidentId};
use techo_store::{
    Tx,
    vault::{accounts::AccountRecord, bindings::BindingRecord, challenges::TicketRecord},
};

impl CardDesk {
    pub(super) async fn enrol(
        &self,
        visitor: &Visitor<'_>,
        card: &Presented,
        code: Option<&str>,
    ) -> Result<CardStep> {
        if let Some(known) = &card.binding {
            return self.resume(visitor, card, known).await;
        }
        let letter = self.domain.open_letter(code.unwrap_or_default()).await?;
        let vault = &self.domain.stores.vault;
        let mut tx = vault.begin().await?;
        if vault.account_of(&mut tx, letter.resident).await?.is_some() {
            return Err(Failure::Refused("account-exists"));
        }
        let account = self.new_account(visitor, letter.resident);
        let id = account.account_id;
        if !vault.insert_account(&mut tx, &account).await? {
            return Err(Failure::Refused("account-exists"));
        }
        let binding = self.domain.new_binding(id, &card.certificate, card.at);
        if !vault.insert_binding(&mut tx, &binding).await? {
            return Err(Failure::Refused("card-known"));
        }
        if !vault.use_letter(&mut tx, letter.id).await? {
            return Err(Failure::Refused("letter-used"));
        }
        self.give_ticket(
            &mut tx,
            visitor,
            card,
            Won { account: id, binding: binding.binding_id, purpose: "enrol" },
        )
        .await?;
        self.domain.note(&mut tx, id, Entry::new(Kind::Enrolled)).await?;
        tx.commit().await?;
        Ok(CardStep::MakePasskey)
    }

    /// A card that is bound already enrols once more only when its account was left without any passkey, as when the
    /// browser was closed after the card: there is nothing to take over.
    async fn resume(
        &self,
        visitor: &Visitor<'_>,
        card: &Presented,
        known: &BindingRecord,
    ) -> Result<CardStep> {
        let vault = &self.domain.stores.vault;
        let mut tx = vault.begin().await?;
        let active = vault.lock_account(&mut tx, known.account_id, card.at).await?;
        if !active || known.state != "active" {
            return Err(Failure::Refused("card-not-active"));
        }
        if !vault.passkeys_of_in(&mut tx, known.account_id).await?.is_empty() {
            return Err(Failure::Refused("card-known"));
        }
        let won = Won { account: known.account_id, binding: known.binding_id, purpose: "enrol" };
        self.give_ticket(&mut tx, visitor, card, won).await?;
        tx.commit().await?;
        Ok(CardStep::MakePasskey)
    }

    fn new_account(&self, visitor: &Visitor<'_>, resident: ResidentId) -> AccountRecord {
        let world = &self.domain.world;
        let now = world.now();
        AccountRecord {
            account_id: AccountId(world.new_id()),
            resident_id: resident,
            user_handle: world.opaque_id(),
            state: "active".to_owned(),
            agreed_version: visitor.agreed.map(str::to_owned),
            agreed_at: visitor.agreed.map(|_| now),
            language: visitor.language.map(str::to_owned),
            exports_locked_until: None,
            signed_out_at: None,
            created_at: now,
            changed_at: now,
        }
    }

    pub(super) async fn give_ticket(
        &self,
        tx: &mut Tx,
        visitor: &Visitor<'_>,
        card: &Presented,
        won: Won,
    ) -> Result<()> {
        let ticket = TicketRecord {
            account_id: won.account,
            binding_id: won.binding,
            purpose: won.purpose.to_owned(),
            shown_at: card.at,
            expires_at: card.at.plus(TICKET_LIFE),
        };
        Ok(self.domain.stores.vault.put_ticket(tx, visitor.session.as_bytes(), &ticket).await?)
    }
}

/// What a card won.
pub(super) struct Won {
    pub account: AccountId,
    pub binding: BindingId,
    pub purpose: &'static str,
}
