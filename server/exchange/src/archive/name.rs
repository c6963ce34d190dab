//! What the name of an entry says: whether it is safe, and what the entry is for.

use encoding_rs::SHIFT_JIS;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use techo_model::text::{is_one_line, is_unseen};

/// What an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// XML below a folder `DATA`.
    Document,
    /// XML anywhere else: a document where there is no `DATA`, and not in its place where there is one.
    Loose,
    /// An archive within the archive.
    NestedArchive,
    /// Index, summary, claims, schemas, folders and whatever a file manager leaves behind.
    Other,
}

/// The decoded name of an entry.
pub(super) struct EntryName {
    text: String,
}

const ARCHIVES: [&str; 18] = [
    "zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz", "zst", "lzh", "lha", "cab", "jar", "war", "iso",
    "arj", "z", "lz4",
];

impl EntryName {
    /// UTF-8, else CP932, in which Windows in Japan writes names.
    pub(super) fn new(raw: &[u8]) -> Self {
        let text = match std::str::from_utf8(raw) {
            Ok(text) => text.to_owned(),
            Err(_) => SHIFT_JIS.decode_without_bom_handling(raw).0.into_owned(),
        };
        Self { text }
    }

    /// The name for messages: no control characters, not endless.
    pub(super) fn shown(&self, longest: usize) -> String {
        let clean: String =
            self.text.chars().filter(|c| !c.is_control() && !is_unseen(*c)).take(longest).collect();
        if clean.is_empty() { "（名前なし）".to_owned() } else { clean }
    }

    /// Whether the name stays within its folder wherever it is unpacked. Nothing is unpacked here, but a package with
    /// such a name was made to harm somebody.
    pub(super) fn is_safe(&self, longest: usize) -> bool {
        let text = &self.text;
        let drive = text.as_bytes().get(1) == Some(&b':');
        !text.is_empty()
            && text.chars().count() <= longest
            && !drive
            && !text.starts_with(['/', '\\'])
            && is_one_line(text)
            && self.parts().all(|part| part != "..")
    }

    /// The same for all names that are one file where they are unpacked.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.text.replace('\\', "/").to_lowercase().hash(&mut hasher);
        hasher.finish()
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        self.text.split(['/', '\\'])
    }

    /// What the entry is for.
    pub(super) fn role(&self) -> Role {
        let parts: Vec<String> = self.parts().map(str::to_lowercase).collect();
        let Some((file, folders)) = parts.split_last() else { return Role::Other };
        let Some((stem, extension)) = file.rsplit_once('.') else { return Role::Other };
        let is_litter = stem.is_empty() || file.starts_with("._") || folders.iter().any(|f| f == "__macosx");
        if ARCHIVES.contains(&extension) {
            return Role::NestedArchive;
        }
        if extension != "xml" || is_litter {
            return Role::Other;
        }
        let within = |name: &str| folders.iter().any(|folder| folder == name);
        if within("data") {
            return Role::Document;
        }
        let beside =
            within("claims") || within("xsd") || file.starts_with("ix08") || file.starts_with("su08");
        if beside { Role::Other } else { Role::Loose }
    }
}

/// Whether bytes begin like an archive of any common kind, whatever the name says.
pub(super) fn begins_like_an_archive(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 8] = [
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x1f\x8b",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"BZh",
        b"\xfd7zXZ\x00",
        b"\x28\xb5\x2f\xfd",
    ];
    let lzh = bytes.get(2..5) == Some(b"-lh") && bytes.get(6) == Some(&b'-');
    let tar = bytes.get(257..262) == Some(b"ustar");
    lzh || tar || bytes.starts_with(b"MSCF") || MAGIC.iter().any(|magic| bytes.starts_with(magic))
}
