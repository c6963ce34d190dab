//! A period of insurance as the databases keep one: its insured id sealed, its digest, its aliases in the vault, and
//! the form in which it waits for its resident.
//!
//! Imports and rotation both come here, so that a record that was carried to new keys looks like one that was imported
//! with them.

use crate::{
    Domain, Internal, Result,
    keys::{
        KeyRing,
        set::{KeySet, Lookup},
    },
    seal::Place,
};
use serde::{Deserialize, Serialize};
use techo_model::{
    CalendarDate, CoverageId, ResidentId, UnixMillis, WaitingId,
    coverage::{CoverageFacts, InsuredId, LossReason, Relation},
    number::InsurerNumber,
};
use techo_store::{
    records::rotation::CoverageColumns,
    vault::{aliases::InsuredAlias, waiting::WaitingCoverage},
};
use uuid::Uuid;

/// 記号, 番号 and 枝番, sealed.
pub(crate) struct SealedInsured {
    pub(crate) symbol: Option<Vec<u8>>,
    pub(crate) number: Vec<u8>,
    pub(crate) branch: Option<Vec<u8>>,
}

impl SealedInsured {
    /// Seals with the version that writes.
    pub(crate) fn seal(domain: &Domain, id: CoverageId, insured: &InsuredId) -> Self {
        let seal = |column, text: &str| domain.keys.seal(&domain.world, place(&id, column), text.as_bytes());
        Self {
            symbol: insured.symbol.as_deref().map(|symbol| seal("symbol_sealed", symbol)),
            number: seal("number_sealed", &insured.number),
            branch: insured.branch.as_deref().map(|branch| seal("branch_sealed", branch)),
        }
    }
}

fn place<'a>(id: &'a CoverageId, column: &'static str) -> Place<'a> {
    Place { table: "coverage", column, row: id.0.as_bytes() }
}

/// The stored name of 本人家族区分.
pub(crate) fn relation_name(relation: Relation) -> &'static str {
    match relation {
        Relation::Insured => "insured",
        Relation::Dependant => "dependant",
    }
}

/// What a stored row says, opened with whichever version sealed it.
pub(crate) fn open(keys: &KeyRing, row: &CoverageColumns) -> Result<CoverageFacts> {
    let text = |column, sealed: &[u8]| keys.open_text(place(&row.coverage_id, column), sealed);
    let optional =
        |column, sealed: &Option<Vec<u8>>| sealed.as_deref().map(|sealed| text(column, sealed)).transpose();
    let date = |text: &str| CalendarDate::parse(text).map_err(|_| Internal::Corrupt("coverage dates"));
    let relation = [Relation::Insured, Relation::Dependant]
        .into_iter()
        .find(|known| relation_name(*known) == row.relation)
        .ok_or(Internal::Corrupt("coverage.relation"))?;
    let reason = |name: &String| LossReason::from_name(name).ok_or(Internal::Corrupt("coverage.loss_reason"));
    Ok(CoverageFacts {
        insured: InsuredId {
            insurer: InsurerNumber::parse(&row.insurer).map_err(|_| Internal::Corrupt("coverage.insurer"))?,
            symbol: optional("symbol_sealed", &row.symbol_sealed)?,
            number: text("number_sealed", &row.number_sealed)?,
            branch: optional("branch_sealed", &row.branch_sealed)?,
        },
        relation,
        acquired_on: date(&row.acquired_on)?,
        lost_on: row.lost_on.as_deref().map(date).transpose()?,
        loss_reason: row.loss_reason.as_ref().map(reason).transpose()?,
        burden_percent: row.burden_percent,
        insurer_name: row.insurer_name.clone(),
        stated_at: row.stated_at,
    })
}

/// Keyed digest of everything a statement says.
pub(crate) fn digest(keys: &KeySet, facts: &CoverageFacts) -> Vec<u8> {
    keys.lookup(Lookup::Digest, &[b"coverage", &to_text(facts)]).to_vec()
}

/// The rows under which the vault finds the resident of a statement: the person's when there is 枝番, and the family's.
pub(crate) fn insured_aliases(
    keys: &KeySet,
    resident: ResidentId,
    facts: &CoverageFacts,
) -> Vec<InsuredAlias> {
    let aliases = keys.insured_aliases(&facts.insured);
    let row = |alias: [u8; 32], reach: &str| InsuredAlias {
        alias: alias.to_vec(),
        resident_id: resident,
        insurer: facts.insured.insurer.as_str().to_owned(),
        valid_from: facts.acquired_on.to_string(),
        valid_to: facts.lost_on.map(|date| date.to_string()),
        reach: reach.to_owned(),
    };
    let mut rows = vec![row(aliases.family, "family")];
    rows.extend(aliases.person.map(|alias| row(alias, "person")));
    rows
}

fn waiting_place(id: &WaitingId) -> Place<'_> {
    Place { table: "waiting_coverage", column: "row_sealed", row: id.0.as_bytes() }
}

/// A statement on its way into the waiting room.
pub(crate) struct Waiting<'a> {
    /// Key.
    pub(crate) id: WaitingId,
    /// Alias of the My Number that it is for.
    pub(crate) alias: Uuid,
    /// The statement.
    pub(crate) facts: &'a CoverageFacts,
    /// Organisation that sent it.
    pub(crate) sent_by: String,
    /// First import.
    pub(crate) received_at: UnixMillis,
}

impl Waiting<'_> {
    /// The row, sealed and digested with the version that writes.
    pub(crate) fn row(self, domain: &Domain) -> WaitingCoverage {
        let (keys, text) = (domain.keys.current(), to_text(self.facts));
        let parts: [&[u8]; 3] = [b"waiting-coverage", self.alias.as_bytes(), &text];
        WaitingCoverage {
            waiting_id: self.id,
            my_number_alias: self.alias,
            content_digest: keys.lookup(Lookup::Digest, &parts).to_vec(),
            row_sealed: domain.keys.seal(&domain.world, waiting_place(&self.id), &text),
            sent_by: self.sent_by,
            received_at: self.received_at,
            key_version: keys.version(),
        }
    }
}

/// Opens a waiting row.
pub(crate) fn open_waiting(keys: &KeyRing, row: &WaitingCoverage) -> Result<CoverageFacts> {
    let corrupt = || Internal::Corrupt("waiting_coverage.row_sealed");
    let opened = keys.open(waiting_place(&row.waiting_id), &row.row_sealed)?;
    let stored: Stored = serde_json::from_slice(&opened).map_err(|_| corrupt())?;
    Ok(stored.facts().ok_or_else(corrupt)?)
}

fn to_text(facts: &CoverageFacts) -> Vec<u8> {
    serde_json::to_vec(&Stored::from(facts)).expect("text and numbers always serialise")
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
                branch: self.branch,
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
