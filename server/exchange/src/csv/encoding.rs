//! UTF-8 or CP932, decided by the header row.

use encoding_rs::SHIFT_JIS;
use std::borrow::Cow;

/// How the text of a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvEncoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// CP932, the Shift_JIS of Windows. No byte of a two-byte character looks like a comma, a quote or a line break,
    /// so cells are found before anything is decoded; 能 and ソ, whose second byte is a backslash, come out right.
    Cp932,
}

impl CsvEncoding {
    /// The encoding in which `header` is valid text, UTF-8 first. Every header of ours holds Japanese, so text that is
    /// valid in both does not occur.
    pub(super) fn of_header(header: &[u8]) -> Option<Self> {
        if std::str::from_utf8(header).is_ok() {
            return Some(Self::Utf8);
        }
        Self::Cp932.decode(header).map(|_| Self::Cp932)
    }

    /// The text, or nothing when a byte does not belong.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Cp932 => SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes),
        }
    }

    /// The text with `�` in place of every byte that does not belong.
    pub(super) fn decode_lossy(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Cp932 => SHIFT_JIS.decode_without_bom_handling(bytes).0,
        }
    }

    /// The name that operators know.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Cp932 => "CP932（Shift_JIS）",
        }
    }
}
