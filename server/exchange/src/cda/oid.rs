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
/// 保険者番号 as JP Core has it; accepted when reading.
pub const INSURER_CORE: &str = "1.2.392.100495.20.3.61";
/// 記号 as JP Core has it; accepted when reading.
pub const SYMBOL_CORE: &str = "1.2.392.100495.20.3.62";
/// 番号 as JP Core has it; accepted when reading.
pub const NUMBER_CORE: &str = "1.2.392.100495.20.3.63";
/// 医療機関コード as JP Core has it; accepted when reading.
pub const FACILITY_CORE: &str = "1.2.392.100495.20.3.23";
/// 報告区分 as eCheckup FHIR has it; accepted when reading.
pub const REPORT_CLASS_FHIR: &str = "2.16.840.1.113883.2.2.1.6.1001";
/// 項目コード as eCheckup FHIR has it; accepted when reading.
pub const ITEM_FHIR: &str = "2.16.840.1.113883.2.2.1.6.5005";
/// HL7 ObservationInterpretation: `L` and `H` beside a quantity say that it lies outside the measuring range.
pub const INTERPRETATION: &str = "2.16.840.1.113883.5.83";
