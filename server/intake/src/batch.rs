//! The way of rows into the databases: read on a thread of its own, in batches, each row's key once per batch.

use super::{
    BatchTransactions, FileHistory, FileImport, ImportCounts, ImportError, ImportSink, LetterPlace,
    MatchedCounts, RowOutcome, bounded, conflict::repeat_overtaken, said_before::SaidBefore,
};
use std::{collections::HashSet, hash::Hash, io::Read};
use techo_custody::Result;
use techo_exchange::{
    csv::{RawRow, RejectedRow},
    rows::{FileRows, GoodRow, RecordsError, RowFormat},
};
use tokio::sync::mpsc;

/// Rows of one batch; small enough for the parameter limits of both engines.
const BATCH: usize = 500;
/// Bytes of the rows of one batch: rows as long as they may be must not fill the memory.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// Batches that may wait between reader and writer.
const AHEAD: usize = 4;
/// Rows of one file that may wait until its end for room.
const MOST_DEFERRED: usize = 1_000;

/// How rows of one kind become records.
pub trait RowIntake: 'static {
    /// Layout.
    type Format: RowFormat<Row: Send + Sync> + 'static;
    /// What makes a row the same row.
    type Key: Hash + Eq;

    /// The key of a row.
    fn key(row: &<Self::Format as RowFormat>::Row) -> Self::Key;

    /// What two rows of one file must not say different things about, and what a row says.
    fn claim(row: &<Self::Format as RowFormat>::Row) -> (impl Hash, impl Hash);

    /// Takes a batch in and says what became of each row, in order. No two rows of a batch have the same key.
    fn apply(
        import: &FileImport<'_>,
        txs: &mut BatchTransactions,
        rows: &[&<Self::Format as RowFormat>::Row],
    ) -> impl Future<Output = Result<Vec<RowOutcome>>>;
}

enum Item<T> {
    Good(GoodRow<T>),
    Bad(RejectedRow),
    /// It says something else than the row on this line.
    Contradicts(GoodRow<T>, u64),
}

type RowOf<I> = <<I as RowIntake>::Format as RowFormat>::Row;
/// A batch, or what ended the file.
type ReadBatch<T> = std::io::Result<Vec<Item<T>>>;

/// What is told about a file, and its rows that wait until its end for room.
struct Report<'a, T> {
    sink: &'a mut dyn ImportSink,
    counts: ImportCounts,
    deferred: Vec<GoodRow<T>>,
    room: usize,
}

/// Imports the rows of one open file.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn import_rows<I: RowIntake>(
    import: &FileImport<'_>,
    rows: FileRows<impl Read + Send + 'static, I::Format>,
    sink: &mut dyn ImportSink,
) -> Result<ImportCounts, ImportError> {
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let reader = tokio::task::spawn_blocking(move || read_batches::<I>(rows, &sender));
    let mut report =
        Report { sink, counts: ImportCounts::default(), deferred: Vec::new(), room: MOST_DEFERRED };
    while let Some(batch) = batches.recv().await {
        take_batch::<I>(import, batch.map_err(ImportError::Reading)?, &mut report).await?;
    }
    reader.await.map_err(|_| ImportError::File("ファイルの読み取りが途中で止まりました。".to_owned()))?;
    let deferred: Vec<_> = std::mem::take(&mut report.deferred).into_iter().map(Item::Good).collect();
    if !deferred.is_empty() {
        report.room = 0;
        take_batch::<I>(import, deferred, &mut report).await?;
    }
    Ok(report.counts)
}

async fn take_batch<I: RowIntake>(
    import: &FileImport<'_>,
    batch: Vec<Item<RowOf<I>>>,
    report: &mut Report<'_, RowOf<I>>,
) -> Result<(), ImportError> {
    let (outcomes, settled) =
        repeat_overtaken(async || bounded(write_batch::<I>(import, &batch)).await).await?;
    report.tell(batch, outcomes)?;
    report.sink.settled(settled);
    report.sink.progress(&report.counts);
    Ok(())
}

/// Writes one batch and makes it last. The outcomes are those of its good rows, in order.
async fn write_batch<I: RowIntake>(
    import: &FileImport<'_>,
    batch: &[Item<RowOf<I>>],
) -> Result<(Vec<RowOutcome>, MatchedCounts)> {
    let good: Vec<_> = batch.iter().filter_map(Item::good).collect();
    let mut txs = BatchTransactions::begin(import.custody).await?;
    let is_new =
        |line: u64| i64::try_from(line).is_ok_and(|line| import.rejected_before.binary_search(&line).is_ok());
    let mut outcomes: Vec<Option<RowOutcome>> = vec![None; good.len()];
    for seen in [FileHistory::Before, FileHistory::New] {
        let counts_as = |row: &GoodRow<_>| if is_new(row.line) { FileHistory::New } else { import.seen };
        let part: Vec<usize> = (0..good.len()).filter(|i| counts_as(good[*i]) == seen).collect();
        if part.is_empty() {
            continue;
        }
        let rows: Vec<_> = part.iter().map(|i| &good[*i].row).collect();
        let import = FileImport { seen, ..import.clone() };
        for (outcome, i) in I::apply(&import, &mut txs, &rows).await?.into_iter().zip(part) {
            outcomes[i] = Some(outcome);
        }
    }
    let settled = txs.settled;
    txs.commit_and_yield(import.custody).await?;
    let said = outcomes.into_iter().map(|outcome| outcome.expect("an intake says what became of each row"));
    Ok((said.collect(), settled))
}

impl<T> Report<'_, T> {
    /// Counts what became of a batch and writes down what was not taken. After the commit, so that a batch that has to be
    /// tried again is told once.
    fn tell(&mut self, batch: Vec<Item<T>>, outcomes: Vec<RowOutcome>) -> Result<(), ImportError> {
        let mut outcomes = outcomes.into_iter();
        for item in batch {
            match item {
                Item::Bad(rejected) => self.reject(rejected.line, &rejected.raw, &rejected.summary())?,
                Item::Contradicts(row, earlier) => {
                    let reason = format!(
                        "{}行目：{earlier}行目と食い違います。どちらが正しいか確かめて、片方だけを送ってください。",
                        row.line
                    );
                    self.reject(row.line, &row.raw, &reason)?;
                }
                Item::Good(row) => match outcomes.next().expect("there is one for each good row") {
                    RowOutcome::Deferred(_) if self.deferred.len() < self.room => self.deferred.push(row),
                    RowOutcome::Rejected(reason) | RowOutcome::Deferred(reason) => {
                        self.reject(row.line, &row.raw, &format!("{}行目：{reason}", row.line))?;
                    }
                    outcome => {
                        for column in &row.unshowable {
                            self.sink.unshowable_letter(LetterPlace::Cell { line: row.line, column });
                        }
                        self.counts.add(outcome);
                    }
                },
            }
        }
        Ok(())
    }

    fn reject(&mut self, line: u64, raw: &RawRow, reason: &str) -> Result<(), ImportError> {
        self.sink.rejected_row(line, raw, reason).map_err(ImportError::Rejects)?;
        self.counts.add(RowOutcome::Rejected(""));
        Ok(())
    }
}

impl<T> Item<T> {
    fn bytes(&self) -> usize {
        match self {
            Self::Good(row) | Self::Contradicts(row, _) => row.raw.bytes(),
            Self::Bad(row) => row.raw.bytes(),
        }
    }

    fn good(&self) -> Option<&GoodRow<T>> {
        if let Self::Good(row) = self { Some(row) } else { None }
    }
}

fn read_batches<I: RowIntake>(
    rows: FileRows<impl Read, I::Format>,
    sender: &mpsc::Sender<ReadBatch<RowOf<I>>>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut keys = HashSet::with_capacity(BATCH);
    let mut bytes = 0;
    let mut said = SaidBefore::nothing();
    for row in rows {
        let item = match row {
            Ok(good) => {
                let (about, content) = I::claim(&good.row);
                match said.contradicted(good.line, about, content) {
                    Some(line) => Item::Contradicts(good, line),
                    None => Item::Good(good),
                }
            }
            Err(RecordsError::Row(rejected)) => Item::Bad(rejected),
            Err(RecordsError::Io(error)) => {
                // The receiver is gone only when the import has failed already.
                let _ = sender.blocking_send(Ok(std::mem::take(&mut batch)));
                let _ = sender.blocking_send(Err(error));
                return;
            }
        };
        let repeats = matches!(&item, Item::Good(good) if keys.contains(&I::key(&good.row)));
        if repeats || batch.len() == BATCH || bytes > BATCH_BYTES {
            keys.clear();
            bytes = 0;
            if sender.blocking_send(Ok(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))).is_err() {
                return;
            }
        }
        if let Item::Good(good) = &item {
            keys.insert(I::key(&good.row));
        }
        bytes += item.bytes();
        batch.push(item);
    }
    if !batch.is_empty() {
        let _ = sender.blocking_send(Ok(batch));
    }
}
