//! `techo card`: the test card authority. For the demo and for trying things out, never for real people.

use super::{CommandError, CommandOutcome, CommandResult};
use crate::config::ProcessSettings;
use std::path::PathBuf;
use techo_cardlab::{CardLab, CardSerial, CardSpec, IssuedCard, RevokeReason};
use techo_custody::environment::Environment;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "例: techo card list\n    techo card hold 0123456789abcdef\n    techo card renew 0123456789abcdef"
)]
pub struct Args {
    /// 認証局のフォルダー（なければ データのフォルダー/cards）
    #[arg(long)]
    folder: Option<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// 認証局を作ります
    Init,
    /// カードを一覧します
    List,
    /// カードを発行します
    Issue {
        /// 持ち主を見分けるための名前
        label: String,
        /// 暗証番号（4桁）
        #[arg(long, default_value = "1234")]
        pin: String,
    },
    /// カードを一時停止します
    Hold {
        /// 発行番号
        serial: String,
    },
    /// 一時停止を解きます
    Release {
        /// 発行番号
        serial: String,
    },
    /// カードを失効させます（紛失）
    Revoke {
        /// 発行番号
        serial: String,
    },
    /// カードの証明書を期限切れにします
    Expire {
        /// 発行番号
        serial: String,
    },
    /// 新しいカードに替えます（古いカードは失効します）
    Renew {
        /// 発行番号
        serial: String,
    },
    /// 間違えた暗証番号の回数を戻します
    Unlock {
        /// 発行番号
        serial: String,
    },
    /// 失効リストを今の日時で出し直します
    Publish,
}

/// Does one thing with one card.
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    let environment = Environment::system();
    let now = environment.now();
    let folder = args.folder.unwrap_or_else(|| settings.data_dir.join("cards"));
    if let Action::Init = args.action {
        CardLab::create(&folder, environment.bytes(), now)?;
        say!("認証局を {} に作りました。", folder.display());
        return Ok(CommandOutcome::Whole);
    }
    let lab = CardLab::open(&folder)?;
    let card = match args.action {
        Action::Init | Action::Publish => {
            lab.publish_crl(now)?;
            say!("失効リストを出し直しました。");
            return Ok(CommandOutcome::Whole);
        }
        Action::List => {
            lab.cards()?.iter().for_each(|card| say!("{}", line(card, &environment)));
            return Ok(CommandOutcome::Whole);
        }
        Action::Issue { label, pin } => {
            let pin = pin
                .parse()
                .map_err(|_| CommandError::Other("暗証番号は4桁の数字で書いてください。".to_owned()))?;
            let cards = lab.issue(&[CardSpec::new(label, pin)], now)?;
            cards
                .into_iter()
                .next()
                .ok_or_else(|| CommandError::Other("カードを発行できませんでした。".to_owned()))?
        }
        Action::Hold { serial } => lab.hold(&parse(&serial)?, now)?,
        Action::Release { serial } => lab.release(&parse(&serial)?, now)?,
        Action::Revoke { serial } => lab.revoke(&parse(&serial)?, RevokeReason::KeyCompromise, now)?,
        Action::Expire { serial } => lab.expire(&parse(&serial)?, now)?,
        Action::Renew { serial } => lab.renew(&parse(&serial)?, now)?,
        Action::Unlock { serial } => lab.unlock(&parse(&serial)?)?,
    };
    say!("{}", line(&card, &environment));
    Ok(CommandOutcome::Whole)
}

fn parse(serial: &str) -> Result<CardSerial, CommandError> {
    serial
        .parse()
        .map_err(|_| CommandError::Other(format!("「{serial}」は発行番号ではありません（16進数16桁）。")))
}

fn line(card: &IssuedCard, environment: &Environment) -> String {
    format!("{}\t{}\t{}\t{}", card.serial, card.condition(environment.now()), card.pin.digits(), card.label)
}
