//! Values of checkups.

use techo_model::{
    answer::{ItemCode, ListedAnswer},
    checkup::{ItemResult, ItemValue, Judgement},
};

/// Weight.
pub const WEIGHT: &str = "9N006000000000001";
/// Whether somebody smokes.
pub const SMOKING: &str = "9N736000000000011";
/// What the metabolic syndrome was judged to be.
pub const METABOLIC: &str = "9N501000000000011";
/// Which health guidance somebody is to have.
pub const GUIDANCE: &str = "9N506000000000011";

/// A weight in kilograms.
pub fn weight(text: &str) -> ItemResult {
    quantity(WEIGHT, text, "kg")
}

/// A number with a unit.
pub fn quantity(item: &str, text: &str, unit: &str) -> ItemResult {
    result(item, ItemValue::Quantity { text: text.into(), unit: unit.into(), bound: None })
}

/// An answer from one of the ministry's lists.
pub fn answer(item: &str, list: &str, code: &str) -> ItemResult {
    let list = format!("1.2.392.200119.6.{list}");
    result(item, ItemValue::Coded(ListedAnswer { list, code: code.into() }))
}

/// The same with what the sender thought of it.
pub fn judged(judgement: Judgement, result: ItemResult) -> ItemResult {
    ItemResult { judgement: Some(judgement), ..result }
}

/// A value without a judgement.
pub fn result(item: &str, value: ItemValue) -> ItemResult {
    ItemResult {
        item: ItemCode(item.into()),
        sender_name: None,
        value,
        judgement: None,
        range_low: None,
        range_high: None,
        method: None,
    }
}
