//! The stored results of a checkup, and the few items that have a place of their own on pages.

use crate::values::AnswerView;
use techo_custody::{Internal, stored::stored_json};
use techo_exchange::items;
use techo_model::{
    answer::ListedAnswer,
    checkup::{ItemResult, ItemValue},
};
use techo_store::records::checkups::CheckupRow;

/// メタボリックシンドローム判定.
pub(super) const METABOLIC: &str = "9N501000000000011";
/// 保健指導レベル.
pub(crate) const GUIDANCE: &str = "9N506000000000011";

/// Reads the results of an open checkup; a frozen one has none.
pub(crate) fn read(row: &CheckupRow) -> Result<Vec<ItemResult>, Internal> {
    let Some(text) = &row.results else { return Ok(Vec::new()) };
    stored_json(text, "checkup", "results", row.checkup_id.0)
}

/// The answer to an item, when it was given.
pub(crate) fn answer_to<'a>(results: &'a [ItemResult], item: &str) -> Option<&'a ListedAnswer> {
    let result = results.iter().find(|result| result.item.0 == item)?;
    match &result.value {
        ItemValue::Coded(answer) => Some(answer),
        _ => None,
    }
}

/// An answer with the words of its own list: code 2 of phase 3 is not code 2 of phase 4.
pub(super) fn view(answer: ListedAnswer) -> AnswerView {
    let label = items::answer_label(&answer.list, &answer.code);
    AnswerView { list: answer.list, code: answer.code, label }
}
