//! `techo restore`: puts a backup into a folder or into databases that are empty, whole or not at all.

use super::{
    CommandError, CommandOutcome, CommandResult,
    backup::{Manifest, UnlockArgs, passphrase_of, unlock, unpack},
    folders::{self, Staging},
};
use crate::config::ProcessSettings;
use std::{
    fs,
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};
use techo_custody::keys;
use techo_store::{
    DatabaseName, Db, DbUrl,
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
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    let target = Target::check(&args.into)?;
    let staging = target.staging()?;
    let draft = staging.folder.as_path();
    let databases = [&settings.identity_db, &settings.records_db];
    let passphrase = match &args.passphrase_file {
        Some(path) => Some(passphrase_of(path)?),
        None => settings.backup.passphrase(),
    };
    let input = unlock(&args.from, &args.unlock.identity, passphrase.clone())?;
    let (from, folder) = (args.from.clone(), draft.to_owned());
    let unpacked = tokio::task::spawn_blocking(move || unpack(&from, input, &folder)).await;
    let manifest = unpacked.map_err(|error| CommandError::Other(error.to_string()))??;
    check_files(&manifest, databases)?;
    if let Some(path) = &args.keys_from {
        put_keys(unlock(path, &args.unlock.identity, passphrase)?, path, &draft.join("keys.json"))?;
    }
    try_files(draft).await?;
    let servers = fill_servers(databases, draft).await?;
    let named =
        fs::rename(draft, &target.0).and_then(|()| folders::keep_names(folders::folder_of(&target.0)));
    named.map_err(|error| unusable(&args.into, &error))?;
    // From here on everything is there, so from here on it may be used.
    for (name, url) in servers {
        unmark_finished(url).await.map_err(|error| of_server(name, &error))?;
    }
    let rows: i64 = manifest.identity.values().chain(manifest.records.values()).sum();
    say!("{} の控えを {} に戻しました（{rows}行）。", manifest.made_at, args.into.display());
    say!(
        "鍵ファイルを確かめ、TECHO_DATA_DIR をこのフォルダーにして、techo audit verify を実行してください。"
    );
    Ok(CommandOutcome::Whole)
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> CommandError {
    CommandError::Other(format!("{} を使えません: {error}", path.display()))
}

/// Puts the copy of the key file where it belongs, once it is one.
fn put_keys(input: impl io::Read, from: &Path, to: &Path) -> Result<(), CommandError> {
    let mut text = Vec::new();
    input.take(KEYS_LIMIT).read_to_end(&mut text).map_err(|error| unusable(from, &error))?;
    write_private(to, &text).map_err(|error| unusable(from, &error))?;
    keys::file::load(to).map(drop).map_err(|_| unusable(from, &"鍵ファイルの写しではありません"))
}

fn of_server(name: &str, error: &dyn std::fmt::Display) -> CommandError {
    CommandError::Other(format!("設定 TECHO_{}_DB のデータベース: {error}", name.to_uppercase()))
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
    for (name, which) in [("identity.db", DatabaseName::Identity), ("records.db", DatabaseName::Records)] {
        let path = folder.join(name);
        if path.is_file() {
            let opened = Db::open(&DbUrl::Sqlite(path), which).await;
            opened.map_err(|error| CommandError::Other(format!("控えの {name}: {error}")))?.close().await;
        }
    }
    Ok(())
}

/// Fills empty databases of a server, and answers which. They are still marked: nothing starts on either.
async fn fill_servers<'a>(
    databases: [&'a DbUrl; 2],
    folder: &Path,
) -> Result<Vec<(&'static str, &'a DbUrl)>, CommandError> {
    let named = ["identity", "records"].into_iter().zip(databases);
    let servers: Vec<_> = named.filter(|(_, url)| matches!(url, DbUrl::Postgres(_))).collect();
    for (name, url) in &servers {
        if !is_empty(url).await.map_err(|error| of_server(name, &error))? {
            return Err(of_server(name, &"空ではありません。何もしませんでした"));
        }
    }
    for (name, url) in &servers {
        mark_unfinished(url).await.map_err(|error| of_server(name, &error))?;
    }
    for (name, url) in &servers {
        let dump = folder.join(format!("{name}.dump"));
        restore_dump(url, &dump).await.map_err(|error| of_server(name, &error))?;
        fs::remove_file(&dump).map_err(|error| unusable(&dump, &error))?;
    }
    Ok(servers)
}

/// Where a backup goes: a folder that is not there, or empty, and no disk of its own, because it gets its name in one step.
struct Target(PathBuf);

impl Target {
    fn check(into: &Path) -> Result<Self, CommandError> {
        let path = match into.canonicalize() {
            Ok(there) => there,
            // A link that leads nowhere has a name that nothing else can get.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !into.is_symlink() => into.to_owned(),
            Err(error) => return Err(unusable(into, &error)),
        };
        match fs::read_dir(&path).map(|mut listed| listed.next().is_none()) {
            Ok(true) if is_a_disk(&path).map_err(|error| unusable(into, &error))? => {
                Err(unusable(into, &"ディスクそのものです。その中のフォルダーを指定してください"))
            }
            Ok(true) => Ok(Self(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self(path)),
            Ok(false) => {
                let text = format!("フォルダー {} は空ではありません。何もしませんでした。", into.display());
                Err(CommandError::Other(text))
            }
            Err(error) => Err(unusable(into, &error)),
        }
    }

    /// A folder beside it, for what is not whole yet.
    fn staging(&self) -> Result<Staging, CommandError> {
        let beside = folders::folder_of(&self.0);
        let name = self.0.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| unusable(&self.0, &"名前がありません"))?;
        let made = folders::make_private(beside);
        made.and_then(|()| Staging::make(beside, &format!(".{name}.unfinished.")))
            .map_err(|error| unusable(beside, &error))
    }
}

fn is_a_disk(folder: &Path) -> io::Result<bool> {
    let around = folder.join("..");
    Ok(fs::metadata(folder)?.dev() != fs::metadata(around)?.dev())
}
