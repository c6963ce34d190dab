//! Checkups: the newest document of a facility about a person, a day and a programme is the record; the former is history.
//!
//! What stands at the end does not depend on the order in which documents come: of those that are newer than the newest
//! deletion the one with the latest 作成日 holds. Of two of one 作成日 that one holds which came later. One from before 作成日 were
//! looked at, dated in the future, counts as older than any other.

use super::{BatchTransactions, RowOutcome};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use techo_custody::{Custody, Result};
use techo_model::{
    CheckupId, RecordCode, UnixMillis,
    checkup::{CheckupDocument, CheckupFacts, DocumentRequest, MatchProof},
};
use techo_store::records::import::checkups::{
    CheckupDeletion, CheckupKey, KnownCheckup, NewCheckup, latest_date,
};

/// What becomes of a document that is dated like the deletion of its checkup: whether it is what was deleted or its
/// correction, nobody can tell but its sender.
pub(super) const TAKEN_BACK: RowOutcome = RowOutcome::Rejected(
    "この健診には同じ作成日の削除依頼（報告区分19）があり、この文書が削除されたものか訂正後のものか分かりません。訂正なら、作成日を改めて送り直してください。",
);

/// A document whose person is known.
pub(super) struct Item<'a> {
    pub(super) code: RecordCode,
    pub(super) document: &'a CheckupDocument,
    pub(super) sent_by: &'a str,
    pub(super) proof: MatchProof,
    /// Since when it waited, when it did.
    pub(super) waited_since: Option<UnixMillis>,
}

impl Item<'_> {
    fn key(&self) -> CheckupKey {
        CheckupKey::of(self.code, &self.document.facts)
    }
}

/// What a batch knows: checkups, digests of their versions, deletions. Kept up to date while the batch is written,
/// because one batch can hold several documents about one checkup.
struct Known {
    checkups: HashMap<CheckupKey, KnownCheckup>,
    versions: HashSet<(CheckupId, Vec<u8>)>,
    deletions: Vec<CheckupDeletion>,
}

/// Writes documents in order.
pub(super) async fn apply_known(
    custody: &Custody,
    txs: &mut BatchTransactions,
    items: &[Item<'_>],
) -> Result<Vec<RowOutcome>> {
    let mut known = Known::load(custody, txs, items).await?;
    let mut new: Vec<NewCheckup> = Vec::new();
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let key = item.key();
        if new.iter().any(|row| row.key().is_of_the_day_of(&key)) {
            // A second document about a day that this batch adds to: write the first one now.
            custody.stores.records.insert_checkups(&mut txs.records, &std::mem::take(&mut new)).await?;
        }
        outcomes.push(match item.document.request {
            DocumentRequest::Delete => delete(custody, txs, &mut known, item).await?,
            DocumentRequest::Keep => keep(custody, txs, &mut known, (item, &mut new)).await?,
        });
    }
    custody.stores.records.insert_checkups(&mut txs.records, &new).await?;
    Ok(outcomes)
}

impl Known {
    async fn load(custody: &Custody, txs: &mut BatchTransactions, items: &[Item<'_>]) -> Result<Self> {
        let codes: HashSet<_> = items.iter().map(|item| item.code).collect();
        let codes: Vec<_> = codes.into_iter().collect();
        let (records, tx) = (&custody.stores.records, &mut txs.records);
        // Clinics send, too: none of them adds what is not seen here, nor sees what is written here before it lasts.
        records.lock_people(tx, &codes).await?;
        let checkups = records.known_checkups(tx, &codes).await?;
        let versions = records.known_versions(tx, &codes).await?;
        let deletions = records.known_deletions(tx, &codes).await?;
        custody.environment.pause_point("import.checkups.known").await;
        Ok(Self {
            checkups: checkups.into_iter().map(|row| (row.key(), row)).collect(),
            versions: versions.into_iter().map(|row| (row.checkup_id, row.digest)).collect(),
            deletions,
        })
    }
}

async fn delete(
    custody: &Custody,
    txs: &mut BatchTransactions,
    known: &mut Known,
    item: &Item<'_>,
) -> Result<RowOutcome> {
    let (records, tx) = (&custody.stores.records, &mut txs.records);
    let deletion = CheckupDeletion::of(&item.key(), item.document.facts.document_date.to_string());
    records.remember_deletion(tx, &deletion, item.sent_by, custody.environment.now()).await?;
    let concerned: Vec<_> =
        known.checkups.values().filter(|row| deletion.concerns(&row.key())).cloned().collect();
    let mut outcome = RowOutcome::Unchanged;
    let now = custody.environment.now();
    for row in concerned {
        if row.document_date > deletion.document_date && !is_impossible(&row, now) {
            // The newer document stays; what it replaced goes.
            let (id, until) = (row.checkup_id, &deletion.document_date);
            records.delete_versions_until(tx, (item.code, id), until).await?;
            continue;
        }
        records.delete_checkup(tx, item.code, row.checkup_id).await?;
        known.checkups.remove(&row.key());
        outcome = RowOutcome::Deleted;
    }
    known.deletions.push(deletion);
    Ok(outcome)
}

async fn keep(
    custody: &Custody,
    txs: &mut BatchTransactions,
    known: &mut Known,
    (item, new): (&Item<'_>, &mut Vec<NewCheckup>),
) -> Result<RowOutcome> {
    let (records, tx) = (&custody.stores.records, &mut txs.records);
    let key = item.key();
    let former = known.checkups.get(&key).cloned();
    let id =
        former.as_ref().map_or_else(|| CheckupId(custody.environment.new_id()), |former| former.checkup_id);
    let of = (item.code, item.proof, &item.document.facts);
    let mut row = new_row(custody, of, item.sent_by, id);
    row.received_at = item.waited_since.unwrap_or(row.at);
    let mut deletions = known.deletions.iter().filter(|one| one.forbids(&key, &row.document_date));
    if let Some(first) = deletions.next() {
        let is_later = |one: &CheckupDeletion| one.document_date > row.document_date;
        let is_clear = is_later(first) || deletions.any(is_later);
        return Ok(if is_clear { RowOutcome::Unchanged } else { TAKEN_BACK });
    }
    let Some(former) = former else {
        known.checkups.insert(key, as_known(&row));
        new.push(row);
        return Ok(RowOutcome::Inserted);
    };
    if former.digest == row.digest {
        // The same document, sent again: what proves whose it is may not have been noted.
        records.prove_checkup(tx, &row).await?;
        return Ok(RowOutcome::Unchanged);
    }
    if known.versions.contains(&(id, row.digest.clone())) {
        return Ok(RowOutcome::Unchanged);
    }
    let came_before = item.waited_since.is_some_and(|since| since < former.received_at);
    let is_older = (row.document_date < former.document_date && !is_impossible(&former, row.at))
        || (row.document_date == former.document_date && came_before);
    if is_older || !records.replace_checkup(tx, &row).await? {
        records.keep_older_version(tx, &row).await?;
        known.versions.insert((id, row.digest));
        return Ok(RowOutcome::Updated);
    }
    known.versions.insert((id, former.digest));
    known.checkups.insert(key, as_known(&row));
    Ok(RowOutcome::Updated)
}

/// Whether what is held is dated in the future, by a clock that is not behind the one by which it came.
fn is_impossible(held: &KnownCheckup, now: UnixMillis) -> bool {
    held.document_date > latest_date(now) && held.changed_at <= now
}

fn as_known(row: &NewCheckup) -> KnownCheckup {
    KnownCheckup {
        record_code: row.record_code,
        checkup_id: row.checkup_id,
        facility: row.facility.clone(),
        examined_on: row.examined_on.clone(),
        report_class: row.report_class.clone(),
        programme: row.programme.clone(),
        insurer: row.insurer.clone(),
        document_date: row.document_date.clone(),
        digest: row.digest.clone(),
        received_at: row.received_at,
        changed_at: row.at,
    }
}

/// The row of a checkup.
pub fn new_row(
    custody: &Custody,
    (code, proof, facts): (RecordCode, MatchProof, &CheckupFacts),
    sent_by: &str,
    id: CheckupId,
) -> NewCheckup {
    let now = custody.environment.now();
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
        matched_by: proof,
        received_at: now,
        at: now,
        key_version: custody.keys.current().version(),
    }
}

/// SHA-256 of the medical content: it stands beside that content, so it needs no key.
pub(super) fn digest(facts: &CheckupFacts) -> Vec<u8> {
    Sha256::digest(serde_json::to_vec(facts).expect("facts always serialise")).to_vec()
}
