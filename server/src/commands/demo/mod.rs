//! `techo demo`: a whole town of made-up people in one folder, filled by the same code as an operator's, and the server.

mod cards;
mod fill;
mod staff;
mod systems;

use super::{CommandError, CommandResult, lock, opening, serve::serve};
use crate::{
    config::{ConfigError, Settings, Sources},
    portal::DemoReader,
};
use staff::Invited;
use techo_domain::world::World;
use techo_model::staff::StaffRole;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "例: techo demo --residents 300")]
pub struct Args {
    /// 住民の人数
    #[arg(long, default_value_t = 300)]
    residents: u32,
    /// 同じ数なら同じ人々になります
    #[arg(long, default_value_t = techo_synth::DEFAULT_SEED)]
    seed: u64,
}

/// Where the demo lives unless something else is set.
const FOLDER: &str = ".demo";

/// Fills the demo when it is not there yet, and starts everything.
pub async fn run(mut sources: Sources, args: Args) -> CommandResult {
    sources.set_default("DATA_DIR", FOLDER);
    let folder = sources.get("DATA_DIR")?.unwrap_or_else(|| FOLDER.to_owned());
    sources.set_default("CARD_CA", &format!("{folder}/cards/ca"));
    sources.set_default("CARD_CRL", &format!("{folder}/cards/crl"));
    let settings = Settings::load(&sources)?;
    if !settings.portal_url.is_local() {
        return Err(ConfigError::new("TECHO_PORTAL_URL", "デモは localhost でしか動きません").into());
    }
    let options = techo_synth::Options { residents: args.residents, seed: args.seed };
    let world = World::system();
    fill::fill(&settings, &world, &options).await?;
    let reader = cards::open(&settings, &world)?;
    let lock = lock::shared(&settings)?;
    let domain = opening::open(&settings, world, &lock).await?;
    systems::ensure(&domain, &settings).await?;
    let invited = staff::ensure(&domain, &settings).await?;
    let first = cards::first_holder(&reader);
    serve(domain, settings, Some(reader), |settings| welcome(settings, &first, &invited)).await
}

fn welcome(settings: &Settings, first: &str, invited: &[Invited]) {
    let url = settings.portal_url.origin();
    println!(
        "\n手帳のデモが動いています（人物はすべて架空です）。\n\n  市民のページ    {url}\n  デモ用カード    {url}/demo/cards\n  業務用ページ    {}{}\n  運用の確認      http://{}/readyz\n\n最初に試すこと:\n  1. {url} を開いて「はじめて使う」を選ぶ\n  2. デモ用カードから {first} さんのカードを選び、暗証番号と手紙の登録コードを入れる\n  3. パスキーを作ると、健診・予防接種・資格が見られます\n  4. 「受診番号」を作り、医療機関になったつもりで問い合わせる:\n     {}\n\n終わるときは Ctrl-C を押してください。",
        settings.console_url.origin(),
        invited.iter().map(invitation).collect::<String>(),
        settings.ops_addr,
        systems::hint(settings).unwrap_or_default(),
    );
}

fn invitation(invited: &Invited) -> String {
    let who = match invited.role {
        StaffRole::Clinic => "医療機関の受付",
        StaffRole::Auditor => "救急の確認",
    };
    format!("\n    {who}の招待コード  {}", invited.code)
}

impl From<techo_cardlab::LabError> for CommandError {
    fn from(error: techo_cardlab::LabError) -> Self {
        Self::Other(format!("デモ用のカードを扱えません: {error}"))
    }
}

/// What `welcome` and the pages need is in the reader.
pub(super) type Reader = DemoReader;
