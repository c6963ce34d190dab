//! The way of rows into the databases: read on a thread of its own, in batches, each row's key once per batch.

use super::{Counts, Import, ImportError, Mode, Outcome, Sink, Txs};
use crate::Result;
use std::{collections::HashSet, hash::Hash, io::Read};
use techo_exchange::{
    csv::RejectedRow,
    rows::{GoodRow, RecordsError, RowFormat, Rows},
};
use tokio::sync::mpsc;

/// Rows of one batch; small enough for the parameter limits of both engines.
const BATCH: usize = 500;
/// Batches that may wait between reader and writer.
const AHEAD: usize = 4;

/// How rows of one kind become records.
pub trait Intake: 'static {
    /// Layout.
    type Format: RowFormat<Row: Send + Sync> + 'static;
    /// What makes a row the same row.
    type Key: Hash + Eq;

    /// The key of a row.
    fn key(row: &<Self::Format as RowFormat>::Row) -> Self::Key;

    /// Takes a batch in and says what became of each row, in order. No two rows of a batch have the same key.
    fn apply(
        import: &Import<'_>,
        txs: &mut Txs,
        rows: &[&<Self::Format as RowFormat>::Row],
    ) -> impl Future<Output = Result<Vec<Outcome>>>;
}

enum Item<T> {
    Good(GoodRow<T>),
    Bad(RejectedRow),
}

/// A batch, or what ended the file.
type Read_<T> = std::io::Result<Vec<Item<T>>>;

/// Imports the rows of one open file.
pub async fn import_rows<I: Intake>(
    import: &Import<'_>,
    rows: Rows<impl Read + Send + 'static, I::Format>,
    sink: &mut dyn Sink,
) -> Result<Counts, ImportError> {
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let reader = tokio::task::spawn_blocking(move || read_batches::<I>(rows, &sender));
    let mut counts = Counts::default();
    let mut open: Option<Txs> = None;
    while let Some(batch) = batches.recv().await {
        let batch = batch?;
        let mut txs = match open.take() {
            Some(txs) => txs,
            None => Txs::begin(import.domain).await?,
        };
        take_batch::<I>(import, &mut txs, &batch, sink, &mut counts).await?;
        match import.mode {
            Mode::Real => txs.commit_and_give_way(import.domain).await?,
            Mode::DryRun => open = Some(txs),
        }
        sink.progress(&counts);
    }
    reader.await.map_err(|_| ImportError::File("ファイルの読み取りが途中で止まりました。".to_owned()))?;
    Ok(counts)
}

async fn take_batch<I: Intake>(
    import: &Import<'_>,
    txs: &mut Txs,
    batch: &[Item<<I::Format as RowFormat>::Row>],
    sink: &mut dyn Sink,
    counts: &mut Counts,
) -> Result<(), ImportError> {
    let good: Vec<_> = batch
        .iter()
        .filter_map(|item| if let Item::Good(good) = item { Some(&good.row) } else { None })
        .collect();
    let mut outcomes = I::apply(import, txs, &good).await?.into_iter();
    for item in batch {
        match item {
            Item::Bad(rejected) => {
                sink.rejected_row(rejected.line, &rejected.raw, &rejected.summary())?;
                counts.add(Outcome::Rejected(""));
            }
            Item::Good(row) => {
                let outcome = outcomes.next().unwrap_or(Outcome::Unchanged);
                if let Outcome::Rejected(reason) = outcome {
                    sink.rejected_row(row.line, &row.raw, &format!("{}行目：{reason}", row.line))?;
                }
                counts.add(outcome);
            }
        }
    }
    Ok(())
}

fn read_batches<I: Intake>(
    rows: Rows<impl Read, I::Format>,
    sender: &mpsc::Sender<Read_<<I::Format as RowFormat>::Row>>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut keys = HashSet::with_capacity(BATCH);
    for row in rows {
        let item = match row {
            Ok(good) => Item::Good(good),
            Err(RecordsError::Row(rejected)) => Item::Bad(rejected),
            Err(RecordsError::Io(error)) => {
                // The receiver is gone only when the import has failed already.
                let _ = sender.blocking_send(Ok(std::mem::take(&mut batch)));
                let _ = sender.blocking_send(Err(error));
                return;
            }
        };
        let repeats = matches!(&item, Item::Good(good) if keys.contains(&I::key(&good.row)));
        if repeats || batch.len() == BATCH {
            keys.clear();
            if sender.blocking_send(Ok(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))).is_err() {
                return;
            }
        }
        if let Item::Good(good) = &item {
            keys.insert(I::key(&good.row));
        }
        batch.push(item);
    }
    if !batch.is_empty() {
        let _ = sender.blocking_send(Ok(batch));
    }
}
