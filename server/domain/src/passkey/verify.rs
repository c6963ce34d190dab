//! One more look at the passkey of somebody who is signed in, before something that matters.

use super::{AuthenticationResponse, PasskeyDesk, RequestOptions, ceremony::Purpose, manage::is_active};
use crate::{
    Failure, Internal, Result,
    session::{SessionKey, SignedIn},
};
use techo_store::vault::passkeys::CredentialUse;
use webauthn_rs::prelude::DiscoverableAuthentication;
use webauthn_rs_proto::AllowCredentials;

impl PasskeyDesk {
    /// Begins a fresh verification with any active passkey of the account.
    pub async fn begin_verification(&self, session: &SessionKey, who: &SignedIn) -> Result<RequestOptions> {
        let passkeys = self.domain.stores.vault.passkeys_of(who.account).await?;
        let (options, state) = self
            .webauthn
            .start_discoverable_authentication()
            .map_err(|_| Internal::Unexpected("a verification cannot begin"))?;
        self.domain.keep_ceremony(session, Purpose::Verify, Some(who.account), &state).await?;
        let mut options = options.public_key;
        options.allow_credentials = passkeys
            .into_iter()
            .filter(is_active)
            .map(|passkey| AllowCredentials {
                type_: "public-key".to_owned(),
                id: passkey.credential_id,
                transports: None,
            })
            .collect();
        Ok(options)
    }

    /// Ends a fresh verification: the same session, verified now; to be written into the session, with a new cookie.
    ///
    /// # Errors
    /// [`Failure::Refused`] for every reason.
    pub async fn finish_verification(
        &self,
        session: &SessionKey,
        who: &SignedIn,
        answer: &AuthenticationResponse,
    ) -> Result<SignedIn> {
        let (account, state) =
            self.domain.take_ceremony::<DiscoverableAuthentication>(session, Purpose::Verify).await?;
        if account != Some(who.account) {
            return Err(Failure::Refused("ceremony-of-another"));
        }
        let (vault, now) = (&self.domain.stores.vault, self.domain.world.now());
        let passkey = vault.passkey_by_credential(&answer.raw_id).await?;
        let passkey = passkey.filter(|found| found.account_id == who.account && is_active(found));
        let used = self.check(answer, state, passkey.as_ref())?;
        let passkey = passkey.ok_or(Failure::Refused("passkey-unknown"))?;
        let mut tx = vault.begin().await?;
        if !vault.lock_account(&mut tx, who.account, now).await? {
            return Err(Failure::Refused("account-not-active"));
        }
        let using = CredentialUse {
            before: &used.before,
            after: &used.after,
            backup_state: used.backup_state,
            at: now,
        };
        if !vault.note_passkey_use(&mut tx, passkey.passkey_id, using).await? {
            return Err(Failure::Refused("passkey-used-elsewhere"));
        }
        tx.commit().await?;
        Ok(SignedIn { verified_at: now, ..who.clone() })
    }
}
