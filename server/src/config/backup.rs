//! How backups are locked, unless a flag says otherwise.

use age::secrecy::SecretString;

/// Recipients or a passphrase; neither is printed with the settings.
#[derive(Clone, Debug, Default)]
pub struct BackupSettings {
    /// `TECHO_BACKUP_RECIPIENT`: public keys of age, separated by commas or blanks.
    pub recipients: Vec<String>,
    passphrase: Option<SecretString>,
}

impl BackupSettings {
    /// From the values of the two settings.
    pub fn new(recipients: Option<&str>, passphrase: Option<String>) -> Self {
        let separate = |letter: char| letter == ',' || letter.is_whitespace();
        let named = recipients.into_iter().flat_map(|text| text.split(separate));
        Self {
            recipients: named.filter(|text| !text.is_empty()).map(str::to_owned).collect(),
            passphrase: passphrase.map(SecretString::from),
        }
    }

    /// `TECHO_BACKUP_PASSPHRASE`.
    pub fn passphrase(&self) -> Option<SecretString> {
        self.passphrase.clone()
    }
}
