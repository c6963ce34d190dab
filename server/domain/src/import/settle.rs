//! What waited finds its person: after every import of residents or coverage, and by itself every few minutes.
//!
//! A sweep reads everything that waits, in pages, and tries again; it can be killed and run again at any point.

use super::{Outcome, Seen, Txs, coverage, documents, life_span::LifeSpans, quarantine, vaccinations};
use crate::{Domain, Internal, Result, coverage_record};
use std::collections::HashSet;
use techo_exchange::cda;
use techo_model::{RecordCode, WaitingId, vaccination::Entry};
use techo_store::records::import::waiting::Waiting;
use uuid::Uuid;

const PAGE: i64 = 100;

/// What a sweep brought home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Coverage rows.
    pub coverages: u64,
    /// Checkup documents.
    pub checkups: u64,
    /// Doses.
    pub vaccinations: u64,
}

impl Settled {
    /// All together.
    pub fn total(self) -> u64 {
        self.coverages + self.checkups + self.vaccinations
    }
}

/// Tries everything that waits once more. Coverage first, because documents are found by it.
pub async fn settle(domain: &Domain) -> Result<Settled> {
    let mut settled = Settled { coverages: settle_coverage(domain).await?, ..Settled::default() };
    let mut after = WaitingId(Uuid::nil());
    loop {
        let mut txs = Txs::begin(domain).await?;
        let page = domain.stores.records.waiting_after(&mut txs.records, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(settled) };
        after = last.waiting_id;
        let (checkups, doses): (Vec<_>, Vec<_>) =
            page.iter().partition(|row| row.kind == quarantine::CHECKUP);
        settled.checkups += settle_checkups(domain, &mut txs, &checkups).await?;
        settled.vaccinations += settle_doses(domain, &mut txs, &doses).await?;
        txs.commit_and_give_way(domain).await?;
    }
}

async fn settle_coverage(domain: &Domain) -> Result<u64> {
    let vault = &domain.stores.vault;
    let mut count = 0;
    let mut after = WaitingId(Uuid::nil());
    loop {
        let mut txs = Txs::begin(domain).await?;
        let page = vault.waiting_coverage_found(&mut txs.vault, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.waiting_id;
        let aliases: Vec<_> = page.iter().map(|row| row.my_number_alias).collect();
        let owners = coverage::owners(domain, &mut txs, &aliases).await?;
        let lives = LifeSpans::load(domain, &mut txs, owners.values().map(|owner| owner.record)).await?;
        let mut done = Vec::with_capacity(page.len());
        // One by one: a page can hold several statements about one period, and the later one must win.
        for row in &page {
            let Some(owner) = owners.get(&row.my_number_alias).copied() else { continue };
            let (facts, branch) = coverage_record::open_waiting(&domain.keys, row)?;
            if !lives.include(owner.record, facts.acquired_on) {
                continue;
            }
            done.push(row.waiting_id);
            let known = coverage::Known { owner, facts: &facts, branch, sent_by: &row.sent_by };
            coverage::apply_waiting(domain, &mut txs, known).await?;
            count += 1;
        }
        // The record store first here: a kill in between repeats a statement, it does not lose one.
        let Txs { vault: mut vault_tx, records } = txs;
        for id in done {
            vault.stop_waiting_for_resident(&mut vault_tx, id).await?;
        }
        records.commit().await?;
        vault_tx.commit().await?;
        vault.db().give_way().await;
    }
}

async fn settle_checkups(domain: &Domain, txs: &mut Txs, rows: &[&Waiting]) -> Result<u64> {
    let mut opened = Vec::with_capacity(rows.len());
    for row in rows {
        let bytes = quarantine::open(&domain.keys, row)?;
        // What came in when less was asked of a document goes on waiting, with everything behind it still tried.
        match cda::read(&bytes) {
            Ok(document) => opened.push((document, bytes, row)),
            Err(_) => {
                tracing::warn!(waiting = %row.waiting_id, "import: a waiting document is not read any more");
            }
        }
    }
    let incoming: Vec<_> = opened
        .iter()
        .map(|(document, bytes, row)| documents::Incoming { document, bytes, sent_by: &row.sent_by })
        .collect();
    let outcomes = documents::apply(domain, txs, &incoming).await?;
    let mut count = 0;
    for ((.., row), outcome) in opened.iter().zip(outcomes) {
        // A rejection has nobody to tell it to here, so it waits on.
        if matches!(outcome, Outcome::Quarantined | Outcome::Rejected(_)) {
            continue;
        }
        domain.stores.records.stop_waiting(&mut txs.records, row.waiting_id).await?;
        count += 1;
    }
    Ok(count)
}

async fn settle_doses(domain: &Domain, txs: &mut Txs, rows: &[&Waiting]) -> Result<u64> {
    let keys = domain.keys.current();
    let mut codes = Vec::with_capacity(rows.len());
    for row in rows {
        let alias = Uuid::from_slice(&row.alias).map_err(|_| Internal::Corrupt("waiting_record.alias"))?;
        codes.push(RecordCode(alias));
    }
    let lookups: Vec<_> = codes.iter().map(|code| keys.person_lookup(&keys.person_of(*code))).collect();
    let arrived = domain.stores.vault.known_residents(&mut txs.vault, &lookups).await?;
    let arrived: HashSet<_> = arrived.into_iter().map(|resident| resident.person_lookup).collect();
    let lives = LifeSpans::load(domain, txs, codes.iter().copied()).await?;
    let mut count = 0;
    for ((row, code), lookup) in rows.iter().zip(codes).zip(lookups) {
        if !arrived.contains(lookup.as_slice()) {
            continue;
        }
        let (facts, entry) = vaccinations::Stored::open(domain, row)?;
        if entry == Entry::Given && !lives.include(code, facts.given_on) {
            continue;
        }
        let item = vaccinations::Item { code, facts: &facts, entry, sent_by: &row.sent_by };
        vaccinations::apply_known(domain, txs, &[item], Seen::New).await?;
        domain.stores.records.stop_waiting(&mut txs.records, row.waiting_id).await?;
        count += 1;
    }
    Ok(count)
}
