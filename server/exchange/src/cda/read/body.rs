//! All observations of the structured body, in the order of the document.

use super::{
    author::author_item,
    dom::{all, is, problem},
    observation::observation,
    problem::{DocumentFault, DocumentProblem},
};
use roxmltree::Node;
use std::collections::HashMap;
use techo_model::{
    answer::ItemCode,
    checkup::{ItemResult, Phase},
};

/// The results of every section. A series (一連検査) is an observation without a value around others; those within
/// `entryRelationship` or `organizer` are found at any depth, without recursion.
pub(super) fn results(root: Node<'_, '_>, phase: Phase) -> Result<Vec<ItemResult>, DocumentProblem> {
    let mut results = Results::default();
    for section in all(root, &["component", "structuredBody", "component", "section"]) {
        for node in section.descendants().filter(|node| is(*node, "observation")) {
            let Some(result) = observation(node, phase)? else { continue };
            let examiner = author_item(node, &result.item)?;
            for one in std::iter::once(result).chain(examiner) {
                results.take(node, one)?;
            }
        }
    }
    Ok(results.all)
}

/// Results with the place of each item among them.
#[derive(Default)]
struct Results {
    all: Vec<ItemResult>,
    places: HashMap<ItemCode, usize>,
}

impl Results {
    /// An item has one result: the same again is harmless, another one would contradict it.
    fn take(&mut self, node: Node<'_, '_>, result: ItemResult) -> Result<(), DocumentProblem> {
        let Some(place) = self.places.get(&result.item) else {
            self.places.insert(result.item.clone(), self.all.len());
            self.all.push(result);
            return Ok(());
        };
        if self.all[*place].agrees_with(&result) {
            Ok(())
        } else {
            Err(problem(node, DocumentFault::Ambiguous("同じ項目コードの結果")))
        }
    }
}
