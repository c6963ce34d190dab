//! The proof that the owner of an account showed their card a moment ago, for what a passkey alone does not allow.

use super::VerifiedOwner;
use crate::{
    refusal::SessionRefusal,
    session::{self, SignedIn, held::HeldAccount},
};
use techo_custody::{Custody, Result};
use techo_model::UnixMillis;

/// A proof that the owner of an account showed its card in the last minutes, in a session that has not ended:
/// [`VerifiedOwner`], and more. It is asked for to take a seal off, to remove the last passkey, and to say whose a new card is.
#[derive(Clone, Debug)]
pub struct CardShown {
    verified: VerifiedOwner,
    at: UnixMillis,
}

impl CardShown {
    /// What it proves beside the card.
    pub fn verified(&self) -> &VerifiedOwner {
        &self.verified
    }

    /// In which session.
    pub fn signed_in(&self) -> &SignedIn {
        self.verified.signed_in()
    }

    /// Whether it still was a moment ago when something is written.
    pub(crate) fn is_fresh(&self, now: UnixMillis) -> bool {
        session::is_recent(self.at, now)
    }
}

/// The proof that whoever was verified showed their card. When that was is what the vault says of the session, not what
/// somebody claims of it.
///
/// # Errors
/// `Failure::Refused` when it was too long ago, or never.
pub async fn prove_card_shown(custody: &Custody, verified: VerifiedOwner) -> Result<CardShown> {
    let shown_at = session::card_shown_at(custody, verified.signed_in()).await?;
    let shown_at = shown_at.filter(|at| session::is_recent(*at, custody.environment.now()));
    let at = shown_at.ok_or(SessionRefusal::CardNotFresh)?;
    Ok(CardShown { verified, at })
}

/// Holds the account of whoever showed the card, until what that was asked for is stored.
///
/// # Errors
/// `Failure::Refused` when the session has ended since, or the card was shown too long ago by now.
pub async fn hold_card_shown(custody: &Custody, shown: &CardShown) -> Result<HeldAccount> {
    let held = session::hold_account(custody, shown.signed_in()).await?;
    if shown.is_fresh(held.now) { Ok(held) } else { Err(SessionRefusal::CardNotFresh.into()) }
}

/// How the owner of an account was checked, for what asks for the card only sometimes.
#[derive(Clone, Copy, Debug)]
pub enum OwnerCheck<'a> {
    /// By passkey or card.
    Verified(&'a VerifiedOwner),
    /// By the card.
    CardShown(&'a CardShown),
}

impl<'a> OwnerCheck<'a> {
    /// What both prove.
    pub fn verified(self) -> &'a VerifiedOwner {
        match self {
            Self::Verified(verified) => verified,
            Self::CardShown(shown) => shown.verified(),
        }
    }

    /// The card's proof, for what is not done without.
    ///
    /// # Errors
    /// `Failure::Refused` when there is none.
    pub fn require_card(self) -> Result<&'a CardShown> {
        match self {
            Self::Verified(_) => Err(SessionRefusal::CardNotFresh.into()),
            Self::CardShown(shown) => Ok(shown),
        }
    }
}

impl<'a> From<&'a VerifiedOwner> for OwnerCheck<'a> {
    fn from(verified: &'a VerifiedOwner) -> Self {
        Self::Verified(verified)
    }
}

impl<'a> From<&'a CardShown> for OwnerCheck<'a> {
    fn from(shown: &'a CardShown) -> Self {
        Self::CardShown(shown)
    }
}
