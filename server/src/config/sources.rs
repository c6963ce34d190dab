//! Where settings come from, and which of them wins. A name that means nothing stops the start, wherever it stands: a setting
//! that was written and is not used would be worse.

use super::{ConfigError, nearest::nearest};
use crate::named_files::{FileFault, LONGEST_SECRET, read_text};
use std::{collections::BTreeMap, ffi::OsString, path::Path};

/// Every setting by its name without the prefix `TECHO_`; in `techo.toml` the same in lower case.
pub const NAMES: [&str; 35] = [
    "DATA_DIR",
    "IDENTITY_DB",
    "RECORDS_DB",
    "KEYS",
    "PORTAL_ADDR",
    "OPS_ADDR",
    "PORTAL_URL",
    "CONSOLE_ADDR",
    "CONSOLE_URL",
    "STAFF_AAGUIDS",
    "API_ADDR",
    "API_URL",
    "CARD_CA",
    "CARD_CRL",
    "LOG_CHECKPOINTS",
    "OTLP_ENDPOINT",
    "SITE",
    "PROXY_HOPS",
    "PORTAL_CONNECTIONS",
    "CONSOLE_CONNECTIONS",
    "API_CONNECTIONS",
    "OPS_CONNECTIONS",
    "ADDRESS_CONNECTIONS",
    "ADDRESS_IN_FLIGHT",
    "ADDRESS_RATE",
    "ACCOUNT_RATE",
    "ORGANISATION_IN_FLIGHT",
    "ORGANISATION_RATE",
    "HEAD_SECONDS",
    "BODY_SECONDS",
    "STALL_SECONDS",
    "LOWEST_RATE",
    "STOP_SECONDS",
    "BACKUP_RECIPIENT",
    "BACKUP_PASSPHRASE",
];

/// Settings that may hold a password, and so may be read from a file named by `TECHO_…_FILE`.
const SECRETS: [&str; 4] = ["IDENTITY_DB", "RECORDS_DB", "LOG_CHECKPOINTS", "BACKUP_PASSPHRASE"];

/// What begins like a setting in the environment and is for tests of the program, not for the program.
const FOR_TESTS: [&str; 2] = ["TECHO_TEST_DATA", "TECHO_BIN"];

/// Longest `techo.toml`.
const LONGEST_FILE: u64 = 1024 * 1024;

const PREFIX: &str = "TECHO_";
const SECRET_ENDING: &str = "_FILE";

/// The values that were found, by name.
#[derive(Clone, Debug, Default)]
pub struct SettingSources {
    file: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
    flags: BTreeMap<String, String>,
}

impl SettingSources {
    /// Reads `techo.toml` in the working folder (when it is there) and the environment; flags are `NAME=value`.
    ///
    /// # Errors
    /// The file is not TOML, or a file or flag names a setting that does not exist.
    pub fn read(flags: &[String]) -> Result<Self, ConfigError> {
        let file = match read_text(Path::new("techo.toml"), LONGEST_FILE) {
            Ok(text) => parse_toml(&text)?,
            Err(FileFault::Missing) => BTreeMap::new(),
            Err(fault) => return Err(ConfigError::new("techo.toml", fault.to_string())),
        };
        Ok(Self { file, environment: read_environment(std::env::vars_os())?, flags: read_flags(flags)? })
    }

    /// The value of a setting: flag, environment, file.
    pub fn get(&self, name: &str) -> Result<Option<String>, ConfigError> {
        debug_assert!(NAMES.contains(&name), "every setting is listed");
        let value =
            self.flags.get(name).or_else(|| self.environment.get(name)).or_else(|| self.file.get(name));
        match value {
            Some(value) if value.trim().is_empty() => {
                Err(ConfigError::new(&Self::env_name(name), "値が空です"))
            }
            value => Ok(value.cloned()),
        }
    }

    /// A value that gives way to everything that was set.
    pub fn set_default(&mut self, name: &str, value: &str) {
        if !self.environment.contains_key(name) && !self.flags.contains_key(name) {
            self.file.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
    }

    /// Settings from pairs, for tests.
    pub fn of_pairs(pairs: &[(&str, &str)]) -> Self {
        let flags = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { flags, ..Self::default() }
    }

    /// The name of a setting in the environment.
    pub fn env_name(name: &str) -> String {
        format!("TECHO_{name}")
    }
}

/// Every variable that begins with the prefix.
fn read_environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut found = BTreeMap::new();
    for (variable, value) in variables {
        let variable = variable.to_string_lossy().into_owned();
        if !variable.starts_with(PREFIX) || FOR_TESTS.contains(&variable.as_str()) {
            continue;
        }
        let Ok(value) = value.into_string() else {
            return Err(ConfigError::new(&variable, "値を文字として読めません（UTF-8で書いてください）"));
        };
        let plain = &variable[PREFIX.len()..];
        let secret = plain.strip_suffix(SECRET_ENDING).filter(|name| SECRETS.contains(name));
        let (name, value) = match secret {
            Some(name) => (name, read_secret(&variable, Path::new(&value))?),
            None if NAMES.contains(&plain) => (plain, value),
            None => return Err(unknown(&variable, variable_names())),
        };
        if found.insert(name.to_owned(), value).is_some() {
            let both =
                format!("{PREFIX}{name}{SECRET_ENDING} と同時には使えません。どちらか一つにしてください");
            return Err(ConfigError::new(&SettingSources::env_name(name), both));
        }
    }
    Ok(found)
}

/// `NAME=value`; of one name that comes twice the last wins.
fn read_flags(flags: &[String]) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut found = BTreeMap::new();
    for flag in flags {
        let Some((written, value)) = flag.split_once('=') else {
            return Err(ConfigError::new("--set", format!("「{flag}」は NAME=値 の形で書いてください")));
        };
        let name = plain(written);
        if !NAMES.contains(&name.as_str()) {
            return Err(unknown(&format!("--set {written}"), NAMES.map(str::to_owned)));
        }
        found.insert(name, value.to_owned());
    }
    Ok(found)
}

/// Every name that the environment may hold.
fn variable_names() -> impl Iterator<Item = String> {
    let secrets = SECRETS.map(|name| format!("{}{SECRET_ENDING}", SettingSources::env_name(name)));
    NAMES.map(SettingSources::env_name).into_iter().chain(secrets)
}

/// A name that means nothing, and the one that was probably meant.
fn unknown(written: &str, known: impl IntoIterator<Item = String>) -> ConfigError {
    let word = written.rsplit(' ').next().unwrap_or(written);
    let meant = nearest(word, known);
    let hint = meant.map_or_else(String::new, |name| format!("。{name} のことでしょうか"));
    ConfigError::new(written, format!("この設定はありません{hint}"))
}

fn plain(name: &str) -> String {
    let upper = name.to_ascii_uppercase().replace('-', "_");
    upper.strip_prefix("TECHO_").map(str::to_owned).unwrap_or(upper)
}

fn parse_toml(text: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    let table: toml::Table = text
        .parse()
        .map_err(|_| ConfigError::new("techo.toml", "TOMLとして読めません。書き方を確かめてください"))?;
    let mut found = BTreeMap::new();
    for (key, value) in table {
        let name = plain(&key);
        if !NAMES.contains(&name.as_str()) {
            return Err(unknown(&format!("techo.toml の {key}"), NAMES.map(str::to_ascii_lowercase)));
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            _ => return Err(ConfigError::new("techo.toml", format!("「{key}」は文字列で書いてください"))),
        };
        if found.insert(name, text).is_some() {
            return Err(ConfigError::new("techo.toml", format!("「{key}」が二度書かれています")));
        }
    }
    Ok(found)
}

fn read_secret(name: &str, path: &Path) -> Result<String, ConfigError> {
    let text = read_text(path, LONGEST_SECRET).map_err(|fault| ConfigError::new(name, fault.to_string()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_beats_the_environment_and_the_environment_beats_the_file() {
        let mut sources =
            SettingSources { file: parse_toml("keys = \"file\"").unwrap(), ..SettingSources::default() };
        assert_eq!(sources.get("KEYS").unwrap().as_deref(), Some("file"));
        sources.environment.insert("KEYS".into(), "environment".into());
        assert_eq!(sources.get("KEYS").unwrap().as_deref(), Some("environment"));
        sources.flags.insert("KEYS".into(), "flag".into());
        assert_eq!(sources.get("KEYS").unwrap().as_deref(), Some("flag"));
    }

    #[test]
    fn a_secret_that_has_no_end_is_not_read_for_ever() {
        let endless = environment(&[("TECHO_RECORDS_DB_FILE", "/dev/zero")]).unwrap_err();
        assert_eq!(endless.name, "TECHO_RECORDS_DB_FILE");
        assert!(endless.reason.contains("大きすぎます"), "{endless}");
        let missing = environment(&[("TECHO_RECORDS_DB_FILE", "/none/such")]).unwrap_err();
        assert!(missing.reason.contains("ありません"), "{missing}");
    }

    fn environment(pairs: &[(&str, &str)]) -> Result<BTreeMap<String, String>, ConfigError> {
        read_environment(pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
    }

    #[test]
    fn a_misspelt_setting_is_named_with_the_one_that_was_meant_wherever_it_stands() {
        let file = parse_toml("data_dri = \"x\"").unwrap_err().to_string();
        assert!(file.contains("data_dri") && file.contains("data_dir"), "{file}");
        let variable = environment(&[("TECHO_IDENTITY_BD", "x")]).unwrap_err();
        assert_eq!(variable.name, "TECHO_IDENTITY_BD");
        assert!(variable.reason.contains("TECHO_IDENTITY_DB "), "{variable}");
        let flag = read_flags(&["portal-adr=x".to_owned()]).unwrap_err().to_string();
        assert!(flag.contains("portal-adr") && flag.contains("PORTAL_ADDR"), "{flag}");
        let secret = environment(&[("TECHO_KEYS_FILE", "x")]).unwrap_err();
        assert_eq!(secret.name, "TECHO_KEYS_FILE", "only what may be secret is read from a file");
        for error in [file, variable.to_string(), flag, secret.to_string()] {
            assert!(!error.contains('\n'), "one line: {error}");
        }
    }

    #[test]
    fn what_is_not_ours_is_left_alone() {
        let found =
            environment(&[("PATH", "x"), ("TECHO_TEST_DATA", "x"), ("TECHOS", "x"), ("TECHO_KEYS", "k")]);
        assert_eq!(found.unwrap().into_keys().collect::<Vec<_>>(), ["KEYS"]);
    }

    #[test]
    fn a_setting_that_is_there_twice_stops_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, "sqlite:x\n").unwrap();
        let secret = ("TECHO_IDENTITY_DB_FILE", secret.to_str().unwrap());
        assert_eq!(environment(&[secret]).unwrap()["IDENTITY_DB"], "sqlite:x");
        assert!(environment(&[secret, ("TECHO_IDENTITY_DB", "sqlite:y")]).is_err());
        assert!(parse_toml("keys = \"x\"\nTECHO_KEYS = \"y\"").is_err());
    }
}
