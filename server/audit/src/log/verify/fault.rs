//! What an audit can find, and where.

/// The first thing that is wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{index}番の記録: {what}")]
pub struct LogFault {
    /// Index of the first entry concerned, from 0.
    pub index: u64,
    /// What is wrong.
    pub what: FaultKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// The entry is not there.
    #[error("取り除かれています")]
    Removed,
    /// The body is not the one that was committed to.
    #[error("中身が書き換えられています")]
    Edited,
    /// The entry is another one than the tree holds at this place.
    #[error("木にある記録と違います（書き換えか、順番の入れ替えです）")]
    Replaced,
    /// A number of the person's chain is missing, stands twice or comes too early.
    #[error("本人の鎖の番号が続いていません（{0}番目のはずです）")]
    Gap(i64),
    /// The entry does not name the one before it in the person's chain.
    #[error("本人の鎖の前の記録とつながっていません")]
    Unlinked,
    /// The chain ends before its stored end.
    #[error("本人の鎖の終わりが欠けています（{0}番目から）")]
    ChainCut(i64),
    /// The tree lacks hashes, or holds others than the entries give.
    #[error("木の計算値が失われているか、書き換えられています")]
    Tile,
    /// Entries from here on were rewritten after a checkpoint over `size` of them was signed.
    #[error("ここから{size}件目までのどこかが、署名されたあとで書き換えられています（{source_of}）")]
    Rewritten {
        /// Size of the checkpoint.
        size: u64,
        /// Where the checkpoint stands.
        source_of: String,
    },
    /// A checkpoint over more entries than there are was signed.
    #[error("ここで切り落とされています。{size}件のときの署名が残っています（{source_of}）")]
    CutOff {
        /// Size of the checkpoint.
        size: u64,
        /// Where the checkpoint stands.
        source_of: String,
    },
    /// A checkpoint carries no signature of a key of this log.
    #[error("チェックポイント（{0}）に、このログの鍵の署名がありません")]
    Unsigned(String),
    /// The entry has no seal, or none that our keys put on it.
    #[error("手帳の鍵で作られた印がありません。あとから書き足された記録です")]
    Forged,
    /// The body is gone, and no line says that it was erased.
    #[error("中身がなくなっています。消したという記録はありません")]
    BodyGone,
    /// Checkpoints that were sent to the second place are not there.
    #[error("控えの置き場所に、あるはずのチェックポイントが{count}件ありません（{sizes}件のときのもの）")]
    NotElsewhere {
        /// How many.
        count: usize,
        /// The sizes of the first of them.
        sizes: String,
    },
    /// A checkpoint stands in the second place that the database does not have.
    #[error("控え（{0}）が、データベースにはありません")]
    NotHere(String),
    /// No checkpoint covers the whole tree.
    #[error("木の終わりに、署名されたチェックポイントがありません")]
    UnsignedEnd,
    /// An entry was taken out of the queue that leads into the tree.
    #[error("木に入るのを待つ列から取り除かれた記録があります")]
    Unplaced,
}
