//! The secret half of a ceremony, between its beginning and its end.

use super::{CEREMONY_LIFE, RequestOptions};
use crate::{refusal::PasskeyRefusal, session::SessionKey};
use serde::{Serialize, de::DeserializeOwned};
use techo_custody::{Custody, Internal, Result, stored::stored_json};
use techo_model::{AccountId, account::CeremonyPurpose};
use techo_store::RowKey;
use techo_store::vault::ceremonies::{CeremonyKey, CeremonyRecord};
use webauthn_rs::Webauthn;

/// Which ceremony of a session.
fn key_of(session: &SessionKey, purpose: CeremonyPurpose) -> CeremonyKey<'_> {
    CeremonyKey { session: session.as_bytes(), purpose }
}

/// Begins a sign-in that names nobody, at whichever door the session is.
pub(crate) async fn begin_sign_in(
    custody: &Custody,
    webauthn: &Webauthn,
    session: &SessionKey,
) -> Result<RequestOptions> {
    let (options, state) = webauthn
        .start_discoverable_authentication()
        .map_err(|_| Internal::Unexpected("a sign-in cannot begin"))?;
    keep_ceremony(custody, session, CeremonyPurpose::SignIn, None, &state).await?;
    // The library asks for conditional mediation beside these; a button wants none.
    Ok(options.public_key)
}

/// Keeps the secret half in the place of the one that the session had for this purpose.
pub(crate) async fn keep_ceremony<T: Serialize>(
    custody: &Custody,
    session: &SessionKey,
    purpose: CeremonyPurpose,
    account: Option<AccountId>,
    state: &T,
) -> Result<()> {
    let state = serde_json::to_string(state)
        .map_err(|_| Internal::Unexpected("the state of a ceremony does not serialise"))?;
    let expires_at = custody.environment.now().plus(CEREMONY_LIFE);
    let record = CeremonyRecord { account_id: account, state };
    Ok(custody.stores.vault.put_ceremony(key_of(session, purpose), &record, expires_at).await?)
}

/// Takes the secret half: once, and only before it expires.
pub(crate) async fn take_ceremony<T: DeserializeOwned>(
    custody: &Custody,
    session: &SessionKey,
    purpose: CeremonyPurpose,
) -> Result<(Option<AccountId>, T)> {
    let now = custody.environment.now();
    let taken = custody.stores.vault.take_ceremony(key_of(session, purpose), now).await?;
    let taken = taken.ok_or(PasskeyRefusal::NoCeremony)?;
    let state = stored_json(&taken.state, "passkey_ceremony", "state", RowKey::Unnamed)?;
    Ok((taken.account_id, state))
}
