//! `techo staff`: those who work at the console.

use super::{CommandError, CommandOutcome, CommandResult, lock, opening};
use crate::config::ProcessSettings;
use serde_json::json;
use techo_custody::{Custody, Failure, environment::Environment};
use techo_identity::staff::{self, INVITATION_LIFE, InvitationError, NewStaff, StaffInvitation};
use techo_model::{
    StaffId,
    paging::{LARGEST_PAGE, PageRequest},
    staff::StaffRole,
};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "例: techo staff invite 山本花子 --role clinic --as 1310000019\n    techo staff invite 調査担当 --role auditor\n    techo staff again 018f…\n    techo staff list"
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// 業務用ページに招待し、招待コードを書きます（コードは二度と表示されません）
    Invite {
        /// 本人の名前。市民の閲覧の記録に出ます
        name: String,
        /// clinic（医療機関の職員）、auditor（救急の確認）
        #[arg(long)]
        role: String,
        /// 勤め先の医療機関コード（clinic には必要です。auditor が医療機関にも勤めているときは、その機関の救急を確認できなくします）
        #[arg(long = "as", value_name = "ORG")]
        organisation: Option<String>,
        /// プログラムで読む形で書きます
        #[arg(long)]
        json: bool,
    },
    /// 端末やコードをなくした人に、新しい招待コードを出します
    Again {
        /// 職員の番号（list に出ます）
        id: String,
    },
    /// 招待した人を一覧します
    List,
    /// サインインできなくし、開いているセッションも終えます
    Suspend {
        /// 職員の番号
        id: String,
    },
    /// 止めていた人を、またサインインできるようにします
    Resume {
        /// 職員の番号
        id: String,
    },
}

/// Invites, lists, changes.
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    let lock = lock::shared(settings)?;
    let custody = opening::open(settings, Environment::system(), &lock).await?;
    match args.action {
        Action::Invite { name, role, organisation, json } => {
            let new = NewStaff { name, role: role_of(&role)?, organisation };
            let invitation = staff::invite_staff(&custody, &new).await?;
            tell(settings, &invitation, json);
        }
        Action::Again { id } => {
            tell(settings, &staff::invite_staff_again(&custody, read(&id)?).await?, false);
        }
        Action::List => list(&custody).await?,
        Action::Suspend { id } => {
            staff::suspend_staff(&custody, read(&id)?).await.map_err(InvitationError::from)?;
            say!("{id}: サインインできなくしました。");
        }
        Action::Resume { id } => {
            staff::resume_staff(&custody, read(&id)?).await.map_err(InvitationError::from)?;
            say!("{id}: サインインできます。");
        }
    }
    Ok(CommandOutcome::Whole)
}

fn role_of(name: &str) -> Result<StaffRole, CommandError> {
    StaffRole::parse(name).ok_or_else(|| {
        CommandError::Other(format!("--role: 「{name}」という役割はありません（clinic, auditor）"))
    })
}

fn read(id: &str) -> Result<StaffId, CommandError> {
    id.parse().map_err(|_| {
        CommandError::Other(format!(
            "「{id}」は職員の番号ではありません。techo staff list で確かめてください。"
        ))
    })
}

fn tell(settings: &ProcessSettings, invitation: &StaffInvitation, json: bool) {
    let (url, code) = (format!("{}/join", settings.console_url.origin()), invitation.code.grouped());
    if json {
        say!(
            "{}",
            json!({ "staff": invitation.staff, "url": url, "code": code, "expires_at": invitation.expires_at.rfc3339() })
        );
        return;
    }
    let hours = INVITATION_LIFE.as_secs() / 3_600;
    say!(
        "職員の番号    {}\n招待コード    {code}\n使う場所      {url}\n期限          {hours}時間後（一度だけ使えます）",
        invitation.staff
    );
}

async fn list(custody: &Custody) -> Result<(), CommandError> {
    let mut request = PageRequest::first(LARGEST_PAGE);
    loop {
        let page = custody.stores.vault.all_staff(request).await?;
        for row in page.items {
            let place = row.organisation_id.as_deref().unwrap_or("-");
            say!("{}\t{}\t{}\t{place}\t{}", row.staff_id, row.state, row.role, row.name);
        }
        let Some(next) = page.next else { return Ok(()) };
        request = PageRequest::after(next, LARGEST_PAGE);
    }
}

impl From<InvitationError> for CommandError {
    fn from(error: InvitationError) -> Self {
        let text = match error {
            InvitationError::Name => "名前は1文字から60文字で書いてください。",
            InvitationError::PersonalNumber => {
                "名前に個人番号または住民票コードのような数字が入っています。この欄には書けません。"
            }
            InvitationError::UnknownOrganisation => {
                "--as: この医療機関は登録されていません。techo org add で登録してください。"
            }
            InvitationError::Organisation => {
                "--as: clinic には医療機関・薬局の医療機関コードが必要です。auditor には、勤めている所があるときだけ付けます。"
            }
            InvitationError::Suspended => {
                "この人は止められています。先に techo staff resume で戻してください。"
            }
            InvitationError::Failure(Failure::NotFound) => {
                "その番号の職員はいません。techo staff list で確かめてください。"
            }
            InvitationError::Failure(failure) => return failure.into(),
        };
        Self::Other(text.to_owned())
    }
}
