//! The way of checkup documents into the databases: read ahead on a thread, matched with people, written in batches.

use super::{
    Counts, Import, ImportError, Mode, Outcome, Sink, Txs, checkups,
    matching::{Candidates, Waits},
    quarantine::{self, Marks},
};
use crate::{Domain, Result};
use std::ops::ControlFlow;
use techo_exchange::cda;
use techo_model::{WaitingId, checkup::CheckupDocument, organisation::OrganisationKind};
use techo_store::records::import::waiting::Waiting;
use tokio::sync::mpsc;

/// Documents of one batch.
const BATCH: usize = 100;
/// Batches that may wait between reader and writer.
const AHEAD: usize = 2;

const OTHER_INSURER: &str = "文書の保険者番号が送信元の保険者と違います。";
const OTHER_FACILITY: &str = "文書の健診機関番号が送信元の医療機関と違います。";

/// One document of an archive, or what is wrong with that entry.
pub struct Document {
    /// Path within the archive, or of the file.
    pub path: String,
    /// Its bytes, or why there are none.
    pub content: Result<Vec<u8>, String>,
}

struct Parsed {
    path: String,
    content: Result<(CheckupDocument, Vec<u8>), String>,
}

/// Takes one document after the other, or the error that ends the reading, until it says to stop.
pub type Take<'a> = &'a mut dyn FnMut(std::io::Result<Document>) -> ControlFlow<()>;

/// Imports the documents of one archive or file. `source` gives them one by one, on a thread of its own.
pub async fn import_documents(
    import: &Import<'_>,
    source: impl FnOnce(Take<'_>) + Send + 'static,
    sink: &mut dyn Sink,
) -> Result<Counts, ImportError> {
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let reader = tokio::task::spawn_blocking(move || read_batches(source, &sender));
    let mut counts = Counts::default();
    let mut open: Option<Txs> = None;
    while let Some(batch) = batches.recv().await {
        let batch: Vec<Parsed> = batch?;
        let mut txs = match open.take() {
            Some(txs) => txs,
            None => Txs::begin(import.domain).await?,
        };
        take_batch(import, &mut txs, &batch, sink, &mut counts).await?;
        match import.mode {
            Mode::Real => txs.commit_and_give_way(import.domain).await?,
            Mode::DryRun => open = Some(txs),
        }
        sink.progress(&counts);
    }
    reader.await.map_err(|_| ImportError::File("ファイルの読み取りが途中で止まりました。".to_owned()))?;
    Ok(counts)
}

fn read_batches(source: impl FnOnce(Take<'_>), sender: &mpsc::Sender<std::io::Result<Vec<Parsed>>>) {
    let mut batch = Vec::with_capacity(BATCH);
    source(&mut |document| {
        // Sending fails only when the import has failed already.
        match document {
            Ok(document) => batch.push(parse(document)),
            Err(error) => {
                let _ = sender.blocking_send(Ok(std::mem::take(&mut batch)));
                let _ = sender.blocking_send(Err(error));
                return ControlFlow::Break(());
            }
        }
        if batch.len() < BATCH {
            return ControlFlow::Continue(());
        }
        match sender.blocking_send(Ok(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    if !batch.is_empty() {
        let _ = sender.blocking_send(Ok(batch));
    }
}

fn parse(document: Document) -> Parsed {
    let content = document.content.and_then(|bytes| match cda::read(&bytes) {
        Ok(read) => Ok((read, bytes)),
        Err(problem) => Err(problem.to_string()),
    });
    Parsed { path: document.path, content }
}

async fn take_batch(
    import: &Import<'_>,
    txs: &mut Txs,
    batch: &[Parsed],
    sink: &mut dyn Sink,
    counts: &mut Counts,
) -> Result<(), ImportError> {
    let mut good = Vec::with_capacity(batch.len());
    for parsed in batch {
        let checked = parsed.content.as_ref().map_err(String::as_str).and_then(|(document, bytes)| {
            sent_by_its_author(import, document).map(|()| Incoming {
                document,
                bytes,
                sent_by: &import.sender.id,
            })
        });
        match checked {
            Ok(incoming) => good.push(incoming),
            Err(reason) => {
                sink.rejected_document(&parsed.path, reason)?;
                counts.add(Outcome::Rejected(""));
            }
        }
    }
    for outcome in apply(import.domain, txs, &good).await? {
        counts.add(outcome);
    }
    Ok(())
}

fn sent_by_its_author(import: &Import<'_>, document: &CheckupDocument) -> Result<(), &'static str> {
    let sender = &import.sender;
    if sender.kind == OrganisationKind::Insurer {
        if document.insured.insurer.as_str() == sender.id { Ok(()) } else { Err(OTHER_INSURER) }
    } else if document.facts.facility == sender.id {
        Ok(())
    } else {
        Err(OTHER_FACILITY)
    }
}

/// A document with its bytes, which are what waits when its person is not found.
pub(super) struct Incoming<'a> {
    pub(super) document: &'a CheckupDocument,
    pub(super) bytes: &'a [u8],
    pub(super) sent_by: &'a str,
}

/// Matches and writes documents; those without a person wait.
pub(super) async fn apply(domain: &Domain, txs: &mut Txs, incoming: &[Incoming<'_>]) -> Result<Vec<Outcome>> {
    let keys = domain.keys.current();
    let ids: Vec<_> = incoming.iter().map(|one| keys.insured_aliases(&one.document.insured)).collect();
    let candidates = Candidates::load(domain, txs, &ids).await?;
    let mut outcomes = vec![Outcome::Quarantined; incoming.len()];
    let (mut found, mut places) = (Vec::new(), Vec::new());
    for (i, one) in incoming.iter().enumerate() {
        match candidates.find(one.document, &ids[i]) {
            Ok((code, proof)) => {
                let (document, sent_by) = (one.document, one.sent_by);
                found.push(checkups::Item { code, document, sent_by, proof });
                places.push(i);
            }
            Err(reason) => wait(domain, txs, one, reason).await?,
        }
    }
    for (outcome, i) in checkups::apply_known(domain, txs, &found).await?.into_iter().zip(places) {
        outcomes[i] = outcome;
    }
    Ok(outcomes)
}

async fn wait(domain: &Domain, txs: &mut Txs, one: &Incoming<'_>, reason: Waits) -> Result<()> {
    let id = WaitingId(domain.world.new_id());
    let keys = domain.keys.current();
    let marks = Marks::of_checkup(keys, one.document, one.bytes);
    let row = Waiting {
        waiting_id: id,
        kind: quarantine::CHECKUP.to_owned(),
        alias: marks.alias,
        family_alias: marks.family_alias,
        reason: reason.as_str().to_owned(),
        content_digest: marks.content_digest,
        content_sealed: quarantine::seal(domain, id, one.bytes),
        sent_by: one.sent_by.to_owned(),
        received_at: domain.world.now(),
        key_version: keys.version(),
    };
    Ok(domain.stores.records.let_wait(&mut txs.records, &row).await?)
}
