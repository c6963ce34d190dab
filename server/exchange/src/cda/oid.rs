//! Object identifiers of the 特定健診 exchange format.

/// 保険者番号.
pub const INSURER: &str = "1.2.392.200119.6.101";
/// 健診機関番号.
pub const FACILITY: &str = "1.2.392.200119.6.102";
/// 被保険者証等記号.
pub const SYMBOL: &str = "1.2.392.200119.6.204";
/// 被保険者証等番号.
pub const NUMBER: &str = "1.2.392.200119.6.205";
/// 枝番.
pub const BRANCH: &str = "1.2.392.200119.6.211";
/// 報告区分.
pub const REPORT_CLASS: &str = "1.2.392.200119.6.1001";
/// プログラム種別.
pub const PROGRAMME: &str = "1.2.392.200119.6.1002";
/// 項目コード.
pub const ITEM: &str = "1.2.392.200119.6.1005";
/// 検査方法コード.
pub const METHOD: &str = "1.2.392.200119.6.1007";
/// CDA セクションコード.
pub const SECTION: &str = "1.2.392.200119.6.1010";
/// 男女区分.
pub const SEX: &str = "1.2.392.200119.6.1104";
