//! First time here: the card and the letter together make an account.

use super::{CardCeremonies, CardStep, TICKET_LIFE, Visitor, present::Presented};
use crate::{
    enrol::{known_binding, new_binding},
    letters, ownership,
    session::{self, SessionKey},
};
use techo_audit::outbox::{self, Entry};
use techo_custody::{Failure, Result};
use techo_model::{
    AccountId, BindingId, ResidentId, SessionId, UnixMillis,
    account::{
        AccountEvent, {AccountState, BindingState, CardPurpose, SessionDoor},
    },
};
use techo_store::{
    Tx,
    vault::{
        accounts::AccountRecord, bindings::BindingRecord, challenges::TicketRecord,
        sessions::SuccessorSession,
    },
};

impl CardCeremonies {
    pub(super) async fn enrol(
        &self,
        visitor: &Visitor<'_>,
        card: &Presented,
        code: Option<&str>,
    ) -> Result<CardStep> {
        if let Some(known) = &card.binding {
            return self.resume(visitor, card, known).await;
        }
        let letter = letters::open_letter(&self.custody, code.unwrap_or_default()).await?;
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        if vault.account_of(&mut tx, letter.resident).await?.is_some() {
            return Err(Failure::Refused("account-exists"));
        }
        let now = self.custody.environment.now();
        let account = self.new_account(visitor, letter.resident, now);
        let id = account.account_id;
        if !vault.insert_account(&mut tx, &account).await? {
            return Err(Failure::Refused("account-exists"));
        }
        let binding = new_binding(&self.custody, id, &card.certificate, now);
        if !vault.insert_binding(&mut tx, &binding).await? {
            return Err(Failure::Refused("card-known"));
        }
        if !vault.use_letter(&mut tx, letter.id).await? {
            return Err(Failure::Refused("letter-used"));
        }
        let left = session::leave_session(&self.custody, &mut tx, visitor.session, now).await?;
        let won = Won { account: id, binding: binding.binding_id, purpose: CardPurpose::Enrol, now };
        self.give_ticket(&mut tx, (left, visitor.next), won).await?;
        outbox::note_account_event(&self.custody, &mut tx, id, Entry::new(AccountEvent::Enrolled)).await?;
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
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let now = session::lock_account(&self.custody, &mut tx, known.account_id).await?;
        let known = known_binding(&self.custody, &mut tx, &card.certificate).await?;
        let known = known.filter(|known| known.state == BindingState::Active);
        let known = known.ok_or(Failure::Refused("card-not-active"))?;
        if !vault.passkeys_of_in(&mut tx, known.account_id).await?.is_empty() {
            return Err(Failure::Refused("card-known"));
        }
        let left = session::leave_session(&self.custody, &mut tx, visitor.session, now).await?;
        let won =
            Won { account: known.account_id, binding: known.binding_id, purpose: CardPurpose::Enrol, now };
        self.give_ticket(&mut tx, (left, visitor.next), won).await?;
        tx.commit().await?;
        Ok(CardStep::MakePasskey)
    }

    fn new_account(&self, visitor: &Visitor<'_>, resident: ResidentId, now: UnixMillis) -> AccountRecord {
        let environment = &self.custody.environment;
        let account = AccountId(environment.new_id());
        AccountRecord {
            account_id: account,
            resident_id: resident,
            user_handle: environment.opaque_id(),
            state: AccountState::Active,
            agreed_version: visitor.agreed.map(str::to_owned),
            agreed_at: visitor.agreed.map(|_| now),
            language: visitor.language.map(str::to_owned),
            exports_locked_until: None,
            signed_out_at: None,
            created_at: now,
            changed_at: now,
            owner_mac: Some(ownership::owner_mac(&self.custody, account, resident)),
        }
    }

    /// Gives the browser a session of its own in the place of `left`, and a ticket that belongs to its new cookie alone:
    /// whoever has a copy of the old one, from before the card was shown, has nothing. Nobody is signed in until the
    /// passkey is made.
    pub(super) async fn give_ticket(
        &self,
        tx: &mut Tx,
        (left, next): (SessionId, &SessionKey),
        won: Won,
    ) -> Result<()> {
        let vault = &self.custody.stores.vault;
        let key = next.as_bytes();
        let begun = SuccessorSession { key, session_id: left, door: SessionDoor::Portal, at: won.now };
        vault.succeed_session(tx, &begun).await?;
        let ticket = TicketRecord {
            account_id: won.account,
            binding_id: won.binding,
            purpose: won.purpose,
            shown_at: won.now,
            expires_at: won.now.plus(TICKET_LIFE),
        };
        vault.put_ticket(tx, key, &ticket).await?;
        self.custody.environment.pause_point("ticket.given").await;
        Ok(())
    }
}

/// What a card won.
pub(super) struct Won {
    pub account: AccountId,
    pub binding: BindingId,
    pub purpose: CardPurpose,
    pub now: UnixMillis,
}
