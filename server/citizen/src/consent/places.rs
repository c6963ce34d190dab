//! Which places can be chosen for a rule. A few are all offered; a country has far more, and of those only the ones that the person's own
//! rules name, that were chosen before, or that a search found.

use crate::CitizenServices;
use std::collections::BTreeSet;
use techo_custody::Result;
use techo_model::{
    consent::{ConsentState, Grantee},
    organisation::{Organisation, OrganisationKind},
    paging::{Page, PageRequest},
};
use techo_store::vault::organisation_search::OrganisationFilter;

/// So many places are offered without a search, and found by one at once.
const OFFERED: u16 = 30;
/// The most places that are kept in the lists while somebody searches on.
const MOST_KEPT: usize = 50;
/// A longer text is no number of an organisation; real ones have ten digits at most.
const LONGEST_NUMBER: usize = 20;

/// Classes that treat or care for people.
const KINDS: [OrganisationKind; 5] = [
    OrganisationKind::Clinic,
    OrganisationKind::Hospital,
    OrganisationKind::Dentist,
    OrganisationKind::Pharmacy,
    OrganisationKind::Care,
];

/// What somebody looks for among the places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganisationSearch {
    /// Words of a name, or a whole number; empty for no search.
    pub words: String,
    /// The number after which the page of what was found begins.
    pub after: Option<String>,
    /// Numbers of places that are to be offered whatever is searched for.
    pub kept: Vec<String>,
}

impl OrganisationSearch {
    /// No search, with these places among those that are offered.
    pub fn keeping(numbers: impl IntoIterator<Item = String>) -> Self {
        Self { kept: numbers.into_iter().collect(), ..Self::default() }
    }

    /// Whether a text can be the number of an organisation, so that a page may begin after it.
    pub fn is_number(text: &str) -> bool {
        (1..=LONGEST_NUMBER).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }
}

/// The search for places, as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganisationFinder {
    /// Whether there are more places than are offered without a search.
    pub is_needed: bool,
    /// What was searched for.
    pub words: String,
    /// What was found, by number.
    pub found: Vec<Organisation>,
    /// The number after which more was found.
    pub next: Option<String>,
    /// Numbers of the places that stay offered.
    pub kept: Vec<String>,
}

impl CitizenServices {
    /// The places to choose from, by name, and the search for others. Those that these choices name are among them.
    pub(super) async fn places(
        &self,
        states: &[&ConsentState],
        search: &OrganisationSearch,
    ) -> Result<(Vec<Organisation>, OrganisationFinder)> {
        let vault = &self.custody.stores.vault;
        let all = vault.search_organisations(&filter(""), PageRequest::first(OFFERED)).await?;
        if all.next.is_none() {
            return Ok((by_name(all.items), OrganisationFinder::default()));
        }
        let kept: BTreeSet<_> =
            search.kept.iter().filter(|number| OrganisationSearch::is_number(number)).collect();
        let kept: Vec<_> = kept.into_iter().take(MOST_KEPT).cloned().collect();
        let mut offered = kept.clone();
        offered.extend(states.iter().flat_map(|state| named(state)));
        let mut places = vault.organisations_named(&offered).await?;
        places.retain(|place| KINDS.contains(&place.kind));
        let found = if search.words.trim().is_empty() {
            Page::empty()
        } else {
            let request = PageRequest::from_place(search.after.clone(), OFFERED);
            vault.search_organisations(&filter(&search.words), request).await?
        };
        places.extend(found.items.iter().cloned());
        let finder = OrganisationFinder {
            is_needed: true,
            words: search.words.clone(),
            found: found.items,
            next: found.next,
            kept,
        };
        Ok((by_name(places), finder))
    }
}

fn filter(words: &str) -> OrganisationFilter<'_> {
    OrganisationFilter { kinds: &KINDS, words }
}

fn by_name(mut places: Vec<Organisation>) -> Vec<Organisation> {
    places.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    places.dedup_by(|a, b| a.id == b.id);
    places
}

/// The organisations of which the rules of these choices speak.
fn named(state: &ConsentState) -> BTreeSet<String> {
    let numbers = state.rules.iter().flat_map(|rule| match &rule.grantee {
        Grantee::Class { .. } => Vec::new(),
        Grantee::Organisation { organisation } | Grantee::Person { organisation, .. } => {
            vec![organisation.0.clone()]
        }
        Grantee::CareTeam { organisations } => organisations.iter().map(|one| one.0.clone()).collect(),
    });
    numbers.collect()
}
