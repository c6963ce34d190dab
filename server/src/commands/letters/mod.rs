//! `techo letters`: activation letters of a municipality, one printable page a person.

mod print;

use super::{CommandError, CommandOutcome, CommandResult, lock, opening, senders::active_organisation};
use crate::{config::ProcessSettings, named_files::read_text};
use print::{LetterFiles, PrintedLetters};
use std::path::{Path, PathBuf};
use techo_custody::{Custody, environment::Environment};
use techo_identity::letters::{AddresseeSelection, EventLetterRun, LetterRun};
use techo_model::{
    number::{MunicipalityCode, ResidentRecordCode},
    organisation::{Organisation, OrganisationKind},
};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "例: techo letters --as 131016 --out 手紙.html\n    techo letters --as 131016 --named 住民票コード.txt --out 手紙.html\n    techo letters --as 131016 --events --out お知らせ.html"
)]
pub struct Args {
    /// 自治体コード
    #[arg(long = "as", value_name = "ORG")]
    municipality: String,
    /// 書き出すファイル（登録コードが入るため、本人だけが読める形で作ります）。支援措置の方の手紙は、名前に「.手渡し」を付けた別のファイルに分けます
    #[arg(long)]
    out: PathBuf,
    /// 1行に1つ住民票コードを書いたファイル。書いた人だけに、利用中でも新しい手紙を出します
    #[arg(long, value_name = "FILE")]
    named: Option<PathBuf>,
    /// 登録コードの代わりに、カードの登録やパスキーの作り直しなど、まだ紙で知らせていないことを本人に知らせる手紙を作ります
    #[arg(long, conflicts_with = "named")]
    events: bool,
}

/// A list of everybody of the largest city has fewer bytes.
const LONGEST_LIST: u64 = 64 * 1024 * 1024;

/// Issues and writes.
pub async fn run(settings: &ProcessSettings, args: Args) -> CommandResult {
    let lock = lock::shared(settings)?;
    let custody = opening::open(settings, Environment::system(), &lock).await?;
    let sender = municipality(&custody, &args.municipality).await?;
    let addressees = match &args.named {
        None => AddresseeSelection::WithoutAccount,
        Some(path) => AddresseeSelection::Named(read_codes(path)?),
    };
    let code = MunicipalityCode::parse(&sender.id).map_err(|error| CommandError::Other(error.to_string()))?;
    let portal = settings.portal_url.origin();
    let mut files = LetterFiles::create(&args.out)?;
    if args.events {
        tell_events(EventLetterRun::new(&custody, &code), &mut files, (&sender.name, portal)).await?;
        say_printed(&args.out, &files.finish()?);
        return Ok(CommandOutcome::Whole);
    }
    let mut letters = LetterRun::new(&custody, &code, addressees, portal);
    loop {
        let page = letters.next_page().await?;
        if page.is_empty() {
            break;
        }
        for letter in &page {
            files.add(&letter.delivery, &print::activation_page(letter, &sender.name)?)?;
        }
    }
    say_printed(&args.out, &files.finish()?);
    if letters.below_age() > 0 {
        say!("15歳未満の{}人には、手紙を出していません。", letters.below_age());
    }
    if letters.unknown() > 0 {
        say!("{}人は、この自治体に住んでいる人として登録されていません。", letters.unknown());
    }
    Ok(CommandOutcome::Whole)
}

/// Writes what people were not told yet; a page of letters is on the disk before it is noted as told.
async fn tell_events(
    mut run: EventLetterRun<'_>,
    files: &mut LetterFiles,
    (sender, portal): (&str, &str),
) -> Result<(), CommandError> {
    loop {
        let page = run.next_page().await?;
        if page.is_empty() {
            return Ok(());
        }
        for letter in &page {
            files.add(&letter.delivery, &print::event_page(letter, sender, portal)?)?;
        }
        files.sync()?;
        run.mark_letters_printed(&page).await?;
    }
}

fn say_printed(out: &Path, printed: &PrintedLetters) {
    say!("{}通の手紙を {} に書き出しました。", printed.by_post, out.display());
    if printed.by_hand > 0 {
        say!(
            "支援措置の方の{}通は {} に分けました。郵送せず、ご本人に手渡してください。住所は印刷していません。",
            printed.by_hand,
            printed.by_hand_path.display()
        );
    }
}

async fn municipality(custody: &Custody, id: &str) -> Result<Organisation, CommandError> {
    let found = active_organisation(custody, id).await?;
    if found.kind == OrganisationKind::Municipality {
        return Ok(found);
    }
    Err(CommandError::Other(format!("組織 {id} は自治体ではありません。手紙を出せるのは自治体だけです。")))
}

/// The codes never stand on a command line, where every user of the machine could read them.
fn read_codes(path: &Path) -> Result<Vec<ResidentRecordCode>, CommandError> {
    let text = read_text(path, LONGEST_LIST)
        .map_err(|fault| CommandError::Other(format!("{}: {fault}", path.display())))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(i, line)| {
            ResidentRecordCode::parse(line)
                .map_err(|error| CommandError::Other(format!("{} {}行目: {error}", path.display(), i + 1)))
        })
        .collect()
}
