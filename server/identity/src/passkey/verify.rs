//! One more look at the passkey of somebody who is signed in, before something that matters.

use super::{AuthenticationResponse, PasskeyCeremonies, RequestOptions, manage::is_active};
use crate::{
    passkey::{keep_ceremony, take_ceremony},
    refusal::{PasskeyRefusal, SessionRefusal},
    session::{self, CeremonyVisitor, SessionKey, SignedIn, held::HeldAccount},
};
use techo_custody::{Internal, Refusal, Result};
use techo_model::account::CeremonyPurpose;
use techo_store::vault::passkeys::CredentialUse;
use webauthn_rs::prelude::DiscoverableAuthentication;
use webauthn_rs_proto::AllowCredentials;

impl PasskeyCeremonies {
    /// Begins a fresh verification with any active passkey of the account.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn begin_verification(&self, session: &SessionKey, who: &SignedIn) -> Result<RequestOptions> {
        let passkeys = self.custody.stores.vault.passkeys_of(who.account).await?;
        let (options, state) = self
            .webauthn
            .start_discoverable_authentication()
            .map_err(|_| Internal::Unexpected("a verification cannot begin"))?;
        keep_ceremony(&self.custody, session, CeremonyPurpose::Verify, Some(who.account), &state).await?;
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

    /// Ends a fresh verification: the same session, verified now, by this passkey, under the visitor's new cookie.
    ///
    /// # Errors
    /// `Failure::Refused` for every reason.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn finish_verification(
        &self,
        visitor: &CeremonyVisitor<'_>,
        answer: &AuthenticationResponse,
    ) -> Result<SignedIn> {
        let who = visitor.signed_in.ok_or(SessionRefusal::NotSignedIn)?;
        let (account, state) = take_ceremony::<DiscoverableAuthentication>(
            &self.custody,
            visitor.session,
            CeremonyPurpose::Verify,
        )
        .await?;
        if account != Some(who.account) {
            return Err(PasskeyRefusal::CeremonyOfAnother.into());
        }
        let vault = &self.custody.stores.vault;
        let passkey = vault.passkey_by_credential(&answer.raw_id).await?;
        let passkey = passkey.filter(|found| found.account_id == who.account && is_active(found));
        let used = self.check(answer, state, passkey.as_ref())?;
        let passkey = passkey.ok_or(PasskeyRefusal::Unknown)?;
        let used = used.inspect_err(|refused| {
            self.note_refused(who.account, Refusal::because(*refused));
        })?;
        self.custody.environment.pause_point("verification.checked").await;
        let HeldAccount { mut tx, now } = session::hold_account(&self.custody, who).await?;
        let using = CredentialUse {
            before: &used.before,
            after: &used.after,
            backup_state: used.backup_state,
            at: now,
        };
        if !vault.note_passkey_use(&mut tx, passkey.passkey_id, using).await? {
            return Err(PasskeyRefusal::UsedElsewhere.into());
        }
        let verified = SignedIn { verified_at: now, passkey: passkey.passkey_id, ..who.clone() };
        let verified = session::raise_session(&self.custody, &mut tx, visitor, verified).await?;
        tx.commit().await?;
        Ok(verified)
    }
}
