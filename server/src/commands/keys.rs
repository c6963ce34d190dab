//! `techo keys`: the key file, and the change to new keys.

use super::{CommandError, CommandOutcome, CommandResult, lock, opening::open_stores};
use crate::config::ProcessSettings;
use std::{
    io::{self, IsTerminal as _},
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use techo_custody::{
    environment::Environment,
    keys::file,
    rotate::{self, RotationPart, RotationStep, RotationSummary},
};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "例: techo keys init\n    techo keys rotate")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// 新しい鍵ファイルを作ります（あれば何もしません）
    Init,
    /// 新しい版の鍵を加え、すべての符号と封印をその鍵に移します
    #[command(after_help = ROTATE_HELP)]
    Rotate {
        /// 結果をプログラムで読む形で書きます
        #[arg(long)]
        json: bool,
    },
}

const ROTATE_HELP: &str = "\
例: techo keys rotate

はじめに serve と import をすべて止めてください。動いている間は始まりません（PostgreSQL を何台かで使うときは、すべての機械で止めてください）。
書き込む前に、すべての行を開けるかを調べます。開けない行があれば、何も変えずにその表と行の番号を示します。
途中で止まっても、もう一度実行すれば続きから終わらせます。終わるまで serve と import は始まりません。
終わりに、更新の前と後で各表の行数と符号の種類が同じことを確かめます。
古い版の鍵は鍵ファイルに残ります。更新の前に作った控え（バックアップ）を読むために要るので、消さないでください。
更新のあとは、新しい鍵ファイルの控えを、データベースとは別の安全な場所に置いてください。";

/// Makes keys, or changes to new ones.
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    match args.action {
        Action::Init => init(settings),
        Action::Rotate { json } => {
            let summary = rotate(settings).await?;
            if json {
                say!("{}", serde_json::to_string(&summary).expect("numbers and names always serialise"));
            } else {
                print(settings, &summary);
            }
            Ok(CommandOutcome::Whole)
        }
    }
}

fn init(settings: &ProcessSettings) -> CommandResult {
    if let Some(folder) = settings.keys.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        super::folders::make_private(folder).map_err(|error| {
            CommandError::Other(format!("フォルダー {} を作れません: {error}", folder.display()))
        })?;
    }
    file::init(&settings.keys, &Environment::system())?;
    say!(
        "鍵ファイル {} を作りました。控えをデータベースとは別の安全な場所に置いてください。",
        settings.keys.display()
    );
    Ok(CommandOutcome::Whole)
}

async fn rotate(settings: &ProcessSettings) -> Result<RotationSummary, CommandError> {
    let _alone = lock::exclusive(settings)?;
    let stores = open_stores(settings).await?;
    if let Some(unfinished) = rotate::unfinished(&stores).await? {
        tell!("第{}版から第{}版への更新を続けます。", unfinished.from, unfinished.to);
    }
    let stopping = stop_on_signal();
    let mut progress = Progress::new();
    let mut watch = |step: RotationStep| {
        progress.show(step);
        // The last page is written whole, and the next run goes on behind it.
        if stopping.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let rotated = rotate::rotate(&stores, &settings.keys, &Environment::system(), &mut watch).await;
    progress.finish();
    stores.vault.db().close().await;
    stores.records.db().close().await;
    rotated.map_err(|error| CommandError::Other(error.to_string()))
}

/// Turns true when somebody presses Ctrl-C.
fn stop_on_signal() -> Arc<AtomicBool> {
    let stopping = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopping);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
    });
    stopping
}

fn print(settings: &ProcessSettings, summary: &RotationSummary) {
    say!("鍵を第{}版から第{}版へ更新しました。", summary.from, summary.to);
    for table in &summary.tables {
        say!("  {}: 前 {}行、後 {}行", table.table, table.rows_before, table.rows_after);
    }
    if summary.aliases_added + summary.aliases_dropped > 0 {
        say!(
            "途中で止まった取り込みがあったため、資格の参照を{}件加え、{}件除きました。その取り込みをもう一度実行してください。",
            summary.aliases_added,
            summary.aliases_dropped
        );
    }
    say!(
        "新しい鍵ファイル {} の控えを、データベースとは別の安全な場所に置いてください。古い版の鍵も残っています。",
        settings.keys.display()
    );
}

/// How far it is: one line that rewrites itself on a terminal, a plain line per part elsewhere.
struct Progress {
    terminal: bool,
    shown: Option<RotationPart>,
}

impl Progress {
    fn new() -> Self {
        Self { terminal: io::stderr().is_terminal(), shown: None }
    }

    fn show(&mut self, step: RotationStep) {
        let name = match step.part {
            RotationPart::Rehearsal => "すべての行を開けるか調べています",
            RotationPart::Beginning => "新しい鍵を用意しています",
            RotationPart::People => "住民とその記録を移しています",
            RotationPart::Codes => "符号を確かめています",
            RotationPart::Cards => "カードを移しています",
            RotationPart::Waiting => "本人を待つ記録を移しています",
            RotationPart::Emergencies => "救急の記録を移しています",
            RotationPart::End => "件数を確かめました",
        };
        let new = self.shown.replace(step.part) != Some(step.part);
        if self.terminal {
            let begin = if new && step.part != RotationPart::Rehearsal { "\n" } else { "\r" };
            tell_part!("{begin}{name}: {}件", step.done);
        } else if new {
            tell!("{name}");
        }
    }

    fn finish(self) {
        if self.terminal && self.shown.is_some() {
            tell!();
        }
    }
}
