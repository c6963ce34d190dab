//! Keyed aliases that lead to a resident: My Number (only imports come here) and insured ids.

use super::Vault;
use crate::{
    Result, Tx,
    cell::{self, keyed},
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{
    ResidentId,
    coverage::{AliasReach, BranchState},
};
use uuid::Uuid;

/// The owner of a My Number alias, with the sealed person code.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AliasOwner {
    /// Alias.
    pub alias: Uuid,
    /// Resident.
    pub resident_id: ResidentId,
    /// The person code.
    pub person_code_sealed: Vec<u8>,
}

/// An insured id that leads to a resident for a while.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct InsuredAlias {
    /// HMAC of the normalised id.
    pub alias: Vec<u8>,
    /// Resident.
    pub resident_id: ResidentId,
    /// 保険者番号.
    pub insurer: String,
    /// 資格取得日.
    pub valid_from: String,
    /// 資格喪失日: the first day without it.
    pub valid_to: Option<String>,
    /// Whom it leads to.
    pub reach: AliasReach,
    /// Whether the insurer states a 枝番.
    pub branch_state: BranchState,
}

keyed! {
    InsuredAlias in "insured_alias" by ["resident_id"];
}

const OWNERS: &str = "SELECT a.alias, a.resident_id, r.person_code_sealed FROM my_number_alias a
    JOIN resident r ON r.resident_id = a.resident_id WHERE a.alias IN (";
const RELEASE_MY_NUMBERS: &str = "DELETE FROM my_number_alias WHERE resident_id IN (";
const INSERT_MY_NUMBERS: &str = "INSERT INTO my_number_alias (alias, resident_id, key_version) ";
const FORGET_INSURED: &str =
    "DELETE FROM insured_alias WHERE resident_id = $1 AND insurer = $2 AND valid_from = $3";
const INSERT_INSURED: &str =
    "INSERT INTO insured_alias (alias, resident_id, insurer, valid_from, valid_to, reach, branch_state) ";
const INSURED_OF: &str = "SELECT alias, resident_id, insurer, valid_from, valid_to, reach, branch_state FROM insured_alias WHERE resident_id IN (";
const INSURED: &str = "SELECT alias, resident_id, insurer, valid_from, valid_to, reach, branch_state FROM insured_alias WHERE alias IN (";

impl Vault {
    /// Who owns these My Number aliases.
    pub async fn my_number_owners(&self, tx: &mut Tx, aliases: &[Uuid]) -> Result<Vec<AliasOwner>> {
        if aliases.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(OWNERS);
            let mut list = query.separated(", ");
            for alias in aliases {
                list.push_bind(*alias);
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }

    /// Takes their My Number aliases from some residents, so that they can be given others.
    pub async fn release_my_number_aliases(&self, tx: &mut Tx, residents: &[ResidentId]) -> Result<()> {
        if residents.is_empty() {
            return Ok(());
        }
        in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(RELEASE_MY_NUMBERS);
            let mut list = query.separated(", ");
            for resident in residents {
                list.push_bind(*resident);
            }
            query.push(")");
            query.build().execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// Gives residents who have none their My Number aliases.
    pub async fn insert_my_number_aliases(
        &self,
        tx: &mut Tx,
        aliases: &[(Uuid, ResidentId)],
        key_version: i64,
    ) -> Result<()> {
        if aliases.is_empty() {
            return Ok(());
        }
        in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(INSERT_MY_NUMBERS);
            query.push_values(aliases, |mut row, (alias, resident)| {
                row.push_bind(*alias).push_bind(*resident).push_bind(key_version);
            });
            query.build().execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// Replaces the insured aliases of one period of one resident.
    pub async fn forget_insured_aliases(
        &self,
        tx: &mut Tx,
        resident: ResidentId,
        insurer: &str,
        valid_from: &str,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(FORGET_INSURED).bind(resident).bind(insurer).bind(valid_from).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Adds insured aliases.
    pub async fn insert_insured_aliases(&self, tx: &mut Tx, aliases: &[InsuredAlias]) -> Result<()> {
        if aliases.is_empty() {
            return Ok(());
        }
        in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(INSERT_INSURED);
            query.push_values(aliases, |mut row, alias| {
                row.push_bind(&alias.alias)
                    .push_bind(alias.resident_id)
                    .push_bind(&alias.insurer)
                    .push_bind(&alias.valid_from)
                    .push_bind(&alias.valid_to)
                    .push_bind(alias.reach)
                    .push_bind(alias.branch_state);
            });
            query.push(" ON CONFLICT (alias, resident_id, insurer, valid_from) DO NOTHING");
            query.build().execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// Whom these insured ids may mean, at any time.
    pub async fn insured_aliases(&self, tx: &mut Tx, aliases: &[[u8; 32]]) -> Result<Vec<InsuredAlias>> {
        if aliases.is_empty() {
            return Ok(Vec::new());
        }
        cell::all(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(INSURED);
            let mut list = query.separated(", ");
            for alias in aliases {
                list.push_bind(alias.as_slice());
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }

    /// All insured ids that lead to some residents, at any time.
    pub async fn insured_aliases_in(
        &self,
        tx: &mut Tx,
        residents: &[ResidentId],
    ) -> Result<Vec<InsuredAlias>> {
        if residents.is_empty() {
            return Ok(Vec::new());
        }
        cell::all(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(INSURED_OF);
            let mut list = query.separated(", ");
            for resident in residents {
                list.push_bind(*resident);
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }
}
