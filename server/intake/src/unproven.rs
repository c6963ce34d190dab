//! Checkups whose 枝番 cannot be proven: taken in by a version that did not look at it closely enough, or matched without
//! one while the family has a twin. Their senders are asked for them again; what comes again is matched anew.

use super::matching::Candidates;
use serde::Serialize;
use std::collections::HashMap;
use techo_custody::{Custody, Result, codes::InsuredAliases};
use techo_model::{
    CheckupId, RecordCode, ResidentId,
    checkup::MatchProof,
    coverage::{AliasReach, BranchState},
};
use techo_store::{records::proofs::UnprovenRow, vault::aliases::InsuredAlias};
use uuid::Uuid;

const PAGE: i64 = 200;

/// Why the 枝番 of a checkup is in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BranchDoubt {
    /// Somebody else of the family has the same birth date and sex.
    TwinKnown,
    /// It was taken in before 枝番 were noted, or by one that its insurer has corrected since, and the family has them.
    NotNoted,
}

/// A checkup whose 枝番 cannot be proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnprovenCheckup {
    /// The record.
    pub checkup: Uuid,
    /// Who sent it.
    pub sent_by: String,
    /// 健診機関番号.
    pub facility: String,
    /// 健診実施日.
    pub examined_on: String,
    /// Date of the document.
    pub document_date: String,
    /// What is in doubt.
    pub doubt: BranchDoubt,
}

/// Looks through all checkups, and tells those in doubt one by one. Changes nothing.
///
/// # Errors
/// A database, or a value that does not open.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn unproven_checkups(
    custody: &Custody,
    tell: &mut (dyn FnMut(UnprovenCheckup) + Send),
) -> Result<()> {
    let mut after = (RecordCode(Uuid::nil()), CheckupId(Uuid::nil()));
    loop {
        let page = custody.stores.records.unproven_checkups(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.record_code, last.checkup_id);
        let families = Families::load(custody, &page).await?;
        for row in page {
            if let Some(doubt) = families.doubt(&row) {
                tell(UnprovenCheckup {
                    checkup: row.checkup_id.0,
                    sent_by: row.sent_by,
                    facility: row.facility,
                    examined_on: row.examined_on.to_string(),
                    document_date: row.document_date.to_string(),
                    doubt,
                });
            }
        }
    }
}

/// The periods of insurance of some people, and their families.
struct Families {
    residents: HashMap<RecordCode, ResidentId>,
    periods: HashMap<ResidentId, Vec<InsuredAlias>>,
    candidates: Candidates,
}

impl Families {
    async fn load(custody: &Custody, page: &[UnprovenRow]) -> Result<Self> {
        let (keys, vault) = (custody.keys.current(), &custody.stores.vault);
        let mut tx = vault.begin_reading().await?;
        let codes: HashMap<_, _> = page
            .iter()
            .map(|row| (keys.person_lookup(&keys.person_of(row.record_code)), row.record_code))
            .collect();
        let lookups: Vec<_> = codes.keys().copied().collect();
        let mut residents = HashMap::new();
        for known in vault.known_residents(&mut tx, &lookups).await? {
            let code = codes.iter().find(|(lookup, _)| lookup.as_slice() == known.person_lookup);
            residents.extend(code.map(|(_, code)| (*code, known.resident_id)));
        }
        let ids: Vec<_> = residents.values().copied().collect();
        let mut periods: HashMap<_, Vec<_>> = HashMap::new();
        for row in vault.insured_aliases_in(&mut tx, &ids).await? {
            periods.entry(row.resident_id).or_default().push(row);
        }
        let families: Vec<_> = periods
            .values()
            .flatten()
            .filter(|row| row.reach == AliasReach::Family)
            .filter_map(|row| row.alias.as_slice().try_into().ok())
            .map(|family| InsuredAliases { person: None, family })
            .collect();
        let candidates = Candidates::load(custody, &mut tx, &families).await?;
        Ok(Self { residents, periods, candidates })
    }

    fn doubt(&self, row: &UnprovenRow) -> Option<BranchDoubt> {
        let resident = self.residents.get(&row.record_code)?;
        let periods = self.periods.get(resident).map_or(&[][..], Vec::as_slice);
        let day = row.examined_on.to_string();
        let on_the_day = |period: &&InsuredAlias| {
            period.reach == AliasReach::Family
                && period.insurer == row.insurer
                && period.valid_from <= day
                && period.valid_to.as_ref().is_none_or(|end| day < *end)
        };
        let periods: Vec<_> = periods.iter().filter(on_the_day).collect();
        if periods.iter().any(|period| self.candidates.has_twin(*resident, &period.alias)) {
            return Some(BranchDoubt::TwinKnown);
        }
        let is_old = row.matched_by == MatchProof::Unknown;
        let has_branches = periods.iter().any(|period| period.branch_state != BranchState::Absent);
        (is_old && has_branches).then_some(BranchDoubt::NotNoted)
    }
}
