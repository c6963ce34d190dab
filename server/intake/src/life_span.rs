//! Nothing is recorded about a day on which its person did not live: such a date is a slip, or means somebody else.

use super::BatchTransactions;
use std::collections::{HashMap, HashSet};
use techo_custody::{Custody, Result, resident_record::open_birth, stored::maybe_stored_date};
use techo_model::{CalendarDate, RecordCode};

/// The lives of the people of a batch, by their record codes.
pub(super) struct LifeSpans(HashMap<RecordCode, (CalendarDate, Option<CalendarDate>)>);

impl LifeSpans {
    /// Fetches them.
    pub(super) async fn load(
        custody: &Custody,
        txs: &mut BatchTransactions,
        codes: impl IntoIterator<Item = RecordCode>,
    ) -> Result<Self> {
        let keys = custody.keys.current();
        let codes: HashSet<RecordCode> = codes.into_iter().collect();
        let by_lookup: HashMap<Vec<u8>, RecordCode> = codes
            .into_iter()
            .map(|code| (keys.person_lookup(&keys.person_of(code)).to_vec(), code))
            .collect();
        let lookups: Vec<[u8; 32]> =
            by_lookup.keys().filter_map(|lookup| lookup.as_slice().try_into().ok()).collect();
        let mut lives = HashMap::with_capacity(lookups.len());
        for row in custody.stores.vault.life_spans(&mut txs.vault, &lookups).await? {
            let Some(code) = by_lookup.get(&row.person_lookup) else { continue };
            let id = row.resident_id;
            let born = open_birth(&custody.keys, id, &row.birth_sealed)?;
            let died = maybe_stored_date(row.died_on.as_deref(), "resident", "died_on", id.0)?;
            lives.insert(*code, (born, died));
        }
        Ok(Self(lives))
    }

    /// Whether this person lived on this day. Of somebody unknown nothing is known.
    pub(super) fn include(&self, code: RecordCode, day: CalendarDate) -> bool {
        self.0.get(&code).is_none_or(|(born, died)| *born <= day && died.is_none_or(|died| day <= died))
    }
}
