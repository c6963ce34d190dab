//! Steps through the tree by the names of HL7 elements, and the way back as a path.

use super::problem::{DocumentFault, DocumentProblem};
use crate::cda::NAMESPACE;
use roxmltree::Node;
use techo_model::{
    CalendarDate,
    text::{is_unseen, normalise},
};

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

/// The one child of this name; the same twice is harmless, two that say different things are not.
pub(super) fn only<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'a str,
    what: &'static str,
) -> Result<Option<Node<'a, 'i>>, DocumentProblem> {
    one_of(children(node, name), what)
}

/// The first of some elements, unless another one says something else.
pub(super) fn one_of<'a, 'i: 'a>(
    mut elements: impl Iterator<Item = Node<'a, 'i>>,
    what: &'static str,
) -> Result<Option<Node<'a, 'i>>, DocumentProblem> {
    let Some(first) = elements.next() else { return Ok(None) };
    match elements.find(|other| !is_same(first, *other)) {
        Some(other) => Err(problem(other, DocumentFault::Ambiguous(what))),
        None => Ok(Some(first)),
    }
}

/// Whether two elements say the same: names, attributes in any order, text and what lies within.
fn is_same(one: Node<'_, '_>, other: Node<'_, '_>) -> bool {
    fn content<'a, 'i: 'a>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> + 'a {
        let blank = |piece: &Node<'_, '_>| piece.text().is_none_or(|text| text.trim().is_empty());
        node.descendants().filter(move |inner| inner.is_element() || (inner.is_text() && !blank(inner)))
    }
    let mut pairs = (content(one), content(other));
    loop {
        match (pairs.0.next(), pairs.1.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if says_the_same(one, other) => {}
            _ => return false,
        }
    }
}

fn says_the_same(one: Node<'_, '_>, other: Node<'_, '_>) -> bool {
    if one.is_text() || other.is_text() {
        return one.is_text() && other.is_text() && one.text().map(str::trim) == other.text().map(str::trim);
    }
    let names = |node: Node<'_, '_>| node.attributes().count();
    one.tag_name() == other.tag_name()
        && names(one) == names(other)
        && one.attributes().all(|attribute| {
            let name = (attribute.namespace().unwrap_or_default(), attribute.name());
            let value = match attribute.namespace() {
                Some(_) => other.attribute(name),
                None => other.attribute(attribute.name()),
            };
            value == Some(attribute.value())
        })
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

/// Refuses a text with letters that nobody sees.
pub(super) fn seen(node: Node<'_, '_>, text: &str, what: &'static str) -> Result<(), DocumentProblem> {
    if text.chars().any(is_unseen) { Err(problem(node, DocumentFault::UnseenLetter(what))) } else { Ok(()) }
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
