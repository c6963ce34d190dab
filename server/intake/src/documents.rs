//! The way of checkup documents into the databases: read ahead on a thread, matched with people, written in batches.

use super::{
    BatchTransactions, FileHistory, FileImport, ImportCounts, ImportError, ImportSink, LetterPlace,
    MatchedCounts, RowOutcome, bounded, checkups,
    conflict::repeat_overtaken,
    matched_documents::{Incoming, match_and_write},
    matching::MatchFailure,
    retry_waiting,
    said_before::SaidBefore,
};
use std::ops::ControlFlow;
use techo_custody::{
    Result,
    waiting_content::{self, WaitingKeys},
};
use techo_exchange::cda;
use techo_model::{
    CalendarDate, WaitingId,
    checkup::{CheckupDocument, DocumentRequest},
    organisation::OrganisationKind,
    record::WaitingKind,
};
use techo_store::records::import::{checkups::programme_key, waiting::WaitingRecord};
use tokio::sync::mpsc;

/// Documents of one batch.
const BATCH: usize = 100;
/// Bytes of the documents of one batch: documents as large as they may be must not fill the memory.
const BATCH_BYTES: usize = 8 * 1024 * 1024;
/// Batches that may wait between reader and writer.
const AHEAD: usize = 2;

const OTHER_INSURER: &str = "文書の保険者番号が送信元の保険者と違います。";
const OTHER_FACILITY: &str = "文書の健診機関番号が送信元の医療機関と違います。";

/// One document of an archive, or what is wrong with that entry.
pub struct ArchiveDocument {
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
pub type DocumentTaker<'a> = &'a mut dyn FnMut(std::io::Result<ArchiveDocument>) -> ControlFlow<()>;

/// Imports the documents of one archive or file. `source` gives them one by one, on a thread of its own.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn import_documents(
    import: &FileImport<'_>,
    source: impl FnOnce(DocumentTaker<'_>) + Send + 'static,
    sink: &mut dyn ImportSink,
) -> Result<ImportCounts, ImportError> {
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let today = import.custody.environment.today();
    let reader = tokio::task::spawn_blocking(move || read_batches(source, today, &sender));
    let mut counts = ImportCounts::default();
    while let Some(batch) = batches.recv().await {
        let batch: Vec<Parsed> = batch.map_err(ImportError::Reading)?;
        let checked: Vec<_> = batch.iter().map(|parsed| parsed.incoming(import)).collect();
        let good: Vec<_> = checked.iter().filter_map(|incoming| incoming.as_ref().ok().copied()).collect();
        let (outcomes, settled) = repeat_overtaken(async || bounded(take_batch(import, &good)).await).await?;
        report(&batch, &checked, outcomes, (sink, &mut counts))?;
        sink.settled(settled);
        sink.progress(&counts);
    }
    reader.await.map_err(|_| ImportError::File("ファイルの読み取りが途中で止まりました。".to_owned()))?;
    Ok(counts)
}

/// Writes one batch and makes it last.
async fn take_batch(
    import: &FileImport<'_>,
    good: &[Incoming<'_>],
) -> Result<(Vec<RowOutcome>, MatchedCounts)> {
    import.custody.environment.pause_point("import.checkups.begin").await;
    let mut txs = BatchTransactions::begin(import.custody).await?;
    let outcomes = apply(import, &mut txs, good).await?;
    let settled = txs.settled;
    txs.commit_and_yield(import.custody).await?;
    Ok((outcomes, settled))
}

fn read_batches(
    source: impl FnOnce(DocumentTaker<'_>),
    today: CalendarDate,
    sender: &mpsc::Sender<std::io::Result<Vec<Parsed>>>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut bytes = 0;
    let (mut said, mut place) = (SaidBefore::nothing(), 0);
    source(&mut |document| {
        // Sending fails only when the import has failed already.
        match document {
            Ok(document) => {
                place += 1;
                let parsed = parse(document, today).unless_contradicting(&mut said, place);
                bytes += parsed.content.as_ref().map_or(0, |(_, bytes)| bytes.len());
                batch.push(parsed);
            }
            Err(error) => {
                let _ = sender.blocking_send(Ok(std::mem::take(&mut batch)));
                let _ = sender.blocking_send(Err(error));
                return ControlFlow::Break(());
            }
        }
        if batch.len() < BATCH && bytes < BATCH_BYTES {
            return ControlFlow::Continue(());
        }
        bytes = 0;
        match sender.blocking_send(Ok(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    if !batch.is_empty() {
        let _ = sender.blocking_send(Ok(batch));
    }
}

fn parse(document: ArchiveDocument, today: CalendarDate) -> Parsed {
    let content = document.content.and_then(|bytes| match cda::read_on(&bytes, today) {
        Ok(read) => Ok((read, bytes)),
        Err(problem) => Err(problem.to_string()),
    });
    Parsed { path: document.path, content }
}

impl Parsed {
    /// The same, unless an earlier document of one file says something else about the same checkup under the same date:
    /// the order within a package is no order of events.
    fn unless_contradicting(mut self, said: &mut SaidBefore, place: u64) -> Self {
        let Ok((document, _)) = &self.content else { return self };
        let (facts, insured) = (&document.facts, &document.insured);
        let who = (insured.without_branch(), insured.compared_branch(), document.birth_date, &document.name);
        let day = (&facts.facility, facts.examined_on, programme_key(&facts.programme));
        let about = (who, day, &facts.report_class, facts.document_date);
        let is_kept = document.request == DocumentRequest::Keep;
        let content = is_kept.then_some(facts);
        if let Some(first) = said.contradicted(place, about, content) {
            self.content = Err(format!(
                "同じファイルの{first}番目の文書と食い違います（同じ健診、同じ作成日で、内容が違います）。どちらが正しいか確かめて、片方だけを送ってください。"
            ));
        }
        self
    }

    /// The document as it goes on, or why it does not.
    fn incoming<'p>(&'p self, import: &'p FileImport<'_>) -> Result<Incoming<'p>, &'p str> {
        let (document, bytes) = self.content.as_ref().map_err(String::as_str)?;
        sent_by_its_author(import, document)?;
        Ok(Incoming { document, bytes, sent_by: &import.sender.id, waited_since: None })
    }
}

/// Counts what became of a batch and writes down what was not taken, after the commit.
fn report(
    batch: &[Parsed],
    checked: &[Result<Incoming<'_>, &str>],
    outcomes: Vec<RowOutcome>,
    (sink, counts): (&mut dyn ImportSink, &mut ImportCounts),
) -> Result<(), ImportError> {
    let mut outcomes = outcomes.into_iter();
    for (parsed, checked) in batch.iter().zip(checked) {
        let outcome = match checked {
            Ok(_) => outcomes.next().expect("there is one for each good document"),
            Err(reason) => {
                sink.rejected_document(&parsed.path, reason).map_err(ImportError::Rejects)?;
                RowOutcome::Rejected("")
            }
        };
        match (outcome, checked) {
            (RowOutcome::Rejected(reason), Ok(_)) => {
                sink.rejected_document(&parsed.path, reason).map_err(ImportError::Rejects)?;
            }
            (_, Ok(incoming)) if incoming.document.has_unshowable_letters() => {
                sink.unshowable_letter(LetterPlace::Document(&parsed.path));
            }
            _ => {}
        }
        counts.add(outcome);
    }
    Ok(())
}

fn sent_by_its_author(import: &FileImport<'_>, document: &CheckupDocument) -> Result<(), &'static str> {
    let sender = &import.sender;
    if sender.kind == OrganisationKind::Insurer {
        if document.insured.insurer.as_str() == sender.id { Ok(()) } else { Err(OTHER_INSURER) }
    } else if document.facts.facility == sender.id {
        Ok(())
    } else {
        Err(OTHER_FACILITY)
    }
}

/// Matches and writes documents; those without a person wait. What waited for the same families came before them.
async fn apply(
    import: &FileImport<'_>,
    txs: &mut BatchTransactions,
    incoming: &[Incoming<'_>],
) -> Result<Vec<RowOutcome>> {
    let keys = import.custody.keys.current();
    let families: Vec<_> =
        incoming.iter().map(|one| keys.insured_aliases(&one.document.insured).family).collect();
    retry_waiting::checkups_of_families(import.custody, txs, &families).await?;
    let mut outcomes = Vec::with_capacity(incoming.len());
    let written = match_and_write(import.custody, txs, incoming).await?;
    for (one, written) in incoming.iter().zip(written) {
        outcomes.push(match written {
            // What was taken back is found taken back when its file comes again.
            Ok(outcome) if import.seen == FileHistory::Before && outcome == checkups::TAKEN_BACK => {
                RowOutcome::Unchanged
            }
            Ok(outcome) => outcome,
            Err(reason) => {
                wait(import, txs, one, reason).await?;
                RowOutcome::Quarantined
            }
        });
    }
    Ok(outcomes)
}

async fn wait(
    import: &FileImport<'_>,
    txs: &mut BatchTransactions,
    one: &Incoming<'_>,
    reason: MatchFailure,
) -> Result<()> {
    let custody = import.custody;
    let id = WaitingId(custody.environment.new_id());
    let keys = custody.keys.current();
    let marks = WaitingKeys::of_checkup(keys, one.document, one.bytes);
    let row = WaitingRecord {
        waiting_id: id,
        kind: WaitingKind::Checkup,
        alias: marks.alias,
        family_alias: marks.family_alias,
        reason: reason.as_str().to_owned(),
        content_digest: marks.content_digest,
        content_sealed: waiting_content::seal(custody, id, one.bytes),
        sent_by: one.sent_by.to_owned(),
        received_at: custody.environment.now(),
        key_version: keys.version(),
        arrival: 0,
    };
    Ok(custody.stores.records.insert_waiting(&mut txs.records, &row, import.seen.place_in_line()).await?)
}
