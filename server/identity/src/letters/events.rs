//! Letters about what was done to an account: a card that was linked, a recovery, a new passkey, a refused sign-in. Inside the
//! portal only whoever took the account would read it.
//!
//! Letters are written first and noted as told second: whoever stops the run in between makes somebody hear of a thing twice,
//! never not at all.

use super::{LetterDelivery, issue::open_delivery};
use techo_custody::{Custody, Internal, Result, seal::SealLocation};
use techo_model::{UnixMillis, account::AccountEvent, number::MunicipalityCode};
use techo_store::vault::outside_events::{OutsideEventCursor, OutsideEventRow};

const PAGE: i64 = 500;

/// One thing that was done, as a line of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterEvent {
    /// What.
    pub kind: AccountEvent,
    /// How often; more than once for refused sign-ins only.
    pub times: i64,
    /// When it happened first.
    pub first_at: UnixMillis,
    /// When it happened last.
    pub last_at: UnixMillis,
}

/// Everything that one person is told, ready to be printed. Holds a name: never logged, printed once.
#[derive(Clone)]
pub struct EventLetter {
    /// 氏名.
    pub name: String,
    /// How it reaches them.
    pub delivery: LetterDelivery,
    /// What was done, in the order of the log.
    pub events: Vec<LetterEvent>,
    rows: Vec<OutsideEventRow>,
}

/// Letters about events of one municipality's residents, person by person.
#[derive(Debug)]
pub struct EventLetterRun<'a> {
    custody: &'a Custody,
    municipality: String,
    after: OutsideEventCursor,
    /// Rows of the person with whom the last page ended: the next one may have more of theirs.
    held_back: Vec<OutsideEventRow>,
}

impl<'a> EventLetterRun<'a> {
    /// A run for this municipality.
    pub fn new(custody: &'a Custody, municipality: &MunicipalityCode) -> Self {
        let municipality = municipality.as_str().to_owned();
        Self { custody, municipality, after: OutsideEventCursor::START, held_back: Vec::new() }
    }

    /// The next letters; empty at the end.
    ///
    /// # Errors
    /// The database, or a sealed value.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn next_page(&mut self) -> Result<Vec<EventLetter>> {
        loop {
            let (vault, today) = (&self.custody.stores.vault, self.custody.environment.today());
            let page = vault.unprinted_events(&self.municipality, (self.after, PAGE), today).await?;
            let is_last = page.is_empty();
            self.after = page.last().map_or(self.after, OutsideEventRow::place);
            let mut rows = std::mem::take(&mut self.held_back);
            rows.extend(page);
            if !is_last {
                self.held_back = split_last_person(&mut rows);
            }
            if is_last || !rows.is_empty() {
                let people = rows.chunk_by(|one, next| one.resident_id == next.resident_id);
                return people.map(|rows| self.letter(rows)).collect();
            }
        }
    }

    /// Notes that these letters were written. What happened once more meanwhile waits for the next run.
    ///
    /// # Errors
    /// The database.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn mark_letters_printed(&self, letters: &[EventLetter]) -> Result<()> {
        let (vault, now) = (&self.custody.stores.vault, self.custody.environment.now());
        let mut tx = vault.begin().await?;
        for row in letters.iter().flat_map(|letter| &letter.rows) {
            vault.mark_event_printed(&mut tx, row, now).await?;
        }
        Ok(tx.commit().await?)
    }

    fn letter(&self, rows: &[OutsideEventRow]) -> Result<EventLetter> {
        let first = rows.first().ok_or(Internal::Unexpected("a letter about nothing"))?;
        let place =
            SealLocation { table: "resident", column: "name_sealed", row: first.resident_id.0.as_bytes() };
        let sealed = (&first.postal_code_sealed, &first.address_sealed);
        Ok(EventLetter {
            name: self.custody.keys.open_text(place, &first.name_sealed)?,
            delivery: open_delivery(&self.custody.keys, first.resident_id, first.is_protected, sealed)?,
            events: rows.iter().map(noted_event).collect(),
            rows: rows.to_vec(),
        })
    }
}

fn noted_event(row: &OutsideEventRow) -> LetterEvent {
    LetterEvent { kind: row.kind, times: row.times, first_at: row.first_at, last_at: row.last_at }
}

/// Takes the rows of the last person off.
fn split_last_person(rows: &mut Vec<OutsideEventRow>) -> Vec<OutsideEventRow> {
    let Some(last) = rows.last().map(|row| row.resident_id) else { return Vec::new() };
    let start = rows.iter().position(|row| row.resident_id == last).unwrap_or(rows.len());
    rows.split_off(start)
}
