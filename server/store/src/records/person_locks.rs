//! Whoever adds to what is held about somebody, or takes it back, goes by what is there already: also by what is not there, such as a
//! deletion, or another sender's row of the same dose. No row can be locked for that, so the person is.

use crate::{Db, Records, Result, Tx, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::RecordCode;

// The first part of the key is any number that nothing else here uses; the second keeps installations that share a server apart.
const LOCK: &str = "SELECT pg_advisory_xact_lock(32257, hashtext(current_schema()) # person) FROM (";
const OF_PEOPLE: &str = ") AS people (person)";

impl Records {
    /// Holds these people until the transaction ends: nobody else who asks for one of them by this writes in between. Whoever
    /// writes checkups or doses asks first and reads then, so that the second of two sees what the first has left.
    ///
    /// On SQLite a transaction that may write is alone anyway.
    pub async fn lock_people(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<()> {
        if codes.is_empty() || matches!(self.db, Db::Sqlite { .. }) {
            return Ok(());
        }
        let mut people: Vec<i32> = codes.iter().map(|code| person_key(*code)).collect();
        // Always in this order, so that two who hold several never wait for each other crosswise.
        people.sort_unstable();
        people.dedup();
        in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(LOCK);
            query.push_values(&people, |mut row, person| {
                row.push_bind(*person);
            });
            query.push(OF_PEOPLE);
            query.build().execute(conn).await.map(drop)
        })?;
        Ok(())
    }
}

/// Codes are evenly spread, so their beginning tells people apart; two who share it wait for each other, which harms nobody.
fn person_key(code: RecordCode) -> i32 {
    let [a, b, c, d, ..] = code.0.into_bytes();
    i32::from_be_bytes([a, b, c, d])
}
