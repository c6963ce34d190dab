//! `techo import`: files of municipalities, insurers and clinics.

mod archive;
mod file;
mod input;
mod letters;
mod manifest;
mod progress;
mod rehearsal;
mod rejects;

use super::{CommandError, CommandOutcome, CommandResult, lock, opening, senders::active_organisation};
use crate::{config::ProcessSettings, named_files};
use file::FileReport;
use rehearsal::Rehearsal;
use serde::Serialize;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};
use techo_custody::{Custody, environment::Environment, page_watch::go_on};
use techo_intake::{ImportKind, retry_waiting};
use techo_model::{organisation::Organisation, text::is_one_line};

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
    /// データベースの写しで試し、数えるだけで、何も残しません
    #[arg(long)]
    dry_run: bool,
    /// 結果をプログラムで読む形で書きます
    #[arg(long)]
    json: bool,
}

/// One file to take in.
pub(crate) struct Job {
    pub(crate) kind: ImportKind,
    pub(crate) path: PathBuf,
    pub(crate) sender: Organisation,
}

#[derive(Serialize)]
struct Report {
    files: Vec<FileReport>,
}

/// Imports and reports.
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    let lock = lock::shared(settings)?;
    let custody = opening::open(settings, Environment::system(), &lock).await?;
    if !args.dry_run {
        return run_on(&custody, &args).await;
    }
    let rehearsal = Rehearsal::begin(settings, &custody).await?;
    let done = run_on(&rehearsal.custody, &args).await;
    rehearsal.end().await;
    done
}

async fn run_on(custody: &Custody, args: &Args) -> CommandResult {
    let jobs = match &args.manifest {
        Some(path) => manifest::jobs(custody, path).await?,
        None => named_jobs(custody, args).await?,
    };
    check_all(&jobs)?;
    let (files, ended) = import_all(custody, &jobs).await;
    let rejected = files.iter().any(|file| file.counts.rejected > 0);
    // What was taken in is told even when something behind it went wrong.
    if args.json {
        say!("{}", serde_json::to_string(&Report { files }).expect("numbers and paths always serialise"));
    } else {
        files.iter().for_each(|file| say!("{file}"));
    }
    ended?;
    Ok(if rejected { CommandOutcome::WithRejects } else { CommandOutcome::Whole })
}

/// What can be known before the first row: that every file is there, and that what it rejects can be written down without
/// harm to another one.
fn check_all(jobs: &[Job]) -> Result<(), CommandError> {
    let mut problems = Vec::new();
    let mut inputs: HashMap<PathBuf, &Job> = HashMap::with_capacity(jobs.len());
    for job in jobs {
        if let Err(fault) = named_files::open_plain(&job.path) {
            problems.push(format!("{}: {fault}", shown(&job.path)));
            continue;
        }
        let known = *inputs.entry(real(&job.path)).or_insert(job);
        if (known.kind, &known.sender.id) != (job.kind, &job.sender.id) {
            problems.push(format!(
                "{} が、種類か送信元を変えて二度指定されています。分けて取り込んでください",
                shown(&job.path)
            ));
        }
    }
    for job in inputs.values() {
        let rejects = rejects::rejects_path(&job.path);
        if let Some(other) = inputs.get(&real(&rejects)) {
            problems.push(format!(
                "{} は {} の却下した行を書く場所です。名前を変えてから取り込んでください",
                shown(&other.path),
                shown(&job.path)
            ));
        } else if let Err(error) = rejects::check_place(&rejects) {
            problems.push(error.to_string());
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(CommandError::Other(problems.join("\n"))) }
}

/// The same for every way to name a file.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// A path for people: a name can hold letters that a terminal obeys.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if is_one_line(&text) {
        return text.into_owned();
    }
    text.chars().map(|c| if is_one_line(c.encode_utf8(&mut [0; 4])) { c } else { '\u{FFFD}' }).collect()
}

/// Imports files in order until one cannot be imported; what waited is tried again after residents and coverage, whatever
/// came behind them.
pub(crate) async fn import_all(
    custody: &Custody,
    jobs: &[Job],
) -> (Vec<FileReport>, Result<(), CommandError>) {
    let mut files = Vec::with_capacity(jobs.len());
    let mut ended = Ok(());
    let mut arrivals = false;
    for job in jobs {
        arrivals |= matches!(job.kind, ImportKind::Residents | ImportKind::Coverage);
        match file::import(custody, job).await {
            Ok(report) => files.push(report),
            Err(error) => {
                ended = Err(error);
                break;
            }
        }
    }
    if arrivals && let Err(error) = settle_and_tell(custody).await {
        ended = ended.and(Err(error));
    }
    (files, ended)
}

async fn settle_and_tell(custody: &Custody) -> Result<(), CommandError> {
    progress::tell_matched(retry_waiting(custody, &mut go_on).await?);
    Ok(())
}

/// The jobs of a manifest, for the demo.
pub(crate) async fn manifest_jobs(custody: &Custody, path: &Path) -> Result<Vec<Job>, CommandError> {
    manifest::jobs(custody, path).await
}

async fn named_jobs(custody: &Custody, args: &Args) -> Result<Vec<Job>, CommandError> {
    let name = args.kind.as_deref().unwrap_or_default();
    let kind = ImportKind::parse(name).ok_or_else(|| {
        CommandError::Other(format!(
            "「{name}」という種類はありません。residents、coverage、checkups、vaccinations のどれかです。"
        ))
    })?;
    let id = args.sender.as_deref().unwrap_or_default();
    let sender = sender(custody, id, kind).await?;
    Ok(args.paths.iter().map(|path| Job { kind, path: path.clone(), sender: sender.clone() }).collect())
}

async fn sender(custody: &Custody, id: &str, kind: ImportKind) -> Result<Organisation, CommandError> {
    let sender = active_organisation(custody, id).await?;
    if kind.may_come_from(sender.kind) {
        Ok(sender)
    } else {
        Err(CommandError::Other(format!("組織 {id}（{}）は {kind} のファイルを送れません。", sender.kind)))
    }
}
