//! What of an existing store needs more than a migration: done once when a program of a newer version opens it, page by
//! page, so that it can be killed and goes on from there.
//!
//! Migrations made one dose of several rows and gave every checkup its programme. Here the statement of the municipality
//! where the person lives now comes to hold, and a document that one of another programme had pushed into the history of its
//! day becomes a checkup of its own. Its programme stands in no column of the history; its digest tells it.

use super::{BatchTransactions, bounded, checkups, dose_statements};
use std::collections::HashSet;
use techo_custody::{
    Custody, Result,
    stored::{stored_date, stored_json},
};
use techo_model::{
    CheckupId, RecordCode,
    checkup::{CheckupFacts, MatchProof, Phase},
    paging::{LARGEST_PAGE, PageRequest},
};
use techo_store::records::former_history::FormerVersion;
use uuid::Uuid;

const PAGE: i64 = 100;
/// The setting of the record store that says that it is done.
const SETTING: &str = "carried-over";
const DONE: &str = "1";

/// 報告区分 of what is kept, and プログラム種別 of the code list.
const CLASSES: [&str; 7] = ["10", "40", "41", "42", "43", "44", "90"];
const PROGRAMMES: [&str; 12] =
    ["010", "020", "030", "040", "050", "060", "070", "080", "090", "990", "000", ""];

/// Carries existing stores over. Again: nothing is left to do.
///
/// # Errors
/// A database, or a value that cannot be read.
pub async fn upgrade_stores(custody: &Custody) -> Result<()> {
    name_organisations(custody).await?;
    let records = &custody.stores.records;
    if records.setting(SETTING).await?.as_deref() == Some(DONE) {
        return Ok(());
    }
    let mut after = RecordCode(Uuid::nil());
    loop {
        let page = records.people_with_shared_doses(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = *last;
        bounded(decide_doses_again(custody, &page)).await?;
    }
    let mut after = (RecordCode(Uuid::nil()), CheckupId(Uuid::nil()));
    loop {
        let page = records.checkups_with_history(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = *last;
        bounded(part_programmes(custody, &page)).await?;
    }
    let mut tx = records.begin().await?;
    records.put_setting(&mut tx, SETTING, DONE).await?;
    Ok(tx.commit().await?)
}

async fn decide_doses_again(custody: &Custody, people: &[RecordCode]) -> Result<()> {
    let mut txs = BatchTransactions::begin(custody).await?;
    let homes = dose_statements::homes_of(custody, &mut txs, people).await?;
    dose_statements::decide_again(custody, &mut txs, &homes).await?;
    txs.commit().await
}

async fn part_programmes(custody: &Custody, page: &[(RecordCode, CheckupId)]) -> Result<()> {
    let mut txs = BatchTransactions::begin(custody).await?;
    for key in page {
        part_programmes_of(custody, &mut txs, *key).await?;
    }
    txs.commit().await
}

/// Lets organisations of a former version be found by their name.
async fn name_organisations(custody: &Custody) -> Result<()> {
    let (vault, mut request) = (&custody.stores.vault, PageRequest::first(LARGEST_PAGE));
    loop {
        let page = vault.organisations_without_search_name(request).await?;
        if page.items.is_empty() {
            return Ok(());
        }
        let mut tx = vault.begin().await?;
        for organisation in &page.items {
            vault.put_search_name(&mut tx, organisation).await?;
        }
        tx.commit().await?;
        let Some(next) = page.next else { return Ok(()) };
        request = PageRequest::after(next, LARGEST_PAGE);
    }
}

/// Makes checkups of those documents in the history of one that are of another programme.
async fn part_programmes_of(
    custody: &Custody,
    txs: &mut BatchTransactions,
    (code, id): (RecordCode, CheckupId),
) -> Result<()> {
    let records = &custody.stores.records;
    let mut seen = HashSet::new();
    records.lock_people(&mut txs.records, &[code]).await?;
    for version in records.former_versions(&mut txs.records, (code, id)).await? {
        let Some(facts) = facts_of(id, &version)? else { continue };
        // Newest first: the first of a programme becomes the checkup, the others its history.
        let is_first = seen.insert((facts.report_class.clone(), facts.programme.clone()));
        let new_id = CheckupId(custody.environment.new_id());
        let mut row =
            checkups::new_row(custody, (code, MatchProof::Unknown, &facts), &version.sent_by, new_id);
        row.received_at = version.received_at;
        if is_first && records.insert_checkup(&mut txs.records, &row).await? {
            // What its person said about the checkup in whose history it stood is said about it, too.
            records.carry_marks(&mut txs.records, code, (id, new_id)).await?;
            records.drop_version(&mut txs.records, (code, id), &version.digest).await?;
            continue;
        }
        let known = records.known_checkups(&mut txs.records, &[code]).await?;
        if let Some(own) = known.into_iter().find(|known| known.key() == row.key()) {
            row.checkup_id = own.checkup_id;
            records.keep_older_version(&mut txs.records, &row).await?;
            records.drop_version(&mut txs.records, (code, id), &version.digest).await?;
        }
    }
    Ok(())
}

/// Where replaced documents stand.
const TABLE: &str = "checkup_version";

/// The document of a version that is of another programme than the checkup in whose history it stands.
fn facts_of(id: CheckupId, version: &FormerVersion) -> Result<Option<CheckupFacts>> {
    let examined_on = stored_date(&version.examined_on, "checkup", "examined_on", id.0)?;
    let mut facts = CheckupFacts {
        facility: version.facility.clone(),
        facility_name: version.facility_name.clone(),
        examined_on,
        document_date: stored_date(&version.document_date, TABLE, "document_date", id.0)?,
        report_class: version.report_class.clone(),
        programme: version.programme.clone(),
        phase: Phase::on(examined_on),
        insurer: version.insurer.clone(),
        results: stored_json(&version.results, TABLE, "results", id.0)?,
    };
    if checkups::digest(&facts) == version.digest {
        return Ok(None);
    }
    for (class, programme) in CLASSES.iter().flat_map(|class| PROGRAMMES.iter().map(move |one| (class, one)))
    {
        (facts.report_class, facts.programme) = ((*class).to_owned(), (*programme).to_owned());
        if checkups::digest(&facts) == version.digest {
            return Ok(Some(facts));
        }
    }
    Ok(None)
}
