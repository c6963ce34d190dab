//! The little that a person's own pages need from the vault, and the names of organisations on them.

use super::Vault;
use crate::{Result, db::on_db};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use techo_model::{AccountId, ResidentId, UnixMillis};

/// What a page says about its reader. Sealed columns are opaque here.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnerRow {
    /// 氏名.
    pub name_sealed: Vec<u8>,
    /// 生年月日 as `YYYY-MM-DD`.
    pub birth_sealed: Vec<u8>,
    /// 自治体コード of the municipality whose statement this is.
    pub municipality: String,
    /// 転入日.
    pub moved_in_on: Option<String>,
    /// 転出日.
    pub moved_out_on: Option<String>,
    /// How many passkeys open the account.
    pub passkeys: i64,
    /// When the certificate of the current card ends.
    pub card_not_after: Option<UnixMillis>,
}

/// The sealed number of a person's chain in the access log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SealedChain {
    /// Whose.
    pub resident_id: ResidentId,
    /// The number.
    pub chain_sealed: Vec<u8>,
}

/// What leads from a resident to their rows in the record store.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PersonLead {
    /// The person code.
    pub person_code_sealed: Vec<u8>,
    /// The random number of the person's chain in the access log.
    pub chain_sealed: Vec<u8>,
    /// Key version of the codes.
    pub key_version: i64,
}

const PERSON: &str =
    "SELECT person_code_sealed, chain_sealed, key_version FROM resident WHERE resident_id = $1";
const WITH_LOOKUP: &str = "SELECT resident_id FROM resident WHERE person_lookup = $1";
const FIND: &str = "SELECT name_sealed, birth_sealed, municipality, moved_in_on, moved_out_on,
    (SELECT COUNT(*) FROM passkey WHERE account_id = $2 AND state = 'active') AS passkeys,
    (SELECT not_after FROM card_binding WHERE account_id = $2 AND state <> 'superseded') AS card_not_after
    FROM resident WHERE resident_id = $1";
const CHAINS: &str = "SELECT resident_id, chain_sealed FROM resident WHERE resident_id IN (";
const NAMES: &str = "SELECT organisation_id, name FROM organisation WHERE organisation_id IN (";

impl Vault {
    /// Name, birth date and moves of one resident, and how they sign in.
    pub async fn owner(&self, id: ResidentId, account: AccountId) -> Result<Option<OwnerRow>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(FIND).bind(id).bind(account).fetch_optional(pool).await)?)
    }

    /// What leads from a resident to their rows in the record store.
    pub async fn person_lead(&self, id: ResidentId) -> Result<Option<PersonLead>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(PERSON).bind(id).fetch_optional(pool).await)?)
    }

    /// The resident with this person code.
    pub async fn resident_with(&self, person_lookup: &[u8; 32]) -> Result<Option<ResidentId>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_scalar(WITH_LOOKUP).bind(person_lookup.as_slice()).fetch_optional(pool).await
        })?)
    }

    /// The chains of some residents.
    pub async fn sealed_chains(&self, residents: &[ResidentId]) -> Result<Vec<SealedChain>> {
        if residents.is_empty() {
            return Ok(Vec::new());
        }
        Ok(on_db!(&self.db, pool => {
            let mut query = QueryBuilder::new(CHAINS);
            let mut list = query.separated(", ");
            for resident in residents {
                list.push_bind(*resident);
            }
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?)
    }

    /// Names of those of some organisations that are registered.
    pub async fn organisation_names(&self, ids: &[&str]) -> Result<HashMap<String, String>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(String, String)> = on_db!(&self.db, pool => {
            let mut query = QueryBuilder::new(NAMES);
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().collect())
    }
}
