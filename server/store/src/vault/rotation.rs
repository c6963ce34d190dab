//! Moving the vault under another key version. Only `techo_custody::rotate` comes here.
//!
//! To add a table that a key protects: its statements here, a line in the counts; a test of rotation compares them with
//! the tables of the database.

use super::{Vault, aliases::InsuredAlias, residents::ResidentRecord, waiting::WaitingCoverage};
use crate::{
    Result, Tx, cell,
    db::on_db,
    records::rotation::{StrayRows, TableCount},
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{ResidentId, WaitingId};
use uuid::Uuid;

/// The My Number alias of a resident.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct MyNumberAlias {
    /// Resident.
    pub resident_id: ResidentId,
    /// Alias.
    pub alias: Uuid,
}

/// A stated guardian of a resident.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct GuardianStatement {
    /// Resident.
    pub resident_id: ResidentId,
    /// Code of the guardian.
    pub guardian_code: Uuid,
}

const RESIDENTS: &str = "SELECT resident_id, person_lookup, person_code_sealed, chain_sealed, name_sealed, kana_sealed,
    birth_sealed, sex_sealed, postal_code_sealed, address_sealed, mail_sealed, phone_sealed, municipality, moved_in_on,
    moved_out_on, died_on, is_protected, digest, demographics_lookup, received_at, changed_at, key_version
    FROM resident WHERE key_version = $1 AND resident_id > $2 ORDER BY resident_id LIMIT $3";
const RESEAL_RESIDENT: &str =
    "UPDATE resident SET person_lookup = $3, person_code_sealed = $4, chain_sealed = $5,
    name_sealed = $6, kana_sealed = $7, birth_sealed = $8, sex_sealed = $9, postal_code_sealed = $10,
    address_sealed = $11, mail_sealed = $12, phone_sealed = $13, digest = $14, key_version = $15, demographics_lookup = $16
    WHERE resident_id = $1 AND key_version = $2";
const MY_NUMBERS: &str = "SELECT resident_id, alias FROM my_number_alias WHERE resident_id IN (";
const CARRY_MY_NUMBER: &str =
    "UPDATE my_number_alias SET alias = $3, key_version = $4 WHERE resident_id = $1 AND key_version = $2";
const GUARDIANS: &str = "SELECT resident_id, guardian_code FROM guardian_statement WHERE resident_id IN (";
const INSURED: &str = "SELECT alias, resident_id, insurer, valid_from, valid_to, reach, branch_state FROM insured_alias WHERE resident_id IN (";
const FORGET_INSURED: &str = "DELETE FROM insured_alias WHERE resident_id IN (";
const WAITING: &str =
    "SELECT waiting_id, my_number_alias, content_digest, row_sealed, sent_by, received_at, key_version
    FROM waiting_coverage WHERE key_version = $1 AND waiting_id > $2 ORDER BY waiting_id LIMIT $3";
const CARRY_WAITING: &str =
    "UPDATE waiting_coverage SET my_number_alias = $3, content_digest = $4, row_sealed = $5,
    key_version = $6 WHERE waiting_id = $1 AND key_version = $2";
const COUNTS: &str =
    "SELECT 'resident' AS name, COUNT(*) AS total, COUNT(DISTINCT person_lookup) AS codes FROM resident
    UNION ALL SELECT 'my_number_alias', COUNT(*), COUNT(DISTINCT alias) FROM my_number_alias
    UNION ALL SELECT 'guardian_statement', COUNT(*), COUNT(DISTINCT guardian_code) FROM guardian_statement
    UNION ALL SELECT 'insured_alias', COUNT(*), CAST(NULL AS BIGINT) FROM insured_alias
    UNION ALL SELECT 'card_binding', COUNT(*), COUNT(DISTINCT serial_lookup) FROM card_binding
    UNION ALL SELECT 'waiting_coverage', COUNT(*), COUNT(DISTINCT my_number_alias) FROM waiting_coverage";
const STRAYS: &str = "SELECT 'resident' AS name, COUNT(*) AS total FROM resident WHERE key_version <> $1
    UNION ALL SELECT 'my_number_alias', COUNT(*) FROM my_number_alias WHERE key_version <> $1
    UNION ALL SELECT 'card_binding', COUNT(*) FROM card_binding WHERE key_version <> $1
    UNION ALL SELECT 'waiting_coverage', COUNT(*) FROM waiting_coverage WHERE key_version <> $1";

/// A statement that ends in a list of residents.
macro_rules! of_residents {
    ($statement:expr, $residents:expr) => {{
        let mut query = QueryBuilder::new($statement);
        let mut list = query.separated(", ");
        for resident in $residents {
            list.push_bind(*resident);
        }
        query.push(")");
        query
    }};
}

impl Vault {
    /// How much there is of everything that a key protects.
    pub async fn count_protected(&self) -> Result<Vec<TableCount>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(COUNTS).fetch_all(pool).await)?)
    }

    /// How many rows of each table do not stand under this key version.
    pub async fn count_not_under(&self, key_version: i64) -> Result<Vec<StrayRows>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(STRAYS).bind(key_version).fetch_all(pool).await)?)
    }

    /// Some of the residents who still stand under a key version, by id, after the one given.
    pub async fn residents_of_version(
        &self,
        version: i64,
        after: ResidentId,
        limit: i64,
    ) -> Result<Vec<ResidentRecord>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_as(RESIDENTS).bind(version).bind(after).bind(limit).fetch_all(pool).await
        })?)
    }

    /// Writes codes, sealed columns and digest of a resident who was read with the key version `from`.
    pub async fn reseal_resident(&self, tx: &mut Tx, resident: &ResidentRecord, from: i64) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(RESEAL_RESIDENT)
            .bind(resident.resident_id)
            .bind(from)
            .bind(&resident.person_lookup)
            .bind(&resident.person_code_sealed)
            .bind(&resident.chain_sealed)
            .bind(&resident.name_sealed)
            .bind(&resident.kana_sealed)
            .bind(&resident.birth_sealed)
            .bind(&resident.sex_sealed)
            .bind(&resident.postal_code_sealed)
            .bind(&resident.address_sealed)
            .bind(&resident.mail_sealed)
            .bind(&resident.phone_sealed)
            .bind(&resident.digest)
            .bind(resident.key_version)
            .bind(&resident.demographics_lookup)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// My Number aliases of some residents.
    pub async fn my_number_aliases_of(&self, residents: &[ResidentId]) -> Result<Vec<MyNumberAlias>> {
        if residents.is_empty() {
            return Ok(Vec::new());
        }
        Ok(on_db!(&self.db, pool => {
            of_residents!(MY_NUMBERS, residents).build_query_as().fetch_all(pool).await
        })?)
    }

    /// Writes the alias of a resident that was read with the key version `from`.
    pub async fn rekey_my_number_alias(
        &self,
        tx: &mut Tx,
        row: MyNumberAlias,
        from: i64,
        to: i64,
    ) -> Result<()> {
        in_tx!(tx, conn => {
            let query = sqlx::query(CARRY_MY_NUMBER).bind(row.resident_id).bind(from).bind(row.alias).bind(to);
            query.execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// Stated guardians of some residents.
    pub async fn guardians_of(&self, residents: &[ResidentId]) -> Result<Vec<GuardianStatement>> {
        if residents.is_empty() {
            return Ok(Vec::new());
        }
        Ok(on_db!(&self.db, pool => {
            of_residents!(GUARDIANS, residents).build_query_as().fetch_all(pool).await
        })?)
    }

    /// All insured aliases of some residents.
    pub async fn insured_aliases_of(&self, residents: &[ResidentId]) -> Result<Vec<InsuredAlias>> {
        if residents.is_empty() {
            return Ok(Vec::new());
        }
        cell::all(on_db!(&self.db, pool => {
            of_residents!(INSURED, residents).build_query_as().fetch_all(pool).await
        })?)
    }

    /// Removes all insured aliases of some residents, so that they can be made anew.
    pub async fn forget_all_insured_aliases(&self, tx: &mut Tx, residents: &[ResidentId]) -> Result<()> {
        if residents.is_empty() {
            return Ok(());
        }
        in_tx!(tx, conn => of_residents!(FORGET_INSURED, residents).build().execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Some of the waiting rows that still stand under a key version, by id, after the one given.
    pub async fn waiting_coverage_of_version(
        &self,
        version: i64,
        after: WaitingId,
        limit: i64,
    ) -> Result<Vec<WaitingCoverage>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_as(WAITING).bind(version).bind(after).bind(limit).fetch_all(pool).await
        })?)
    }

    /// Writes alias, digest and seal of a waiting row that was read with the key version `from`.
    pub async fn rekey_waiting_coverage(&self, tx: &mut Tx, row: &WaitingCoverage, from: i64) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(CARRY_WAITING)
            .bind(row.waiting_id)
            .bind(from)
            .bind(row.my_number_alias)
            .bind(&row.content_digest)
            .bind(&row.row_sealed)
            .bind(row.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
