//! Access tokens: what an assertion is worth, for five minutes.

use super::{AssertionRefusal, GrantedScopes, PublicKeys, TokenContext, assertion::Parsed};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::{fmt, time::Duration};
use techo_consent::may_ask;
use techo_custody::{Custody, Failure, Internal, Result};
use techo_model::organisation::{Organisation, OrganisationState};
use techo_store::{RowKey, vault::systems::AccessTokenRow};

/// How long an access token lasts.
pub const TOKEN_LIFE: Duration = Duration::from_mins(5);

/// The SHA-256 of an access token: what the vault knows of it, and what challenges to cards are bound to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenKey([u8; 32]);

impl TokenKey {
    /// The key of a token as it came with a request.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// A token that was just made. Its text is shown once and kept nowhere.
pub struct AccessToken {
    /// For the header `Authorization: Bearer …`.
    pub text: String,
    /// What it is good for.
    pub scopes: GrantedScopes,
}

/// Why there is no token, as RFC 6749 section 5.2 names it.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefusal {
    /// `invalid_client`: one answer for whatever is wrong with an assertion, an organisation or its keys.
    #[error("invalid_client")]
    Client(AssertionRefusal),
    /// `invalid_grant`: the assertion is right, but says not on whose behalf and why, or a purpose that this class of
    /// organisations may not have.
    #[error("invalid_grant")]
    Context,
    /// `invalid_scope`.
    #[error("invalid_scope")]
    Scope,
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<techo_store::StoreError> for TokenRefusal {
    fn from(error: techo_store::StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// An active organisation and its keys, as they are stored.
struct Registered {
    organisation: Organisation,
    keys: String,
}

/// A system whose token was verified for this request.
#[derive(Clone, Debug)]
pub struct AuthenticatedSystem {
    /// Of which organisation.
    pub organisation: Organisation,
    /// Where its card readers stand.
    pub origin: Option<String>,
    /// What it may ask for.
    pub scopes: GrantedScopes,
    /// On whose behalf and why.
    pub context: TokenContext,
    /// The token.
    pub token: TokenKey,
}

/// Gives a token for a client assertion that is meant for `audience` and comes for the first time.
///
/// # Errors
/// See [`TokenRefusal`].
#[tracing::instrument(level = "debug", skip_all)]
pub async fn issue_access_token(
    custody: &Custody,
    assertion: &str,
    scope: &str,
    audience: &str,
) -> Result<AccessToken, TokenRefusal> {
    let now = custody.environment.now();
    let parsed = Parsed::read(assertion).map_err(TokenRefusal::Client)?;
    let registered = registered_key(custody, &parsed.claims.iss).await?;
    let Registered { organisation, keys } =
        registered.ok_or(TokenRefusal::Client(AssertionRefusal::Stranger))?;
    let corrupt = || Internal::corrupt("organisation", "keys", organisation.id.as_str());
    let known = PublicKeys::stored(&keys).ok_or_else(corrupt);
    let claims =
        parsed.verify(&known.map_err(Failure::from)?, audience, now).map_err(TokenRefusal::Client)?;
    let id = Sha256::digest(&claims.jti).into();
    // An assertion is used up even when it turns out to ask for too much: it was shown.
    if !custody.stores.vault.use_assertion(&organisation.id, &id, claims.ends_at()).await? {
        return Err(TokenRefusal::Client(AssertionRefusal::Used));
    }
    let b2b = claims.extensions.and_then(|extensions| extensions.b2b).ok_or(TokenRefusal::Context)?;
    let context = b2b.context(&organisation.id).ok_or(TokenRefusal::Context)?;
    if !may_ask(organisation.kind, context.purpose) {
        return Err(TokenRefusal::Context);
    }
    let scopes = GrantedScopes::granted(organisation.kind, scope).ok_or(TokenRefusal::Scope)?;
    let text = URL_SAFE_NO_PAD.encode(custody.environment.bytes::<32>());
    let row = AccessTokenRow {
        organisation_id: organisation.id,
        scopes: scopes.to_string(),
        context: serde_json::to_string(&context).expect("words and text always serialise"),
        expires_at: now.plus(TOKEN_LIFE),
    };
    custody.environment.pause_point("token.checked").await;
    keep_access_token(custody, TokenKey::of(&text), &row, &keys).await?;
    Ok(AccessToken { text, scopes })
}

/// Keeps a token of an organisation that still is active and has the keys by which its assertion was verified: whoever
/// suspends it or replaces them ends the tokens that are there, and this one with them or not at all.
async fn keep_access_token(
    custody: &Custody,
    token: TokenKey,
    row: &AccessTokenRow,
    keys: &str,
) -> Result<(), TokenRefusal> {
    let vault = &custody.stores.vault;
    let mut tx = vault.begin().await?;
    let access = vault.locked_system_access(&mut tx, &row.organisation_id).await?;
    let Some(access) = access.filter(|access| access.state == OrganisationState::Active) else {
        return Err(TokenRefusal::Client(AssertionRefusal::Stranger));
    };
    if access.keys != keys {
        return Err(TokenRefusal::Client(AssertionRefusal::Key));
    }
    vault.put_access_token(&mut tx, token.as_bytes(), row).await?;
    Ok(tx.commit().await?)
}

/// Whose token this is. None when it is nobody's, or not any more.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn authenticate_client(custody: &Custody, token: &str) -> Result<Option<AuthenticatedSystem>> {
    let key = TokenKey::of(token);
    let vault = &custody.stores.vault;
    let Some(row) = vault.access_token(key.as_bytes(), custody.environment.now()).await? else {
        return Ok(None);
    };
    let organisation = vault.organisation(&row.organisation_id).await?;
    let access = vault.system_access(&row.organisation_id).await?;
    let gone = || Internal::Unexpected("the organisation of a token is gone");
    let corrupt = |column: &'static str| Internal::corrupt("access_token", column, RowKey::Unnamed);
    Ok(Some(AuthenticatedSystem {
        organisation: organisation.ok_or_else(gone)?,
        origin: access.ok_or_else(gone)?.origin,
        scopes: GrantedScopes::read(&row.scopes).ok_or_else(|| corrupt("scopes"))?,
        context: serde_json::from_str(&row.context).map_err(|_| corrupt("context"))?,
        token: key,
    }))
}

/// Forgets assertions and tokens that are over.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn purge_systems(custody: &Custody) -> Result<()> {
    Ok(custody.stores.vault.purge_systems(custody.environment.now()).await?)
}

/// An active organisation and its keys.
async fn registered_key(custody: &Custody, id: &str) -> Result<Option<Registered>> {
    // No number has a zero byte, and one of the engines takes none.
    if id.contains('\0') {
        return Ok(None);
    }
    let vault = &custody.stores.vault;
    let Some(organisation) = vault.organisation(id).await? else { return Ok(None) };
    let Some(access) =
        vault.system_access(id).await?.filter(|access| access.state == OrganisationState::Active)
    else {
        return Ok(None);
    };
    Ok(Some(Registered { organisation, keys: access.keys }))
}
