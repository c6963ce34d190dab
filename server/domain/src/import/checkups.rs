//! Checkups: the newest document of a facility about a person and a day is the record; the former is history.

use super::{Outcome, Txs};
use crate::{Domain, Result};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use techo_model::{
    CheckupId, RecordCode,
    checkup::{CheckupDocument, CheckupFacts, MatchProof, Request},
};
use techo_store::records::import::checkups::{Deletion, KnownCheckup, NewCheckup};

/// A document whose person is known.
pub(super) struct Item<'a> {
    pub(super) code: RecordCode,
    pub(super) document: &'a CheckupDocument,
    pub(super) sent_by: &'a str,
    pub(super) proof: MatchProof,
}

type Key = (RecordCode, String, String);

/// What a batch knows: checkups, digests of their versions, deletions. Kept up to date while the batch is written,
/// because one batch can hold several documents about one checkup.
struct Known {
    checkups: HashMap<Key, KnownCheckup>,
    versions: HashSet<(CheckupId, Vec<u8>)>,
    deletions: HashMap<Key, Deletion>,
}

/// Writes documents in order.
pub(super) async fn apply_known(domain: &Domain, txs: &mut Txs, items: &[Item<'_>]) -> Result<Vec<Outcome>> {
    let mut known = Known::load(domain, txs, items).await?;
    let mut new: Vec<NewCheckup> = Vec::new();
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let facts = &item.document.facts;
        let key = (item.code, facts.facility.clone(), facts.examined_on.to_string());
        let settled = !new
            .iter()
            .any(|row| (row.record_code, &row.facility, &row.examined_on) == (key.0, &key.1, &key.2));
        if !settled {
            // A second document about a checkup that this batch adds: write the first one now.
            domain.stores.records.insert_checkups(&mut txs.records, &std::mem::take(&mut new)).await?;
        }
        outcomes.push(match item.document.request {
            Request::Delete => delete(domain, txs, &mut known, item, key).await?,
            Request::Keep => keep(domain, txs, &mut known, item, key, &mut new).await?,
        });
    }
    domain.stores.records.insert_checkups(&mut txs.records, &new).await?;
    Ok(outcomes)
}

impl Known {
    async fn load(domain: &Domain, txs: &mut Txs, items: &[Item<'_>]) -> Result<Self> {
        let codes: HashSet<_> = items.iter().map(|item| item.code).collect();
        let codes: Vec<_> = codes.into_iter().collect();
        let (records, tx) = (&domain.stores.records, &mut txs.records);
        let checkups = records.known_checkups(tx, &codes).await?;
        let versions = records.known_versions(tx, &codes).await?;
        let deletions = records.known_deletions(tx, &codes).await?;
        Ok(Self {
            checkups: checkups
                .into_iter()
                .map(|row| ((row.record_code, row.facility.clone(), row.examined_on.clone()), row))
                .collect(),
            versions: versions.into_iter().map(|row| (row.checkup_id, row.digest)).collect(),
            deletions: deletions
                .into_iter()
                .map(|row| ((row.record_code, row.facility.clone(), row.examined_on.clone()), row))
                .collect(),
        })
    }
}

async fn delete(
    domain: &Domain,
    txs: &mut Txs,
    known: &mut Known,
    item: &Item<'_>,
    key: Key,
) -> Result<Outcome> {
    let (records, tx) = (&domain.stores.records, &mut txs.records);
    let facts = &item.document.facts;
    let deletion = Deletion {
        record_code: item.code,
        facility: key.1.clone(),
        examined_on: key.2.clone(),
        document_date: facts.document_date.to_string(),
    };
    let former =
        known.checkups.get(&key).filter(|former| former.document_date <= deletion.document_date).cloned();
    if former.is_none() && known.checkups.contains_key(&key) {
        return Ok(Outcome::Unchanged);
    }
    records.remember_deletion(tx, &deletion, item.sent_by, domain.world.now()).await?;
    known.deletions.insert(key.clone(), deletion);
    let Some(former) = former else { return Ok(Outcome::Unchanged) };
    records.delete_checkup(tx, item.code, former.checkup_id).await?;
    known.checkups.remove(&key);
    Ok(Outcome::Deleted)
}

async fn keep(
    domain: &Domain,
    txs: &mut Txs,
    known: &mut Known,
    item: &Item<'_>,
    key: Key,
    new: &mut Vec<NewCheckup>,
) -> Result<Outcome> {
    let (records, tx) = (&domain.stores.records, &mut txs.records);
    let former = known.checkups.get(&key).cloned();
    let id = former.as_ref().map_or_else(|| CheckupId(domain.world.new_id()), |former| former.checkup_id);
    let of = (item.code, item.proof, &item.document.facts);
    let row = new_row(domain, of, item.sent_by, id);
    if let Some(deletion) = known.deletions.get(&key) {
        if deletion.document_date >= row.document_date {
            return Ok(Outcome::Unchanged);
        }
        records.forget_deletion(tx, deletion).await?;
        known.deletions.remove(&key);
    }
    let Some(former) = former else {
        known.checkups.insert(key, as_known(&row));
        new.push(row);
        return Ok(Outcome::Inserted);
    };
    if former.digest == row.digest {
        // The same document, sent again: what proves whose it is may not have been noted.
        records.prove_checkup(tx, &row).await?;
        return Ok(Outcome::Unchanged);
    }
    if known.versions.contains(&(id, row.digest.clone())) {
        return Ok(Outcome::Unchanged);
    }
    if row.document_date < former.document_date {
        records.keep_older_version(tx, &row).await?;
        known.versions.insert((id, row.digest));
        return Ok(Outcome::Updated);
    }
    records.replace_checkup(tx, &row).await?;
    known.versions.insert((id, former.digest));
    known.checkups.insert(key, as_known(&row));
    Ok(Outcome::Updated)
}

fn as_known(row: &NewCheckup) -> KnownCheckup {
    KnownCheckup {
        record_code: row.record_code,
        checkup_id: row.checkup_id,
        facility: row.facility.clone(),
        examined_on: row.examined_on.clone(),
        document_date: row.document_date.clone(),
        digest: row.digest.clone(),
        changed_at: row.at,
    }
}

/// The row of a checkup.
pub(crate) fn new_row(
    domain: &Domain,
    (code, proof, facts): (RecordCode, MatchProof, &CheckupFacts),
    sent_by: &str,
    id: CheckupId,
) -> NewCheckup {
    NewCheckup {
        record_code: code,
        checkup_id: id,
        facility: facts.facility.clone(),
        facility_name: facts.facility_name.clone(),
        examined_on: facts.examined_on.to_string(),
        document_date: facts.document_date.to_string(),
        report_class: facts.report_class.clone(),
        programme: facts.programme.clone(),
        phase: facts.phase.number(),
        insurer: facts.insurer.clone(),
        results: serde_json::to_string(&facts.results).expect("results always serialise"),
        digest: digest(facts),
        sent_by: sent_by.to_owned(),
        matched_by: proof.as_str(),
        at: domain.world.now(),
        key_version: domain.keys.current().version(),
    }
}

/// SHA-256 of the medical content: it stands beside that content, so it needs no key.
fn digest(facts: &CheckupFacts) -> Vec<u8> {
    Sha256::digest(serde_json::to_vec(facts).expect("facts always serialise")).to_vec()
}
