//! One button, no name: the passkey says who it belongs to.

use super::{AuthenticationResponse, PasskeyCeremonies, RequestOptions, credential::Used, manage::is_active};
use crate::{
    access,
    enrol::{self, CardWarning},
    passkey::{begin_sign_in, take_ceremony},
    refusal::{CardRefusal, PasskeyRefusal, SessionRefusal},
    session::{self, CeremonyVisitor, SessionKey, SignedIn, opening::Opening},
};
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::{Failure, Refusal, Result};
use techo_jpki::CardStatus;
use techo_model::{
    AccountId,
    account::{AccountEvent, CeremonyPurpose},
};
use techo_store::{
    Tx,
    vault::{
        bindings::BindingRecord,
        passkeys::{CredentialUse, PasskeyRecord},
    },
};
use webauthn_rs::prelude::DiscoverableAuthentication;

/// A session that began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BegunSession {
    /// Who is signed in by the visitor's new cookie.
    pub signed_in: SignedIn,
    /// Something about the card that the holder should know.
    pub trouble: Option<CardWarning>,
}

/// A card that lets its passkeys in today.
struct SignInGate {
    binding: BindingRecord,
    is_good: bool,
    trouble: Option<CardWarning>,
}

impl PasskeyCeremonies {
    /// Begins to sign in. The options name nobody and go to the browser as they are.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn begin_sign_in(&self, session: &SessionKey) -> Result<RequestOptions> {
        begin_sign_in(&self.custody, &self.webauthn, session).await
    }

    /// Ends to sign in: the session of the visitor's new cookie is open.
    ///
    /// # Errors
    /// [`Failure::Refused`] for every reason, after the same work. A refusal whose signature was right goes onto the
    /// owner's log by itself, after the answer. [`Failure::BelowAge`] when the signature was right and its owner is too young.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn finish_sign_in(
        &self,
        visitor: &CeremonyVisitor<'_>,
        answer: &AuthenticationResponse,
    ) -> Result<BegunSession> {
        let ceremony = take_ceremony::<DiscoverableAuthentication>(
            &self.custody,
            visitor.session,
            CeremonyPurpose::SignIn,
        )
        .await?;
        let passkey = self.named_passkey(answer).await?;
        let checked = self.check(answer, ceremony.1, passkey.as_ref())?;
        let passkey = passkey.ok_or(PasskeyRefusal::Unknown)?;
        self.custody.environment.pause_point("sign-in.checked").await;
        let opened = match checked {
            Ok(used) => self.enter(visitor, &passkey, &used).await,
            Err(wrong) => Err(wrong.into()),
        };
        // The visitor's own session ended while they signed in: they know, and nobody else is concerned.
        if let Err(Failure::Refused(refusal)) = opened
            && !refusal.is_because(SessionRefusal::Ended)
        {
            self.note_refused(passkey.account_id, refusal);
        }
        opened
    }

    /// Writes a refused sign-in onto the owner's log. Off the way of the answer, whose time would tell that there is
    /// something to be written.
    pub(super) fn note_refused(&self, account: AccountId, refusal: Refusal) {
        let reason = refusal.audit_word();
        let custody = self.custody.clone();
        tokio::spawn(async move {
            let noted = async {
                let mut tx = custody.stores.vault.begin().await?;
                let entry = OutboxEntry::new(AccountEvent::SignInRefused).word("reason", reason);
                outbox::note_account_event(&custody, &mut tx, account, entry).await?;
                Ok::<_, Failure>(tx.commit().await?)
            };
            if let Err(error) = noted.await {
                tracing::error!(%account, %error, reason, "a refused sign-in was not noted");
            }
        });
    }

    /// The passkey that an answer names, when its user handle names the same account.
    async fn named_passkey(&self, answer: &AuthenticationResponse) -> Result<Option<PasskeyRecord>> {
        let vault = &self.custody.stores.vault;
        let named = self.webauthn.identify_discoverable_authentication(answer);
        let handle = named.map(|(handle, _)| handle).unwrap_or_default();
        let account = vault.account_by_handle(handle).await?;
        let passkey = vault.passkey_by_credential(&answer.raw_id).await?;
        Ok(passkey.filter(|found| account.is_some_and(|account| account.account_id == found.account_id)))
    }

    /// Asks account, passkey, person and card, in this order.
    async fn sign_in_gate(&self, passkey: &PasskeyRecord) -> Result<SignInGate> {
        let vault = &self.custody.stores.vault;
        access::owner_scope(&self.custody, passkey.account_id).await?;
        if !is_active(passkey) {
            return Err(PasskeyRefusal::Suspended.into());
        }
        let binding = vault.current_binding(passkey.account_id).await?.ok_or(CardRefusal::NoCard)?;
        let judged = enrol::judge_binding(&self.custody, &self.status, &binding).await?;
        if !judged.may_sign_in(&binding) {
            return Err(CardRefusal::NotActive.into());
        }
        let trouble = judged.warning(&binding, self.custody.environment.now());
        Ok(SignInGate { binding, is_good: judged.status == CardStatus::Good, trouble })
    }

    /// Opens the session under the account's lock, and writes the use down, so that a copy of the passkey with the same
    /// counter does not get in beside it.
    async fn enter(
        &self,
        visitor: &CeremonyVisitor<'_>,
        passkey: &PasskeyRecord,
        used: &Used,
    ) -> Result<BegunSession> {
        let door = self.sign_in_gate(passkey).await?;
        self.custody.environment.pause_point("sign-in.judged").await;
        let vault = &self.custody.stores.vault;
        let mut tx = vault.begin().await?;
        let now = session::lock_account(&self.custody, &mut tx, passkey.account_id).await?;
        let using = CredentialUse {
            before: &used.before,
            after: &used.after,
            backup_state: used.backup_state,
            at: now,
        };
        if !vault.note_passkey_use(&mut tx, passkey.passkey_id, using).await? {
            return Err(PasskeyRefusal::UsedElsewhere.into());
        }
        self.must_be_the_judged_card(&mut tx, &door.binding).await?;
        if door.is_good {
            enrol::reactivate_binding(&self.custody, &mut tx, &door.binding, now).await?;
            vault.note_good_status(&mut tx, door.binding.binding_id, now).await?;
        }
        let (account, passkey) = (passkey.account_id, passkey.passkey_id);
        let opening = Opening { account, passkey, card_shown_at: None, now };
        let signed_in = session::open_session(&self.custody, &mut tx, visitor, opening).await?;
        let entry = OutboxEntry::new(AccountEvent::SignedIn).id("passkey", passkey);
        outbox::note_account_event(&self.custody, &mut tx, account, entry).await?;
        tx.commit().await?;
        Ok(BegunSession { signed_in, trouble: door.trouble })
    }

    /// The card that was judged before the account was held still is the account's, and nobody turned it since.
    async fn must_be_the_judged_card(&self, tx: &mut Tx, judged: &BindingRecord) -> Result<()> {
        let current = self.custody.stores.vault.current_binding_in(tx, judged.account_id).await?;
        let is_same = |now: &BindingRecord| now.binding_id == judged.binding_id && now.state == judged.state;
        if current.as_ref().is_some_and(is_same) { Ok(()) } else { Err(CardRefusal::NotActive.into()) }
    }
}
