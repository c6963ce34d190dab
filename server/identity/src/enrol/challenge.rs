//! The question to the card.

use super::{CHALLENGE_LIFE, CardCeremonies, CardPurpose, CeremonyVisitor};
use crate::{refusal::SessionRefusal, session::SessionKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use techo_custody::{Custody, Result};
use techo_store::vault::challenges::ChallengeRecord;

/// What `POST /card/challenge` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CardChallenge {
    /// The text to be signed: base64 of 48 random bytes.
    pub nonce: String,
    /// The origin to be signed.
    pub origin: String,
    /// Seconds.
    pub expires_in: u64,
}

impl CardCeremonies {
    /// Asks the card of this session something new, for one purpose. A former question of the session is void.
    ///
    /// # Errors
    /// `Failure::Refused` when the purpose needs somebody who is signed in.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn challenge(
        &self,
        visitor: &CeremonyVisitor<'_>,
        purpose: CardPurpose,
    ) -> Result<CardChallenge> {
        if purpose.needs_sign_in() && visitor.signed_in.is_none() {
            return Err(SessionRefusal::NotSignedIn.into());
        }
        let nonce = STANDARD.encode(self.custody.environment.bytes::<48>());
        let expires_at = self.custody.environment.now().plus(CHALLENGE_LIFE);
        let record = ChallengeRecord { purpose, nonce };
        self.custody.stores.vault.put_challenge(visitor.session.as_bytes(), &record, expires_at).await?;
        let ChallengeRecord { nonce, .. } = record;
        Ok(CardChallenge { nonce, origin: self.origin.to_string(), expires_in: CHALLENGE_LIFE.as_secs() })
    }
}

/// Whether a card was shown in this session that still is worth a passkey.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn has_ticket(custody: &Custody, session: &SessionKey) -> Result<bool> {
    let ticket = custody.stores.vault.ticket(session.as_bytes(), custody.environment.now()).await?;
    Ok(ticket.is_some())
}
