//! Whose account is whose: a keyed hash over both, so that nobody who can write into the vault but has no key points an
//! account at somebody else.

use subtle::ConstantTimeEq as _;
use techo_custody::{
    Custody, Result,
    keys::set::{KeySet, LookupPurpose},
};
use techo_model::{AccountId, ResidentId};

/// The setting that says that every account from before has its hash.
const SETTING: &str = "owner_macs";
const PAGE: i64 = 500;

fn mac(keys: &KeySet, account: AccountId, resident: ResidentId) -> [u8; 32] {
    keys.lookup(LookupPurpose::Owner, &[account.0.as_bytes(), resident.0.as_bytes()])
}

/// The hash for an account of a resident.
pub fn owner_mac(custody: &Custody, account: AccountId, resident: ResidentId) -> Vec<u8> {
    mac(custody.keys.current(), account, resident).to_vec()
}

/// Whether a stored hash is the one of this account and this resident, under any key version.
pub fn is_owner(custody: &Custody, account: AccountId, resident: ResidentId, stored: Option<&[u8]>) -> bool {
    let Some(stored) = stored else { return false };
    custody.keys.readers().any(|keys| bool::from(stored.ct_eq(&mac(keys, account, resident))))
}

/// Gives accounts from before there were hashes theirs, once in the life of a vault: afterwards an account without
/// one is nobody's. For the start, before anybody is let in.
///
/// # Errors
/// The database.
pub async fn prove_owners(custody: &Custody) -> Result<()> {
    let vault = &custody.stores.vault;
    if vault.setting(SETTING).await?.is_some() {
        return Ok(());
    }
    loop {
        let page = vault.unproven_owners(PAGE).await?;
        let mut tx = vault.begin().await?;
        for owner in &page {
            let mac = owner_mac(custody, owner.account_id, owner.resident_id);
            vault.prove_owner(&mut tx, *owner, &mac).await?;
        }
        if page.is_empty() {
            vault.put_setting(&mut tx, SETTING, "1").await?;
            return Ok(tx.commit().await?);
        }
        tx.commit().await?;
    }
}
