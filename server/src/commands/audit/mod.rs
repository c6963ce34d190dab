//! `techo audit`: the access log against everything that was promised about it, single lines without a database, and
//! checkups whose person is in doubt.

mod matches;
mod proof;

use super::{CommandError, CommandOutcome, CommandResult, lock, opening};
use crate::config::ProcessSettings;
use std::{
    io::{self, IsTerminal as _},
    ops::ControlFlow,
    path::PathBuf,
};
use techo_audit::log::{
    self,
    tree::checkpoint_mirror::CheckpointMirror,
    verify::{AuditError, AuditedLog, LogFault},
};
use techo_custody::environment::Environment;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "例: techo audit verify\n    techo audit verify-proof line.proof --key 'portal.example.jp/access-log+…'\n    techo audit key\n    techo audit matches"
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// 閲覧の記録（アクセスログ）をはじめから組み立て直し、署名された控えと比べます
    #[command(after_help = VERIFY_HELP)]
    Verify {
        /// 署名された控えの置き場所（フォルダー）。なければ TECHO_LOG_CHECKPOINTS を使います
        #[arg(long, value_name = "FOLDER")]
        checkpoints: Option<PathBuf>,
        /// 結果をプログラムで読む形で書きます
        #[arg(long)]
        json: bool,
    },
    /// ダウンロードした証明ファイルを確かめます（データベースも通信も使いません）
    VerifyProof {
        /// 証明ファイル
        file: PathBuf,
        /// ログの公開鍵（「techo audit key」か閲覧履歴のページにあります）
        #[arg(long)]
        key: Option<String>,
        /// 結果をプログラムで読む形で書きます
        #[arg(long)]
        json: bool,
    },
    /// ログの署名を確かめる公開鍵を書きます（いまの鍵が最初です）
    Key,
    /// 枝番で本人のものと確かめられない健診を一覧します
    #[command(after_help = matches::HELP)]
    Matches {
        /// 結果をプログラムで読む形で書きます
        #[arg(long)]
        json: bool,
    },
}

const VERIFY_HELP: &str = "\
例: techo audit verify
    techo audit verify --checkpoints /mnt/other/checkpoints

serve が動いていても実行できます。何も書き換えません。
取り除かれた記録、書き換えられた記録、順番を入れ替えられた記録、書き足された記録、消したという記録なしに中身がなくなった記録、
切り落とされた記録のうち、最初のものの番号を示します。
切り落としと、全体の作り直しは、別の場所にある控えがなければ分かりません。控えが一つもないときは調べられなかったことになり、
届いたはずの控えが欠けているときは、合わない所として示します。
終了の値: 0 すべて合っています、1 合わない所があります、2 調べられませんでした。";

/// Audits.
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    match args.action {
        Action::Verify { checkpoints, json } => {
            let place = match checkpoints {
                Some(folder) if !folder.is_dir() => {
                    let text = format!("--checkpoints: {} というフォルダーがありません。", folder.display());
                    return Err(CommandError::Other(text));
                }
                Some(folder) => CheckpointMirror::Folder(folder),
                None => settings.log_checkpoints.clone(),
            };
            verify(settings, &place, json).await
        }
        Action::Matches { json } => matches::list(settings, json).await,
        Action::VerifyProof { file, key, json } => proof::verify(&file, key.as_deref(), json),
        Action::Key => {
            let lock = lock::shared(settings)?;
            let custody = opening::open(settings, Environment::system(), &lock).await?;
            let keys = log::log_verifiers(&custody).await?;
            if keys.is_empty() {
                return Err(CommandError::Other(
                    "ログはまだ始まっていません。serve を一度動かしてください。".into(),
                ));
            }
            for key in keys {
                say!("{key}");
            }
            Ok(CommandOutcome::Whole)
        }
    }
}

async fn verify(settings: &ProcessSettings, place: &CheckpointMirror, json: bool) -> CommandResult {
    let lock = lock::shared(settings)?;
    let custody = opening::open(settings, Environment::system(), &lock).await?;
    let terminal = io::stderr().is_terminal();
    let mut watch = |entries: u64| {
        if terminal {
            tell_part!("\r{entries}件");
        }
        ControlFlow::Continue(())
    };
    let audited = log::audit_log(&custody, place, &mut watch).await;
    if terminal {
        tell!();
    }
    match audited {
        Ok(audited) => {
            tell(&audited, place, json);
            Ok(CommandOutcome::Whole)
        }
        Err(AuditError::Fault(fault)) => {
            tell_fault(&fault, json);
            Ok(CommandOutcome::Found)
        }
        Err(other) => Err(CommandError::Other(other.to_string())),
    }
}

fn tell(audited: &AuditedLog, place: &CheckpointMirror, json: bool) {
    if json {
        let whole = serde_json::json!({ "result": "whole", "log": audited });
        say!("{whole}");
        return;
    }
    say!("閲覧の記録はすべて合っています。");
    say!("  記録 {}件（中身を消したという記録があるもの {}件）", audited.entries, audited.erased);
    if audited.unsealed > 0 {
        say!("  記録ごとの印がまだなかったころの記録 {}件", audited.unsealed);
    }
    say!("  木に入るのを待つ記録 {}件", audited.waiting);
    say!("  本人の鎖 {}本", audited.chains);
    say!("  合っていた署名 データベースの {}件", audited.checkpoints_here);
    if let Some(waiting) = audited.checkpoints_waiting {
        say!(
            "  合っていた署名 {place} の {}件（まだ届いていないもの {waiting}件）",
            audited.checkpoints_elsewhere
        );
    }
    say!("  根 {}", audited.root);
    if matches!(place, CheckpointMirror::Url(_)) {
        say!(
            "控えの送り先はアドレスなので読めません。そこの控えをフォルダーに写し、--checkpoints で示してください。"
        );
    }
}

fn tell_fault(fault: &LogFault, json: bool) {
    if json {
        let found =
            serde_json::json!({ "result": "fault", "index": fault.index, "what": fault.what.to_string() });
        say!("{found}");
    } else {
        say!("閲覧の記録が合いません。最初に合わない所は次のとおりです（番号は0から）。\n  {fault}");
    }
}
