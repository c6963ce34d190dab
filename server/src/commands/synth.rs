//! `techo synth`.

use super::{CommandError, CommandOutcome, CommandResult};
use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "例: techo synth --residents 300 --seed 7 --out ./demo-files")]
pub struct Args {
    /// 住民の人数
    #[arg(long, default_value_t = 300)]
    pub residents: u32,
    /// 同じ数なら同じファイルができます
    #[arg(long, default_value_t = techo_synth::DEFAULT_SEED)]
    pub seed: u64,
    /// 書き出すフォルダー
    #[arg(long)]
    pub out: PathBuf,
}

/// Writes the files and says where.
#[expect(clippy::needless_pass_by_value, reason = "every command takes its arguments whole")]
pub fn run(args: Args) -> CommandResult {
    let options = techo_synth::SynthOptions { residents: args.residents, seed: args.seed };
    let manifest = techo_synth::write(&args.out, &options)
        .map_err(|error| CommandError::Other(format!("{} に書き出せません: {error}", args.out.display())))?;
    say!(
        "{}人分、{}個のファイルを {} に書き出しました。",
        args.residents,
        manifest.files.len(),
        args.out.display()
    );
    Ok(CommandOutcome::Whole)
}
