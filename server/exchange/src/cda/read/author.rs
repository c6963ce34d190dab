//! The physician's name, which the format keeps as the author of the judgement and the item table as an item.

use super::{
    dom::{all, one_of, seen, text},
    problem::DocumentProblem,
};
use roxmltree::Node;
use techo_model::{
    answer::ItemCode,
    checkup::{ItemResult, ItemValue},
};

/// First five characters of the judgement and code of the item for the name of who made it, from the column
/// `XMLITEM_AUTHORITEM` of the ministry's item table.
const AUTHOR_ITEMS: [(&str, &str); 12] = [
    ("9N511", "9N516000000000049"),
    ("9N521", "9N526000000000049"),
    ("9N531", "9N536000000000049"),
    ("9N541", "9N546000000000049"),
    ("9N571", "9N576000000000049"),
    ("9N581", "9N586000000000049"),
    ("9N591", "9N596000000000049"),
    ("9N601", "9N606000000000049"),
    ("9N611", "9N616000000000049"),
    ("9N621", "9N626000000000049"),
    ("9N631", "9N636000000000049"),
    ("9N641", "9N646000000000049"),
];

/// The name of the author of an observation as a result of its own, for the items that have one.
pub(super) fn author_item(
    node: Node<'_, '_>,
    item: &ItemCode,
) -> Result<Option<ItemResult>, DocumentProblem> {
    const WHAT: &str = "判定した医師の氏名";
    let Some((_, code)) = AUTHOR_ITEMS.iter().find(|(prefix, _)| item.0.starts_with(prefix)) else {
        return Ok(None);
    };
    let names = all(node, &["author", "assignedAuthor", "assignedPerson", "name"]);
    let Some(place) = one_of(names.into_iter(), WHAT)? else { return Ok(None) };
    let Some(name) = text(place) else { return Ok(None) };
    seen(place, &name, WHAT)?;
    Ok(Some(ItemResult {
        item: ItemCode((*code).to_owned()),
        sender_name: None,
        value: ItemValue::Text { text: name },
        judgement: None,
        range_low: None,
        range_high: None,
        method: None,
    }))
}
