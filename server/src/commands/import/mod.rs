//! `techo import`: files of municipalities, insurers and clinics.

mod archive;
mod file;
mod manifest;
mod progress;
mod rejects;

use super::{CommandError, CommandResult, Done, lock, opening, senders::active_organisation};
use crate::config::Settings;
use file::FileReport;
use serde::Serialize;
use std::path::PathBuf;
use techo_domain::{
    Domain,
    import::{Kind, Mode, settle},
    world::World,
};
use techo_model::organisation::Organisation;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "例: techo import residents 住民.csv --as 131016\n    techo import checkups 健診.zip --as 06123456 --json\n    techo import --manifest ./demo-files/manifest.json"
)]
pub struct Args {
    /// residents, coverage, checkups, vaccinations
    #[arg(required_unless_present = "manifest")]
    kind: Option<String>,
    /// 取り込むファイル（いくつでも）
    #[arg(required_unless_present = "manifest")]
    paths: Vec<PathBuf>,
    /// 送信元の組織の番号
    #[arg(long = "as", value_name = "ORG", required_unless_present = "manifest")]
    sender: Option<String>,
    /// techo synth が書いた一覧のとおりに、すべて取り込みます
    #[arg(long, conflicts_with_all = ["kind", "paths", "sender"])]
    manifest: Option<PathBuf>,
    /// 数えるだけで、何も書きません
    #[arg(long)]
    dry_run: bool,
    /// 結果をプログラムで読む形で書きます
    #[arg(long)]
    json: bool,
}

/// One file to take in.
pub(crate) struct Job {
    pub(crate) kind: Kind,
    pub(crate) path: PathBuf,
    pub(crate) sender: Organisation,
}

#[derive(Serialize)]
struct Report {
    files: Vec<FileReport>,
}

/// Imports and reports.
pub async fn run(settings: &Settings, args: Args) -> CommandResult {
    let lock = lock::shared(settings)?;
    let domain = opening::open(settings, World::system(), &lock).await?;
    let mode = if args.dry_run { Mode::DryRun } else { Mode::Real };
    let jobs = match &args.manifest {
        Some(path) => manifest::jobs(&domain, path, mode).await?,
        None => named_jobs(&domain, &args).await?,
    };
    let files = import_all(&domain, &jobs, mode).await?;
    let rejected = files.iter().any(|file| file.counts.rejected > 0);
    if args.json {
        say!("{}", serde_json::to_string(&Report { files }).expect("numbers and paths always serialise"));
    } else {
        files.iter().for_each(|file| say!("{file}"));
    }
    Ok(if rejected { Done::WithRejects } else { Done::Whole })
}

/// Imports files in order; what waited is tried again after residents and coverage.
pub(crate) async fn import_all(
    domain: &Domain,
    jobs: &[Job],
    mode: Mode,
) -> Result<Vec<FileReport>, CommandError> {
    let mut files = Vec::with_capacity(jobs.len());
    let mut arrivals = false;
    for job in jobs {
        files.push(file::import(domain, job, mode).await?);
        arrivals |= matches!(job.kind, Kind::Residents | Kind::Coverage);
    }
    if arrivals && mode == Mode::Real {
        let settled = settle(domain).await?;
        if settled.total() > 0 {
            tell!(
                "待っていた記録が本人とつながりました: 資格{}件、健診{}件、予防接種{}件",
                settled.coverages,
                settled.checkups,
                settled.vaccinations
            );
        }
    }
    Ok(files)
}

/// The jobs of a manifest, for the demo.
pub(crate) async fn manifest_jobs(domain: &Domain, path: &std::path::Path) -> Result<Vec<Job>, CommandError> {
    manifest::jobs(domain, path, Mode::Real).await
}

async fn named_jobs(domain: &Domain, args: &Args) -> Result<Vec<Job>, CommandError> {
    let name = args.kind.as_deref().unwrap_or_default();
    let kind = Kind::from_name(name).ok_or_else(|| {
        CommandError::Other(format!(
            "「{name}」という種類はありません。residents、coverage、checkups、vaccinations のどれかです。"
        ))
    })?;
    let id = args.sender.as_deref().unwrap_or_default();
    let sender = sender(domain, id, kind).await?;
    Ok(args.paths.iter().map(|path| Job { kind, path: path.clone(), sender: sender.clone() }).collect())
}

async fn sender(domain: &Domain, id: &str, kind: Kind) -> Result<Organisation, CommandError> {
    let sender = active_organisation(domain, id).await?;
    if kind.may_come_from(sender.kind) {
        Ok(sender)
    } else {
        Err(CommandError::Other(format!("組織 {id}（{}）は {kind} のファイルを送れません。", sender.kind)))
    }
}
