//! Where a page ends, so that the next one begins there whatever came or went between the two.

use super::{ResourceSearch, SearchProblem};
use crate::{
    fhir::{FhirResource, ResourceKind},
    json::{JsonBounds, read_strict_json},
};
use serde::{Deserialize, Serialize};
use std::cmp::{Ordering, Reverse};

/// The place of one resource in the order of all searches: what it speaks of, newest first, then its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchCursor {
    at: i64,
    id: String,
}

impl SearchCursor {
    /// Where a resource stands.
    pub fn of(resource: &FhirResource) -> Self {
        Self { at: resource.when.map_or(i64::MIN, |when| when.from), id: resource.id.clone() }
    }
}

impl PartialOrd for SearchCursor {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SearchCursor {
    fn cmp(&self, other: &Self) -> Ordering {
        (Reverse(self.at), &self.id).cmp(&(Reverse(other.at), &other.id))
    }
}

/// A search with the place where its next page begins.
#[derive(Serialize, Deserialize)]
struct Continued {
    kind: String,
    asked: Vec<(String, String)>,
    after: SearchCursor,
}

/// Longest text of a page that continues: as many parameters as a search may have.
const LONGEST: JsonBounds = JsonBounds::of_bytes(64 * 1024);

impl ResourceSearch {
    /// What the next page is found by. Whoever gives it out seals it: the code of a person is in it.
    pub fn continued(&self, kind: ResourceKind, last: &FhirResource) -> Vec<u8> {
        let next = Continued {
            kind: kind.name().to_owned(),
            asked: self.asked.clone(),
            after: SearchCursor::of(last),
        };
        serde_json::to_vec(&next).expect("texts and numbers always serialise")
    }

    /// Takes up a search where [`ResourceSearch::continued`] left it.
    ///
    /// # Errors
    /// It is of another type of resource, or none of ours.
    pub fn take_up(kind: ResourceKind, bytes: &[u8]) -> Result<Self, SearchProblem> {
        let wrong = || SearchProblem::invalid("_page", "this is no page of this search: begin again");
        let next: Continued = read_strict_json(bytes, LONGEST).map_err(|_| wrong())?;
        if next.kind != kind.name() {
            return Err(wrong());
        }
        Ok(Self { after: Some(next.after), ..Self::read(kind, &next.asked)? })
    }
}
