//! `techo backup`: both databases and the checkpoints at one moment, in one locked file.

mod archive;
mod cipher;
mod manifest;
mod verify;

pub(super) use archive::unpack;
pub(super) use cipher::{UnlockArgs, open as unlock, passphrase_of};
pub(super) use manifest::Manifest;

use super::{CommandError, CommandOutcome, CommandResult, folders::Staging, lock, opening};
use crate::config::ProcessSettings;
use cipher::{Lock, LockArgs};
use std::{
    io,
    path::{Path, PathBuf},
};
use techo_audit::log::tree::checkpoint_mirror::CheckpointMirror;
use techo_custody::{Custody, environment::Environment};
use techo_store::{DbUrl, backup::snapshots};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "例: techo backup /backup/techo-2026-11-30.age --recipient age1… --verify --identity key.txt\n    techo backup /backup/techo.age --passphrase-file words.txt --keys-to /safe/keys.age"
)]
pub struct Args {
    /// 控えのファイル（まだないもの）
    to: PathBuf,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    unlock: UnlockArgs,
    /// 作った控えを一時的な場所に戻し、閲覧の記録を検査し、すべての表の件数を比べます
    #[arg(long)]
    verify: bool,
    /// 鍵ファイルの写しも、同じ暗号化でこのファイルに作ります。控えとは別の場所に置いてください
    #[arg(long, value_name = "FILE")]
    keys_to: Option<PathBuf>,
}

/// Makes a backup, and tries it out when asked to.
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    let way_in = args.lock.lock(settings)?;
    check_places(&args)?;
    if args.verify && matches!(way_in, Lock::Recipients(_)) && args.unlock.identity.is_empty() {
        return Err(CommandError::Other(
            "控えを確かめるには、--identity に宛先の秘密鍵のファイルを指定してください。".to_owned(),
        ));
    }
    let lock = lock::shared(settings)?;
    let custody = opening::open(settings, Environment::system(), &lock).await?;
    let rows = make(&custody, settings, &args.to, way_in).await?;
    say!("控えを {} に作りました（{rows}行）。", args.to.display());
    if let Some(keys) = &args.keys_to {
        let (keys, from, way_in) = (keys.clone(), settings.keys.clone(), args.lock.lock(settings)?);
        let path = keys.clone();
        blocking(&path, move || archive::write_alone(&keys, way_in, &from)).await?;
        say!("鍵ファイルの写しを {} に作りました。控えとは別の場所に置いてください。", path.display());
    }
    if !args.verify {
        return Ok(CommandOutcome::Whole);
    }
    let input = unlock(&args.to, &args.unlock.identity, args.lock.passphrase(settings)?)?;
    verify::verify(settings, &custody, &args.to, input).await
}

fn check_places(args: &Args) -> Result<(), CommandError> {
    for path in [Some(&args.to), args.keys_to.as_ref()].into_iter().flatten() {
        if path.symlink_metadata().is_ok() {
            let text = format!("{} はすでにあります。上書きはしません。", path.display());
            return Err(CommandError::Other(text));
        }
    }
    if args.keys_to.as_ref() == Some(&args.to) {
        return Err(CommandError::Other("控えと鍵ファイルの写しは別のファイルにしてください。".to_owned()));
    }
    Ok(())
}

/// Copies, packs and locks. Answers how many rows the backup has.
async fn make(
    custody: &Custody,
    settings: &ProcessSettings,
    to: &Path,
    way_in: Lock,
) -> Result<i64, CommandError> {
    let staging = staging(settings)?;
    let urls = [&settings.identity_db, &settings.records_db];
    let names = [("identity", urls[0]), ("records", urls[1])].map(|(name, url)| match url {
        DbUrl::Sqlite(_) => format!("{name}.db"),
        DbUrl::Postgres(_) => format!("{name}.dump"),
    });
    let copies = [&names[0], &names[1]].map(|name| staging.folder.join(name));
    let [mut vault, mut records] = snapshots(&custody.stores, urls, [&copies[0], &copies[1]]).await?;
    let made_at = custody.environment.now().rfc3339();
    let manifest = Manifest::new(made_at, vault.counts().await?, records.counts().await?);
    let rows = manifest.identity.values().chain(manifest.records.values()).sum();
    let largest = records.largest_checkpoint().await?;
    vault.finish().await?;
    records.finish().await?;
    let mut files: Vec<(String, PathBuf)> = names.into_iter().zip(copies).collect();
    files.extend(checkpoints(&settings.log_checkpoints, largest)?);
    let path = to.to_owned();
    blocking(to, move || archive::write(&path, way_in, &files, manifest)).await?;
    Ok(rows)
}

/// Checkpoints in the second place that are not about lines after the moment: beside an older database those would look as if
/// somebody had cut its log off.
fn checkpoints(place: &CheckpointMirror, largest: i64) -> Result<Vec<(String, PathBuf)>, CommandError> {
    let all =
        place.all().map_err(|error| CommandError::Other(format!("控えの置き場所を読めません: {error}")))?;
    let named = all.into_iter().filter_map(|(path, _)| {
        let name = path.file_name()?.to_str()?.to_owned();
        let size: i64 = name.strip_suffix(".checkpoint")?.parse().ok()?;
        (size <= largest).then(|| (format!("checkpoints/{name}"), path))
    });
    Ok(named.collect())
}

/// Work with files, away from the threads that serve.
async fn blocking(
    path: &Path,
    work: impl FnOnce() -> io::Result<()> + Send + 'static,
) -> Result<(), CommandError> {
    let done = tokio::task::spawn_blocking(work).await;
    let failed = |error: &dyn std::fmt::Display| {
        CommandError::Other(format!("控え {} を作れませんでした: {error}", path.display()))
    };
    done.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

/// A place for copies in the data folder, beside what is copied.
fn staging(settings: &ProcessSettings) -> Result<Staging, CommandError> {
    let folder = &settings.data_dir;
    Staging::make(folder, ".backup.").map_err(|error| {
        CommandError::Other(format!("{} に作業用のフォルダーを作れません: {error}", folder.display()))
    })
}
