//! Settings: `techo.toml`, then environment `TECHO_…` (secrets also as `TECHO_…_FILE`), then flags. The last one wins.
//!
//! To add a setting: its name in [`NAMES`], a field in [`ProcessSettings`], a line in `docs/OPERATIONS.md`.

mod backup;
mod limits;
mod nearest;
mod otlp;
mod public_url;
mod sources;

pub use backup::BackupSettings;
pub use otlp::OtlpEndpoint;
pub use public_url::PublicUrl;
pub use sources::{NAMES, SettingSources};

use std::{net::SocketAddr, path::PathBuf};
use techo_audit::log::tree::checkpoint_mirror::CheckpointMirror;
use techo_store::DbUrl;
use techo_web::limits::ConnectionLimits;

/// A setting that stops the start, in one line that names it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct ConfigError {
    /// The setting.
    pub name: String,
    /// What is wrong and what to do.
    pub reason: String,
}

impl ConfigError {
    /// What is wrong with a setting.
    pub fn new(name: &str, reason: impl Into<String>) -> Self {
        Self { name: name.to_owned(), reason: reason.into() }
    }
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct ProcessSettings {
    /// `TECHO_DATA_DIR`: folder for databases, keys and the demo.
    pub data_dir: PathBuf,
    /// `TECHO_IDENTITY_DB`.
    pub identity_db: DbUrl,
    /// `TECHO_RECORDS_DB`.
    pub records_db: DbUrl,
    /// `TECHO_KEYS`: the key file.
    pub keys: PathBuf,
    /// `TECHO_PORTAL_ADDR`.
    pub portal_addr: SocketAddr,
    /// `TECHO_OPS_ADDR`.
    pub ops_addr: SocketAddr,
    /// `TECHO_PORTAL_URL`: origin of the portal, and with it the domain of its passkeys.
    pub portal_url: PublicUrl,
    /// `TECHO_CONSOLE_ADDR`.
    pub console_addr: SocketAddr,
    /// `TECHO_CONSOLE_URL`: origin of the console, and with it the domain of its passkeys.
    pub console_url: PublicUrl,
    /// `TECHO_API_ADDR`.
    pub api_addr: SocketAddr,
    /// `TECHO_API_URL`: origin of the interface for systems; client assertions are meant for it.
    pub api_url: PublicUrl,
    /// `TECHO_CARD_CA`: folder of trusted card CAs.
    pub card_ca: PathBuf,
    /// `TECHO_CARD_CRL`: folder of their revocation lists.
    pub card_crl: PathBuf,
    /// `TECHO_LOG_CHECKPOINTS`: folder or address to which signed checkpoints of the access log go.
    pub log_checkpoints: CheckpointMirror,
    /// `TECHO_SITE`: folder of the built bundle (scripts, styles, static files).
    pub site: PathBuf,
    /// `TECHO_PROXY_HOPS`: how many proxies of ours stand before the portal; the address of a caller is read that many
    /// places from the right of `X-Forwarded-For`. 0 means that the peer is the caller.
    pub proxy_hops: usize,
    /// What bounds connections, requests and their time.
    pub limits: ConnectionLimits,
    /// `TECHO_BACKUP_RECIPIENT` and `TECHO_BACKUP_PASSPHRASE`: how backups are locked.
    pub backup: BackupSettings,
}

impl ProcessSettings {
    /// Reads every setting from its sources.
    ///
    /// # Errors
    /// The first setting that is wrong, by name.
    pub fn load(sources: &SettingSources) -> Result<Self, ConfigError> {
        let data_dir = PathBuf::from(sources.get("DATA_DIR")?.unwrap_or_else(|| ".techo".to_owned()));
        let portal_addr = address(sources, "PORTAL_ADDR", "127.0.0.1:3000")?;
        let default_url = format!("http://localhost:{}", portal_addr.port());
        let api_addr = address(sources, "API_ADDR", "127.0.0.1:3002")?;
        let default_api = format!("http://localhost:{}", api_addr.port());
        let portal_url = PublicUrl::parse(&sources.get("PORTAL_URL")?.unwrap_or(default_url))?;
        let (console_addr, console_url) = console(sources, &portal_url)?;
        Ok(Self {
            console_addr,
            console_url,
            api_addr,
            api_url: PublicUrl::parse_as("TECHO_API_URL", &sources.get("API_URL")?.unwrap_or(default_api))?,
            identity_db: database(sources, "IDENTITY_DB", &data_dir.join("identity.db"))?,
            records_db: database(sources, "RECORDS_DB", &data_dir.join("records.db"))?,
            keys: path(sources, "KEYS", data_dir.join("keys.json"))?,
            portal_addr,
            ops_addr: address(sources, "OPS_ADDR", "127.0.0.1:3009")?,
            portal_url,
            card_ca: path(sources, "CARD_CA", data_dir.join("card-ca"))?,
            card_crl: path(sources, "CARD_CRL", data_dir.join("card-crl"))?,
            log_checkpoints: checkpoint_mirror(sources, &data_dir)?,
            site: path(sources, "SITE", default_site())?,
            proxy_hops: number(sources, "PROXY_HOPS", 0)?,
            limits: limits::load_limits(sources)?,
            backup: BackupSettings::new(
                sources.get("BACKUP_RECIPIENT")?.as_deref(),
                sources.get("BACKUP_PASSPHRASE")?,
            ),
            data_dir,
        })
    }
}

/// Where the console is. With real people it has a host of its own, so that no browser mixes up the two doors.
fn console(sources: &SettingSources, portal: &PublicUrl) -> Result<(SocketAddr, PublicUrl), ConfigError> {
    let address = address(sources, "CONSOLE_ADDR", "127.0.0.1:3001")?;
    let given = sources.get("CONSOLE_URL")?;
    let name = "TECHO_CONSOLE_URL";
    if !portal.is_local() && given.is_none() {
        return Err(ConfigError::new(name, "窓口のページの場所を https://… の形で書いてください"));
    }
    let url = given.unwrap_or_else(|| format!("http://localhost:{}", address.port()));
    let url = PublicUrl::parse_as(name, &url)?;
    if url.is_local() != portal.is_local() || (!portal.is_local() && url.host() == portal.host()) {
        let reason =
            "TECHO_PORTAL_URL とは別のホスト名にしてください（片方だけを localhost にすることもできません）";
        return Err(ConfigError::new(name, reason));
    }
    if sources.get("STAFF_AAGUIDS")?.is_some() {
        let reason = "認証器の種類を証明で確かめる機能は、まだありません。この設定を外してください";
        return Err(ConfigError::new("TECHO_STAFF_AAGUIDS", reason));
    }
    Ok((address, url))
}

fn path(sources: &SettingSources, name: &str, default: PathBuf) -> Result<PathBuf, ConfigError> {
    Ok(sources.get(name)?.map_or(default, PathBuf::from))
}

fn address(sources: &SettingSources, name: &str, default: &str) -> Result<SocketAddr, ConfigError> {
    let text = sources.get(name)?.unwrap_or_else(|| default.to_owned());
    text.parse().map_err(|_| {
        ConfigError::new(
            &SettingSources::env_name(name),
            "アドレスは 127.0.0.1:3000 のように、IPアドレスとポート番号で書いてください",
        )
    })
}

fn database(sources: &SettingSources, name: &str, default: &std::path::Path) -> Result<DbUrl, ConfigError> {
    match sources.get(name)? {
        None => Ok(DbUrl::Sqlite(default.to_owned())),
        Some(text) => DbUrl::parse(&text)
            .map_err(|error| ConfigError::new(&SettingSources::env_name(name), error.to_string())),
    }
}

fn checkpoint_mirror(
    sources: &SettingSources,
    data_dir: &std::path::Path,
) -> Result<CheckpointMirror, ConfigError> {
    let text = sources.get("LOG_CHECKPOINTS")?;
    let Some(text) = text else { return Ok(CheckpointMirror::Folder(data_dir.join("checkpoints"))) };
    CheckpointMirror::parse(&text).ok_or_else(|| {
        let reason = "フォルダーか、http:// または https:// で始まる送り先を書いてください";
        ConfigError::new(&SettingSources::env_name("LOG_CHECKPOINTS"), reason)
    })
}

fn number(sources: &SettingSources, name: &str, default: usize) -> Result<usize, ConfigError> {
    match sources.get(name)? {
        None => Ok(default),
        Some(text) => text
            .parse()
            .map_err(|_| ConfigError::new(&SettingSources::env_name(name), "0以上の整数で書いてください")),
    }
}

/// Beside the program when it was installed with its site, else where `cargo xtask bundle` puts it.
fn default_site() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("site")));
    beside.filter(|folder| folder.is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> Result<ProcessSettings, ConfigError> {
        ProcessSettings::load(&SettingSources::of_pairs(pairs))
    }

    #[test]
    fn nothing_set_means_sqlite_on_localhost() {
        let settings = load(&[]).unwrap();
        assert_eq!(settings.portal_url.origin(), "http://localhost:3000");
        assert_eq!(settings.identity_db, DbUrl::Sqlite(PathBuf::from(".techo/identity.db")));
    }

    #[test]
    fn a_wrong_setting_is_named_in_one_line() {
        for (name, value) in [
            ("PORTAL_ADDR", "localhost"),
            ("RECORDS_DB", "mysql://x"),
            ("PORTAL_URL", "ftp://x"),
            ("PORTAL_URL", "http://portal.example.jp"),
            ("PORTAL_URL", "https://portal.example.jp/path"),
            ("STAFF_AAGUIDS", "x"),
            ("CONSOLE_URL", "https://console.example.jp"),
        ] {
            let error = load(&[(name, value)]).unwrap_err();
            assert_eq!(error.name, format!("TECHO_{name}"), "{value}");
            assert!(!error.to_string().contains('\n'));
        }
    }

    #[test]
    fn with_real_people_the_console_needs_a_host_of_its_own() {
        let portal = ("PORTAL_URL", "https://portal.example.jp");
        assert_eq!(load(&[portal]).unwrap_err().name, "TECHO_CONSOLE_URL");
        for wrong in ["https://portal.example.jp:8443", "http://localhost:3001"] {
            assert_eq!(load(&[portal, ("CONSOLE_URL", wrong)]).unwrap_err().name, "TECHO_CONSOLE_URL");
        }
        assert!(load(&[portal, ("CONSOLE_URL", "https://console.example.jp")]).is_ok());
    }

    #[test]
    fn another_port_moves_the_default_url_with_it() {
        assert_eq!(
            load(&[("PORTAL_ADDR", "127.0.0.1:4000")]).unwrap().portal_url.origin(),
            "http://localhost:4000"
        );
    }
}
