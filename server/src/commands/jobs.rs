//! `techo jobs`: what happens by itself and how it stands, and what is parked.

use super::{CommandError, CommandOutcome, CommandResult, lock, opening};
use crate::{
    config::ProcessSettings,
    jobs::{INDEX_DEMOGRAPHICS, RETRY_WAITING, bring_forward},
};
use techo_custody::environment::Environment;
use techo_model::UnixMillis;
use techo_store::{
    DatabaseName, Stores,
    jobs::{
        JobRow, JobState, ParkedChoice, ParkedRow, forget_parked_rows, list_jobs, list_parked_rows,
        retry_parked_jobs,
    },
};
use uuid::Uuid;

/// Rows that are listed of each kind and database.
const MOST: i64 = 500;

const HELP: &str = "\
例: techo jobs
    techo jobs retry 01930c2e-7a00-7000-8000-000000000000
    techo jobs retry --all

serve が動いていても実行できます。
終了の値: 0 止めてあるものはありません、1 止めてあるものがあります、2 調べられませんでした。";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// 止めてある作業や読めなかった行を、もう一度試させます
    #[command(
        after_help = "例: techo jobs retry 01930c2e-7a00-7000-8000-000000000000\n    techo jobs retry --all"
    )]
    Retry(Retry),
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Retry {
    /// 作業または行の番号（techo jobs に出ます）
    id: Option<Uuid>,
    /// 止めてあるものすべて
    #[arg(long)]
    all: bool,
}

/// Lists, or lets parked things be tried again.
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    let _lock = lock::shared(settings)?;
    let (stores, environment) = (opening::open_stores(settings).await?, Environment::system());
    match args.action {
        None => list(&stores, environment.now()).await,
        Some(Action::Retry(Retry { id, .. })) => {
            retry(&stores, &environment, id.map_or(ParkedChoice::All, ParkedChoice::One)).await
        }
    }
}

async fn list(stores: &Stores, now: UnixMillis) -> CommandResult {
    let (mut jobs, mut rows) = (Vec::new(), Vec::new());
    for which in [DatabaseName::Identity, DatabaseName::Records] {
        jobs.extend(list_jobs(stores.db(which), MOST).await?);
        rows.extend(list_parked_rows(stores.db(which), MOST).await?);
    }
    if jobs.is_empty() {
        say!("作業はまだありません。serve を一度動かすと始まります。");
    }
    jobs.iter().for_each(|job| tell_job(job, now));
    if !rows.is_empty() {
        say!("読めないので飛ばしている行（行そのものは残っています）:");
        rows.iter().for_each(tell_row);
    }
    let parked = rows.len() + jobs.iter().filter(|job| job.state(now) == JobState::Parked).count();
    if parked == 0 {
        return Ok(CommandOutcome::Whole);
    }
    say!(
        "止めてあるものが{parked}件あります。原因を直したら「techo jobs retry」でもう一度試させてください。"
    );
    Ok(CommandOutcome::Found)
}

fn tell_job(job: &JobRow, now: UnixMillis) {
    let state = match job.state(now) {
        JobState::Waiting => "待っています",
        JobState::Running => "動いています",
        JobState::Parked => "止めてあります",
    };
    let when =
        |at: Option<UnixMillis>| at.map_or("まだありません".to_owned(), |at| at.rfc3339_in_japan());
    say!("{} {}（{}）", job.kind, state, job.job_id);
    say!("  最後の成功 {}", when(job.last_success_at));
    if job.state(now) == JobState::Waiting {
        say!("  次の予定 {}", job.due_at.rfc3339_in_japan());
    }
    match (job.progress_done, job.progress_total) {
        (Some(done), Some(total)) => say!("  進みぐあい {done} / {total}"),
        (Some(done), None) => say!("  進みぐあい {done}"),
        (None, _) => {}
    }
    if job.failures > 0 {
        say!("  続けて{}回失敗（最後は {}）", job.failures, when(job.last_failure_at));
    }
    if let Some(failure) = &job.failure {
        say!("  理由 {failure}");
    }
}

fn tell_row(row: &ParkedRow) {
    let ParkedRow { table_name, row_id, column_name, reason, parked_at } = row;
    say!("  {table_name}.{column_name} {row_id} {reason} {}", parked_at.rfc3339_in_japan());
}

async fn retry(stores: &Stores, environment: &Environment, choice: ParkedChoice) -> CommandResult {
    let now = environment.now();
    let mut tx = stores.vault.begin().await?;
    stores.vault.look_again_at_parked_coverage(&mut tx, choice).await?;
    let mut jobs = retry_parked_jobs(&mut tx, choice, now).await?;
    let mut rows = forget_parked_rows(&mut tx, choice).await?;
    bring_forward(&mut tx, environment, INDEX_DEMOGRAPHICS.kind).await?;
    tx.commit().await?;
    let mut tx = stores.records.begin().await?;
    stores.records.requeue_waiting_parked(&mut tx, choice).await?;
    jobs += retry_parked_jobs(&mut tx, choice, now).await?;
    rows += forget_parked_rows(&mut tx, choice).await?;
    bring_forward(&mut tx, environment, RETRY_WAITING.kind).await?;
    tx.commit().await?;
    if jobs + rows == 0 && choice != ParkedChoice::All {
        return Err(CommandError::Other(
            "その番号で止めてあるものはありません。番号は techo jobs で確かめてください。".to_owned(),
        ));
    }
    say!("作業{jobs}件と行{rows}件を、もう一度試させます。");
    Ok(CommandOutcome::Whole)
}
