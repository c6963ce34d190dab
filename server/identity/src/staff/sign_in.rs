//! Passkeys of the console: made with an invitation, bound to one device, and of no use at the portal.
//!
//! Device-bound means that the authenticator says of a key that it can never be copied (backup eligible 0), when it is
//! made and at each use. What an authenticator says is believed: only attestation could prove it.

use super::StaffVisitor;
use crate::{
    letters::ActivationCode,
    passkey::{
        self, AuthenticationResponse, CEREMONY_LIFE, CreationOptions, OPAQUE_NAME, RegistrationResponse,
        RequestOptions,
        client::{must_be_the_announced, must_be_well_formed},
        credential::{BackupFlags, StoredCredential, check, encode},
        registration::{discoverable, must_be_discoverable},
    },
    refusal::{PasskeyRefusal, StaffRefusal},
    session::SessionKey,
    staff::JoinError,
    staff::{invitation::invitation_lookup, open_staff_session, staff_workplace},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use techo_custody::{Custody, Failure, Internal, RefusalReason as _, Result};
use techo_model::{PasskeyId, StaffId, account::CeremonyPurpose, staff::StaffState};
use techo_store::vault::staff::{StaffPasskeyRecord, StaffRecord};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{DiscoverableAuthentication, Passkey, PasskeyRegistration, Url},
};

/// The setting that keeps the passkey domain of the console.
const RP_ID: &str = "console_rp_id";

/// Why the console cannot take passkeys. One Japanese sentence for whoever starts it.
#[derive(Debug, thiserror::Error)]
pub enum StaffSetupError {
    /// The address has no domain name.
    #[error(
        "TECHO_CONSOLE_URL: {0} ではパスキーを使えません。IPアドレスではなく、ドメイン名（または localhost）を指定してください。"
    )]
    Address(String),
    /// The domain name is another one than at the first start.
    #[error(
        "TECHO_CONSOLE_URL: パスキーのドメインは最初の起動で {kept} に決まっており、{now} には変えられません（変えると登録済みのパスキーがすべて使えなくなります）。"
    )]
    Moved {
        /// As it was fixed.
        kept: String,
        /// As the setting says now.
        now: String,
    },
    /// The vault failed.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// The state of an invited person's registration.
#[derive(Serialize, Deserialize)]
struct Joining {
    staff: StaffId,
    lookup: [u8; 32],
    registration: PasskeyRegistration,
}

/// Where staff make and show their passkeys. Cheap to clone.
#[derive(Clone)]
pub struct StaffSignIn {
    custody: Custody,
    webauthn: Arc<Webauthn>,
}

impl StaffSignIn {
    /// Ceremonies of the console at this address (`TECHO_CONSOLE_URL`). Its host becomes the passkey domain at the first
    /// start.
    ///
    /// # Errors
    /// One sentence when the address cannot serve, or is not the one of the first start.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn open(custody: Custody, console_url: &str) -> Result<Self, StaffSetupError> {
        let wrong = || StaffSetupError::Address(console_url.to_owned());
        let origin = Url::parse(console_url).map_err(|_| wrong())?;
        let rp_id = origin.domain().ok_or_else(wrong)?.to_owned();
        let builder = WebauthnBuilder::new(&rp_id, &origin).map_err(|_| wrong())?;
        let webauthn = builder.rp_name(OPAQUE_NAME).timeout(CEREMONY_LIFE).build().map_err(|_| wrong())?;
        let kept = custody.stores.vault.keep_setting(RP_ID, &rp_id).await.map_err(Failure::from)?;
        if kept != rp_id {
            return Err(StaffSetupError::Moved { kept, now: rp_id });
        }
        Ok(Self { custody, webauthn: Arc::new(webauthn) })
    }

    /// Begins to make a passkey with the code of an invitation. The code is used up only by the passkey.
    ///
    /// # Errors
    /// [`JoinError::StaffInvitation`] for a code that is wrong, used or over.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn begin_joining(
        &self,
        session: &SessionKey,
        typed: &str,
    ) -> Result<CreationOptions, JoinError> {
        let code = ActivationCode::parse(typed).ok_or(JoinError::Invitation)?;
        let (lookup, row) = self.invited(&code).await?.ok_or(JoinError::Invitation)?;
        let (options, registration) = self
            .webauthn
            .start_passkey_registration(row.user_handle, OPAQUE_NAME, OPAQUE_NAME, None)
            .map_err(|_| Internal::Unexpected("a registration cannot begin"))?;
        let joining = Joining { staff: row.staff_id, lookup, registration };
        passkey::keep_ceremony(&self.custody, session, CeremonyPurpose::Register, None, &joining).await?;
        Ok(discoverable(options.public_key))
    }

    async fn invited(&self, code: &ActivationCode) -> Result<Option<([u8; 32], StaffRecord)>> {
        for keys in self.custody.keys.readers() {
            let lookup = invitation_lookup(keys, code);
            if let Some(row) =
                self.custody.stores.vault.invited(&lookup, self.custody.environment.now()).await?
            {
                return Ok(Some((lookup, row)));
            }
        }
        Ok(None)
    }

    /// Ends it: the invitation is used up, a former passkey and its sessions are gone, and whoever made the new one is
    /// signed in under the visitor's new cookie.
    ///
    /// # Errors
    /// [`JoinError`] for an invitation that ended meanwhile and for a key that could leave its device;
    /// [`Failure::Refused`] for everything else that is wrong.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn finish_joining(
        &self,
        visitor: StaffVisitor<'_>,
        answer: &RegistrationResponse,
    ) -> Result<(), JoinError> {
        let (_, joining) =
            passkey::take_ceremony::<Joining>(&self.custody, visitor.session, CeremonyPurpose::Register)
                .await?;
        must_be_well_formed(answer)?;
        let made = self.webauthn.finish_passkey_registration(answer, &joining.registration);
        let made = made.map_err(|error| {
            tracing::info!(staff = %joining.staff, %error, "a new passkey was refused");
            PasskeyRefusal::Wrong
        })?;
        must_be_the_announced(answer, &made)?;
        must_be_discoverable(answer)?;
        if BackupFlags::of(&made)?.eligible {
            return Err(JoinError::SyncedPasskey);
        }
        self.custody.environment.pause_point("joining.checked").await;
        self.keep(visitor, &joining, &made).await
    }

    async fn keep(
        &self,
        visitor: StaffVisitor<'_>,
        joining: &Joining,
        made: &Passkey,
    ) -> Result<(), JoinError> {
        let (vault, environment) = (&self.custody.stores.vault, &self.custody.environment);
        let mut tx = vault.begin().await?;
        if !vault.lock_staff(&mut tx, joining.staff, environment.now()).await? {
            return Err(JoinError::Invitation);
        }
        let now = environment.now();
        let row = StaffPasskeyRecord {
            passkey_id: PasskeyId(self.custody.environment.new_id()),
            staff_id: joining.staff,
            credential_id: made.cred_id().to_vec(),
            credential: encode(made)?,
            created_at: now,
            last_used_at: None,
        };
        if !vault.take_invitation(&mut tx, joining.staff, &joining.lookup, now).await? {
            return Err(JoinError::Invitation);
        }
        if !vault.put_staff_passkey(&mut tx, &row).await? {
            return Err(PasskeyRefusal::CredentialKnown.into());
        }
        if !vault.join_staff(&mut tx, joining.staff, now).await? {
            return Err(StaffRefusal::NotActive.into());
        }
        vault.end_staff_sessions(&mut tx, joining.staff).await?;
        let who = (joining.staff, row.passkey_id);
        open_staff_session(&self.custody, &mut tx, visitor, who, now).await?;
        tx.commit().await?;
        tracing::info!(staff = %joining.staff, passkey = %row.passkey_id, "staff: a passkey was made");
        Ok(())
    }

    /// Begins to sign in. The options name nobody.
    ///
    /// # Errors
    /// The database.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn begin_sign_in(&self, session: &SessionKey) -> Result<RequestOptions> {
        passkey::begin_sign_in(&self.custody, &self.webauthn, session).await
    }

    /// Ends to sign in: the session of the visitor's new cookie is open.
    ///
    /// # Errors
    /// [`Failure::Refused`] for every reason, after the same work.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn finish_sign_in(
        &self,
        visitor: StaffVisitor<'_>,
        answer: &AuthenticationResponse,
    ) -> Result<()> {
        let (_, state) = passkey::take_ceremony::<DiscoverableAuthentication>(
            &self.custody,
            visitor.session,
            CeremonyPurpose::SignIn,
        )
        .await?;
        let vault = &self.custody.stores.vault;
        let named = self.webauthn.identify_discoverable_authentication(answer);
        let handle = named.map(|(handle, _)| handle).unwrap_or_default();
        let staff = vault.staff_by_handle(handle).await?;
        let passkey = vault.staff_passkey(&answer.raw_id).await?;
        let passkey =
            passkey.filter(|found| staff.as_ref().is_some_and(|staff| staff.staff_id == found.staff_id));
        let stored = passkey.as_ref().map(|row| StoredCredential {
            table: "staff_passkey",
            id: row.passkey_id,
            credential: &row.credential,
            backup_eligible: false,
        });
        let used = check(&self.webauthn, answer, state, stored)?;
        let (Some(staff), Some(passkey)) = (staff, passkey) else {
            return Err(PasskeyRefusal::Unknown.into());
        };
        let used = used.inspect_err(|refused| {
            tracing::warn!(staff = %staff.staff_id, reason = refused.audit_word(), "staff: a right signature was refused");
        })?;
        self.custody.environment.pause_point("staff-sign-in.checked").await;
        if staff.state != StaffState::Active || staff_workplace(&self.custody, &staff).await?.is_none() {
            return Err(StaffRefusal::NotActive.into());
        }
        let mut tx = vault.begin().await?;
        if !vault.lock_staff(&mut tx, staff.staff_id, self.custody.environment.now()).await? {
            return Err(StaffRefusal::NotActive.into());
        }
        let now = self.custody.environment.now();
        let change = (used.before.as_str(), used.after.as_str());
        if !vault.note_staff_passkey_use(&mut tx, passkey.passkey_id, change, now).await? {
            return Err(PasskeyRefusal::UsedElsewhere.into());
        }
        let who = (staff.staff_id, passkey.passkey_id);
        open_staff_session(&self.custody, &mut tx, visitor, who, now).await?;
        tx.commit().await?;
        tracing::info!(staff = %staff.staff_id, passkey = %passkey.passkey_id, "staff: signed in");
        Ok(())
    }
}

impl std::fmt::Debug for StaffSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StaffSignIn")
    }
}
