//! One dose, whoever states it: which of several statements holds, and what changes when one is made.
//!
//! A dose is known by person, day, series and number. The statement of the municipality where the person lives now holds;
//! else the newest of another municipality, else the newest of a place that gave it. What was taken back holds only when
//! the present municipality took it back, or everybody did.

use std::collections::HashMap;
use techo_custody::{Custody, Result};
use techo_model::{RecordCode, VaccinationId};
use techo_store::{
    Tx,
    records::dose_statements::{DoseStatement, KnownDose},
};

/// A dose with everything that is stated about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerDose {
    pub(crate) given_on: String,
    pub(crate) vaccine: String,
    /// The statement that holds.
    pub holding: DoseStatement,
    pub(crate) others: Vec<DoseStatement>,
}

impl LedgerDose {
    /// Its key.
    pub fn id(&self) -> VaccinationId {
        self.holding.vaccination_id
    }

    /// Whether it was given, as far as is known.
    pub(crate) fn is_given(&self) -> bool {
        self.holding.cancelled_at.is_none()
    }

    /// What a sender states about it.
    pub fn statement_of(&self, sender: &str) -> Option<&DoseStatement> {
        std::iter::once(&self.holding).chain(&self.others).find(|statement| statement.sent_by == sender)
    }

    /// Whether its sender states this already.
    pub(crate) fn says(&self, stated: &DoseStatement) -> bool {
        self.statement_of(&stated.sent_by).is_some_and(|own| own.says_the_same_as(stated))
    }

    /// Whether a municipality states it; otherwise only places that gave it do.
    pub(crate) fn is_in_a_ledger(&self) -> bool {
        std::iter::once(&self.holding).chain(&self.others).any(DoseStatement::is_of_a_ledger)
    }

    fn is_of(&self, given_on: &str, vaccine: &str) -> bool {
        self.given_on == given_on && self.vaccine == vaccine
    }

    /// The dose with a statement in the place of the sender's former one.
    pub fn restated(&self, new: DoseStatement, present: Option<&str>) -> Self {
        let former = self.statement_of(&new.sent_by);
        let new = DoseStatement {
            vaccination_id: self.id(),
            received_at: former.map_or(new.received_at, |former| former.received_at),
            ..new
        };
        let others = std::iter::once(&self.holding).chain(&self.others);
        let mut all: Vec<_> = others.filter(|other| other.sent_by != new.sent_by).cloned().collect();
        all.push(new);
        self.with(all, present)
    }

    /// The dose after its person moved.
    pub(crate) fn decided(&self, present: Option<&str>) -> Self {
        self.with(std::iter::once(&self.holding).chain(&self.others).cloned().collect(), present)
    }

    fn with(&self, mut all: Vec<DoseStatement>, present: Option<&str>) -> Self {
        all.sort_by(|one, other| rank(other, present).cmp(&rank(one, present)));
        let mut holding = all.remove(0);
        // The number of a dose is that of the ledgers; a place that gives may count otherwise.
        if let Some(in_ledger) = all.iter().find(|other| other.is_of_a_ledger() && !holding.is_of_a_ledger())
        {
            holding.dose_number = in_ledger.dose_number;
        }
        Self { given_on: self.given_on.clone(), vaccine: self.vaccine.clone(), holding, others: all }
    }
}

/// The higher one holds.
fn rank<'a>(statement: &'a DoseStatement, present: Option<&str>) -> (u8, techo_model::UnixMillis, &'a str) {
    let is_given = statement.cancelled_at.is_none();
    let place = match (statement.is_of_a_ledger(), is_given) {
        (true, _) if present == Some(statement.municipality.as_str()) => 4,
        (true, true) => 3,
        (false, true) => 2,
        (true, false) => 1,
        (false, false) => 0,
    };
    (place, statement.changed_at, &statement.sent_by)
}

/// The doses of some people.
#[derive(Debug, Default)]
pub struct DoseLedger(HashMap<RecordCode, Vec<LedgerDose>>);

impl DoseLedger {
    /// Loads them. Nobody else writes doses of these people until the transaction ends.
    pub(crate) async fn load(custody: &Custody, tx: &mut Tx, codes: &[RecordCode]) -> Result<Self> {
        let records = &custody.stores.records;
        records.lock_people(tx, codes).await?;
        let known = records.known_doses(tx, codes).await?;
        let others = if known.is_empty() { Vec::new() } else { records.other_statements(tx, codes).await? };
        Ok(Self::of(known, others))
    }

    /// The doses of one person, of one day and series. Nobody else writes doses of this person until the transaction ends: not
    /// those either that are not there yet.
    pub async fn lock(
        custody: &Custody,
        tx: &mut Tx,
        (code, given_on, vaccine): (RecordCode, &str, &str),
    ) -> Result<Self> {
        let records = &custody.stores.records;
        records.lock_people(tx, &[code]).await?;
        let known = records.locked_doses(tx, code, given_on, vaccine).await?;
        let others =
            if known.is_empty() { Vec::new() } else { records.other_statements(tx, &[code]).await? };
        Ok(Self::of(known, others))
    }

    fn of(known: Vec<KnownDose>, others: Vec<DoseStatement>) -> Self {
        let mut beside: HashMap<(RecordCode, VaccinationId), Vec<DoseStatement>> = HashMap::new();
        for other in others {
            beside.entry((other.record_code, other.vaccination_id)).or_default().push(other);
        }
        let mut ledger: HashMap<RecordCode, Vec<LedgerDose>> = HashMap::new();
        for KnownDose { given_on, vaccine, holding } in known {
            let key = (holding.record_code, holding.vaccination_id);
            let others = beside.remove(&key).unwrap_or_default();
            ledger.entry(key.0).or_default().push(LedgerDose { given_on, vaccine, holding, others });
        }
        Self(ledger)
    }

    /// The doses of one person.
    pub(crate) fn doses(&self, code: RecordCode) -> &[LedgerDose] {
        self.0.get(&code).map_or(&[], Vec::as_slice)
    }

    /// The dose that a statement is about. A place that gives does not know how many others gave before it, so between it
    /// and a ledger the day and the series are enough.
    pub fn find(&self, given_on: &str, vaccine: &str, stated: &DoseStatement) -> Option<&LedgerDose> {
        let same_day = || self.doses(stated.record_code).iter().filter(|dose| dose.is_of(given_on, vaccine));
        let own = |dose: &&LedgerDose| {
            dose.statement_of(&stated.sent_by).is_some_and(|own| own.dose_number == stated.dose_number)
        };
        let by_number = |dose: &&LedgerDose| dose.holding.dose_number == stated.dose_number;
        let across = |dose: &&LedgerDose| {
            let is_given = dose.is_given() && stated.cancelled_at.is_none();
            is_given && dose.is_in_a_ledger() != stated.is_of_a_ledger() && may_be_copies(dose, stated)
        };
        same_day().find(own).or_else(|| same_day().find(by_number)).or_else(|| same_day().find(across))
    }

    /// Puts a dose into its place.
    pub(crate) fn put(&mut self, dose: LedgerDose) {
        let doses = self.0.entry(dose.holding.record_code).or_default();
        match doses.iter_mut().find(|known| known.id() == dose.id()) {
            Some(known) => *known = dose,
            None => doses.push(dose),
        }
    }
}

/// A ledger may name the place that gave the dose: then it is that one's and no other's.
fn may_be_copies(dose: &LedgerDose, stated: &DoseStatement) -> bool {
    if !stated.is_of_a_ledger() {
        return true;
    }
    stated.facility.as_ref().is_none_or(|facility| dose.statement_of(facility).is_some())
}

/// Writes what became of a dose.
pub async fn write_dose(
    custody: &Custody,
    tx: &mut Tx,
    (before, after): (&LedgerDose, &LedgerDose),
) -> Result<()> {
    let records = &custody.stores.records;
    if before.holding != after.holding {
        records.hold_statement(tx, &after.holding).await?;
    }
    for former in before.others.iter().filter(|former| former.sent_by == after.holding.sent_by) {
        records.drop_statement(tx, former).await?;
    }
    for other in after.others.iter().filter(|other| !before.others.contains(other)) {
        records.put_statement(tx, other).await?;
    }
    Ok(())
}
