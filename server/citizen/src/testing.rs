//! Proofs for tests of what a citizen changes. They ask what a portal keeps to itself, and so stand here and not in the testkit.

use super::Portal;
use techo_identity::access::{
    PatientScope, Verified,
    testing::{verified, verified_with_card},
};

/// The owner of an account, verified this moment at a portal.
///
/// # Panics
/// When the vault fails.
pub async fn verified_at(portal: &Portal, scope: &PatientScope) -> Verified {
    verified(&portal.custody, scope).await
}

/// [`verified_at`], with the card that was shown this moment.
///
/// # Panics
/// Likewise.
pub async fn verified_by_card(portal: &Portal, scope: &PatientScope) -> Verified {
    verified_with_card(&portal.custody, scope).await
}
