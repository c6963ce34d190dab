//! Letters on paper: one file for the post and, for people under 支援措置, one to be handed over.

use crate::commands::CommandError;
use askama::Template;
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use techo_identity::letters::{EventLetter, LetterDelivery, LetterEvent, LetterUse, PrintedLetter};
use techo_model::{UnixMillis, account::AccountEvent};

const HEAD: &str = include_str!("../../../templates/letters-head.html");
const FOOT: &[u8] = b"</body>\n</html>\n";

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterPage<'a> {
    letter: &'a PrintedLetter,
    sender: &'a str,
    by_hand: bool,
    expires_on: String,
}

#[derive(Template)]
#[template(path = "letter-events.html")]
struct EventLetterPage<'a> {
    letter: &'a EventLetter,
    sender: &'a str,
    by_hand: bool,
    portal: &'a str,
}

impl EventLetterPage<'_> {
    /// One line of the letter.
    fn line(&self, event: &LetterEvent) -> String {
        let what = match event.kind {
            AccountEvent::CardLinked => "新しいマイナンバーカードが登録されました",
            AccountEvent::Recovered => {
                "カードを示して、パスキーが作り直されました。前のパスキーは止まっています"
            }
            AccountEvent::PasskeyAdded => "パスキーが追加されました",
            AccountEvent::SignInRefused => "正しいパスキーでのサインインを、手帳が断りました",
            _ => "アカウントが変更されました",
        };
        let first = when(event.first_at);
        if event.times > 1 {
            format!("{first}から{}まで　{what}（{}回）", when(event.last_at), event.times)
        } else {
            format!("{first}　{what}")
        }
    }
}

fn when(at: UnixMillis) -> String {
    format!("{} {}", at.date_in_japan().wareki(), at.time_in_japan())
}

/// An activation letter as a page, with its cover when it is to be handed over.
pub(super) fn activation_page(letter: &PrintedLetter, sender: &str) -> Result<String, CommandError> {
    let by_hand = letter.delivery == LetterDelivery::ByHand;
    let page = LetterPage { letter, sender, by_hand, expires_on: letter.expires_on.wareki() };
    page.render().map_err(not_rendered)
}

/// A letter about events as a page, likewise.
pub(super) fn event_page(letter: &EventLetter, sender: &str, portal: &str) -> Result<String, CommandError> {
    let by_hand = letter.delivery == LetterDelivery::ByHand;
    EventLetterPage { letter, sender, by_hand, portal }.render().map_err(not_rendered)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err, which gives the error away")]
fn not_rendered(error: askama::Error) -> CommandError {
    CommandError::Other(format!("手紙を作れません（{error}）"))
}

/// One file of letters, readable for its owner alone, since codes stand in it.
struct LetterFile {
    path: PathBuf,
    out: BufWriter<File>,
    letters: u64,
}

/// The two files of one run. Letters for delivery by hand never stand among those for the post.
pub(super) struct LetterFiles {
    by_post: LetterFile,
    by_hand: LetterFile,
}

/// What was written where.
pub(super) struct PrintedLetters {
    pub(super) by_post: u64,
    pub(super) by_hand: u64,
    /// There is no such file when nobody's letter is to be handed over.
    pub(super) by_hand_path: PathBuf,
}

impl LetterFiles {
    /// Makes both files, before any letter is issued. Refuses to write over what is there.
    pub(super) fn create(path: &Path) -> Result<Self, CommandError> {
        let by_post = LetterFile::create(path.to_owned())?;
        let by_hand = LetterFile::create(by_hand_path(path)).inspect_err(|_| {
            // Nothing stands in it yet, and the next try wants the name.
            let _ = fs::remove_file(path);
        })?;
        Ok(Self { by_post, by_hand })
    }

    /// Adds one page to the file in which it belongs.
    pub(super) fn add(&mut self, delivery: &LetterDelivery, page: &str) -> Result<(), CommandError> {
        match delivery {
            LetterDelivery::ByPost { .. } => self.by_post.add(page),
            LetterDelivery::ByHand => self.by_hand.add(page),
        }
    }

    /// Makes what was added last, so that it may be noted as written.
    pub(super) fn sync(&mut self) -> Result<(), CommandError> {
        self.by_post.sync()?;
        self.by_hand.sync()
    }

    /// Writes both files to the disk.
    pub(super) fn finish(self) -> Result<PrintedLetters, CommandError> {
        let by_hand_path = self.by_hand.path.clone();
        let printed = PrintedLetters {
            by_post: self.by_post.finish()?,
            by_hand: self.by_hand.finish()?,
            by_hand_path: by_hand_path.clone(),
        };
        if printed.by_hand == 0 {
            fs::remove_file(&by_hand_path).map_err(|error| not_written(&by_hand_path, &error))?;
        }
        Ok(printed)
    }
}

impl LetterFile {
    fn create(path: PathBuf) -> Result<Self, CommandError> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|error| not_written(&path, &error))?;
        let mut out = BufWriter::new(file);
        out.write_all(HEAD.as_bytes()).map_err(|error| not_written(&path, &error))?;
        Ok(Self { path, out, letters: 0 })
    }

    fn add(&mut self, page: &str) -> Result<(), CommandError> {
        self.letters += 1;
        writeln!(self.out, "{page}").map_err(|error| not_written(&self.path, &error))
    }

    fn sync(&mut self) -> Result<(), CommandError> {
        let synced = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        synced.map_err(|error| not_written(&self.path, &error))
    }

    fn finish(mut self) -> Result<u64, CommandError> {
        let written = self.out.write_all(FOOT);
        written.map_err(|error| not_written(&self.path, &error))?;
        self.sync()?;
        Ok(self.letters)
    }
}

/// `手紙.html` → `手紙.手渡し.html`.
fn by_hand_path(path: &Path) -> PathBuf {
    let mut name = path.file_stem().map_or_else(OsString::new, OsString::from);
    name.push(".手渡し");
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

fn not_written(path: &Path, error: &io::Error) -> CommandError {
    CommandError::Other(format!("{}: 書けません（{error}）", path.display()))
}
