//! What every command that works with the databases does first: folder, keys, databases, and that they belong together.

use super::{CommandError, folders, lock::Lock};
use crate::config::Settings;
use techo_domain::{
    Domain,
    keys::{file, installed},
    world::World,
};
use techo_store::{Db, Records, Stores, Vault, Which};

/// Opens everything that a domain needs. The lock is to be held as long as the domain is used.
///
/// # Errors
/// The key file, a database, a key file that belongs to other databases, or a rotation that was interrupted.
pub async fn open(settings: &Settings, world: World, _lock: &Lock) -> Result<Domain, CommandError> {
    let ring = file::load(&settings.keys)?;
    let stores = open_stores(settings).await?;
    let keys = installed::adopt(&ring, &stores).await?;
    Ok(Domain { stores, keys, world })
}

/// Opens both databases and brings them up to date.
pub async fn open_stores(settings: &Settings) -> Result<Stores, CommandError> {
    folders::make_private(&settings.data_dir).map_err(|error| {
        CommandError::Other(format!(
            "データのフォルダー {} を作れません: {error}",
            settings.data_dir.display()
        ))
    })?;
    let vault = Vault::new(Db::open(&settings.identity_db, Which::Identity).await?);
    let records = Records::new(Db::open(&settings.records_db, Which::Records).await?);
    Ok(Stores { vault, records })
}
