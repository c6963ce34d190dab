//! How a checkup document finds its person: by insured id, coverage in force on the day, birth date and sex.

use super::owners::record_code;
use std::collections::{HashMap, HashSet};
use techo_custody::{
    Custody, Result,
    codes::InsuredAliases,
    resident_record::{open_birth, open_sex},
};
use techo_model::{
    CalendarDate, RecordCode, ResidentId,
    checkup::{CheckupDocument, MatchProof},
    coverage::BranchState,
    resident::Sex,
    words,
};
use techo_store::{Tx, vault::aliases::InsuredAlias};

words! {
    /// Why a document waits. The word is stored; the sentence is for the report.
    MatchFailure {
        /// Nobody is known under this insured id.
        PersonUnknown "person-unknown";
        /// The insured id is known, but was not in force on the day of the examination.
        NotInForce "not-in-force";
        /// Somebody in the family may be meant, but nobody there is proven to have the 枝番 of the document.
        BranchUnproven "branch-unproven";
        /// Birth date or sex of the document disagree with every candidate.
        Disagrees "birth-date-or-sex-disagrees";
        /// More than one person fits.
        Ambiguous "ambiguous";
    }
}

/// What the vault knows about everybody whom a batch of documents may mean.
pub(super) struct Candidates {
    by_alias: HashMap<Vec<u8>, Vec<InsuredAlias>>,
    people: HashMap<ResidentId, Person>,
}

struct Person {
    birth_date: CalendarDate,
    sex: Sex,
    record: RecordCode,
}

impl Candidates {
    /// Fetches candidates for some insured ids from the vault.
    pub(super) async fn load(custody: &Custody, tx: &mut Tx, ids: &[InsuredAliases]) -> Result<Self> {
        let vault = &custody.stores.vault;
        let wanted: HashSet<[u8; 32]> =
            ids.iter().flat_map(|id| [Some(id.family), id.person]).flatten().collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        let mut by_alias: HashMap<Vec<u8>, Vec<InsuredAlias>> = HashMap::new();
        for row in vault.insured_aliases(tx, &wanted).await? {
            by_alias.entry(row.alias.clone()).or_default().push(row);
        }
        let residents: HashSet<_> = by_alias.values().flatten().map(|row| row.resident_id).collect();
        let residents: Vec<_> = residents.into_iter().collect();
        let mut people = HashMap::new();
        for facts in vault.person_facts(tx, &residents).await? {
            let (keys, id) = (&custody.keys, facts.resident_id);
            let person = Person {
                birth_date: open_birth(keys, id, &facts.birth_sealed)?,
                sex: open_sex(keys, id, &facts.sex_sealed)?,
                record: record_code(custody, facts.resident_id, &facts.person_code_sealed)?,
            };
            people.insert(facts.resident_id, person);
        }
        Ok(Self { by_alias, people })
    }

    /// Exactly one candidate and what proves it, or the reason to wait.
    pub(super) fn find(
        &self,
        document: &CheckupDocument,
        id: &InsuredAliases,
    ) -> Result<(RecordCode, MatchProof), MatchFailure> {
        let day = document.facts.examined_on.to_string();
        let (residents, proof) = self.insured_on(&day, id)?;
        let fits = |person: &&Person| {
            person.birth_date == document.birth_date && person.sex.agrees_with(document.sex)
        };
        let mut fitting = residents.iter().filter_map(|id| self.people.get(id)).filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Ok((one.record, proof)),
            (Some(_), Some(_)) => Err(MatchFailure::Ambiguous),
            (None, _) => Err(MatchFailure::Disagrees),
        }
    }

    /// Whom an insured id means on a day. 枝番 tells twins apart, so a document that has one is never given to somebody
    /// with another; an insurer may leave it out, and so may a document.
    fn insured_on(
        &self,
        day: &str,
        id: &InsuredAliases,
    ) -> Result<(HashSet<ResidentId>, MatchProof), MatchFailure> {
        let family = self.rows(&id.family);
        if family.is_empty() {
            return Err(MatchFailure::PersonUnknown);
        }
        let Some(person) = &id.person else {
            return Ok((in_force(family, day)?, MatchProof::Family));
        };
        let same_branch = self.rows(person);
        if !same_branch.is_empty() {
            return Ok((in_force(same_branch, day)?, MatchProof::Branch));
        }
        let states = |row: &InsuredAlias, state: BranchState| row.branch_state == state;
        let has_another = |row: &InsuredAlias| {
            family
                .iter()
                .any(|other| other.resident_id == row.resident_id && states(other, BranchState::Stated))
        };
        let without: Vec<_> =
            family.iter().filter(|row| states(row, BranchState::Absent) && !has_another(row)).collect();
        if without.is_empty() {
            return Err(MatchFailure::BranchUnproven);
        }
        Ok((in_force(without, day)?, MatchProof::NoBranchStated))
    }

    /// Whether somebody else of this family has the same birth date and may have the same sex.
    pub(super) fn has_twin(&self, resident: ResidentId, family: &[u8]) -> bool {
        let Some(one) = self.people.get(&resident) else { return false };
        let others = self.by_alias.get(family).into_iter().flatten().map(|row| row.resident_id);
        others
            .filter(|id| *id != resident)
            .filter_map(|id| self.people.get(&id))
            .any(|other| other.birth_date == one.birth_date && other.sex.agrees_with(one.sex))
    }

    fn rows(&self, alias: &[u8; 32]) -> &[InsuredAlias] {
        self.by_alias.get(alias.as_slice()).map_or(&[][..], Vec::as_slice)
    }
}

fn in_force<'a>(
    rows: impl IntoIterator<Item = &'a InsuredAlias>,
    day: &str,
) -> Result<HashSet<ResidentId>, MatchFailure> {
    let is_in_force = |row: &&InsuredAlias| {
        row.valid_from.as_str() <= day && row.valid_to.as_deref().is_none_or(|end| day < end)
    };
    let residents: HashSet<_> = rows.into_iter().filter(is_in_force).map(|row| row.resident_id).collect();
    if residents.is_empty() { Err(MatchFailure::NotInForce) } else { Ok(residents) }
}
