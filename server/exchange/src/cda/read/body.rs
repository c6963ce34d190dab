//! All observations of the structured body, in the order of the document.

use super::{
    author::author_item,
    dom::{all, is},
    observation::observation,
    problem::DocumentProblem,
};
use roxmltree::Node;
use techo_model::checkup::{ItemResult, Phase};

/// The results of every section. A series (一連検査) is an observation without a value around others; those within
/// `entryRelationship` or `organizer` are found at any depth, without recursion.
pub(super) fn results(root: Node<'_, '_>, phase: Phase) -> Result<Vec<ItemResult>, DocumentProblem> {
    let mut results = Vec::new();
    for section in all(root, &["component", "structuredBody", "component", "section"]) {
        for node in section.descendants().filter(|node| is(*node, "observation")) {
            let Some(result) = observation(node, phase)? else { continue };
            let examiner = author_item(node, &result.item)?;
            results.push(result);
            results.extend(examiner);
        }
    }
    Ok(results)
}
