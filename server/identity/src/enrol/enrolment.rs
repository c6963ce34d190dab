//! First time here: the card and the letter together make an account.

use super::{
    CardCeremonies, CardStep, CeremonyVisitor, TICKET_LIFE, account_card::AccountCard, present::PresentedCard,
};
use crate::{
    enrol::new_binding,
    letters, ownership,
    refusal::{CardRefusal, LetterRefusal},
    session::{self, SessionKey},
};
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::Result;
use techo_model::{
    AccountId, ResidentId, SessionId, UnixMillis,
    account::{AccountEvent, AccountState, CardPurpose, SessionDoor},
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
        visitor: &CeremonyVisitor<'_>,
        card: &PresentedCard,
        code: Option<&str>,
    ) -> Result<CardStep> {
        if let Some(known) = card.known() {
            return self.resume(visitor, card, known).await;
        }
        let letter = letters::open_letter(&self.custody, code.unwrap_or_default()).await?;
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        if vault.account_of(&mut tx, letter.resident).await?.is_some() {
            return Err(CardRefusal::AccountExists.into());
        }
        let now = self.custody.environment.now();
        let account = self.new_account(visitor, letter.resident, now);
        let id = account.account_id;
        if !vault.insert_account(&mut tx, &account).await? {
            return Err(CardRefusal::AccountExists.into());
        }
        let binding = new_binding(&self.custody, id, card.certificate(), now);
        if !vault.insert_binding(&mut tx, &binding).await? {
            return Err(CardRefusal::Known.into());
        }
        if !vault.use_letter(&mut tx, letter.id).await? {
            return Err(LetterRefusal::Used.into());
        }
        let left = session::leave_session(&self.custody, &mut tx, visitor.session, now).await?;
        let bound = self.account_card(&mut tx, card, (id, now)).await?;
        self.give_ticket(&mut tx, (left, visitor.next), &bound, CardPurpose::Enrol).await?;
        outbox::note_account_event(&self.custody, &mut tx, id, OutboxEntry::new(AccountEvent::Enrolled))
            .await?;
        tx.commit().await?;
        Ok(CardStep::MakePasskey)
    }

    /// A card that is bound already enrols once more only when its account was left without any passkey, as when the
    /// browser was closed after the card: there is nothing to take over.
    async fn resume(
        &self,
        visitor: &CeremonyVisitor<'_>,
        card: &PresentedCard,
        known: &BindingRecord,
    ) -> Result<CardStep> {
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let now = session::lock_account(&self.custody, &mut tx, known.account_id).await?;
        let known = self.account_card(&mut tx, card, (known.account_id, now)).await?;
        if !vault.passkeys_of_in(&mut tx, known.account()).await?.is_empty() {
            return Err(CardRefusal::Known.into());
        }
        let left = session::leave_session(&self.custody, &mut tx, visitor.session, now).await?;
        self.give_ticket(&mut tx, (left, visitor.next), &known, CardPurpose::Enrol).await?;
        tx.commit().await?;
        Ok(CardStep::MakePasskey)
    }

    fn new_account(
        &self,
        visitor: &CeremonyVisitor<'_>,
        resident: ResidentId,
        now: UnixMillis,
    ) -> AccountRecord {
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
        shown: &AccountCard,
        purpose: CardPurpose,
    ) -> Result<()> {
        let vault = &self.custody.stores.vault;
        let (key, now) = (next.as_bytes(), shown.shown_at());
        let begun = SuccessorSession { key, session_id: left, door: SessionDoor::Portal, at: now };
        vault.succeed_session(tx, &begun).await?;
        let ticket = TicketRecord {
            account_id: shown.account(),
            binding_id: shown.binding(),
            purpose,
            shown_at: now,
            expires_at: now.plus(TICKET_LIFE),
        };
        vault.put_ticket(tx, key, &ticket).await?;
        self.custody.environment.pause_point("ticket.given").await;
        Ok(())
    }
}
