//! `techo demo`: a whole town of made-up people in one folder, filled by the same code as an operator's, and the server.

mod cards;
mod fill;
mod staff;
mod systems;

use super::{
    CommandError, CommandResult, lock, opening,
    serve::{Installation, serve},
};
use crate::{
    config::{ConfigError, ProcessSettings, SettingSources},
    portal::{DemoHolder, DemoReader},
    roles::RoleSet,
};
use staff::Invited;
use techo_custody::environment::Environment;
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
pub async fn run(mut sources: SettingSources, args: Args) -> CommandResult {
    sources.set_default("DATA_DIR", FOLDER);
    let folder = sources.get("DATA_DIR")?.unwrap_or_else(|| FOLDER.to_owned());
    sources.set_default("CARD_CA", &format!("{folder}/cards/ca"));
    sources.set_default("CARD_CRL", &format!("{folder}/cards/crl"));
    let settings = ProcessSettings::load(&sources)?;
    if !settings.portal_url.is_local() {
        return Err(ConfigError::new("TECHO_PORTAL_URL", "デモは localhost でしか動きません").into());
    }
    let options = techo_synth::SynthOptions { residents: args.residents, seed: args.seed };
    let environment = Environment::system();
    fill::fill(&settings, &environment, &options).await?;
    let reader = cards::open(&settings, &environment)?;
    let lock = lock::shared(&settings)?;
    let custody = opening::open(&settings, environment, &lock).await?;
    systems::ensure(&custody, &settings).await?;
    let invited = staff::ensure(&custody, &settings).await?;
    let first = cards::first_holder(&reader)?;
    let installation = Installation { custody, settings, roles: RoleSet::all(), demo: Some(reader) };
    serve(installation, |settings| welcome(settings, &first, &invited)).await
}

/// Where everything is, and what to try first, in the words that stand on the pages.
fn welcome(settings: &ProcessSettings, first: &DemoHolder, invited: &[Invited]) {
    let (url, console) = (settings.portal_url.origin(), settings.console_url.origin());
    say!(
        "\n手帳のデモが動いています（人物はすべて架空です）。\n\n  市民のページ    {url}\n  体験用カード    {url}/demo/cards\n  業務用ページ    {console}\n  運用の確認      http://{}/readyz\n",
        settings.ops_addr
    );
    say!(
        "最初に試すこと:\n  1. {url} を開いて「はじめて使う」を選ぶ\n  2. 体験用カードから {} さん（健診{}回・予防接種{}回）のカードを選び、一覧にある暗証番号と登録コードを入れる\n  3. パスキーを作ると、健診・予防接種・資格が見られます",
        first.name,
        first.checkups,
        first.doses
    );
    for (step, invited) in (4..).zip(invited) {
        say!("  {step}. {}", invitation(settings, invited));
    }
    say!("\n終わるときは Ctrl-C を押してください。");
}

fn invitation(settings: &ProcessSettings, invited: &Invited) -> String {
    let join = format!("{}/join", settings.console_url.origin());
    let program = std::env::args().next().unwrap_or_else(|| "techo".to_owned());
    match invited.role {
        StaffRole::Clinic => format!(
            "医療機関の受付になる: {join} を開き、招待コード {} を入れてパスキーを作る。市民のページの「受診番号」で作った8桁を入れる",
            invited.code
        ),
        StaffRole::Auditor => format!(
            "救急を確かめる人になる: {join} に招待コード {} を入れる。救急は病院のシステムから申し出ます。次の行が、その curl を書きます\n     {}",
            invited.code,
            systems::emergency_hint(settings, &program).unwrap_or_default()
        ),
    }
}

impl From<techo_cardlab::LabError> for CommandError {
    fn from(error: techo_cardlab::LabError) -> Self {
        Self::Other(format!("デモ用のカードを扱えません: {error}"))
    }
}

/// What `welcome` and the pages need is in the reader.
pub(super) type Reader = DemoReader;
