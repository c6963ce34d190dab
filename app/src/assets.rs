//! Names of the built files, with the hash of their contents in each name so that browsers may keep them for a year.

use std::{fmt, fs, io, path::Path};

/// Paths of the files that a page names, as a browser asks for them.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct AssetPaths {
    /// The one style sheet.
    pub css: String,
    /// The module that starts the islands (it loads the wasm beside it).
    pub js: String,
    /// The wasm, for the preload hint.
    pub wasm: String,
}

impl AssetPaths {
    /// The manifest's path inside the folder that `cargo xtask bundle` makes.
    pub const MANIFEST: &str = "assets.json";

    /// Reads the manifest of a bundle folder (`target/site`).
    ///
    /// # Errors
    /// When there is no bundle, or its manifest is not one of ours.
    pub fn read(site: &Path) -> Result<Self, AssetsError> {
        let path = site.join(Self::MANIFEST);
        let text = fs::read_to_string(&path)
            .map_err(|cause| AssetsError::Missing(path.display().to_string(), cause))?;
        Self::parse(&text)
    }

    /// Reads a manifest's text.
    ///
    /// # Errors
    /// When the text is not one of our manifests.
    pub fn parse(text: &str) -> Result<Self, AssetsError> {
        serde_json::from_str(text).map_err(AssetsError::Form)
    }
}

/// Why the bundle cannot be used.
#[derive(Debug)]
pub enum AssetsError {
    /// There is no manifest at this path.
    Missing(String, io::Error),
    /// The manifest is not one of ours.
    Form(serde_json::Error),
}

impl fmt::Display for AssetsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path, cause) => {
                write!(
                    f,
                    "画面の部品が見つかりません（{path}: {cause}）。cargo xtask bundle を実行してください"
                )
            }
            Self::Form(cause) => {
                write!(f, "画面の部品の一覧を読めません（{cause}）。cargo xtask bundle を実行してください")
            }
        }
    }
}

impl std::error::Error for AssetsError {}
