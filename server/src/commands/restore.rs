//! `techo restore`: puts a backup into a folder or into databases that are empty, whole or not at all.

use super::{
    CommandError, CommandResult, Done,
    backup::{Manifest, UnlockArgs, passphrase_of, unlock, unpack},
    folders,
};
use crate::config::Settings;
use std::{
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
};
use techo_store::{
    Db, DbUrl, Which,
    backup::{is_empty, mark_unfinished, restore_dump, unmark_finished},
};

/// A key file is short.
const KEYS_LIMIT: u64 = 1 << 20;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "例: techo restore /backup/techo-2026-11-30.age --into /srv/techo-restored --identity key.txt"
)]
pub struct Args {
    /// 控えのファイル
    from: PathBuf,
    /// 戻す先のフォルダー（ないか、空のもの）
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    #[command(flatten)]
    unlock: UnlockArgs,
    /// 控えの合言葉のファイル。なければ設定 TECHO_BACKUP_PASSPHRASE
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// 鍵ファイルの写しも、このファイルから戻します
    #[arg(long, value_name = "FILE")]
    keys_from: Option<PathBuf>,
}

/// Restores.
pub async fn run(settings: &Settings, args: Args) -> CommandResult {
    let draft = Draft::of(&args.into)?;
    let databases = [&settings.identity_db, &settings.records_db];
    let passphrase = match &args.passphrase_file {
        Some(path) => Some(passphrase_of(path)?),
        None => settings.backup.passphrase(),
    };
    let input = unlock(&args.from, &args.unlock.identity, passphrase.clone())?;
    let (from, folder) = (args.from.clone(), draft.0.clone());
    let unpacked = tokio::task::spawn_blocking(move || unpack(&from, input, &folder)).await;
    let manifest = unpacked.map_err(|error| CommandError::Other(error.to_string()))??;
    check_files(&manifest, databases)?;
    if let Some(path) = &args.keys_from {
        let mut text = Vec::new();
        let input = unlock(path, &args.unlock.identity, passphrase)?;
        input.take(KEYS_LIMIT).read_to_end(&mut text).map_err(|error| unusable(path, &error))?;
        write_private(&draft.0.join("keys.json"), &text).map_err(|error| unusable(path, &error))?;
    }
    try_files(&draft.0).await?;
    fill_servers(databases, &draft.0).await?;
    draft.publish(&args.into)?;
    let rows: i64 = manifest.identity.values().chain(manifest.records.values()).sum();
    say!("{} の控えを {} に戻しました（{rows}行）。", manifest.made_at, args.into.display());
    say!(
        "鍵ファイルを確かめ、TECHO_DATA_DIR をこのフォルダーにして、techo audit verify を実行してください。"
    );
    Ok(Done::Whole)
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> CommandError {
    CommandError::Other(format!("{} を使えません: {error}", path.display()))
}

fn write_private(path: &Path, text: &[u8]) -> io::Result<()> {
    use std::{fs::OpenOptions, io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// A backup of PostgreSQL goes into PostgreSQL, and one of files becomes files.
fn check_files(manifest: &Manifest, databases: [&DbUrl; 2]) -> Result<(), CommandError> {
    for (name, setting, url) in
        [("identity", "TECHO_IDENTITY_DB", databases[0]), ("records", "TECHO_RECORDS_DB", databases[1])]
    {
        let has = |ending: &str| manifest.files.iter().any(|file| file.name == format!("{name}.{ending}"));
        let fits = match url {
            DbUrl::Sqlite(_) => has("db"),
            DbUrl::Postgres(_) => has("dump"),
        };
        if !fits {
            let engine = if has("dump") { "PostgreSQL" } else { "SQLite" };
            return Err(CommandError::Other(format!(
                "この控えの {name} は {engine} のものです。設定 {setting} を合わせてください。"
            )));
        }
    }
    Ok(())
}

/// Opens what became files, so that a copy that cannot be used is known before it has a name.
async fn try_files(folder: &Path) -> Result<(), CommandError> {
    for (name, which) in [("identity.db", Which::Identity), ("records.db", Which::Records)] {
        let path = folder.join(name);
        if path.is_file() {
            Db::open(&DbUrl::Sqlite(path), which).await?.close().await;
        }
    }
    Ok(())
}

/// Fills empty databases of a server. Until both are whole, nothing starts on either.
async fn fill_servers(databases: [&DbUrl; 2], folder: &Path) -> Result<(), CommandError> {
    let servers: Vec<_> = ["identity", "records"]
        .into_iter()
        .zip(databases)
        .filter(|(_, url)| matches!(url, DbUrl::Postgres(_)))
        .collect();
    for (_, url) in &servers {
        if !is_empty(url).await? {
            return Err(CommandError::Other(format!(
                "データベース {url} は空ではありません。何もしませんでした。"
            )));
        }
    }
    for (_, url) in &servers {
        mark_unfinished(url).await?;
    }
    for (name, url) in &servers {
        let dump = folder.join(format!("{name}.dump"));
        restore_dump(url, &dump).await?;
        fs::remove_file(&dump).map_err(|error| unusable(&dump, &error))?;
    }
    for (_, url) in &servers {
        unmark_finished(url).await?;
    }
    Ok(())
}

/// The folder under another name, until it is whole.
struct Draft(PathBuf);

impl Draft {
    /// Beside a folder that is not there or empty.
    fn of(into: &Path) -> Result<Self, CommandError> {
        match fs::read_dir(into).map(|mut listed| listed.next().is_none()) {
            Ok(true) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(false) => {
                let text = format!("フォルダー {} は空ではありません。何もしませんでした。", into.display());
                return Err(CommandError::Other(text));
            }
            Err(error) => return Err(unusable(into, &error)),
        }
        let name = into.file_name().ok_or_else(|| unusable(into, &"名前がありません"))?;
        let mut draft = std::ffi::OsString::from(".");
        draft.push(name);
        draft.push(format!(".unfinished.{}", std::process::id()));
        let draft = into.with_file_name(draft);
        folders::make_private(&draft).map_err(|error| unusable(&draft, &error))?;
        Ok(Self(draft))
    }

    /// Gives it its name in one step.
    fn publish(&self, into: &Path) -> Result<(), CommandError> {
        fs::rename(&self.0, into).map_err(|error| unusable(into, &error))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
