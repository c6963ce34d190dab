//! What every command that works with the databases does first: folder, keys, databases, and that they belong together.

use super::CommandError;
use crate::config::Settings;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use techo_domain::{Domain, keys::file, world::World};
use techo_store::{Db, Records, Stores, Vault, Which};

/// Opens everything that a domain needs.
///
/// # Errors
/// The key file, a database, or a key file that belongs to other databases.
pub async fn open(settings: &Settings, world: World) -> Result<Domain, CommandError> {
    let keys = file::load(&settings.keys)?;
    let stores = open_stores(settings).await?;
    let domain = Domain { stores, keys, world };
    check_keys(&domain).await?;
    Ok(domain)
}

/// Opens both databases and brings them up to date.
pub async fn open_stores(settings: &Settings) -> Result<Stores, CommandError> {
    std::fs::create_dir_all(&settings.data_dir).map_err(|error| {
        CommandError::Other(format!(
            "データのフォルダー {} を作れません: {error}",
            settings.data_dir.display()
        ))
    })?;
    let vault = Vault::new(Db::open(&settings.identity_db, Which::Identity).await?);
    let records = Records::new(Db::open(&settings.records_db, Which::Records).await?);
    Ok(Stores { vault, records })
}

/// The first start writes a check value of the keys; every later start compares.
async fn check_keys(domain: &Domain) -> Result<(), CommandError> {
    let own = STANDARD
        .encode(domain.keys.version(first_version(domain)).map_err(techo_domain::Failure::from)?.check());
    let kept = domain.stores.vault.keep_setting("key_check", &own).await?;
    if kept == own {
        Ok(())
    } else {
        Err(CommandError::Other(
            "鍵ファイルがこのデータベースのものではありません。TECHO_KEYS を確かめてください。".to_owned(),
        ))
    }
}

fn first_version(domain: &Domain) -> i64 {
    domain.keys.versions().next().unwrap_or(1)
}
