//! The answer to a search.

use super::{
    FhirResource, ResourceKind,
    search::{ResourceSearch, SearchCursor},
};
use serde_json::{Value, json};

/// Said on every answer, so that its presence says nothing about anybody.
const MAY_BE_PARTIAL: &str =
    "一部非公開の可能性があります。The person may have chosen not to share everything.";

/// One page of what was found.
#[derive(Clone, Debug, Default)]
pub struct ResultPage {
    /// How many there are on all pages.
    pub total: usize,
    /// Whether there are more behind this page.
    pub goes_on: bool,
    /// Those of this page.
    pub found: Vec<FhirResource>,
    /// What the search includes with them.
    pub included: Vec<FhirResource>,
}

/// Filters, counts, and takes a page with what belongs to it. `chart` holds only what may be seen.
pub fn page(kind: ResourceKind, search: &ResourceSearch, chart: &[FhirResource]) -> ResultPage {
    let matching = chart.iter().filter(|resource| resource.kind == kind && search.matches(resource));
    let mut all: Vec<(SearchCursor, &FhirResource)> =
        matching.map(|resource| (SearchCursor::of(resource), resource)).collect();
    all.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let behind = all.iter().filter(|(place, _)| search.after.as_ref().is_none_or(|after| place > after));
    let mut found: Vec<FhirResource> =
        behind.take(search.count + 1).map(|(_, resource)| (*resource).clone()).collect();
    let goes_on = found.len() > search.count;
    found.truncate(search.count);
    let wanted = |candidate: &FhirResource| {
        let reference = candidate.reference();
        let points = |resource: &FhirResource| {
            resource.refers_to.iter().any(|(by, to)| search.include.contains(by) && *to == reference)
        };
        found.iter().any(points)
    };
    let included = if search.include.is_empty() {
        Vec::new()
    } else {
        chart.iter().filter(|candidate| wanted(candidate)).cloned().collect()
    };
    ResultPage { total: all.len(), goes_on, found, included }
}

/// Addresses of this page and of the next one, as queries.
#[derive(Clone, Debug, Default)]
pub struct PageLinks {
    /// This page.
    pub own: String,
    /// The next one; none behind the last.
    pub next: Option<String>,
}

/// The Bundle. `base` is the address of the door without a slash at its end.
pub fn searchset(base: &str, kind: ResourceKind, links: &PageLinks, page: &ResultPage) -> Value {
    let link = |relation: &str, query: &str| {
        let mark = if query.is_empty() { "" } else { "?" };
        json!({ "relation": relation, "url": format!("{base}/fhir/{}{mark}{query}", kind.name()) })
    };
    let mut all = vec![link("self", &links.own)];
    all.extend(links.next.iter().map(|next| link("next", next)));
    let entry = |resource: &FhirResource, mode: &str| {
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
    json!({ "resourceType": "Bundle", "type": "searchset", "total": page.total, "link": all, "entry": entries })
}
