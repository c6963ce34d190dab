//! What every command that works with the databases does first: folder, keys, databases, and that they belong together.

use super::{CommandError, folders, lock::FolderLock};
use crate::config::{ConfigError, ProcessSettings};
use techo_custody::{Custody, environment::Environment, keys::file, rotate};
use techo_identity::ownership;
use techo_intake::upgrade_stores;
use techo_store::{DatabaseName, Db, DbUrl, Records, Stores, Vault};

/// Opens what stands behind a [`Custody`]. The lock is to be held as long as that is used.
///
/// # Errors
/// The key file, a database, a key file that belongs to other databases, or a rotation that was interrupted.
pub async fn open(
    settings: &ProcessSettings,
    environment: Environment,
    _lock: &FolderLock,
) -> Result<Custody, CommandError> {
    let ring = file::load(&settings.keys)?;
    let stores = open_stores(settings).await?;
    let keys = rotate::adopt_keys(&ring, &stores).await?;
    let custody = Custody { stores, keys, environment };
    ownership::prove_owners(&custody).await?;
    upgrade_stores(&custody).await?;
    Ok(custody)
}

/// Opens both databases and brings them up to date.
pub async fn open_stores(settings: &ProcessSettings) -> Result<Stores, CommandError> {
    folders::make_private(&settings.data_dir).map_err(|error| {
        CommandError::Other(format!(
            "データのフォルダー {} を作れません: {error}",
            settings.data_dir.display()
        ))
    })?;
    let vault = Vault::new(open_one(&settings.identity_db, DatabaseName::Identity).await?);
    let records = Records::new(open_one(&settings.records_db, DatabaseName::Records).await?);
    Ok(Stores { vault, records })
}

/// Opens one of them; whatever is wrong with it is told with the setting and the place.
async fn open_one(url: &DbUrl, which: DatabaseName) -> Result<Db, ConfigError> {
    let setting = match which {
        DatabaseName::Identity => "TECHO_IDENTITY_DB",
        DatabaseName::Records => "TECHO_RECORDS_DB",
    };
    Db::open(url, which).await.map_err(|error| ConfigError::new(setting, format!("{url}: {error}")))
}
