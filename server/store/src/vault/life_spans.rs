//! When people were born and when they died, for imports that check dates against it.

use super::Vault;
use crate::{Result, Tx, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::ResidentId;

/// The life of one resident.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LifeSpanRow {
    /// HMAC of the person code.
    pub person_lookup: Vec<u8>,
    /// Key, which the sealed column is bound to.
    pub resident_id: ResidentId,
    /// 生年月日.
    pub birth_sealed: Vec<u8>,
    /// 死亡日.
    pub died_on: Option<String>,
}

const FIND: &str =
    "SELECT person_lookup, resident_id, birth_sealed, died_on FROM resident WHERE person_lookup IN (";

impl Vault {
    /// The lives of those of some people who are there.
    pub async fn life_spans(&self, tx: &mut Tx, lookups: &[[u8; 32]]) -> Result<Vec<LifeSpanRow>> {
        if lookups.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(FIND);
            let mut list = query.separated(", ");
            for lookup in lookups {
                list.push_bind(lookup.as_slice());
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }
}
