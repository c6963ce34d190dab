//! Steps through the tree by the names of HL7 elements, and the way back as a path.

use super::problem::{DocumentFault, DocumentProblem};
use crate::cda::NAMESPACE;
use roxmltree::Node;
use techo_model::{CalendarDate, text::normalise};

/// Whether a node is the HL7 element of this name.
pub(super) fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((NAMESPACE, name))
}

/// The children of this name.
pub(super) fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'i>> + 'a {
    node.children().filter(move |child| is(*child, name))
}

/// Everything at the end of a chain of names, in the order of the document.
pub(super) fn all<'a, 'i>(node: Node<'a, 'i>, names: &'static [&'static str]) -> Vec<Node<'a, 'i>> {
    let mut level = vec![node];
    for name in names {
        level = level.iter().flat_map(|parent| parent.children().filter(|child| is(*child, name))).collect();
    }
    level
}

/// The first at the end of a chain of names.
pub(super) fn first<'a, 'i>(node: Node<'a, 'i>, names: &'static [&'static str]) -> Option<Node<'a, 'i>> {
    all(node, names).into_iter().next()
}

/// An attribute without the white space around it; an empty one counts as absent.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attribute(name).map(str::trim).filter(|value| !value.is_empty())
}

/// All text below a node, trimmed, each run of XML's white space made one space. The ideographic space stays: it
/// stands within names.
pub(super) fn text(node: Node<'_, '_>) -> Option<String> {
    let pieces = node.descendants().filter(Node::is_text).filter_map(|piece| piece.text());
    let words = pieces.flat_map(|piece| piece.split([' ', '\t', '\r', '\n'])).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join(" ");
    Some(joined.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The day of a TS value: `YYYYMMDD`, possibly with a time behind it, which does not matter here.
pub(super) fn day(node: Node<'_, '_>, what: &'static str) -> Result<CalendarDate, DocumentProblem> {
    let value = attribute(node, "value").ok_or_else(|| problem(node, DocumentFault::Missing(what)))?;
    let value = normalise(value);
    let date = value.get(..8).filter(|day| day.bytes().all(|b| b.is_ascii_digit()));
    let time_is_plain = value.bytes().skip(8).all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-'));
    date.filter(|_| time_is_plain && value.len() <= 24)
        .and_then(|day| CalendarDate::parse(day).ok())
        .ok_or_else(|| problem(node, DocumentFault::Malformed(what)))
}

/// A problem at a node.
pub(super) fn problem(node: Node<'_, '_>, fault: DocumentFault) -> DocumentProblem {
    DocumentProblem::new(path(node), fault)
}

/// `/ClinicalDocument/component/structuredBody/component[2]/section/entry[5]/observation`.
pub(super) fn path(node: Node<'_, '_>) -> String {
    let mut steps: Vec<String> = node.ancestors().filter(Node::is_element).map(step).collect();
    steps.reverse();
    format!("/{}", steps.join("/"))
}

/// One step of a path. Names that no schema of ours has are not repeated: a sender could have put anything there.
fn step(node: Node<'_, '_>) -> String {
    let name = node.tag_name();
    let plain = name.namespace() == Some(NAMESPACE)
        && name.name().len() <= 40
        && name.name().bytes().all(|b| b.is_ascii_alphabetic());
    if !plain {
        return "*".to_owned();
    }
    let same = |other: &Node<'_, '_>| other.tag_name() == name;
    let before = node.prev_siblings().skip(1).filter(same).count();
    let alone = before == 0 && !node.next_siblings().skip(1).any(|other| same(&other));
    if alone { name.name().to_owned() } else { format!("{}[{}]", name.name(), before + 1) }
}
