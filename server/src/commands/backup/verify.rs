//! A backup is tried out: put back into a temporary place, its access log audited, and its rows counted.

use super::{archive::unpack, cipher::Unlocked, manifest::Manifest};
use crate::{
    commands::{CommandError, CommandOutcome, CommandResult},
    config::ProcessSettings,
};
use std::{ops::ControlFlow, path::Path};
use techo_audit::log::{self, tree::checkpoint_mirror::CheckpointMirror};
use techo_custody::Custody;
use techo_store::{
    DatabaseName, Db, DbUrl, Records, Stores, Vault,
    backup::{TableCounts, counts, drop_trial, restore_dump, trial_database},
};

/// Where a database of the backup is put to try it out.
struct Trial<'a> {
    url: DbUrl,
    /// The PostgreSQL database that it stands beside, and its name.
    made: Option<(&'a DbUrl, String)>,
}

/// Restores, audits, counts.
pub(super) async fn verify(
    settings: &ProcessSettings,
    custody: &Custody,
    from: &Path,
    input: Unlocked,
) -> CommandResult {
    let staging = super::staging(settings)?;
    let folder = staging.folder.clone();
    let path = from.to_owned();
    let unpacked = tokio::task::spawn_blocking(move || unpack(&path, input, &folder)).await;
    let manifest = unpacked.map_err(|error| CommandError::Other(error.to_string()))??;
    let urls = [(&settings.identity_db, "identity"), (&settings.records_db, "records")];
    let mut trials = Vec::new();
    let mut result: CommandResult = Ok(CommandOutcome::Whole);
    for (url, name) in urls {
        match put_back(url, name, &staging.folder).await {
            Ok(trial) => trials.push(trial),
            Err(error) => result = Err(error),
        }
    }
    if result.is_ok()
        && let [vault, records] = &trials[..]
    {
        result = look(custody, [&vault.url, &records.url], &staging.folder, &manifest).await;
    }
    for (beside, name) in trials.into_iter().filter_map(|trial| trial.made) {
        drop_trial(beside, &name).await?;
    }
    result
}

async fn put_back<'a>(url: &'a DbUrl, name: &str, folder: &Path) -> Result<Trial<'a>, CommandError> {
    if let DbUrl::Sqlite(_) = url {
        return Ok(Trial { url: DbUrl::Sqlite(folder.join(format!("{name}.db"))), made: None });
    }
    let trial = format!("techo_verify_{name}_{}", std::process::id());
    let made = trial_database(url, &trial).await.map_err(|error| {
        CommandError::Other(format!(
            "確かめるための一時的なデータベースを作れません（CREATEDBの権限が要ります）: {error}"
        ))
    })?;
    let restored = restore_dump(&made, &folder.join(format!("{name}.dump"))).await;
    if let Err(error) = restored {
        drop_trial(url, &trial).await?;
        return Err(error.into());
    }
    Ok(Trial { url: made, made: Some((url, trial)) })
}

/// Looks at databases that were put back.
async fn look(custody: &Custody, urls: [&DbUrl; 2], folder: &Path, manifest: &Manifest) -> CommandResult {
    let vault = Db::open(urls[0], DatabaseName::Identity).await?;
    let records = Db::open(urls[1], DatabaseName::Records).await?;
    let looked = look_into(custody, [&vault, &records], folder, manifest).await;
    vault.close().await;
    records.close().await;
    looked
}

async fn look_into(custody: &Custody, dbs: [&Db; 2], folder: &Path, manifest: &Manifest) -> CommandResult {
    let differences = [
        differences(&manifest.identity, &counts(dbs[0]).await?),
        differences(&manifest.records, &counts(dbs[1]).await?),
    ];
    let differences = differences.concat();
    if !differences.is_empty() {
        say!("控えの件数が、作った時と違います: {}", differences.join("、"));
        return Ok(CommandOutcome::Found);
    }
    let stores = Stores { vault: Vault::new(dbs[0].clone()), records: Records::new(dbs[1].clone()) };
    let restored = Custody { stores, ..custody.clone() };
    let has_checkpoints = manifest.files.iter().any(|file| file.name.starts_with("checkpoints/"));
    // Those at a web address are not in a backup, so there is nothing to compare with.
    let place = if has_checkpoints {
        CheckpointMirror::Folder(folder.join("checkpoints"))
    } else {
        CheckpointMirror::Url(String::new())
    };
    match log::audit_log(&restored, &place, &mut |_| ControlFlow::Continue(())).await {
        Ok(audited) => {
            say!(
                "控えを確かめました。すべての表の件数が同じで、閲覧の記録{}件も合っています。",
                audited.entries
            );
            Ok(CommandOutcome::Whole)
        }
        Err(error) => {
            say!("控えの閲覧の記録が合いません: {error}");
            Ok(CommandOutcome::Found)
        }
    }
}

/// Tables whose number of rows is not what it was.
fn differences(then: &TableCounts, now: &TableCounts) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = then.keys().chain(now.keys()).collect();
    let named = names.into_iter().filter(|name| then.get(*name) != now.get(*name));
    named
        .map(|name| {
            let [then, now] =
                [then, now].map(|counts| counts.get(name).map_or("なし".to_owned(), i64::to_string));
            format!("{name} {then}→{now}行")
        })
        .collect()
}
