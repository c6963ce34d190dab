//! `manifest.json`: who sends, and which files to import in which order.

use serde::{Deserialize, Serialize};
use std::fmt;
use techo_model::organisation::Organisation;

/// What a run wrote, with paths relative to the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SynthManifest {
    /// Senders and facilities.
    pub organisations: Vec<Organisation>,
    /// Files in the order of import.
    pub files: Vec<ListedFile>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// What it holds.
    pub kind: FileKind,
    /// Official number of the sender.
    #[serde(rename = "as")]
    pub sender: String,
    /// Path relative to the manifest, with `/`.
    pub path: String,
}

/// The kinds of `techo import`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// 住民.
    Residents,
    /// 資格.
    Coverage,
    /// 健診.
    Checkups,
    /// 予防接種.
    Vaccinations,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Residents => "residents",
            Self::Coverage => "coverage",
            Self::Checkups => "checkups",
            Self::Vaccinations => "vaccinations",
        })
    }
}
