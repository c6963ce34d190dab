//! `techo org`: the organisations that send data.

use super::{CommandError, CommandResult, Done, opening::open_stores};
use crate::config::Settings;
use techo_domain::world::World;
use techo_model::organisation::{Organisation, OrganisationKind};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "例: techo org add 131016 --kind municipality --name 架空市\n    techo org list")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// 組織を登録します（同じ番号なら種類と名前を改めます）
    Add {
        /// 自治体コード（6桁）、保険者番号（8桁）または医療機関コード（10桁）
        id: String,
        /// municipality, insurer, clinic, hospital, dentist, pharmacy, research
        #[arg(long)]
        kind: String,
        /// 名前
        #[arg(long)]
        name: String,
    },
    /// 登録された組織を一覧します
    List {
        /// プログラムで読む形で書きます
        #[arg(long)]
        json: bool,
    },
}

/// Registers or lists.
pub async fn run(settings: &Settings, args: Args) -> CommandResult {
    let stores = open_stores(settings).await?;
    match args.action {
        Action::Add { id, kind, name } => {
            let kind = OrganisationKind::from_name(&kind)
                .ok_or_else(|| CommandError::Other(format!("「{kind}」という種類の組織はありません。")))?;
            let organisation = Organisation { id: techo_model::text::normalise(&id), kind, name };
            organisation.check().map_err(|error| CommandError::Other(format!("組織の番号: {error}")))?;
            let mut tx = stores.vault.begin().await?;
            stores.vault.put_organisation(&mut tx, &organisation, World::system().now()).await?;
            tx.commit().await?;
            println!("{}（{}）を登録しました。", organisation.name, organisation.id);
        }
        Action::List { json } => {
            let all = stores.vault.organisations().await?;
            if json {
                println!("{}", serde_json::to_string(&all).expect("strings always serialise"));
            } else {
                for organisation in all {
                    println!("{}\t{}\t{}", organisation.id, organisation.kind, organisation.name);
                }
            }
        }
    }
    Ok(Done::Whole)
}
