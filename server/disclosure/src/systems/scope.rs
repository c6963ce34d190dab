//! What a system may ask for: scopes of SMART App Launch 2 (`system/Patient.rs`), bounded by the class of its organisation.

use std::{collections::BTreeMap, fmt};
use techo_model::organisation::OrganisationKind;

/// For those who treat people and send results. Letters: create, read, update, delete, search.
const CARE: [(&str, &str); 8] = [
    ("Bundle", "crs"),
    ("Coverage", "rs"),
    ("CoverageEligibilityRequest", "c"),
    ("DiagnosticReport", "crs"),
    ("Flag", "cu"),
    ("Immunization", "crs"),
    ("Observation", "crs"),
    ("Patient", "rs"),
];
/// For pharmacies, which send nothing yet.
const PHARMACY: [(&str, &str); 7] = [
    ("Bundle", "rs"),
    ("Coverage", "rs"),
    ("CoverageEligibilityRequest", "c"),
    ("DiagnosticReport", "rs"),
    ("Immunization", "rs"),
    ("Observation", "rs"),
    ("Patient", "rs"),
];

/// For care providers (介護), which read what is shared with them and neither send nor ask who pays. The request about
/// eligibility is how they get their code; the answer tells them nothing about insurance.
const NURSING: [(&str, &str); 6] = [
    ("Bundle", "rs"),
    ("CoverageEligibilityRequest", "c"),
    ("DiagnosticReport", "rs"),
    ("Immunization", "rs"),
    ("Observation", "rs"),
    ("Patient", "rs"),
];

/// What the systems of a class may ask for at most. Insurers, municipalities and researchers have no business here yet.
fn allowed(kind: OrganisationKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        OrganisationKind::Clinic | OrganisationKind::Hospital | OrganisationKind::Dentist => &CARE,
        OrganisationKind::Pharmacy => &PHARMACY,
        OrganisationKind::Care => &NURSING,
        OrganisationKind::Insurer | OrganisationKind::Municipality | OrganisationKind::Research => &[],
    }
}

/// Granted scopes: letters by resource type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantedScopes(BTreeMap<String, String>);

impl GrantedScopes {
    /// The scopes that a system of this class asks for, parted by spaces. None when there is none, or when any of them is
    /// unknown or more than the class may have.
    pub fn granted(kind: OrganisationKind, asked: &str) -> Option<Self> {
        let scopes = Self::read(asked)?;
        let fits = |(resource, letters): (&String, &String)| {
            let most = allowed(kind).iter().find(|(known, _)| known == resource);
            most.is_some_and(|(_, most)| letters.chars().all(|letter| most.contains(letter)))
        };
        (!scopes.0.is_empty() && scopes.0.iter().all(fits)).then_some(scopes)
    }

    /// Everything that a class may have.
    pub fn all_of(kind: OrganisationKind) -> Self {
        let scopes = allowed(kind).iter();
        Self(scopes.map(|(resource, letters)| ((*resource).to_owned(), (*letters).to_owned())).collect())
    }

    /// Everything that any class may have.
    pub fn offered() -> Self {
        let mut offered = Self::default();
        for (resource, letters) in OrganisationKind::ALL.iter().flat_map(|kind| allowed(*kind)) {
            let before = offered.0.entry((*resource).to_owned()).or_default();
            let both = "cruds".chars().filter(|letter| before.contains(*letter) || letters.contains(*letter));
            *before = both.collect();
        }
        offered
    }

    /// Reads `system/Patient.rs system/Observation.rs`.
    pub fn read(text: &str) -> Option<Self> {
        let mut scopes = BTreeMap::new();
        for scope in text.split(' ').filter(|scope| !scope.is_empty()) {
            let (resource, letters) = scope.strip_prefix("system/")?.split_once('.')?;
            let mut left = "cruds".chars();
            if letters.is_empty() || !letters.chars().all(|letter| left.any(|known| known == letter)) {
                return None;
            }
            let before: &mut String = scopes.entry(resource.to_owned()).or_default();
            let both = "cruds".chars().filter(|letter| before.contains(*letter) || letters.contains(*letter));
            *before = both.collect();
        }
        Some(Self(scopes))
    }

    /// Whether this may be done (`c`, `r`, `u`, `d` or `s`) with resources of this type.
    pub fn permits(&self, resource: &str, letter: char) -> bool {
        self.0.get(resource).is_some_and(|letters| letters.contains(letter))
    }
}

impl fmt::Display for GrantedScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (resource, letters)) in self.0.iter().enumerate() {
            let gap = if i == 0 { "" } else { " " };
            write!(f, "{gap}system/{resource}.{letters}")?;
        }
        Ok(())
    }
}
