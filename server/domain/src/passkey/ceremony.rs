//! The secret half of a ceremony, between its beginning and its end.

use super::{CEREMONY_LIFE, PasskeyDesk};
use crate::{Failure, Internal, Result, session::SessionKey};
use serde::{Serialize, de::DeserializeOwned};
use techo_model::AccountId;
use techo_store::vault::ceremonies::{CeremonyKey, CeremonyRecord};

/// What a ceremony is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Register,
    SignIn,
    Verify,
}

impl Purpose {
    fn key(self, session: &SessionKey) -> CeremonyKey<'_> {
        let purpose = match self {
            Self::Register => "register",
            Self::SignIn => "sign-in",
            Self::Verify => "verify",
        };
        CeremonyKey { session: session.as_bytes(), purpose }
    }
}

impl PasskeyDesk {
    pub(super) async fn keep<T: Serialize>(
        &self,
        session: &SessionKey,
        purpose: Purpose,
        account: Option<AccountId>,
        state: &T,
    ) -> Result<()> {
        let state = serde_json::to_string(state)
            .map_err(|_| Internal::Unexpected("the state of a ceremony does not serialise"))?;
        let expires_at = self.domain.world.now().plus(CEREMONY_LIFE);
        let record = CeremonyRecord { account_id: account, state };
        Ok(self.domain.stores.vault.put_ceremony(purpose.key(session), &record, expires_at).await?)
    }

    pub(super) async fn take<T: DeserializeOwned>(
        &self,
        session: &SessionKey,
        purpose: Purpose,
    ) -> Result<(Option<AccountId>, T)> {
        let now = self.domain.world.now();
        let taken = self.domain.stores.vault.take_ceremony(purpose.key(session), now).await?;
        let taken = taken.ok_or(Failure::Refused("no-ceremony"))?;
        let state = serde_json::from_str(&taken.state)
            .map_err(|_| Failure::Internal(Internal::Corrupt("passkey_ceremony.state")))?;
        Ok((taken.account_id, state))
    }
}
