//! The keys of a start: those under which both databases stand, unless a rotation was interrupted. They hold for as long as the
//! process does, so it asks now and then whether they still do.

use super::state::unfinished;
use crate::{
    Custody, Internal,
    keys::{
        KeyRing,
        installed::{Installed, InstalledError, SETTING},
    },
};
use techo_store::Stores;

/// The ring of a key file, with the version writing under which both databases stand. The first start writes the newest
/// version into them.
///
/// # Errors
/// A key file that does not belong to the databases, databases that do not belong together, an interrupted rotation.
pub async fn adopt_keys(ring: &KeyRing, stores: &Stores) -> Result<KeyRing, InstalledError> {
    if unfinished(stores).await?.is_some() {
        return Err(InstalledError::Unfinished);
    }
    let in_records = stores.records.setting(SETTING).await?;
    let newest = Installed::under(ring.newest()).text();
    let vault = stores.vault.keep_setting(SETTING, in_records.as_deref().unwrap_or(&newest)).await?;
    let records = Installed::read(&stores.records.keep_setting(SETTING, &vault).await?)?;
    let vault = Installed::read(&vault)?;
    if vault == records {
        vault.choose(ring)
    } else {
        Err(InstalledError::Parted { vault: vault.version(), records: records.version() })
    }
}

impl Custody {
    /// Whether the databases still stand under the keys that this process began with. Two reads of the vault.
    ///
    /// # Errors
    /// [`Internal::KeysChanged`] when a rotation came to its end or is under way somewhere; the database.
    pub async fn check_keys(&self) -> Result<(), Internal> {
        let is_rotating = unfinished(&self.stores).await?.is_some();
        let installed = self.stores.vault.setting(SETTING).await?;
        let is_ours =
            |text: String| Installed::read(&text).ok() == Some(Installed::under(self.keys.current()));
        if is_rotating || !installed.is_none_or(is_ours) { Err(Internal::KeysChanged) } else { Ok(()) }
    }
}
