//! A new passkey: with the ticket that a card won, or by somebody whose passkey was verified a moment ago.

use super::{
    AddPasskeyError, CreationOptions, MAX_PASSKEYS, OPAQUE_NAME, PasskeyCeremonies, RegistrationResponse,
    client::{must_be_the_announced, must_be_well_formed},
    credential::{BackupFlags, encode},
    manage::is_active,
};
use crate::{
    passkey::{keep_ceremony, take_ceremony},
    refusal::{CardRefusal, PasskeyRefusal, SessionRefusal},
    session::{self, CeremonyVisitor, SignedIn, opening::Opening},
};
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::{Internal, Result};
use techo_model::{
    AccountId, BindingId, PasskeyId, UnixMillis,
    account::{AccountEvent, AccountState, BindingState, CeremonyPurpose, PasskeyState},
};
use techo_store::{RowKey, Tx, vault::passkeys::PasskeyRecord};
use webauthn_rs::prelude::{Passkey, PasskeyRegistration};
use webauthn_rs_proto::{AuthenticatorSelectionCriteria, ResidentKeyRequirement, UserVerificationPolicy};

/// A passkey that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredPasskey {
    /// Which.
    pub passkey: PasskeyId,
    /// With a ticket: who is signed in by it, under the visitor's new cookie.
    pub signed_in: Option<SignedIn>,
}

/// The options of the library, asking for a key that is found without a name and verifies its user.
pub(crate) fn discoverable(mut options: CreationOptions) -> CreationOptions {
    options.authenticator_selection = Some(AuthenticatorSelectionCriteria {
        authenticator_attachment: None,
        resident_key: Some(ResidentKeyRequirement::Required),
        require_resident_key: true,
        user_verification: UserVerificationPolicy::Required,
    });
    options
}

/// Refuses a key of which the browser says that it is not found without a name.
pub(crate) fn must_be_discoverable(answer: &RegistrationResponse) -> Result<()> {
    match answer.extensions.cred_props.as_ref().and_then(|props| props.rk) {
        Some(false) => Err(PasskeyRefusal::NotDiscoverable.into()),
        _ => Ok(()),
    }
}

/// Who may make a passkey, and from which card.
struct Right {
    binding: BindingId,
    /// When the card was shown for a ticket.
    card_shown_at: Option<UnixMillis>,
}

impl PasskeyCeremonies {
    /// Begins a registration. The options go to the browser as they are.
    ///
    /// # Errors
    /// [`Failure::Refused`] without a ticket or a fresh verification, [`AddPasskeyError::TooMany`] when there are
    /// [`MAX_PASSKEYS`] already.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn begin_registration(
        &self,
        visitor: &CeremonyVisitor<'_>,
    ) -> Result<CreationOptions, AddPasskeyError> {
        let now = self.custody.environment.now();
        let (vault, session) = (&self.custody.stores.vault, visitor.session);
        let ticket = vault.ticket(session.as_bytes(), now).await?.map(|ticket| ticket.account_id);
        let fresh = visitor.signed_in.filter(|who| who.is_fresh(now)).map(|who| who.account);
        let account = ticket.or(fresh).ok_or(SessionRefusal::NotFresh)?;
        let found = vault.account(account).await?.filter(|found| found.state == AccountState::Active);
        let found = found.ok_or(SessionRefusal::AccountNotActive)?;
        // Suspended ones may be overwritten: after a recovery the same device must be able to make a new one.
        let active = vault.passkeys_of(account).await?.into_iter().filter(is_active);
        let exclude: Vec<_> = active.map(|passkey| passkey.credential_id).collect();
        if exclude.len() >= MAX_PASSKEYS {
            return Err(AddPasskeyError::TooMany);
        }
        let (options, state) = self
            .webauthn
            .start_passkey_registration(found.user_handle, OPAQUE_NAME, OPAQUE_NAME, Some(exclude))
            .map_err(|_| Internal::Unexpected("a registration cannot begin"))?;
        keep_ceremony(&self.custody, session, CeremonyPurpose::Register, Some(account), &state).await?;
        Ok(discoverable(options.public_key))
    }

    /// Ends a registration. With a ticket, which is used up, the person is signed in as well. The visitor's agent is the
    /// passkey's first name.
    ///
    /// # Errors
    /// [`Failure::Refused`] for whatever is wrong with the answer or the right to give it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn finish_registration(
        &self,
        visitor: &CeremonyVisitor<'_>,
        answer: &RegistrationResponse,
    ) -> Result<RegisteredPasskey> {
        let (account, state) =
            take_ceremony::<PasskeyRegistration>(&self.custody, visitor.session, CeremonyPurpose::Register)
                .await?;
        let account =
            account.ok_or_else(|| Internal::corrupt("passkey_ceremony", "account_id", RowKey::Unnamed))?;
        must_be_well_formed(answer)?;
        let made = self.webauthn.finish_passkey_registration(answer, &state).map_err(|error| {
            tracing::info!(%account, %error, "a new passkey was refused");
            PasskeyRefusal::Wrong
        })?;
        must_be_the_announced(answer, &made)?;
        must_be_discoverable(answer)?;
        self.custody.environment.pause_point("registration.checked").await;
        self.store(visitor, account, &made).await
    }

    async fn store(
        &self,
        visitor: &CeremonyVisitor<'_>,
        account: AccountId,
        made: &Passkey,
    ) -> Result<RegisteredPasskey> {
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let now = session::lock_account(&self.custody, &mut tx, account).await?;
        let right = self.right(&mut tx, visitor, account, now).await?;
        if vault.passkeys_of_in(&mut tx, account).await?.iter().filter(|it| is_active(it)).count()
            >= MAX_PASSKEYS
        {
            return Err(PasskeyRefusal::TooMany.into());
        }
        let flags = BackupFlags::of(made)?;
        let passkey = PasskeyRecord {
            passkey_id: PasskeyId(self.custody.environment.new_id()),
            account_id: account,
            derived_from: right.binding,
            credential_id: made.cred_id().to_vec(),
            credential: encode(made)?,
            nickname: visitor.agent.to_owned(),
            backup_eligible: flags.eligible,
            backup_state: flags.state,
            state: PasskeyState::Active,
            created_at: now,
            last_used_at: None,
        };
        if !vault.insert_passkey(&mut tx, &passkey).await? {
            return Err(PasskeyRefusal::CredentialKnown.into());
        }
        let id = passkey.passkey_id;
        outbox::note_account_event(
            &self.custody,
            &mut tx,
            account,
            OutboxEntry::new(AccountEvent::PasskeyAdded).id("passkey", id),
        )
        .await?;
        let signed_in = match right.card_shown_at {
            Some(_) => {
                let opening = Opening { account, passkey: id, card_shown_at: right.card_shown_at, now };
                Some(session::open_session(&self.custody, &mut tx, visitor, opening).await?)
            }
            None => None,
        };
        tx.commit().await?;
        Ok(RegisteredPasskey { passkey: id, signed_in })
    }

    /// The ticket, taken, or the fresh verification of whoever still is signed in; and a card in order behind it.
    async fn right(
        &self,
        tx: &mut Tx,
        visitor: &CeremonyVisitor<'_>,
        account: AccountId,
        now: UnixMillis,
    ) -> Result<Right> {
        let vault = &self.custody.stores.vault;
        let ticket = vault.take_ticket(tx, visitor.session.as_bytes(), account, now).await?;
        if ticket.is_none() {
            let who = visitor.signed_in.filter(|who| who.account == account && who.is_fresh(now));
            session::require_live_session(&self.custody, tx, who.ok_or(SessionRefusal::NotFresh)?, now)
                .await?;
        }
        let binding =
            vault.current_binding_in(tx, account).await?.filter(|found| found.state == BindingState::Active);
        let binding = binding.ok_or(CardRefusal::NotActive)?.binding_id;
        if ticket.as_ref().is_some_and(|ticket| ticket.binding_id != binding) {
            return Err(CardRefusal::Replaced.into());
        }
        Ok(Right { binding, card_shown_at: ticket.map(|ticket| ticket.shown_at) })
    }
}
