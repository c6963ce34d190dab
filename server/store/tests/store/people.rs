//! Made-up residents and accounts for the tests of the vault.

use techo_model::{
    AccountId, BindingId, ChainId, PasskeyId, RecordCode, ResidentId, UnixMillis,
    account::{AccountState, BindingState, PasskeyState},
};
use techo_store::{
    Vault,
    vault::{
        accounts::AccountRecord, bindings::BindingRecord, passkeys::PasskeyRecord, residents::ResidentRecord,
    },
};
use uuid::Uuid;

pub const NOW: UnixMillis = UnixMillis(1_800_000_000_000);
pub const EARLIER: UnixMillis = UnixMillis(NOW.0 - 1_000);
pub const LATER: UnixMillis = UnixMillis(NOW.0 + 1_000);

pub const fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// 32 bytes that stand for this number: a look-up, a hash, a key.
pub fn hash(number: u128) -> [u8; 32] {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(&number.to_be_bytes());
    hash[16..].copy_from_slice(&number.to_be_bytes());
    hash
}

/// The row of a resident whose look-up is [`hash`] of their number.
pub fn resident_row(number: u128) -> ResidentRecord {
    let sealed = vec![1];
    ResidentRecord {
        resident_id: ResidentId(uuid(number)),
        person_lookup: hash(number).to_vec(),
        person_code_sealed: sealed.clone(),
        chain_sealed: sealed.clone(),
        name_sealed: sealed.clone(),
        kana_sealed: sealed.clone(),
        birth_sealed: sealed.clone(),
        sex_sealed: sealed.clone(),
        postal_code_sealed: None,
        address_sealed: None,
        mail_sealed: None,
        phone_sealed: None,
        municipality: "131016".into(),
        moved_in_on: None,
        moved_out_on: None,
        died_on: None,
        is_protected: false,
        digest: sealed,
        demographics_lookup: None,
        received_at: NOW,
        changed_at: NOW,
        key_version: 1,
    }
}

pub async fn resident(vault: &Vault, number: u128) -> ResidentId {
    let row = resident_row(number);
    let mut tx = vault.begin().await.unwrap();
    vault.insert_residents(&mut tx, std::slice::from_ref(&row)).await.unwrap();
    tx.commit().await.unwrap();
    row.resident_id
}

pub async fn account(vault: &Vault, number: u128) -> AccountId {
    let record = AccountRecord {
        account_id: AccountId(uuid(number + 1000)),
        resident_id: resident(vault, number).await,
        user_handle: uuid(number + 2000),
        state: AccountState::Active,
        agreed_version: None,
        agreed_at: None,
        language: None,
        exports_locked_until: None,
        signed_out_at: None,
        created_at: EARLIER,
        changed_at: EARLIER,
        owner_mac: Some(vec![3]),
    };
    let mut tx = vault.begin().await.unwrap();
    assert!(vault.insert_account(&mut tx, &record).await.unwrap());
    let second = AccountRecord { account_id: AccountId(uuid(9)), user_handle: uuid(9), ..record.clone() };
    assert!(!vault.insert_account(&mut tx, &second).await.unwrap(), "one account per resident");
    tx.commit().await.unwrap();
    assert_eq!(vault.account(record.account_id).await.unwrap().unwrap(), record);
    record.account_id
}

pub fn binding(number: u128, account: AccountId) -> BindingRecord {
    BindingRecord {
        binding_id: BindingId(uuid(number)),
        account_id: account,
        ca_key_id: vec![1],
        serial_lookup: number.to_be_bytes().to_vec(),
        serial_sealed: vec![2],
        not_after: LATER,
        state: BindingState::Active,
        last_good_at: NOW,
        bound_at: NOW,
        changed_at: NOW,
        key_version: 1,
    }
}

/// A passkey of an account, with a card of the same number to be made from.
pub async fn passkey(vault: &Vault, number: u128, account: AccountId) -> PasskeyId {
    let record = PasskeyRecord {
        passkey_id: PasskeyId(uuid(number)),
        account_id: account,
        derived_from: BindingId(uuid(number)),
        credential_id: number.to_be_bytes().to_vec(),
        credential: "{}".into(),
        nickname: String::new(),
        backup_eligible: false,
        backup_state: false,
        state: PasskeyState::Active,
        created_at: NOW,
        last_used_at: None,
    };
    let mut tx = vault.begin().await.unwrap();
    assert!(vault.insert_binding(&mut tx, &binding(number, account)).await.unwrap());
    assert!(vault.insert_passkey(&mut tx, &record).await.unwrap());
    tx.commit().await.unwrap();
    record.passkey_id
}

/// The key of a person's records.
pub const fn code(number: u128) -> RecordCode {
    RecordCode(uuid(number + 5_000))
}

/// The number of a person's chain in the access log.
pub const fn chain(number: u128) -> ChainId {
    ChainId(uuid(number + 6_000))
}
