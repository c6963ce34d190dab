//! Why a package or one of its entries is not read, as sentences for the sender.

use std::{fmt, io};

/// Why a package cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing in the file.
    #[error("ファイルが空です。送り直してください")]
    Empty,
    /// No ZIP, or one that ends too early.
    #[error("ZIPファイルとして読めません。途中で切れていないか確かめて、送り直してください")]
    NotAZip,
    /// Two end records, or two that contradict each other: what the package holds depends on who reads it.
    #[error("ZIPの目次が二つあるか、食い違っています。作り直して送ってください")]
    TwoDirectories,
    /// The directory holds another number of entries than its end record says.
    #[error("ZIPの目次のファイル数が合いません。作り直して送ってください")]
    CountDisagrees,
    /// Entries that share bytes.
    #[error("ZIPの中のファイルが互いに重なっています。作り直して送ってください")]
    Overlapping,
    /// Something stands before the first entry or around the directory, for example another package.
    #[error(
        "ZIPの前か途中に余分なデータがあります（別のZIPとつながっていないか確かめて、作り直してください）"
    )]
    ExtraBytes,
    /// One of several parts.
    #[error("分割されたZIPは読めません。一つのファイルとして作り直してください")]
    Split,
    /// More entries than allowed.
    #[error("ZIPの中のファイルが多すぎます（上限{0}個）。分けて送ってください")]
    TooManyEntries(usize),
    /// Neither a folder DATA with XML nor XML at the top.
    #[error("ZIPの中に健診の文書（DATAフォルダーのXMLファイル）がありません")]
    NoDocuments,
    /// The file cannot be read.
    #[error("ファイルを読めません：{0}")]
    Io(#[from] io::Error),
}

/// One entry that is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct EntryProblem {
    /// Its path within the package, without control characters.
    pub path: String,
    /// Why.
    pub fault: EntryFault,
}

impl fmt::Display for EntryProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}：{}", self.path, self.fault)
    }
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// `..`, an absolute path, a drive, a backslash trick or a control character.
    #[error("フォルダーの外を指す名前や使えない文字を含む名前のファイルは受け付けません")]
    UnsafeName,
    /// A symbolic link.
    #[error("シンボリックリンクは受け付けません")]
    SymbolicLink,
    /// Encrypted with a password.
    #[error("パスワード付きのファイルは読めません。パスワードを付けずに作り直してください")]
    Encrypted,
    /// An archive within the archive.
    #[error("ZIPなどの圧縮ファイルが中に入っています。中身を取り出して送ってください")]
    NestedArchive,
    /// XML that is neither in the folder of documents nor anything else of a package.
    #[error(
        "DATAフォルダーの外にあるXMLファイルは読みません。健診の文書ならDATAフォルダーに入れて送り直してください"
    )]
    OutsideData,
    /// The same name more than once: which one is meant cannot be known.
    #[error("同じ名前のファイルがZIPの中に二つ以上あります。名前を分けるか、一つにして送り直してください")]
    NameTwice,
    /// Packed by a method other than stored or deflate.
    #[error("この圧縮方式（無圧縮とDeflate以外）は読めません。作り直してください")]
    UnsupportedCompression,
    /// Larger than a document can be.
    #[error("文書が大きすぎます（上限{0}バイト）。一人分の文書か確かめてください")]
    TooLarge(u64),
    /// Packed so well that it cannot be a document.
    #[error("圧縮率が高すぎます（上限{0}倍）。文書の中身を確かめてください")]
    RatioTooHigh(u64),
    /// Damaged: wrong length, check sum or stream.
    #[error("ファイルが壊れています。送り直してください")]
    Damaged,
    /// The list of entries breaks off here; nothing behind it can be read.
    #[error("ZIPの目次が壊れているため、これより後ろを読めません。送り直してください")]
    DirectoryDamaged,
    /// All documents together are too large; nothing behind this one is read.
    #[error(
        "展開した大きさの合計が上限（{0}バイト）を超えました。これより後ろは読んでいません。分けて送ってください"
    )]
    TotalTooLarge(u64),
    /// The package itself cannot be read any further.
    #[error("ファイルを読めません（{0}）。これより後ろは読んでいません")]
    Io(io::ErrorKind),
}

impl EntryFault {
    /// Whether nothing behind this entry is read.
    pub fn ends_the_package(&self) -> bool {
        matches!(self, Self::DirectoryDamaged | Self::TotalTooLarge(_) | Self::Io(_))
    }
}
