//! How a checkup document finds its person: by insured id, coverage in force on the day, birth date and sex.

use crate::{Domain, Internal, Result, codes::InsuredAliases, seal::Place};
use std::collections::{HashMap, HashSet};
use techo_model::{CalendarDate, RecordCode, ResidentId, checkup::CheckupDocument, resident::Sex};
use techo_store::vault::aliases::InsuredAlias;

use super::{Txs, coverage::record_code};

/// Why a document waits. The word is stored; the sentence is for the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Nobody is known under this insured id.
    PersonUnknown,
    /// The insured id is known, but was not in force on the day of the examination.
    NotInForce,
    /// Birth date or sex of the document disagree with every candidate.
    Disagrees,
    /// More than one person fits.
    Ambiguous,
}

impl Waits {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PersonUnknown => "person-unknown",
            Self::NotInForce => "not-in-force",
            Self::Disagrees => "birth-date-or-sex-disagrees",
            Self::Ambiguous => "ambiguous",
        }
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
    /// Fetches candidates for some insured ids.
    pub(super) async fn load(domain: &Domain, txs: &mut Txs, ids: &[InsuredAliases]) -> Result<Self> {
        let vault = &domain.stores.vault;
        let wanted: HashSet<[u8; 32]> =
            ids.iter().flat_map(|id| [Some(id.family), id.person]).flatten().collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        let mut by_alias: HashMap<Vec<u8>, Vec<InsuredAlias>> = HashMap::new();
        for row in vault.insured_aliases(&mut txs.vault, &wanted).await? {
            by_alias.entry(row.alias.clone()).or_default().push(row);
        }
        let residents: HashSet<_> = by_alias.values().flatten().map(|row| row.resident_id).collect();
        let residents: Vec<_> = residents.into_iter().collect();
        let mut people = HashMap::new();
        for facts in vault.person_facts(&mut txs.vault, &residents).await? {
            let place = |column| Place { table: "resident", column, row: facts.resident_id.0.as_bytes() };
            let birth = domain.keys.open_text(place("birth_sealed"), &facts.birth_sealed)?;
            let sex = domain.keys.open_text(place("sex_sealed"), &facts.sex_sealed)?;
            let person = Person {
                birth_date: CalendarDate::parse(&birth)
                    .map_err(|_| Internal::Corrupt("resident.birth_sealed"))?,
                sex: Sex::from_code(&sex).ok_or(Internal::Corrupt("resident.sex_sealed"))?,
                record: record_code(domain, facts.resident_id, &facts.person_code_sealed)?,
            };
            people.insert(facts.resident_id, person);
        }
        Ok(Self { by_alias, people })
    }

    /// Exactly one candidate, or the reason to wait.
    pub(super) fn find(&self, document: &CheckupDocument, id: &InsuredAliases) -> Result<RecordCode, Waits> {
        let of = |alias: &[u8; 32]| self.by_alias.get(alias.as_slice()).map_or(&[][..], Vec::as_slice);
        // An insurer may state 枝番 and its documents leave it out, or the other way round.
        let by_branch = id.person.as_ref().map_or(&[][..], of);
        let rows = if by_branch.is_empty() { of(&id.family) } else { by_branch };
        if rows.is_empty() {
            return Err(Waits::PersonUnknown);
        }
        let day = document.facts.examined_on.to_string();
        let in_force =
            |row: &&InsuredAlias| row.valid_from <= day && row.valid_to.as_ref().is_none_or(|end| day < *end);
        let residents: HashSet<_> = rows.iter().filter(in_force).map(|row| row.resident_id).collect();
        if residents.is_empty() {
            return Err(Waits::NotInForce);
        }
        let fits = |person: &&Person| {
            person.birth_date == document.birth_date && person.sex.agrees_with(document.sex)
        };
        let mut fitting = residents.iter().filter_map(|id| self.people.get(id)).filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Ok(one.record),
            (Some(_), Some(_)) => Err(Waits::Ambiguous),
            (None, _) => Err(Waits::Disagrees),
        }
    }
}
