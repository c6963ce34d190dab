//! `techo letters`: activation letters of a municipality, one printable page a person.

use super::{CommandError, CommandResult, Done, lock, opening};
use crate::config::Settings;
use askama::Template;
use std::{
    fs::OpenOptions,
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use techo_domain::{
    Domain,
    letters::{Addressees, Letter, LetterRun},
    world::World,
};
use techo_model::{
    number::{MunicipalityCode, ResidentRecordCode},
    organisation::{Organisation, OrganisationKind},
};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "例: techo letters --as 131016 --out 手紙.html\n    techo letters --as 131016 --named 住民票コード.txt --out 手紙.html"
)]
pub struct Args {
    /// 自治体コード
    #[arg(long = "as", value_name = "ORG")]
    municipality: String,
    /// 書き出すファイル（登録コードが入るため、本人だけが読める形で作ります）
    #[arg(long)]
    out: PathBuf,
    /// 1行に1つ住民票コードを書いたファイル。書いた人だけに、利用中でも新しい手紙を出します
    #[arg(long, value_name = "FILE")]
    named: Option<PathBuf>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterPage<'a> {
    letter: &'a Letter,
    sender: &'a str,
    start_url: String,
    expires_on: String,
}

const HEAD: &str = include_str!("../../templates/letters-head.html");

/// Issues and writes.
pub async fn run(settings: &Settings, args: Args) -> CommandResult {
    let lock = lock::shared(settings)?;
    let domain = opening::open(settings, World::system(), &lock).await?;
    let sender = municipality(&domain, &args.municipality).await?;
    let addressees = match &args.named {
        None => Addressees::WithoutAccount,
        Some(path) => Addressees::Named(read_codes(path)?),
    };
    let on_disk =
        |error: io::Error| CommandError::Other(format!("{}: 書けません（{error}）", args.out.display()));
    let file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&args.out).map_err(on_disk)?;
    let mut out = BufWriter::new(file);
    out.write_all(HEAD.as_bytes()).map_err(on_disk)?;
    let code = MunicipalityCode::parse(&sender.id).map_err(|error| CommandError::Other(error.to_string()))?;
    let portal = settings.portal_url.origin();
    let mut letters = LetterRun::new(&domain, &code, addressees, portal);
    let mut count = 0;
    loop {
        let page = letters.next_page().await?;
        if page.is_empty() {
            break;
        }
        count += page.len();
        for letter in &page {
            write_letter(&mut out, letter, &sender, portal).map_err(on_disk)?;
        }
    }
    out.write_all(b"</body>\n</html>\n").map_err(on_disk)?;
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)
        .and_then(|file| file.sync_all())
        .map_err(on_disk)?;
    println!("{count}通の手紙を {} に書き出しました。", args.out.display());
    if letters.unknown() > 0 {
        println!("{}人は、この自治体に住んでいる人として登録されていません。", letters.unknown());
    }
    Ok(Done::Whole)
}

fn write_letter(
    out: &mut impl Write,
    letter: &Letter,
    sender: &Organisation,
    portal: &str,
) -> io::Result<()> {
    let page = LetterPage {
        letter,
        sender: &sender.name,
        start_url: format!("{portal}/enrol"),
        expires_on: letter.expires_on.wareki(),
    };
    writeln!(out, "{}", page.render().map_err(io::Error::other)?)
}

async fn municipality(domain: &Domain, id: &str) -> Result<Organisation, CommandError> {
    let found = domain.stores.vault.organisation(&techo_model::text::normalise(id)).await?;
    found.filter(|organisation| organisation.kind == OrganisationKind::Municipality).ok_or_else(|| {
        CommandError::Other(format!(
            "自治体 {id} は登録されていません。「techo org add」で登録してください。"
        ))
    })
}

/// The codes never stand on a command line, where every user of the machine could read them.
fn read_codes(path: &Path) -> Result<Vec<ResidentRecordCode>, CommandError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| CommandError::Other(format!("{}: 読めません（{error}）", path.display())))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(i, line)| {
            ResidentRecordCode::parse(line)
                .map_err(|error| CommandError::Other(format!("{} {}行目: {error}", path.display(), i + 1)))
        })
        .collect()
}
