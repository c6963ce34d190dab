//! The answer to a search.

use super::{Kind, Resource, search::Search};
use serde_json::{Value, json};

/// Said on every answer, so that its presence says nothing about anybody.
const MAY_BE_PARTIAL: &str =
    "一部非公開の可能性があります。The person may have chosen not to share everything.";

/// One page of what was found.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// How many there are on all pages.
    pub total: usize,
    /// Those of this page.
    pub found: Vec<Resource>,
    /// What the search includes with them.
    pub included: Vec<Resource>,
}

/// Filters, counts, and takes a page with what belongs to it. `chart` holds only what may be seen.
pub fn page(kind: Kind, search: &Search, chart: &[Resource]) -> Page {
    let all: Vec<&Resource> =
        chart.iter().filter(|resource| resource.kind == kind && search.matches(resource)).collect();
    let found: Vec<Resource> =
        all.iter().skip(search.offset).take(search.count).map(|resource| (*resource).clone()).collect();
    let wanted = |candidate: &Resource| {
        let reference = candidate.reference();
        let points = |resource: &Resource| {
            resource.refers_to.iter().any(|(by, to)| search.include.contains(by) && *to == reference)
        };
        found.iter().any(points)
    };
    let included = if search.include.is_empty() {
        Vec::new()
    } else {
        chart.iter().filter(|candidate| wanted(candidate)).cloned().collect()
    };
    Page { total: all.len(), found, included }
}

/// The Bundle. `base` is the address of the door without a slash at its end.
pub fn searchset(base: &str, kind: Kind, search: &Search, page: &Page) -> Value {
    let link = |relation: &str, offset: usize| {
        let query = search.query(offset);
        json!({ "relation": relation, "url": format!("{base}/fhir/{}?{query}", kind.name()) })
    };
    let mut links = vec![link("self", search.offset)];
    let next = search.offset + page.found.len();
    if !page.found.is_empty() && next < page.total {
        links.push(link("next", next));
    }
    let entry = |resource: &Resource, mode: &str| {
        json!({
            "fullUrl": format!("{base}/fhir/{}", resource.reference()),
            "resource": resource.body,
            "search": { "mode": mode },
        })
    };
    let mut entries: Vec<Value> = page.found.iter().map(|resource| entry(resource, "match")).collect();
    entries.extend(page.included.iter().map(|resource| entry(resource, "include")));
    entries.push(json!({
        "resource": { "resourceType": "OperationOutcome", "issue": [{
            "severity": "information", "code": "informational", "diagnostics": MAY_BE_PARTIAL }] },
        "search": { "mode": "outcome" },
    }));
    json!({ "resourceType": "Bundle", "type": "searchset", "total": page.total, "link": links, "entry": entries })
}
