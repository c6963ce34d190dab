//! Why a document is not taken over, as sentences for the person who has to send it again.

use std::fmt;

/// The first thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct DocumentProblem {
    /// Where: a path in the manner of XPath, or a line and column where the text is no XML.
    pub place: String,
    /// What.
    pub fault: DocumentFault,
}

impl DocumentProblem {
    pub(super) fn new(place: impl Into<String>, fault: DocumentFault) -> Self {
        Self { place: place.into(), fault }
    }
}

impl fmt::Display for DocumentProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}：{}", self.place, self.fault)
    }
}

/// What can be wrong. Fixed sentences and counts only: nothing from the document gets into a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// Over the limit of bytes.
    #[error("文書が大きすぎます（上限{0}バイト）。一人分の文書か確かめてください")]
    TooLarge(usize),
    /// Elements within elements beyond the limit.
    #[error("要素の入れ子が深すぎます（上限{0}段）。特定健診の文書か確かめてください")]
    TooDeep(usize),
    /// More nodes than any real document has.
    #[error("要素が多すぎます（上限{0}個）。特定健診の文書か確かめてください")]
    TooManyNodes(u32),
    /// More attributes on one element than any real one has.
    #[error("一つの要素の属性が多すぎます（上限{0}個）。特定健診の文書か確かめてください")]
    TooManyAttributes(usize),
    /// More namespace declarations, one within the other, than any real document has.
    #[error("名前空間の宣言が多すぎます（上限{0}個）。特定健診の文書か確かめてください")]
    TooManyNamespaces(usize),
    /// A document type declaration, which could make the parser read other files or grow without end.
    #[error("文書型宣言（DOCTYPE）は受け付けません。取り除いて送り直してください")]
    DocumentType,
    /// Declared in an encoding other than UTF-8 and Shift_JIS.
    #[error("文字コードの宣言がUTF-8でもShift_JISでもありません。UTF-8で書き出し直してください")]
    UnknownEncoding,
    /// Bytes that are no text in the declared encoding.
    #[error("宣言された文字コードとして読めない文字があります。文字コードの宣言と中身を合わせてください")]
    Undecodable,
    /// Not well-formed.
    #[error("XMLとして正しくありません。書き出したソフトウェアで確かめてください")]
    NotXml,
    /// Cut off: elements that are never closed.
    #[error(
        "XMLが途中で終わっています（閉じられていない要素があります）。途中で切れていないか確かめて、送り直してください"
    )]
    Unfinished,
    /// Nothing in it.
    #[error("文書が空です。送り直してください")]
    Empty,
    /// Two byte order marks.
    #[error("文書の先頭に印（BOM）が二つあります。一つだけにして送り直してください")]
    TwoMarks,
    /// UTF-16, with or without a mark.
    #[error("文字コードがUTF-16です。UTF-8で書き出し直してください")]
    Utf16,
    /// A number that nobody can have been measured with.
    #[error("測定値がこの項目であり得る範囲の外です（桁数か符号）。値と単位を確かめてください")]
    Implausible,
    /// Another kind of XML.
    #[error(
        "特定健診の文書（名前空間 urn:hl7-org:v3 の ClinicalDocument）ではありません。送るファイルを確かめてください"
    )]
    NotACheckup,
    /// 保健指導, which we do not keep.
    #[error("特定保健指導の文書（報告区分21〜25）は受け付けていません。特定健診の文書だけを送ってください")]
    Guidance,
    /// A 報告区分 outside the table.
    #[error("報告区分が表にない値です。10、19、40〜44、90のどれかを書いて送り直してください")]
    UnknownReportClass,
    /// Something that must be there is not.
    #[error("{0}がありません。書き加えて送り直してください")]
    Missing(&'static str),
    /// The same thing twice with different values.
    #[error("{0}が二つ以上あり、一致しません。一つにして送り直してください")]
    Ambiguous(&'static str),
    /// Present, but not in its form.
    #[error("{0}の形式が正しくありません。直して送り直してください")]
    Malformed(&'static str),
    /// A code from a list of codes that does not belong there.
    #[error("{0}のコード体系（OID）が違います。正しいcodeSystemを書いて送り直してください")]
    WrongCodeSystem(&'static str),
    /// A date that lies ahead, so that nothing could follow it.
    #[error("{0}が未来の日付です（受け取る日の翌日まで）。直して送り直してください")]
    InTheFuture(&'static str),
    /// A date further back than anybody lives.
    #[error("{0}が古すぎます（元号や西暦を確かめてください）。直して送り直してください")]
    TooOld(&'static str),
    /// A document about something that was still to come.
    #[error("文書の作成日が健診実施日より前です。どちらかを直して送り直してください")]
    WrittenBeforeExamined,
    /// A text with letters that nobody sees.
    #[error(
        "{0}に目に見えない文字（幅のない文字や、文字の向きを変える文字）が入っています。取り除いて送り直してください"
    )]
    UnseenLetter(&'static str),
    /// 未実施 or a missing value beside a value.
    #[error(
        "結果の値がないという印（nullFlavor、negationInd）と、結果の値の両方があります。どちらかにして送り直してください"
    )]
    AbsentAndPresent,
    /// Examined before birth.
    #[error("健診実施日が生年月日より前です。どちらかを直して送り直してください")]
    BeforeBirth,
    /// A checkup without a single result.
    #[error("検査・問診の結果が一つもありません。削除の依頼なら報告区分を19にしてください")]
    NoResults,
    /// An observation with a value but without a code.
    #[error("結果に項目コードがありません。どの検査の結果か書いて送り直してください")]
    NoItemCode,
    /// An answer of which nobody can say what it means.
    #[error(
        "回答コードのコード体系（codeSystem）がなく、項目表からも分かりません。codeSystemを書いて送り直してください"
    )]
    NoAnswerList,
    /// A quantity that is no number.
    #[error("測定値が数値ではありません。値だけを半角数字で書き、単位はunitに書いてください")]
    NotANumber,
    /// What may be the number of a person, where no such number has a place.
    #[error("個人番号または住民票コードのような数字が入っています。文書のこの場所には書けません")]
    PersonalNumber,
    /// Text longer than any field of the format.
    #[error("{0}が長すぎます。短くして送り直してください")]
    TooLong(&'static str),
}
