//! `techo keys`: the key file.

use super::{CommandError, CommandResult, Done};
use crate::config::Settings;
use techo_domain::{keys::file, world::World};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "例: techo keys init")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// 新しい鍵ファイルを作ります（あれば何もしません）
    Init,
}

/// Makes keys.
pub async fn run(settings: &Settings, args: Args) -> CommandResult {
    match args.action {
        Action::Init => init(settings),
    }
}

fn init(settings: &Settings) -> CommandResult {
    if let Some(folder) = settings.keys.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| {
            CommandError::Other(format!("フォルダー {} を作れません: {error}", folder.display()))
        })?;
    }
    file::init(&settings.keys, &World::system())?;
    println!(
        "鍵ファイル {} を作りました。控えをデータベースとは別の安全な場所に置いてください。",
        settings.keys.display()
    );
    Ok(Done::Whole)
}
