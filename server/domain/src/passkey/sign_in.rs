//! One button, no name: the passkey says who it belongs to.

use super::{
    AuthenticationResponse, PasskeyDesk, RequestOptions, ceremony::Purpose, credential::Used,
    manage::is_active,
};
use crate::{
    Failure, Result,
    card::CardStatus,
    enrol::CardTrouble,
    outbox::{Entry, Kind},
    session::{SessionKey, SignedIn},
};
use techo_model::SessionId;
use techo_store::vault::{
    bindings::BindingRecord,
    passkeys::{CredentialUse, PasskeyRecord},
};
use webauthn_rs::prelude::DiscoverableAuthentication;

/// A session that may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// To be written into the session, with a new cookie.
    pub signed_in: SignedIn,
    /// Something about the card that the holder should know.
    pub trouble: Option<CardTrouble>,
}

/// Whether an account lets its passkeys in today.
enum Door {
    Open { binding: BindingRecord, is_good: bool, trouble: Option<CardTrouble> },
    Shut(&'static str),
    BelowAge,
}

impl PasskeyDesk {
    /// Begins to sign in. The options name nobody and go to the browser as they are.
    pub async fn begin_sign_in(&self, session: &SessionKey) -> Result<RequestOptions> {
        self.domain.begin_sign_in(&self.webauthn, session).await
    }

    /// Ends to sign in. `agent` is what [`crate::session::agent_family`] says of the browser.
    ///
    /// # Errors
    /// [`Failure::Refused`] for every reason, after the same work; [`Failure::BelowAge`] when the signature was right and its
    /// owner is too young.
    pub async fn finish_sign_in(
        &self,
        session: &SessionKey,
        answer: &AuthenticationResponse,
        agent: &str,
    ) -> Result<Opened> {
        let (_, state) =
            self.domain.take_ceremony::<DiscoverableAuthentication>(session, Purpose::SignIn).await?;
        let passkey = self.named_passkey(answer).await?;
        let used = self.check(answer, state, passkey.as_ref())?;
        let passkey = passkey.ok_or(Failure::Refused("passkey-unknown"))?;
        match self.door(&passkey).await? {
            Door::BelowAge => Err(Failure::BelowAge),
            Door::Shut(reason) => {
                let mut tx = self.domain.stores.vault.begin().await?;
                let entry = Entry::new(Kind::SignInRefused).word("reason", reason);
                self.domain.note(&mut tx, passkey.account_id, entry).await?;
                tx.commit().await?;
                Err(Failure::Refused(reason))
            }
            Door::Open { binding, is_good, trouble } => {
                let signed_in = self.enter(&passkey, &used, is_good.then_some(&binding), agent).await?;
                Ok(Opened { signed_in, trouble })
            }
        }
    }

    /// The passkey that an answer names, when its user handle names the same account.
    async fn named_passkey(&self, answer: &AuthenticationResponse) -> Result<Option<PasskeyRecord>> {
        let vault = &self.domain.stores.vault;
        let named = self.webauthn.identify_discoverable_authentication(answer);
        let handle = named.map(|(handle, _)| handle).unwrap_or_default();
        let account = vault.account_by_handle(handle).await?;
        let passkey = vault.passkey_by_credential(&answer.raw_id).await?;
        Ok(passkey.filter(|found| account.is_some_and(|account| account.account_id == found.account_id)))
    }

    /// Asks account, passkey, person and card, in this order.
    async fn door(&self, passkey: &PasskeyRecord) -> Result<Door> {
        let vault = &self.domain.stores.vault;
        let Some(owner) = vault.owner_facts(passkey.account_id).await? else {
            return Ok(Door::Shut("account-not-active"));
        };
        if !self.domain.is_of_enrol_age(owner.resident_id, &owner.birth_sealed)? {
            return Ok(Door::BelowAge);
        }
        if !is_active(passkey) {
            return Ok(Door::Shut("passkey-suspended"));
        }
        let Some(binding) = vault.current_binding(passkey.account_id).await? else {
            return Ok(Door::Shut("no-card"));
        };
        let judged = self.domain.judge(&*self.status, &binding)?;
        if !judged.may_sign_in(&binding) {
            return Ok(Door::Shut("card-not-active"));
        }
        let trouble = judged.trouble(&binding, self.domain.world.now());
        Ok(Door::Open { binding, is_good: judged.status == CardStatus::Good, trouble })
    }

    /// Writes the use down, so that a copy of the passkey with the same counter does not get in beside it.
    async fn enter(
        &self,
        passkey: &PasskeyRecord,
        used: &Used,
        good: Option<&BindingRecord>,
        agent: &str,
    ) -> Result<SignedIn> {
        let (vault, now) = (&self.domain.stores.vault, self.domain.world.now());
        let mut tx = vault.begin().await?;
        let using = CredentialUse {
            before: &used.before,
            after: &used.after,
            backup_state: used.backup_state,
            at: now,
        };
        if !vault.note_passkey_use(&mut tx, passkey.passkey_id, using).await? {
            return Err(Failure::Refused("passkey-used-elsewhere"));
        }
        if let Some(binding) = good {
            self.domain.wake(&mut tx, binding, now).await?;
            vault.note_good_status(&mut tx, binding.binding_id, now).await?;
        }
        let entry = Entry::new(Kind::SignedIn).id("passkey", passkey.passkey_id);
        self.domain.note(&mut tx, passkey.account_id, entry).await?;
        tx.commit().await?;
        Ok(SignedIn {
            session: SessionId(self.domain.world.new_id()),
            account: passkey.account_id,
            passkey: Some(passkey.passkey_id),
            at: now,
            verified_at: now,
            card_verified_at: None,
            agent: agent.to_owned(),
        })
    }
}
