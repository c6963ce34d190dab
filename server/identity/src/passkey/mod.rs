//! Passkeys: made with a card's ticket or a fresh passkey, one button to sign in, one more look before what matters.
//!
//! Every ceremony's secret half stays in the vault, bound to session and purpose, and is taken by one statement before
//! anything is verified. Passkeys are discoverable and verify their user; sign-in asks for no name. Whatever is wrong,
//! a stranger gets the same answer after the same work (see [`credential`]).
//!
//! `residentKey` is required, and a client that obeys it makes a discoverable credential or none (WebAuthn level 3,
//! section 5.4.4). `credProps.rk` is therefore refused when it is false and borne when it is absent: some browsers do
//! not report it, and it is not signed in any case.

pub(crate) mod ceremony;
pub(crate) mod client;
pub(crate) mod credential;
mod error;
mod manage;
pub(crate) mod registration;
mod sign_in;
mod verify;

pub(crate) use ceremony::{begin_sign_in, keep_ceremony, take_ceremony};

pub use error::{AddPasskeyError, RenamePasskeyError};
pub use manage::{PasskeyLine, PasskeyStorage};
pub use registration::RegisteredPasskey;
pub use sign_in::BegunSession;

use std::{sync::Arc, time::Duration};
use techo_custody::{Custody, Failure};
use techo_jpki::CardStatusInquiry;
use webauthn_rs::{Webauthn, WebauthnBuilder, prelude::Url};

pub use techo_model::account::PasskeyState;
pub use webauthn_rs::prelude::{
    PublicKeyCredential as AuthenticationResponse, RegisterPublicKeyCredential as RegistrationResponse,
};
pub use webauthn_rs_proto::{
    PublicKeyCredentialCreationOptions as CreationOptions,
    PublicKeyCredentialRequestOptions as RequestOptions,
};

/// How many passkeys of an account may sign in. Suspended ones do not count: after a recovery there must be room.
pub const MAX_PASSKEYS: usize = 10;

/// How many characters the name of a passkey may have.
pub const NICKNAME_MAX: usize = 40;

/// How long a ceremony may take.
pub const CEREMONY_LIFE: Duration = Duration::from_mins(5);

/// All that an authenticator is told about its holder: nothing. The name of the portal stands where a name must.
pub(crate) const OPAQUE_NAME: &str = "医療ポータル";

/// The setting that keeps the passkey domain of this installation.
const RP_ID: &str = "rp_id";

/// Why passkeys cannot be offered. One Japanese sentence for whoever starts the portal.
#[derive(Debug, thiserror::Error)]
pub enum PasskeySetupError {
    /// The address has no domain name.
    #[error(
        "TECHO_PORTAL_URL: {0} ではパスキーを使えません。IPアドレスではなく、ドメイン名（または localhost）を指定してください。"
    )]
    Address(String),
    /// The domain name is another one than at the first start.
    #[error(
        "TECHO_PORTAL_URL: パスキーのドメインは最初の起動で {kept} に決まっており、{now} には変えられません（変えると登録済みのパスキーがすべて使えなくなります）。"
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

/// Where passkeys are made and shown. Cheap to clone.
#[derive(Clone)]
pub struct PasskeyCeremonies {
    custody: Custody,
    status: CardStatusInquiry,
    webauthn: Arc<Webauthn>,
}

impl PasskeyCeremonies {
    /// Ceremonies of the portal at this address (`TECHO_PORTAL_URL`). Its host becomes the passkey domain at the first
    /// start, and must be the same for ever after.
    ///
    /// # Errors
    /// One sentence when the address cannot serve, or is not the one of the first start.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn open(
        custody: Custody,
        status: impl Into<CardStatusInquiry>,
        portal_url: &str,
    ) -> Result<Self, PasskeySetupError> {
        let wrong = || PasskeySetupError::Address(portal_url.to_owned());
        let origin = Url::parse(portal_url).map_err(|_| wrong())?;
        let rp_id = origin.domain().ok_or_else(wrong)?.to_owned();
        let builder = WebauthnBuilder::new(&rp_id, &origin).map_err(|_| wrong())?;
        let webauthn = builder.rp_name(OPAQUE_NAME).timeout(CEREMONY_LIFE).build().map_err(|_| wrong())?;
        let kept = custody.stores.vault.keep_setting(RP_ID, &rp_id).await.map_err(Failure::from)?;
        if kept != rp_id {
            return Err(PasskeySetupError::Moved { kept, now: rp_id });
        }
        Ok(Self { custody, status: status.into(), webauthn: Arc::new(webauthn) })
    }
}

impl std::fmt::Debug for PasskeyCeremonies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasskeyCeremonies")
    }
}
