//! How a card is found and kept in the vault: a keyed look-up, and the serial number sealed.

use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::{
    Custody, Result,
    card_record::{self, SealedSerial},
};
use techo_jpki::{CardCertificate, CertificateId};
use techo_model::{
    AccountId, BindingId, UnixMillis,
    account::{AccountEvent, BindingState},
};
use techo_store::{Tx, vault::bindings::BindingRecord};

/// The look-ups of a card under every key version, the one that writes first.
pub fn card_lookups(custody: &Custody, id: &CertificateId) -> Vec<[u8; 32]> {
    card_record::card_lookups(&custody.keys, &id.ca_key_id, &id.serial)
}

/// What the vault knows of a card.
pub async fn known_binding(
    custody: &Custody,
    tx: &mut Tx,
    certificate: &CardCertificate,
) -> Result<Option<BindingRecord>> {
    let lookups = card_lookups(custody, &certificate.id);
    Ok(custody.stores.vault.binding(tx, &certificate.id.ca_key_id, &lookups).await?)
}

/// A binding of this card to this account, not yet stored.
pub fn new_binding(
    custody: &Custody,
    account: AccountId,
    certificate: &CardCertificate,
    now: UnixMillis,
) -> BindingRecord {
    let id = BindingId(custody.environment.new_id());
    let CertificateId { ca_key_id, serial } = &certificate.id;
    let SealedSerial { lookup, sealed, key_version } =
        card_record::seal_serial(custody, id, ca_key_id, serial);
    BindingRecord {
        binding_id: id,
        account_id: account,
        serial_lookup: lookup,
        serial_sealed: sealed,
        ca_key_id: ca_key_id.clone(),
        not_after: certificate.not_after,
        state: BindingState::Active,
        last_good_at: now,
        bound_at: now,
        changed_at: now,
        key_version,
    }
}

/// Which certificate a binding stands for.
pub fn stored_certificate(custody: &Custody, binding: &BindingRecord) -> Result<CertificateId> {
    let serial = card_record::open_serial(&custody.keys, binding)?;
    Ok(CertificateId { ca_key_id: binding.ca_key_id.clone(), serial: serial.to_vec() })
}

/// A card that is on hold in the vault while its CA says that it is good was released a moment ago: no need to wait
/// for the next sweep.
pub async fn reactivate_binding(
    custody: &Custody,
    tx: &mut Tx,
    binding: &BindingRecord,
    now: UnixMillis,
) -> Result<()> {
    let vault = &custody.stores.vault;
    if binding.state == BindingState::Held
        && vault.set_binding_state(tx, binding, BindingState::Active, now).await?
    {
        outbox::note_account_event(
            custody,
            tx,
            binding.account_id,
            OutboxEntry::new(AccountEvent::CardReleased),
        )
        .await?;
    }
    Ok(())
}
