//! How a backup is locked: an age file for recipients or for a passphrase, or, when somebody says so, not at all.
//!
//! age is a format of its own with programs of its own: whoever has the key can open a backup without Techo.

use crate::{commands::CommandError, config::ProcessSettings, named_files::LONGEST_SECRET};
use age::{
    Decryptor, Encryptor, Identity, IdentityFile, Recipient, scrypt,
    secrecy::SecretString,
    stream::{StreamReader, StreamWriter},
    x25519,
};
use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

/// How every age file begins.
const MAGIC: &[u8] = b"age-encryption.org/";

/// How to lock.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct LockArgs {
    /// 暗号化の宛先（age1… で始まる公開鍵。何度でも書けます）。なければ設定 TECHO_BACKUP_RECIPIENT
    #[arg(long, value_name = "age1…")]
    recipient: Vec<String>,
    /// 合言葉で暗号化するときの、合言葉のファイル。なければ設定 TECHO_BACKUP_PASSPHRASE
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    passphrase_file: Option<PathBuf>,
    /// 暗号化しません。控えを読める人は、中の情報をすべて読めます
    #[arg(long, conflicts_with_all = ["recipient", "passphrase_file"])]
    unencrypted: bool,
}

/// How to unlock.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct UnlockArgs {
    /// 控えを開く秘密鍵のファイル（AGE-SECRET-KEY-1… のあるファイル）
    #[arg(long, value_name = "FILE")]
    pub(in crate::commands) identity: Vec<PathBuf>,
}

/// What a backup is locked with.
pub(super) enum Lock {
    Recipients(Vec<x25519::Recipient>),
    Passphrase(SecretString),
    Open,
}

impl LockArgs {
    /// The lock that was asked for.
    pub(super) fn lock(&self, settings: &ProcessSettings) -> Result<Lock, CommandError> {
        if self.unencrypted {
            return Ok(Lock::Open);
        }
        if let Some(path) = &self.passphrase_file {
            return Ok(Lock::Passphrase(passphrase_of(path)?));
        }
        let set = settings.backup.recipients.iter();
        let named: Vec<&String> =
            if self.recipient.is_empty() { set.collect() } else { self.recipient.iter().collect() };
        if !named.is_empty() {
            let recipients = named.into_iter().map(|text| {
                text.parse::<x25519::Recipient>()
                    .map_err(|_| wrong(format!("宛先「{text}」は age の公開鍵（age1…）ではありません。")))
            });
            return Ok(Lock::Recipients(recipients.collect::<Result<_, _>>()?));
        }
        settings.backup.passphrase().map(Lock::Passphrase).ok_or_else(|| {
            wrong("控えは暗号化します。--recipient（age1…）か --passphrase-file を指定してください。暗号化しないときは --unencrypted と書いてください。".to_owned())
        })
    }

    /// The passphrase, when the backup was locked with one, to try it out afterwards.
    pub(super) fn passphrase(
        &self,
        settings: &ProcessSettings,
    ) -> Result<Option<SecretString>, CommandError> {
        match &self.passphrase_file {
            Some(path) => passphrase_of(path).map(Some),
            None => Ok(settings.backup.passphrase()),
        }
    }
}

/// A passphrase is the first line of a file.
pub(in crate::commands) fn passphrase_of(path: &Path) -> Result<SecretString, CommandError> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST_SECRET).read_to_string(&mut text));
    read.map_err(|error| wrong(format!("合言葉のファイル {} を読めません: {error}", path.display())))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(wrong(format!("合言葉のファイル {} が空です。", path.display())));
    }
    Ok(SecretString::from(line.to_owned()))
}

fn wrong(text: String) -> CommandError {
    CommandError::Other(text)
}

/// A file that is written through a lock.
pub(super) enum Locked {
    Open(BufWriter<File>),
    Sealed(Box<StreamWriter<BufWriter<File>>>),
}

impl Lock {
    /// Begins to write.
    pub(super) fn wrap(self, file: File) -> io::Result<Locked> {
        let output = BufWriter::new(file);
        let encryptor = match &self {
            Self::Open => return Ok(Locked::Open(output)),
            Self::Passphrase(words) => Encryptor::with_user_passphrase(words.clone()),
            Self::Recipients(all) => {
                let all = all.iter().map(|recipient| recipient as &dyn Recipient);
                Encryptor::with_recipients(all).map_err(io::Error::other)?
            }
        };
        Ok(Locked::Sealed(Box::new(encryptor.wrap_output(output)?)))
    }
}

impl Locked {
    /// Writes the end, and returns when everything lasts.
    pub(super) fn finish(self) -> io::Result<()> {
        let output = match self {
            Self::Open(output) => output,
            Self::Sealed(output) => output.finish()?,
        };
        output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

impl Write for Locked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Open(output) => output.write(bytes),
            Self::Sealed(output) => output.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Open(output) => output.flush(),
            Self::Sealed(output) => output.flush(),
        }
    }
}

/// A file that is read through a lock.
pub(in crate::commands) enum Unlocked {
    Open(BufReader<File>),
    Sealed(Box<StreamReader<BufReader<File>>>),
}

impl Read for Unlocked {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Open(input) => input.read(bytes),
            Self::Sealed(input) => input.read(bytes),
        }
    }
}

/// Opens a file, whichever lock it has.
pub(in crate::commands) fn open(
    path: &Path,
    identities: &[PathBuf],
    passphrase: Option<SecretString>,
) -> Result<Unlocked, CommandError> {
    let unreadable = |error: io::Error| wrong(format!("控え {} を読めません: {error}", path.display()));
    let mut input = BufReader::new(File::open(path).map_err(unreadable)?);
    if !input.fill_buf().map_err(unreadable)?.starts_with(MAGIC) {
        return Ok(Unlocked::Open(input));
    }
    let damaged = |error: age::DecryptError| wrong(format!("控え {} を開けません: {error}", path.display()));
    let decryptor = Decryptor::new_buffered(input).map_err(damaged)?;
    let keys = keys_for(&decryptor, identities, passphrase)?;
    let reader = decryptor.decrypt(keys.iter().map(|key| &**key as &dyn Identity)).map_err(damaged)?;
    Ok(Unlocked::Sealed(Box::new(reader)))
}

fn keys_for(
    decryptor: &Decryptor<BufReader<File>>,
    identities: &[PathBuf],
    passphrase: Option<SecretString>,
) -> Result<Vec<Box<dyn Identity>>, CommandError> {
    if decryptor.is_scrypt() {
        let words = passphrase.ok_or_else(|| {
            wrong("この控えは合言葉で暗号化されています。--passphrase-file を指定してください。".to_owned())
        })?;
        return Ok(vec![Box::new(scrypt::Identity::new(words))]);
    }
    if identities.is_empty() {
        return Err(wrong(
            "この控えは宛先の鍵で暗号化されています。--identity に秘密鍵のファイルを指定してください。"
                .to_owned(),
        ));
    }
    let mut keys: Vec<Box<dyn Identity>> = Vec::new();
    for path in identities {
        let unreadable = |error: &dyn std::fmt::Display| {
            wrong(format!("秘密鍵のファイル {} を読めません: {error}", path.display()))
        };
        let file = File::open(path).map_err(|error| unreadable(&error))?;
        let found = IdentityFile::from_buffer(BufReader::new(file.take(LONGEST_SECRET)))
            .map_err(|error| unreadable(&error))?;
        let found = found.into_identities().map_err(|error| unreadable(&error))?;
        keys.extend(found.into_iter().map(|key| key as Box<dyn Identity>));
    }
    Ok(keys)
}
