//! Stored results as rows of a page.

use super::LaboratoryRow;
use crate::values::{CellValue, ItemName};
use techo_exchange::items;
use techo_model::{
    checkup::Judgement,
    laboratory::{Comparator, Interpretation, LaboratoryResult, ResultValue},
};

/// Results in the order of their report.
pub(crate) fn rows(results: impl IntoIterator<Item = LaboratoryResult>) -> Vec<LaboratoryRow> {
    results.into_iter().map(row).collect()
}

fn row(result: LaboratoryResult) -> LaboratoryRow {
    let code = result.jlac10();
    let known = code.as_ref().and_then(items::item);
    let (value, unit) = value(result.value);
    LaboratoryRow {
        name: known.map_or(ItemName::Sender(result.name), |item| ItemName::Known(item.name)),
        value,
        unit,
        judgement: result.interpretation.and_then(judgement),
        range: result.range,
        specimen: result.specimen,
        note: result.note,
    }
}

fn value(value: ResultValue) -> (CellValue, String) {
    match value {
        ResultValue::Quantity { text, unit, comparator, .. } => {
            let sign = match comparator {
                Some(Comparator::AtMost) => "≦",
                Some(Comparator::AtLeast) => "≧",
                _ => "",
            };
            let bound = comparator.and_then(Comparator::bound);
            (CellValue::Number { text: format!("{sign}{text}"), bound }, unit)
        }
        ResultValue::Text { text } | ResultValue::Coded { text, .. } => {
            (CellValue::Text(text), String::new())
        }
        ResultValue::Absent { reason } => (CellValue::Absent(reason), String::new()),
    }
}

/// Found and not found are said by the value itself, and are neither good nor bad.
fn judgement(found: Interpretation) -> Option<Judgement> {
    match found {
        Interpretation::Normal => Some(Judgement::Normal),
        Interpretation::Low | Interpretation::CriticalLow => Some(Judgement::Low),
        Interpretation::High | Interpretation::CriticalHigh => Some(Judgement::High),
        Interpretation::Abnormal | Interpretation::CriticalAbnormal => Some(Judgement::Abnormal),
        Interpretation::Positive | Interpretation::Negative | Interpretation::Indeterminate => None,
    }
}
