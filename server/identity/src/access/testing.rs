//! Proofs for tests that are about something else than how they come about. Only this module can make them, and so they stand here and
//! not in the testkit.

use super::{CardShown, ExportAllowed, PatientScope, VerifiedOwner, prove_card_shown};
use crate::{
    access::prove_export_allowed,
    session::{self, CeremonyVisitor, NewSession, SessionKey, SignedIn, held::HeldAccount, opening::Opening},
};
use techo_custody::{Custody, Result};
use techo_model::{
    AccountId, BindingId, PasskeyId, UnixMillis,
    account::{BindingState, PasskeyState, SessionDoor},
};
use techo_store::vault::{bindings::BindingRecord, passkeys::PasskeyRecord};

/// Signs the owner of an account in, in the place of the session that a browser has; with a passkey of nobody's when they
/// have none yet.
///
/// # Panics
/// When the vault fails, or the browser has no session.
pub async fn sign_in(custody: &Custody, account: AccountId, visitor: &CeremonyVisitor<'_>) -> SignedIn {
    open(custody, account, visitor, None).await
}

async fn open(
    custody: &Custody,
    account: AccountId,
    visitor: &CeremonyVisitor<'_>,
    card_shown_at: Option<UnixMillis>,
) -> SignedIn {
    let passkey = passkey(custody, account).await;
    let mut tx = custody.stores.vault.begin().await.expect("a transaction begins");
    let now = session::lock_account(custody, &mut tx, account).await.expect("the account is active");
    let opening = Opening { account, passkey, card_shown_at, now };
    let who = session::open_session(custody, &mut tx, visitor, opening).await.expect("a session opens");
    tx.commit().await.expect("it lasts");
    who
}

/// Verifies whoever is signed in once more.
///
/// # Errors
/// When the session has ended.
pub async fn verify(custody: &Custody, visitor: &CeremonyVisitor<'_>) -> Result<SignedIn> {
    let who = visitor.signed_in.expect("somebody is signed in");
    let HeldAccount { mut tx, now } = session::hold_account(custody, who).await?;
    let verified = SignedIn { verified_at: now, ..who.clone() };
    let verified = session::raise_session(custody, &mut tx, visitor, verified).await?;
    tx.commit().await?;
    Ok(verified)
}

/// The owner of an account, signed in and verified this moment.
///
/// # Panics
/// When the vault fails.
pub async fn verified(custody: &Custody, scope: &PatientScope) -> VerifiedOwner {
    verified_by(custody, scope, None).await
}

/// The owner of an account, who showed the card this moment.
///
/// # Panics
/// Likewise.
pub async fn card_shown(custody: &Custody, scope: &PatientScope) -> CardShown {
    let verified = verified_by(custody, scope, Some(custody.environment.now())).await;
    prove_card_shown(custody, verified).await.expect("the card was shown")
}

async fn verified_by(
    custody: &Custody,
    scope: &PatientScope,
    card_shown_at: Option<UnixMillis>,
) -> VerifiedOwner {
    let key = SessionKey::of_token(&custody.environment.opaque_id().to_string());
    let new = NewSession { key, door: SessionDoor::Portal, data: "{}".to_owned() };
    session::create_session(custody, &new).await.expect("a session begins");
    let who = open(custody, scope.account(), &CeremonyVisitor::stranger(&key), card_shown_at).await;
    VerifiedOwner { who, scope: scope.clone() }
}

/// [`verified`], and allowed to take something along.
///
/// # Panics
/// Likewise, and after a recovery.
pub async fn export_allowed(custody: &Custody, scope: &PatientScope) -> ExportAllowed {
    let verified = verified(custody, scope).await;
    prove_export_allowed(custody, verified).await.expect("there was no recovery")
}

async fn passkey(custody: &Custody, account: AccountId) -> PasskeyId {
    let vault = &custody.stores.vault;
    let known = vault.passkeys_of(account).await.expect("passkeys are read");
    if let Some(known) = known.into_iter().find(|known| known.state == PasskeyState::Active) {
        return known.passkey_id;
    }
    let mut tx = vault.begin().await.expect("a transaction begins");
    let binding = match vault.current_binding_in(&mut tx, account).await.expect("a card is read") {
        Some(known) => known.binding_id,
        None => {
            let binding = card(custody, account);
            assert!(vault.insert_binding(&mut tx, &binding).await.expect("a card is bound"));
            binding.binding_id
        }
    };
    let passkey = PasskeyRecord {
        passkey_id: PasskeyId(custody.environment.new_id()),
        account_id: account,
        derived_from: binding,
        credential_id: custody.environment.bytes::<16>().to_vec(),
        credential: "{}".to_owned(),
        nickname: String::new(),
        backup_eligible: false,
        backup_state: false,
        state: PasskeyState::Active,
        created_at: custody.environment.now(),
        last_used_at: None,
    };
    assert!(vault.insert_passkey(&mut tx, &passkey).await.expect("a passkey is kept"));
    tx.commit().await.expect("it lasts");
    passkey.passkey_id
}

fn card(custody: &Custody, account: AccountId) -> BindingRecord {
    let now = custody.environment.now();
    BindingRecord {
        binding_id: BindingId(custody.environment.new_id()),
        account_id: account,
        ca_key_id: vec![1],
        serial_lookup: custody.environment.bytes::<32>().to_vec(),
        serial_sealed: vec![2],
        not_after: now.plus(std::time::Duration::from_hours(24 * 365)),
        state: BindingState::Active,
        last_good_at: now,
        bound_at: now,
        changed_at: now,
        key_version: custody.keys.current().version(),
    }
}
