//! `/checkups` and `/checkups/{id}`: years side by side, trends, judgements. Laboratory reports stand on the same page.

mod query;
pub(super) mod results;
mod table;
mod trends;

pub(super) use table::groups_of;

use super::{
    laboratory::LaboratoryLine,
    values::{AnswerView, CellValue, ItemName},
};
use techo_model::{
    CalendarDate, CheckupId, UnixMillis,
    answer::ItemCode,
    checkup::{Judgement, Phase},
    record::ReviewState,
    text::BilingualText,
};

/// `/checkups`: all checkups of a person, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckupsView {
    /// One column per checkup, newest first.
    pub columns: Vec<CheckupColumn>,
    /// Rows by group, in the order of the item table, without the two answers that the columns carry; `cells` of each row
    /// run parallel to `columns`.
    pub groups: Vec<RowGroup>,
    /// Trend lines of the key items that have at least two numeric values.
    pub trends: Vec<ItemTrend>,
    /// Laboratory reports, newest first.
    pub laboratory: Vec<LaboratoryLine>,
}

/// One checkup as a column head.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckupColumn {
    /// Id for the link.
    pub id: CheckupId,
    /// 健診実施日.
    pub examined_on: CalendarDate,
    /// Name of the facility.
    pub facility_name: String,
    /// Phase of the item table.
    pub phase: Phase,
    /// Whether the record can be shown.
    pub standing: ReviewState,
    /// メタボリックシンドローム判定 (item 9N501…).
    pub metabolic: Option<AnswerView>,
    /// 保健指導レベル (item 9N506…).
    pub guidance: Option<AnswerView>,
}

/// A group of items, e.g. blood pressure.
#[derive(Clone, Debug, PartialEq)]
pub struct RowGroup {
    /// Name of the group.
    pub name: BilingualText,
    /// Rows in display order.
    pub rows: Vec<ItemRow>,
}

/// One item over all years.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRow {
    /// 項目コード.
    pub item: ItemCode,
    /// Name in the item table; for unknown items the sender's name in both languages.
    pub name: ItemName,
    /// Unit for people, e.g. `mg/dL`; empty for answers and text.
    pub unit: String,
    /// Parallel to the columns; none where this checkup lacks the item.
    pub cells: Vec<Option<ResultCell>>,
    /// The question or its answers changed between the phases shown, so the answers are not to be compared.
    pub question_changed: bool,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultCell {
    /// Value.
    pub value: CellValue,
    /// What the sender thought of it.
    pub judgement: Option<Judgement>,
    /// Lower end of the reference range as written.
    pub range_low: Option<String>,
    /// Upper end of the reference range as written.
    pub range_high: Option<String>,
}

/// A trend line of one numeric item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemTrend {
    /// 項目コード.
    pub item: ItemCode,
    /// Name.
    pub name: BilingualText,
    /// Unit for people.
    pub unit: String,
    /// Oldest first: date, value, the text as written, judgement.
    pub points: Vec<TrendPoint>,
    /// Latest stated reference range, lower end.
    pub low: Option<f64>,
    /// Latest stated reference range, upper end.
    pub high: Option<f64>,
    /// Both ends as written.
    pub range: (Option<String>, Option<String>),
    /// Values that cannot stand on the line: in another unit, or beyond what can be measured.
    pub left_out: usize,
}

/// One point of a trend.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendPoint {
    /// 健診実施日.
    pub on: CalendarDate,
    /// Value for the drawing.
    pub value: f64,
    /// Value as written, for the table beside the drawing.
    pub text: String,
    /// What the sender thought of it.
    pub judgement: Option<Judgement>,
}

/// `/checkups/{id}`: one checkup whole.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckupView {
    /// Head.
    pub column: CheckupColumn,
    /// 健診機関番号.
    pub facility: String,
    /// 保険者番号 named in the document.
    pub insurer: String,
    /// When the document was made by its sender.
    pub document_date: CalendarDate,
    /// When Techo took it in.
    pub received_at: UnixMillis,
    /// Rows by group; each row has exactly one cell. Empty while under review.
    pub groups: Vec<RowGroup>,
    /// Earlier versions that a correction replaced, newest first.
    pub earlier: Vec<EarlierVersion>,
}

/// A version that a correction replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierVersion {
    /// Date of the replaced document.
    pub document_date: CalendarDate,
    /// When it was replaced.
    pub replaced_at: UnixMillis,
}
