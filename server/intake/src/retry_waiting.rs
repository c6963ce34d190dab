//! What waited finds its person. Whatever brings a person, their insurance or another birth date settles what waits for
//! exactly them in its own transaction, so that what came earlier never comes after what came later. The sweep of every few
//! minutes looks once at what nobody has looked at since it came. What an organisation sent that is stopped now waits until it is
//! resumed, which lets the sweep look once more. A row that cannot be read is parked, so that those behind it go on. What waits for
//! the same people is read in pages, however much it is.

use super::{
    BatchTransactions, FileHistory, RowOutcome, bounded,
    conflict::Tries,
    coverage_statements,
    dose_ledger::DoseLedger,
    dose_statements::{self, Homes},
    life_span::LifeSpans,
    matched_documents::{Incoming, match_and_write},
    owners::{KnownStatement, owners},
    waiting_dose::StoredDose,
};
use std::collections::{BTreeSet, HashSet};
use techo_custody::{
    Custody, Internal, Result, coverage_record,
    page_watch::PageWatch,
    parking::{self, unreadable_reason},
    waiting_content,
};
use techo_exchange::cda;
use techo_model::{RecordCode, WaitingId, paging::PageRequest, record::WaitingKind, vaccination::DoseEntry};
use techo_store::{
    CorruptCell, DatabaseName, records::import::waiting::WaitingRecord, vault::waiting::WaitingCoverage,
};
use uuid::Uuid;

const PAGE: i64 = 100;
/// Rows that wait for the same people and are taken up together.
const ROWS_AT_ONCE: u16 = 500;
/// Documents, which are large.
const DOCUMENTS_AT_ONCE: u16 = 100;

/// Why a document waits that an earlier version could read and this one refuses.
const UNREADABLE: &str = "unreadable";

/// What found its person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchedCounts {
    /// Coverage rows.
    pub coverages: u64,
    /// Checkup documents.
    pub checkups: u64,
    /// Doses.
    pub vaccinations: u64,
}

impl MatchedCounts {
    /// All together.
    pub fn total(self) -> u64 {
        self.coverages + self.checkups + self.vaccinations
    }

    /// With what else did.
    pub fn add(&mut self, other: Self) {
        self.coverages += other.coverages;
        self.checkups += other.checkups;
        self.vaccinations += other.vaccinations;
    }
}

/// Where the sweep is.
struct WaitingSweep {
    settled: MatchedCounts,
    /// Rows that were looked at.
    seen: u64,
    /// How many rows are still taken one by one, after a page on whose way something could not be read.
    singly: i64,
    /// The first row of the page that is being taken.
    first: Option<WaitingId>,
    tries: Tries,
}

impl WaitingSweep {
    fn begin() -> Self {
        Self { settled: MatchedCounts::default(), seen: 0, singly: 0, first: None, tries: Tries::default() }
    }

    /// Rows of the next page.
    fn limit(&self) -> i64 {
        if self.singly > 0 { 1 } else { PAGE }
    }

    /// What became of a page; whether there was one.
    async fn page_ended(&mut self, custody: &Custody, page: Result<bool>, table: Table) -> Result<bool> {
        let failure = match page {
            Ok(is_page) => {
                (self.first, self.tries, self.singly) = (None, Tries::default(), (self.singly - 1).max(0));
                return Ok(is_page);
            }
            Err(failure) => failure,
        };
        match (unreadable_reason(&failure), self.first.take()) {
            (Some(_), Some(_)) if self.singly == 0 => self.singly = PAGE,
            (Some(reason), Some(row)) => table.park(custody, row, reason).await?,
            _ => self.tries.again_after(failure).await?,
        }
        Ok(true)
    }
}

/// What the sweep goes through.
#[derive(Clone, Copy)]
enum Table {
    Coverage,
    Records,
}

impl Table {
    /// Parks a row that leads to something that cannot be read.
    async fn park(self, custody: &Custody, row: WaitingId, reason: &'static str) -> Result<()> {
        let (which, table, column) = match self {
            Self::Coverage => (DatabaseName::Identity, "waiting_coverage", "my_number_alias"),
            Self::Records => (DatabaseName::Records, "waiting_record", "alias"),
        };
        custody.park_alone(which, CorruptCell::new(table, column, row.0), reason).await
    }
}

/// The sweep. It can be killed and run again at any point, and is told after each page how many rows it looked at.
///
/// # Errors
/// A database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn retry_waiting(custody: &Custody, watch: PageWatch<'_>) -> Result<MatchedCounts> {
    let mut sweep = WaitingSweep::begin();
    loop {
        let page = bounded(sweep_coverage(custody, &mut sweep)).await;
        if !sweep.page_ended(custody, page, Table::Coverage).await? {
            break;
        }
        if watch(sweep.seen).is_break() {
            return Ok(sweep.settled);
        }
    }
    sweep.singly = 0;
    loop {
        let page = bounded(sweep_untried(custody, &mut sweep)).await;
        if !sweep.page_ended(custody, page, Table::Records).await? || watch(sweep.seen).is_break() {
            return Ok(sweep.settled);
        }
    }
}

/// A page of the coverage at which nobody has looked since it came; false when there is none.
async fn sweep_coverage(custody: &Custody, sweep: &mut WaitingSweep) -> Result<bool> {
    let mut txs = BatchTransactions::begin(custody).await?;
    let vault = &custody.stores.vault;
    let page = vault.untried_coverage(&mut txs.vault, sweep.limit()).await?;
    if page.is_empty() {
        return Ok(false);
    }
    let rows = count(&page);
    sweep.first = page.first().map(|row| row.waiting_id);
    let ids: Vec<_> = page.iter().map(|row| row.waiting_id).collect();
    vault.mark_coverage_tried(&mut txs.vault, &ids, custody.environment.now()).await?;
    take_coverage(custody, &mut txs, &page).await?;
    let settled = txs.settled;
    txs.commit_and_yield(custody).await?;
    sweep.settled.add(settled);
    sweep.seen += rows;
    Ok(true)
}

/// A page of what nobody has looked at since it came; false when there is none.
async fn sweep_untried(custody: &Custody, sweep: &mut WaitingSweep) -> Result<bool> {
    let mut txs = BatchTransactions::begin(custody).await?;
    let batch = custody.stores.records.untried_waiting(&mut txs.records, sweep.limit()).await?;
    if batch.is_empty() {
        return Ok(false);
    }
    for cell in batch.corrupt {
        custody.park(&mut txs.records, cell, parking::UNREADABLE).await?;
    }
    let page = batch.rows;
    sweep.first = page.first().map(|row| row.waiting_id);
    let (ids, rows): (Vec<_>, _) = (page.iter().map(|row| row.waiting_id).collect(), count(&page));
    custody.stores.records.mark_tried(&mut txs.records, &ids, custody.environment.now()).await?;
    let (checkups, doses): (Vec<_>, Vec<_>) =
        page.into_iter().partition(|row| row.kind == WaitingKind::Checkup);
    take_checkups(custody, &mut txs, &checkups).await?;
    let homes = dose_statements::homes_of(custody, &mut txs, &people(&doses)?).await?;
    take_doses(custody, &mut txs, (&doses, &homes)).await?;
    let settled = txs.settled;
    txs.commit_and_yield(custody).await?;
    sweep.settled.add(settled);
    sweep.seen += rows;
    Ok(true)
}

fn count<T>(rows: &[T]) -> u64 {
    u64::try_from(rows.len()).unwrap_or(u64::MAX)
}

/// Takes in the coverage that waits under these aliases of My Numbers.
pub(super) async fn coverage_of(
    custody: &Custody,
    txs: &mut BatchTransactions,
    aliases: &[Uuid],
) -> Result<()> {
    let mut request = PageRequest::first(ROWS_AT_ONCE);
    loop {
        let page = custody.stores.vault.waiting_coverage_of(&mut txs.vault, aliases, request).await?;
        take_coverage(custody, txs, &page.items).await?;
        let Some(next) = page.next else { return Ok(()) };
        request = PageRequest::after(next, ROWS_AT_ONCE);
    }
}

/// Takes in the doses that wait for these people, who are there.
pub(super) async fn doses_of(custody: &Custody, txs: &mut BatchTransactions, homes: &Homes) -> Result<()> {
    let codes: Vec<_> = homes.keys().copied().collect();
    let mut request = PageRequest::first(ROWS_AT_ONCE);
    loop {
        let page = custody.stores.records.waiting_for_people(&mut txs.records, &codes, request).await?;
        take_doses(custody, txs, (&page.items, homes)).await?;
        let Some(next) = page.next else { return Ok(()) };
        request = PageRequest::after(next, ROWS_AT_ONCE);
    }
}

/// Tries the documents that wait for these families again.
pub(super) async fn checkups_of_families(
    custody: &Custody,
    txs: &mut BatchTransactions,
    families: &[[u8; 32]],
) -> Result<()> {
    let families: HashSet<_> = families.iter().copied().collect();
    let families: Vec<_> = families.into_iter().collect();
    let mut request = PageRequest::first(DOCUMENTS_AT_ONCE);
    loop {
        let page = custody.stores.records.waiting_for_families(&mut txs.records, &families, request).await?;
        take_checkups(custody, txs, &page.items).await?;
        let Some(next) = page.next else { return Ok(()) };
        request = PageRequest::after(next, DOCUMENTS_AT_ONCE);
    }
}

/// Takes in the doses that wait for one person, who lives there now.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn retry_waiting_doses(custody: &Custody, (code, home): (RecordCode, Option<&str>)) -> Result<()> {
    let Some(home) = home else { return Ok(()) };
    if !custody.stores.records.has_waiting_dose(code).await? {
        return Ok(());
    }
    let (homes, mut tries) = (Homes::from([(code, home.to_owned())]), Tries::default());
    loop {
        match bounded(take_doses_of(custody, &homes)).await {
            Ok(()) => return Ok(()),
            Err(failure) => tries.again_after(failure).await?,
        }
    }
}

async fn take_doses_of(custody: &Custody, homes: &Homes) -> Result<()> {
    let mut txs = BatchTransactions::begin(custody).await?;
    doses_of(custody, &mut txs, homes).await?;
    txs.commit().await
}

async fn take_coverage(
    custody: &Custody,
    txs: &mut BatchTransactions,
    rows: &[WaitingCoverage],
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    // A kill in between repeats a statement, it does not lose one.
    txs.records_first();
    let aliases: Vec<_> = rows.iter().map(|row| row.my_number_alias).collect();
    let owners = owners(custody, txs, &aliases).await?;
    let codes: Vec<_> = owners.values().map(|owner| owner.record).collect();
    let before = custody.stores.records.known_coverages(&mut txs.records, &codes).await?;
    let lives = LifeSpans::load(custody, txs, codes.iter().copied()).await?;
    let stopped = stopped(custody, txs, rows.iter().map(|row| &row.sent_by)).await?;
    let mut families = Vec::new();
    // One by one: there can be several statements about one period, and the later one must win.
    for row in rows.iter().filter(|row| !stopped.contains(&row.sent_by)) {
        let Some(owner) = owners.get(&row.my_number_alias).copied() else { continue };
        let cell = CorruptCell::new("waiting_coverage", "row_sealed", row.waiting_id.0);
        let opened = coverage_record::open_waiting(&custody.keys, row);
        let Some((facts, branch)) = custody.readable(&mut txs.vault, cell, opened).await? else { continue };
        // A rejection has nobody to tell it to here, so it waits on.
        if !lives.include(owner.record, facts.acquired_on) {
            continue;
        }
        families.push(custody.keys.current().insured_aliases(&facts.insured).family);
        let known = KnownStatement { owner, facts: &facts, branch, sent_by: &row.sent_by };
        if !coverage_statements::is_outdated(custody, &before, &known, row.received_at) {
            coverage_statements::apply_known(custody, txs, &[known], FileHistory::New).await?;
        }
        custody.stores.vault.stop_waiting_for_resident(&mut txs.vault, row.waiting_id).await?;
        txs.settled.coverages += 1;
    }
    checkups_of_families(custody, txs, &families).await
}

async fn take_checkups(custody: &Custody, txs: &mut BatchTransactions, rows: &[WaitingRecord]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let stopped = stopped(custody, txs, rows.iter().map(|row| &row.sent_by)).await?;
    let mut readable = Vec::with_capacity(rows.len());
    for row in rows.iter().filter(|row| !stopped.contains(&row.sent_by)) {
        let opened = waiting_content::open(&custody.keys, row);
        let Some(bytes) = custody.readable(&mut txs.records, content(row), opened).await? else { continue };
        match cda::read_on(&bytes, custody.environment.today()) {
            Ok(document) => readable.push((row, document, bytes)),
            Err(_) => {
                custody.stores.records.wait_because(&mut txs.records, row.waiting_id, UNREADABLE).await?;
            }
        }
    }
    let incoming: Vec<_> = readable
        .iter()
        .map(|(row, document, bytes)| Incoming {
            document,
            bytes,
            sent_by: &row.sent_by,
            waited_since: Some(row.received_at),
        })
        .collect();
    let outcomes = match_and_write(custody, txs, &incoming).await?;
    for ((row, ..), outcome) in readable.iter().zip(outcomes) {
        match outcome {
            Err(reason) => {
                let records = &custody.stores.records;
                records.wait_because(&mut txs.records, row.waiting_id, reason.as_str()).await?;
            }
            // A rejection has nobody to tell it to here, so it waits on.
            Ok(RowOutcome::Rejected(_)) => {}
            Ok(_) => {
                custody.stores.records.stop_waiting(&mut txs.records, row.waiting_id).await?;
                txs.settled.checkups += 1;
            }
        }
    }
    Ok(())
}

async fn take_doses(
    custody: &Custody,
    txs: &mut BatchTransactions,
    (rows, homes): (&[WaitingRecord], &Homes),
) -> Result<()> {
    let codes = people(rows)?;
    if codes.is_empty() {
        return Ok(());
    }
    let before = DoseLedger::load(custody, &mut txs.records, &codes).await?;
    let lives = LifeSpans::load(custody, txs, codes.iter().copied()).await?;
    let stopped = stopped(custody, txs, rows.iter().map(|row| &row.sent_by)).await?;
    for (row, code) in rows.iter().zip(codes) {
        if !homes.contains_key(&code) || stopped.contains(&row.sent_by) {
            continue;
        }
        let opened = StoredDose::open(custody, row);
        let opened = custody.readable(&mut txs.records, content(row), opened).await?;
        let Some((facts, entry)) = opened else { continue };
        if entry == DoseEntry::Given && !lives.include(code, facts.given_on) {
            continue;
        }
        let item = dose_statements::Item { code, facts: &facts, entry, sent_by: &row.sent_by };
        if !dose_statements::is_outdated(custody, &before, &item, row.received_at) {
            dose_statements::apply_known(custody, txs, (&[item], homes), FileHistory::New).await?;
        }
        custody.stores.records.stop_waiting(&mut txs.records, row.waiting_id).await?;
        txs.settled.vaccinations += 1;
    }
    Ok(())
}

/// Those of these senders that their operator stopped.
async fn stopped<'a>(
    custody: &Custody,
    txs: &mut BatchTransactions,
    senders: impl Iterator<Item = &'a String>,
) -> Result<HashSet<String>> {
    let senders: BTreeSet<&str> = senders.map(String::as_str).collect();
    Ok(custody.stores.vault.stopped_organisations(&mut txs.vault, &senders).await?.into_iter().collect())
}

fn content(row: &WaitingRecord) -> CorruptCell {
    CorruptCell::new("waiting_record", "content_sealed", row.waiting_id.0)
}

/// For whom these doses wait.
fn people(rows: &[WaitingRecord]) -> Result<Vec<RecordCode>> {
    let corrupt = |row: &WaitingRecord| Internal::corrupt("waiting_record", "alias", row.waiting_id.0).into();
    let code = |row: &WaitingRecord| Uuid::from_slice(&row.alias).map(RecordCode).map_err(|_| corrupt(row));
    rows.iter().map(code).collect()
}
