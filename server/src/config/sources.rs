//! Where settings come from, and which of them wins.

use super::ConfigError;
use std::{collections::BTreeMap, path::Path};

/// Every setting by its name without the prefix `TECHO_`; in `techo.toml` the same in lower case.
pub const NAMES: [&str; 17] = [
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
    "SITE",
    "PROXY_HOPS",
];

/// Settings that may hold a password, and so may be read from a file named by `TECHO_…_FILE`.
const SECRETS: [&str; 3] = ["IDENTITY_DB", "RECORDS_DB", "LOG_CHECKPOINTS"];

/// The values that were found, by name.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    file: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
    flags: BTreeMap<String, String>,
}

impl Sources {
    /// Reads `techo.toml` in the working folder (when it is there) and the environment; flags are `NAME=value`.
    ///
    /// # Errors
    /// The file is not TOML, or a file or flag names a setting that does not exist.
    pub fn read(flags: &[String]) -> Result<Self, ConfigError> {
        let mut sources = Self::default();
        match std::fs::read_to_string("techo.toml") {
            Ok(text) => sources.file = parse_toml(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(ConfigError::new("techo.toml", error.to_string())),
        }
        for name in NAMES {
            if let Ok(value) = std::env::var(Self::env_name(name)) {
                sources.environment.insert(name.to_owned(), value);
            }
            let file_name = format!("{}_FILE", Self::env_name(name));
            if let (true, Ok(path)) = (SECRETS.contains(&name), std::env::var(&file_name)) {
                sources.environment.insert(name.to_owned(), read_secret(&file_name, Path::new(&path))?);
            }
        }
        for flag in flags {
            let known = flag.split_once('=').map(|(name, value)| (plain(name), value));
            let Some((name, value)) = known.filter(|(name, _)| NAMES.contains(&name.as_str())) else {
                return Err(ConfigError::new(
                    "--set",
                    format!("「{flag}」という設定はありません。NAME=値 の形で書いてください"),
                ));
            };
            sources.flags.insert(name, value.to_owned());
        }
        Ok(sources)
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
            return Err(ConfigError::new("techo.toml", format!("「{key}」という設定はありません")));
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            _ => return Err(ConfigError::new("techo.toml", format!("「{key}」は文字列で書いてください"))),
        };
        found.insert(name, text);
    }
    Ok(found)
}

fn read_secret(name: &str, path: &Path) -> Result<String, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::new(name, format!("読めません: {error}")))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_beats_the_environment_and_the_environment_beats_the_file() {
        let mut sources = Sources { file: parse_toml("keys = \"file\"").unwrap(), ..Sources::default() };
        assert_eq!(sources.get("KEYS").unwrap().as_deref(), Some("file"));
        sources.environment.insert("KEYS".into(), "environment".into());
        assert_eq!(sources.get("KEYS").unwrap().as_deref(), Some("environment"));
        sources.flags.insert("KEYS".into(), "flag".into());
        assert_eq!(sources.get("KEYS").unwrap().as_deref(), Some("flag"));
    }

    #[test]
    fn a_misspelt_setting_in_the_file_is_named() {
        let error = parse_toml("data_dri = \"x\"").unwrap_err();
        assert!(error.to_string().contains("data_dri"));
    }
}
