//! Nothing is recorded about a day on which its person did not live: such a date is a slip, or means somebody else.

use super::Txs;
use std::collections::{HashMap, HashSet};
use techo_custody::{Custody, Internal, Result, seal::Place};
use techo_model::{CalendarDate, RecordCode};

/// The lives of the people of a batch, by their record codes.
pub(super) struct LifeSpans(HashMap<RecordCode, (CalendarDate, Option<CalendarDate>)>);

impl LifeSpans {
    /// Fetches them.
    pub(super) async fn load(
        custody: &Custody,
        txs: &mut Txs,
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
        let corrupt = |column| Internal::Corrupt(column);
        let mut lives = HashMap::with_capacity(lookups.len());
        for row in custody.stores.vault.life_spans(&mut txs.vault, &lookups).await? {
            let Some(code) = by_lookup.get(&row.person_lookup) else { continue };
            let place =
                Place { table: "resident", column: "birth_sealed", row: row.resident_id.0.as_bytes() };
            let born = custody.keys.open_text(place, &row.birth_sealed)?;
            let born = CalendarDate::parse(&born).map_err(|_| corrupt("resident.birth_sealed"))?;
            let died = row.died_on.as_deref().map(CalendarDate::parse).transpose();
            lives.insert(*code, (born, died.map_err(|_| corrupt("resident.died_on"))?));
        }
        Ok(Self(lives))
    }

    /// Whether this person lived on this day. Of somebody unknown nothing is known.
    pub(super) fn include(&self, code: RecordCode, day: CalendarDate) -> bool {
        self.0.get(&code).is_none_or(|(born, died)| *born <= day && died.is_none_or(|died| day <= died))
    }
}
