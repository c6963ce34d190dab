//! Proofs for tests of what a citizen changes. They ask what a portal keeps to itself, and so stand here and not in the testkit.

use super::CitizenServices;
use techo_identity::access::{
    CardShown, PatientScope, VerifiedOwner,
    testing::{card_shown, verified},
};

/// The owner of an account, verified this moment at a portal.
///
/// # Panics
/// When the vault fails.
pub async fn verified_at(portal: &CitizenServices, scope: &PatientScope) -> VerifiedOwner {
    verified(&portal.custody, scope).await
}

/// The owner of an account, who showed the card this moment.
///
/// # Panics
/// Likewise.
pub async fn card_shown_at(portal: &CitizenServices, scope: &PatientScope) -> CardShown {
    card_shown(&portal.custody, scope).await
}
