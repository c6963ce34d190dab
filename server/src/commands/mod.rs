//! The command line. One file per command; each has an example in its help.

mod audit;
mod backup;
mod card;
mod consent;
mod demo;
mod folders;
mod import;
mod jobs;
mod keys;
mod letters;
pub(crate) mod lock;
mod migrate;
mod opening;
mod org;
mod restore;
mod senders;
mod serve;
mod staff;
mod synth;

use crate::{
    config::{ConfigError, OtlpEndpoint, ProcessSettings, SettingSources},
    output,
    telemetry::TraceExport,
};
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use techo_custody::{
    Failure,
    keys::{file::KeyFileError, installed::InstalledError},
};
use techo_store::StoreError;

/// 手帳 — 本人のための健康記録ポータル
#[derive(Debug, Parser)]
#[command(name = "techo", version, about, max_term_width = 100)]
pub struct Cli {
    /// 設定をひとつ上書きします（何度でも書けます）。例: --set DATA_DIR=/srv/techo
    #[arg(long = "set", global = true, value_name = "NAME=値")]
    settings: Vec<String>,
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 受付を開きます
    Serve(serve::Args),
    /// 架空の人々で試せるデモを動かします
    Demo(demo::Args),
    /// 実在しない住民の記録ファイルを作ります
    Synth(synth::Args),
    /// 住民・資格・健診・予防接種のファイルを取り込みます
    Import(import::Args),
    /// 利用開始の手紙を作ります
    Letters(letters::Args),
    /// デモ用のカードを扱います
    Card(card::Args),
    /// 送信元の組織を登録・一覧します
    Org(org::Args),
    /// 業務用ページに人を招待します
    Staff(staff::Args),
    /// 同意設定の判定を確かめます
    Consent(consent::Args),
    /// 閲覧の記録（アクセスログ）を検査します
    Audit(audit::Args),
    /// 自動の作業と、止めてあるものを一覧します
    Jobs(jobs::Args),
    /// 鍵を作成・更新します
    Keys(keys::Args),
    /// 両方のデータベースの控えを作ります
    Backup(backup::Args),
    /// 控えから戻します
    Restore(restore::Args),
    /// データベースを最新の形にします
    Migrate(migrate::Args),
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandOutcome {
    /// Everything.
    Whole,
    /// With rejected rows, all of them in a rejects file.
    WithRejects,
    /// What was to be checked was checked, and something is wrong with it.
    Found,
}

/// Why a command could not do its work: one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A setting.
    #[error("設定 {0}")]
    Config(#[from] ConfigError),
    /// The key file.
    #[error("{0}")]
    Keys(#[from] KeyFileError),
    /// A key file and databases that do not go together.
    #[error("{0}")]
    Installed(#[from] InstalledError),
    /// A database.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        Self::Other(failure.to_string())
    }
}

/// Result of a command.
pub type CommandResult = Result<CommandOutcome, CommandError>;

/// Runs a command and turns its end into an exit status: 0 done, 1 done with rejected rows or with something
/// found, 2 not done. Spans go to a collector when a setting names one.
pub async fn run(cli: Cli, export: &mut TraceExport) -> ExitCode {
    output::end(match dispatch(cli, export).await {
        Ok(CommandOutcome::Whole) => ExitCode::SUCCESS,
        Ok(CommandOutcome::WithRejects | CommandOutcome::Found) => ExitCode::from(1),
        Err(error) => {
            tell!("techo: {error}");
            ExitCode::from(2)
        }
    })
}

async fn dispatch(cli: Cli, export: &mut TraceExport) -> CommandResult {
    let sources = SettingSources::read(&cli.settings)?;
    if let Some(endpoint) = OtlpEndpoint::load(&sources)? {
        export.start(&endpoint)?;
    }
    match cli.command {
        Command::Serve(args) => serve::run(ProcessSettings::load(&sources)?, args).await,
        Command::Demo(args) => demo::run(sources, args).await,
        Command::Letters(args) => letters::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Card(args) => card::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Synth(args) => synth::run(args),
        Command::Import(args) => import::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Org(args) => org::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Staff(args) => staff::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Consent(args) => consent::run(args),
        Command::Audit(args) => audit::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Jobs(args) => jobs::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Keys(args) => keys::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Backup(args) => backup::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Restore(args) => restore::run(&ProcessSettings::load(&sources)?, args).await,
        Command::Migrate(args) => migrate::run(&ProcessSettings::load(&sources)?, args).await,
    }
}
