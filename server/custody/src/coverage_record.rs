//! A period of insurance as the databases keep one: its insured id sealed, its digest, its aliases in the vault, and
//! the form in which it waits for its resident.
//!
//! Imports and rotation both come here, so that a record that was carried to new keys looks like one that was imported
//! with them.

use crate::{
    Custody, Internal, Result,
    keys::{
        KeyRing,
        set::{KeySet, LookupPurpose},
    },
    seal::SealLocation,
};
use serde::{Deserialize, Serialize};
use techo_model::{
    CalendarDate, CoverageId, ResidentId, UnixMillis, WaitingId,
    coverage::{AliasReach, BranchState, CoverageFacts, InsuredId, LossReason, Relation, two_digit_branch},
    number::InsurerNumber,
};
use techo_store::{
    records::rotation::CoverageColumns,
    vault::{aliases::InsuredAlias, waiting::WaitingCoverage},
};
use uuid::Uuid;

/// 記号, 番号 and 枝番, sealed.
pub struct SealedInsured {
    /// 記号.
    pub symbol: Option<Vec<u8>>,
    /// 番号.
    pub number: Vec<u8>,
    /// 枝番.
    pub branch: Option<Vec<u8>>,
}

impl SealedInsured {
    /// Seals with the version that writes.
    pub fn seal(custody: &Custody, id: CoverageId, insured: &InsuredId) -> Self {
        let seal =
            |column, text: &str| custody.keys.seal(&custody.environment, place(&id, column), text.as_bytes());
        Self {
            symbol: insured.symbol.as_deref().map(|symbol| seal("symbol_sealed", symbol)),
            number: seal("number_sealed", &insured.number),
            branch: insured.branch.as_deref().map(|branch| seal("branch_sealed", branch)),
        }
    }
}

fn place<'a>(id: &'a CoverageId, column: &'static str) -> SealLocation<'a> {
    SealLocation { table: "coverage", column, row: id.0.as_bytes() }
}

/// What a stored row says, opened with whichever version sealed it.
pub(crate) fn open(keys: &KeyRing, row: &CoverageColumns) -> Result<CoverageFacts> {
    let text = |column, sealed: &[u8]| keys.open_text(place(&row.coverage_id, column), sealed);
    let optional =
        |column, sealed: &Option<Vec<u8>>| sealed.as_deref().map(|sealed| text(column, sealed)).transpose();
    let insurer = InsurerNumber::parse(&row.insurer);
    Ok(CoverageFacts {
        insured: InsuredId {
            insurer: insurer.map_err(|_| Internal::corrupt("coverage", "insurer", row.coverage_id.0))?,
            symbol: optional("symbol_sealed", &row.symbol_sealed)?,
            number: text("number_sealed", &row.number_sealed)?,
            branch: optional("branch_sealed", &row.branch_sealed)?.as_deref().map(two_digit_branch),
        },
        relation: row.relation,
        acquired_on: row.acquired_on,
        lost_on: row.lost_on,
        loss_reason: row.loss_reason,
        burden_percent: row.burden_percent,
        insurer_name: row.insurer_name.clone(),
        stated_at: row.stated_at,
    })
}

/// Keyed digest of everything a statement says, 枝番 as it is compared.
pub fn digest(keys: &KeySet, facts: &CoverageFacts) -> Vec<u8> {
    keys.lookup(LookupPurpose::Digest, &[b"coverage", &compared_text(facts)]).to_vec()
}

/// The rows under which the vault finds the resident of a statement: the person's when there is 枝番, and the family's.
pub fn insured_aliases(
    keys: &KeySet,
    resident: ResidentId,
    (facts, branch): (&CoverageFacts, BranchState),
) -> Vec<InsuredAlias> {
    let aliases = keys.insured_aliases(&facts.insured);
    let row = |alias: [u8; 32], reach| InsuredAlias {
        alias: alias.to_vec(),
        resident_id: resident,
        insurer: facts.insured.insurer.as_str().to_owned(),
        valid_from: facts.acquired_on.to_string(),
        valid_to: facts.lost_on.map(|date| date.to_string()),
        reach,
        branch_state: branch,
    };
    let mut rows = vec![row(aliases.family, AliasReach::Family)];
    rows.extend(aliases.person.map(|alias| row(alias, AliasReach::Person)));
    rows
}

fn waiting_place(id: &WaitingId) -> SealLocation<'_> {
    SealLocation { table: "waiting_coverage", column: "row_sealed", row: id.0.as_bytes() }
}

/// A statement on its way into the waiting room.
pub struct NewWaitingCoverage<'a> {
    /// Key.
    pub id: WaitingId,
    /// Alias of the My Number that it is for.
    pub alias: Uuid,
    /// The statement.
    pub facts: &'a CoverageFacts,
    /// What it says of the 枝番.
    pub branch: BranchState,
    /// Organisation that sent it.
    pub sent_by: String,
    /// First import.
    pub received_at: UnixMillis,
}

impl NewWaitingCoverage<'_> {
    /// The row, sealed and digested with the version that writes.
    pub fn row(self, custody: &Custody) -> WaitingCoverage {
        let (keys, text) = (custody.keys.current(), to_text(self.facts, self.branch));
        // A row that states no 枝番 is another one than a row of which nobody knows whether it did.
        let kind: &[u8] = match self.branch {
            BranchState::Absent => b"waiting-coverage-without-branch",
            BranchState::Stated | BranchState::Unknown => b"waiting-coverage",
        };
        let parts = [kind, self.alias.as_bytes(), &compared_text(self.facts)];
        WaitingCoverage {
            waiting_id: self.id,
            my_number_alias: self.alias,
            content_digest: keys.lookup(LookupPurpose::Digest, &parts).to_vec(),
            row_sealed: custody.keys.seal(&custody.environment, waiting_place(&self.id), &text),
            sent_by: self.sent_by,
            received_at: self.received_at,
            key_version: keys.version(),
            arrival: 0,
        }
    }
}

/// Opens a waiting row.
pub fn open_waiting(keys: &KeyRing, row: &WaitingCoverage) -> Result<(CoverageFacts, BranchState)> {
    let corrupt = || Internal::corrupt("waiting_coverage", "row_sealed", row.waiting_id.0);
    let opened = keys.open(waiting_place(&row.waiting_id), &row.row_sealed)?;
    let stored: Stored = serde_json::from_slice(&opened).map_err(|_| corrupt())?;
    let known = if stored.branch.is_some() { BranchState::Stated } else { BranchState::Unknown };
    let branch = stored.branch_state.unwrap_or(known);
    Ok((stored.facts().ok_or_else(corrupt)?, branch))
}

fn to_text(facts: &CoverageFacts, branch: BranchState) -> Vec<u8> {
    let stored = Stored { branch_state: Some(branch), ..Stored::from(facts) };
    serde_json::to_vec(&stored).expect("text and numbers always serialise")
}

/// What two statements are compared by: `01` and `1` are the same 枝番.
fn compared_text(facts: &CoverageFacts) -> Vec<u8> {
    let stored = Stored { branch: facts.insured.compared_branch().map(str::to_owned), ..Stored::from(facts) };
    serde_json::to_vec(&stored).expect("text and numbers always serialise")
}

/// The form in which a waiting row is sealed and a statement is digested.
#[derive(Serialize, Deserialize)]
struct Stored {
    insurer: String,
    symbol: Option<String>,
    number: String,
    branch: Option<String>,
    relation: Relation,
    acquired_on: CalendarDate,
    lost_on: Option<CalendarDate>,
    loss_reason: Option<LossReason>,
    burden_percent: i64,
    insurer_name: String,
    stated_at: UnixMillis,
    /// None in what an earlier version sealed, and in what is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    branch_state: Option<BranchState>,
}

impl From<&CoverageFacts> for Stored {
    fn from(facts: &CoverageFacts) -> Self {
        Self {
            insurer: facts.insured.insurer.as_str().to_owned(),
            symbol: facts.insured.symbol.clone(),
            number: facts.insured.number.clone(),
            branch: facts.insured.branch.clone(),
            relation: facts.relation,
            acquired_on: facts.acquired_on,
            lost_on: facts.lost_on,
            loss_reason: facts.loss_reason,
            burden_percent: facts.burden_percent,
            insurer_name: facts.insurer_name.clone(),
            stated_at: facts.stated_at,
            branch_state: None,
        }
    }
}

impl Stored {
    fn facts(self) -> Option<CoverageFacts> {
        Some(CoverageFacts {
            insured: InsuredId {
                insurer: InsurerNumber::parse(&self.insurer).ok()?,
                symbol: self.symbol,
                number: self.number,
                branch: self.branch.as_deref().map(two_digit_branch),
            },
            relation: self.relation,
            acquired_on: self.acquired_on,
            lost_on: self.lost_on,
            loss_reason: self.loss_reason,
            burden_percent: self.burden_percent,
            insurer_name: self.insurer_name,
            stated_at: self.stated_at,
        })
    }
}
