//! The card at a counter: the organisation's reader signs over the organisation's own origin and a nonce of this door.

use super::{CardChallengeError, ClinicAccess};
use crate::systems::{AuthenticatedSystem, TokenKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use techo_custody::{Failure, Internal, Result};
use techo_identity::{
    enrol::{self, CHALLENGE_LIFE, CardChallenge},
    ownership,
};
use techo_jpki::{CardCertificate, CardStatus, SignChallenge};
use techo_model::{ResidentId, card::WebEidToken};

impl ClinicAccess {
    /// Asks a card something new. A former question of the same access token is void.
    ///
    /// # Errors
    /// [`CardChallengeError::NoOrigin`] when no origin is registered for the organisation: there is nothing to sign over.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn card_challenge(
        &self,
        client: &AuthenticatedSystem,
    ) -> Result<CardChallenge, CardChallengeError> {
        let origin = client.origin.clone().ok_or(CardChallengeError::NoOrigin)?;
        let nonce = STANDARD.encode(self.custody.environment.bytes::<48>());
        let expires_at = self.custody.environment.now().plus(CHALLENGE_LIFE);
        self.custody.stores.vault.put_system_challenge(client.token.as_bytes(), &nonce, expires_at).await?;
        Ok(CardChallenge { nonce, origin, expires_in: CHALLENGE_LIFE.as_secs() })
    }

    /// The resident whose card answered the challenge of this access token.
    ///
    /// # Errors
    /// [`Failure::NotFound`], whatever the reason; the reason is for the server's log alone.
    pub(super) async fn resident_of_card(
        &self,
        token: &WebEidToken,
        origin: Option<&str>,
        key: &TokenKey,
    ) -> Result<ResidentId> {
        let (vault, now) = (&self.custody.stores.vault, self.custody.environment.now());
        // Consumed before anything is looked at, whatever comes of it.
        let nonce = vault.consume_system_challenge(key.as_bytes(), now).await?;
        let (Some(nonce), Some(origin)) = (nonce, origin) else { return Err(Failure::NotFound) };
        let challenge = SignChallenge { origin, nonce: &nonce };
        let certificate = techo_jpki::present(token, &challenge, &self.trust, now).map_err(|refusal| {
            tracing::info!(%refusal, "a card at a counter was refused");
            Failure::NotFound
        })?;
        if self.status.status(&certificate.id, now).await != CardStatus::Good {
            tracing::info!("a card at a counter is held, revoked, or nobody can say");
            return Err(Failure::NotFound);
        }
        self.holder(&certificate).await
    }

    async fn holder(&self, certificate: &CardCertificate) -> Result<ResidentId> {
        let vault = &self.custody.stores.vault;
        let lookups = enrol::card_lookups(&self.custody, &certificate.id);
        let mut tx = vault.begin().await?;
        let binding = vault.binding(&mut tx, &certificate.id.ca_key_id, &lookups).await?;
        tx.rollback().await?;
        let binding = binding.filter(|binding| binding.state.can_change_state());
        let account = binding.ok_or(Failure::NotFound)?.account_id;
        let owner = vault.owner_facts(account).await?.ok_or(Failure::NotFound)?;
        if !ownership::is_owner(&self.custody, account, owner.resident_id, owner.owner_mac.as_deref()) {
            return Err(Internal::corrupt("account", "owner_mac", account.0).into());
        }
        Ok(owner.resident_id)
    }
}
