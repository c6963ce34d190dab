//! `techo org`: the organisations that send data, and the systems of theirs that ask.

mod trial;

use super::{CommandError, CommandOutcome, CommandResult, opening::open_stores};
use crate::{
    config::{ProcessSettings, PublicUrl},
    jobs::{RETRY_WAITING, bring_forward},
    named_files::read_text,
};
use std::path::{Path, PathBuf};
use techo_custody::environment::Environment;
use techo_disclosure::systems::PublicKeys;
use techo_model::{
    free_text::holds_personal_number,
    organisation::{Organisation, OrganisationKind, OrganisationState},
    paging::{LARGEST_PAGE, PageRequest},
    text::is_one_line,
};
use techo_store::{Stores, Tx};

/// Keys of one organisation; anything longer is something else.
const LONGEST_KEYS: u64 = 1024 * 1024;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "例: techo org add 131016 --kind municipality --name 架空市\n    techo org add 1310000019 --kind clinic --name 架空医院 --jwks keys.json --origin https://reception.example.jp\n    techo org add 1370000016 --kind care --name 架空訪問看護 --jwks keys.json\n    techo org suspend 1310000019\n    techo org try 1310000019 --key key.private.json"
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// 組織を登録します（同じ番号なら種類と名前を改めます）
    Add {
        /// 自治体コード（6桁）、保険者番号（8桁）、医療機関コードまたは介護事業所番号（10桁）
        id: String,
        /// municipality, insurer, clinic, hospital, dentist, pharmacy, research, care
        #[arg(long)]
        kind: String,
        /// 名前
        #[arg(long)]
        name: String,
        /// 組織のシステムの公開鍵（JWK Set のファイル）。ES384 または RS384
        #[arg(long)]
        jwks: Option<PathBuf>,
        /// 窓口のカードリーダーが署名する場所。https://ホスト名[:ポート]
        #[arg(long)]
        origin: Option<String>,
    },
    /// 登録された組織を一覧します
    List {
        /// プログラムで読む形で書きます
        #[arg(long)]
        json: bool,
    },
    /// 公開鍵を一覧します。--jwks を付けると、すべて置き換えます
    Keys {
        /// 組織の番号
        id: String,
        /// 新しい JWK Set のファイル
        #[arg(long)]
        jwks: Option<PathBuf>,
    },
    /// 組織を止めます（問い合わせも、ファイルの取り込みも、手紙も）
    Suspend {
        /// 組織の番号
        id: String,
    },
    /// 止めていた組織を、また受け付けます
    Resume {
        /// 組織の番号
        id: String,
    },
    /// 秘密鍵から署名を作り、問い合わせを試す curl の行を書きます
    Try(trial::Args),
}

/// Registers, lists, changes.
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    if let Action::Try(args) = &args.action {
        trial::run(settings, args)?;
        return Ok(CommandOutcome::Whole);
    }
    let stores = open_stores(settings).await?;
    match args.action {
        Action::Try(_) => {}
        Action::Add { id, kind, name, jwks, origin } => {
            let kind = OrganisationKind::parse(&kind)
                .ok_or_else(|| CommandError::Other(format!("「{kind}」という種類の組織はありません。")))?;
            let organisation = Organisation { id: techo_model::text::normalise(&id), kind, name };
            let keys = jwks.as_deref().map(read_keys).transpose()?;
            add(&stores, &organisation, keys, origin.as_deref()).await?;
            say!("{}（{}）を登録しました。", organisation.name, organisation.id);
        }
        Action::List { json } => list(&stores, json).await?,
        Action::Keys { id, jwks } => keys(&stores, &id, jwks.as_deref()).await?,
        Action::Suspend { id } => {
            set_organisation_state(
                &stores,
                &id,
                OrganisationState::Suspended,
                "止めました。問い合わせもファイルも受け付けません。",
            )
            .await?;
        }
        Action::Resume { id } => {
            set_organisation_state(&stores, &id, OrganisationState::Active, "また受け付けます。").await?;
        }
    }
    Ok(CommandOutcome::Whole)
}

/// The state of an organisation that is not stopped.
/// The most letters of a name; people read it in lists.
const LONGEST_NAME: usize = 200;

/// The name of an organisation stands on the pages of citizens, so it is one line that reads as it looks.
pub(super) fn check_name(name: &str) -> Result<(), CommandError> {
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME || !is_one_line(name) {
        return Err(CommandError::Other(format!(
            "組織の名前は、見える文字で1文字以上{LONGEST_NAME}文字以内の1行で書いてください。"
        )));
    }
    Ok(())
}

/// Registers an organisation with what its systems need.
pub(super) async fn add(
    stores: &Stores,
    organisation: &Organisation,
    keys: Option<PublicKeys>,
    origin: Option<&str>,
) -> Result<(), CommandError> {
    organisation.check().map_err(|error| CommandError::Other(format!("組織の{error}")))?;
    check_name(&organisation.name)?;
    let origin = origin.map(|text| PublicUrl::parse_as("--origin", text)).transpose()?;
    if origin.as_ref().is_some_and(|origin| holds_personal_number(origin.origin())) {
        return Err(CommandError::Other("--origin: 個人番号のような数字が入っています。".to_owned()));
    }
    let mut tx = stores.vault.begin().await?;
    stores.vault.put_organisation(&mut tx, organisation, Environment::system().now()).await?;
    if let Some(keys) = keys {
        replace_keys(stores, &mut tx, &organisation.id, &keys).await?;
    }
    if let Some(origin) = origin {
        stores.vault.set_organisation_origin(&mut tx, &organisation.id, origin.origin()).await?;
    }
    Ok(tx.commit().await?)
}

async fn list(stores: &Stores, json: bool) -> Result<(), CommandError> {
    let (mut request, mut lead) = (PageRequest::first(LARGEST_PAGE), '[');
    loop {
        let page = stores.vault.organisations(request).await?;
        if json {
            lead = tell_as_json(&page.items, lead);
        } else {
            tell_lines(stores, &page.items).await?;
        }
        let Some(next) = page.next else { break };
        request = PageRequest::after(next, LARGEST_PAGE);
    }
    if json {
        say!("{}", if lead == '[' { "[]" } else { "]" });
    }
    Ok(())
}

/// Lines of one array, which begins with `lead`. Returns how the next line begins.
fn tell_as_json(organisations: &[Organisation], mut lead: char) -> char {
    for organisation in organisations {
        say!("{lead}{}", serde_json::to_string(organisation).expect("strings always serialise"));
        lead = ',';
    }
    lead
}

async fn tell_lines(stores: &Stores, organisations: &[Organisation]) -> Result<(), CommandError> {
    for organisation in organisations {
        let access = stores.vault.system_access(&organisation.id).await?;
        let suspended = access.is_some_and(|access| access.state == OrganisationState::Suspended);
        let note = if suspended { "\t停止中" } else { "" };
        say!("{}\t{}\t{}{note}", organisation.id, organisation.kind, organisation.name);
    }
    Ok(())
}

async fn keys(stores: &Stores, id: &str, jwks: Option<&Path>) -> Result<(), CommandError> {
    if let Some(path) = jwks {
        let keys = read_keys(path)?;
        let mut tx = stores.vault.begin().await?;
        replace_keys(stores, &mut tx, id, &keys).await?;
        tx.commit().await?;
    }
    let access = stores.vault.system_access(id).await?.ok_or_else(|| unknown(id))?;
    let keys = PublicKeys::stored(&access.keys)
        .ok_or_else(|| CommandError::Other("登録された鍵を読めません。".to_owned()))?;
    for key in keys.iter() {
        say!("{}\t{}", key.id, key.algorithm().as_str());
    }
    Ok(())
}

/// A key that goes takes its tokens with it.
async fn replace_keys(stores: &Stores, tx: &mut Tx, id: &str, keys: &PublicKeys) -> Result<(), CommandError> {
    if !stores.vault.set_organisation_keys(tx, id, &keys.to_json()).await? {
        return Err(unknown(id));
    }
    Ok(stores.vault.drop_access_tokens(tx, id).await?)
}

async fn set_organisation_state(
    stores: &Stores,
    id: &str,
    state: OrganisationState,
    done: &str,
) -> Result<(), CommandError> {
    let mut tx = stores.vault.begin().await?;
    if !stores.vault.set_organisation_state(&mut tx, id, state).await? {
        return Err(unknown(id));
    }
    tx.commit().await?;
    if state == OrganisationState::Active {
        // What it had sent waited, and the sweep has passed by.
        let mut tx = stores.records.begin().await?;
        stores.records.requeue_waiting(&mut tx, id).await?;
        bring_forward(&mut tx, &Environment::system(), RETRY_WAITING.kind).await?;
        tx.commit().await?;
    }
    say!("{id}: {done}");
    Ok(())
}

fn read_keys(path: &Path) -> Result<PublicKeys, CommandError> {
    let text = read_text(path, LONGEST_KEYS)
        .map_err(|fault| CommandError::Other(format!("{}: {fault}", path.display())))?;
    PublicKeys::read(&text).map_err(|fault| CommandError::Other(format!("{}: {fault}", path.display())))
}

fn unknown(id: &str) -> CommandError {
    CommandError::Other(format!("組織 {id} は登録されていません。techo org add で登録してください。"))
}
