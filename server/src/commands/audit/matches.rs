//! `techo audit matches`: checkups whose 枝番 cannot be proven, so that their senders can be asked for them again.

use crate::{
    commands::{CommandOutcome, CommandResult, lock, opening},
    config::ProcessSettings,
};
use techo_custody::environment::Environment;
use techo_intake::{BranchDoubt, UnprovenCheckup, unproven_checkups};

pub(super) const HELP: &str = "\
例: techo audit matches
    techo audit matches --json

枝番を確かめずに本人とつないだ健診を挙げます。何も書き換えません。
「双子など」は、同じ家族に生年月日と性別が同じ人がいるもので、別の人の健診かもしれません。
「記録なし」は、枝番を残さなかった以前の版で取り込んだものか、あとで保険者が直した枝番でつないだものです。
送り主に文書をもう一度送ってもらい、取り込むと、枝番で確かめられたものは一覧から消えます。
終了の値: 0 ありません、1 あります、2 調べられませんでした。";

/// Lists them on standard output.
pub(super) async fn list(settings: &ProcessSettings, json: bool) -> CommandResult {
    let lock = lock::shared(settings)?;
    let custody = opening::open(settings, Environment::system(), &lock).await?;
    let mut found: Vec<UnprovenCheckup> = Vec::new();
    unproven_checkups(&custody, &mut |one| found.push(one)).await?;
    found.sort_by_key(|one| one.doubt != BranchDoubt::TwinKnown);
    if json {
        say!("{}", serde_json::json!({ "checkups": found }));
    } else {
        found.iter().for_each(|one| say!("{}", line(one)));
        let twins = found.iter().filter(|one| one.doubt == BranchDoubt::TwinKnown).count();
        say!("枝番で確かめられない健診 {}件（うち双子など {twins}件）", found.len());
    }
    Ok(if found.is_empty() { CommandOutcome::Whole } else { CommandOutcome::Found })
}

fn line(one: &UnprovenCheckup) -> String {
    let why = match one.doubt {
        BranchDoubt::TwinKnown => "双子など",
        BranchDoubt::NotNoted => "記録なし",
    };
    format!(
        "{} 送信元{} 健診機関{} 実施日{} 作成日{} {why}",
        one.checkup, one.sent_by, one.facility, one.examined_on, one.document_date
    )
}
