//! `techo migrate`: brings both databases up to date without starting anything.

use super::{CommandOutcome, CommandResult, opening::open_stores};
use crate::config::ProcessSettings;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "例: techo migrate")]
pub struct Args {}

/// Migrates.
pub async fn run(settings: &ProcessSettings, _args: Args) -> CommandResult {
    open_stores(settings).await?;
    say!("両方のデータベースは最新の形です。");
    Ok(CommandOutcome::Whole)
}
