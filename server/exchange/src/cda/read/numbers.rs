//! No number of a person stands anywhere in a document, whether what holds it is kept or not.

use super::{
    dom::{is, problem, text},
    problem::{DocumentFault, DocumentProblem},
};
use roxmltree::Node;
use techo_model::free_text::holds_personal_number;

/// Ids of documents, of software and of their parts are made by machines and not kept, so they are let through.
const IDS: [&str; 2] = ["id", "setId"];
/// Elements whose ids are kept: who is insured, and where.
const OWNERS: [&str; 2] = ["patientRole", "representedOrganization"];
/// Instants, which their own readers look at.
const TIMES: [&str; 3] = ["effectiveTime", "time", "birthTime"];
/// Elements whose text is kept whole, however it is cut into pieces.
const TEXTS: [&str; 2] = ["name", "value"];

pub(super) fn refuse(root: Node<'_, '_>) -> Result<(), DocumentProblem> {
    let refused = |node: Node<'_, '_>| problem(node, DocumentFault::PersonalNumber);
    for node in root.descendants() {
        if node.is_text() {
            let parent = node.parent_element().unwrap_or(root);
            if node.text().is_some_and(holds_personal_number) {
                return Err(refused(parent));
            }
        } else if node.is_element() && (has_number(node) || is_cut(node)) {
            return Err(refused(node));
        }
    }
    Ok(())
}

fn has_number(node: Node<'_, '_>) -> bool {
    let kept_id = || node.parent_element().is_some_and(|parent| OWNERS.iter().any(|owner| is(parent, owner)));
    let is_time = |node: Node<'_, '_>| TIMES.iter().any(|name| is(node, name));
    let is_let_through = || {
        is_time(node)
            || node.parent_element().is_some_and(is_time)
            || (IDS.iter().any(|name| is(node, name)) && !kept_id())
    };
    node.attributes().any(|attribute| holds_personal_number(attribute.value())) && !is_let_through()
}

/// Whether the pieces of a text make a number together.
fn is_cut(node: Node<'_, '_>) -> bool {
    TEXTS.iter().any(|name| is(node, name))
        && node.children().count() > 1
        && text(node).is_some_and(|text| holds_personal_number(&text))
}
