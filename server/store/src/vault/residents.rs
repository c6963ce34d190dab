//! Residents: written by municipal imports, found by the look-up of their person code.

use super::Vault;
use crate::{Result, Tx, db::on_db, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{ResidentId, UnixMillis};
use uuid::Uuid;

/// A row of `resident`. Sealed columns are opaque here.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ResidentRecord {
    /// Key.
    pub resident_id: ResidentId,
    /// HMAC of the person code.
    pub person_lookup: Vec<u8>,
    /// The person code.
    pub person_code_sealed: Vec<u8>,
    /// The random number of the person's chain in the access log.
    pub chain_sealed: Vec<u8>,
    /// 氏名.
    pub name_sealed: Vec<u8>,
    /// 氏名カナ.
    pub kana_sealed: Vec<u8>,
    /// 生年月日 as `YYYY-MM-DD`.
    pub birth_sealed: Vec<u8>,
    /// 性別 as its code.
    pub sex_sealed: Vec<u8>,
    /// 郵便番号.
    pub postal_code_sealed: Option<Vec<u8>>,
    /// 住所.
    pub address_sealed: Option<Vec<u8>>,
    /// メールアドレス.
    pub mail_sealed: Option<Vec<u8>>,
    /// 電話番号.
    pub phone_sealed: Option<Vec<u8>>,
    /// 自治体コード of the municipality whose statement this is.
    pub municipality: String,
    /// 転入日.
    pub moved_in_on: Option<String>,
    /// 転出日.
    pub moved_out_on: Option<String>,
    /// 死亡日.
    pub died_on: Option<String>,
    /// 支援措置.
    pub is_protected: bool,
    /// Keyed digest of the row as sent.
    pub digest: Vec<u8>,
    /// Keyed look-up of kana name and birth date; none in a row from before there was one.
    pub demographics_lookup: Option<Vec<u8>>,
    /// First import.
    pub received_at: UnixMillis,
    /// Last change.
    pub changed_at: UnixMillis,
    /// Key version of codes and sealed columns.
    pub key_version: i64,
}

/// What an import must know about a resident who is there already.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownResident {
    /// Key.
    pub resident_id: ResidentId,
    /// HMAC of the person code.
    pub person_lookup: Vec<u8>,
    /// Keyed digest of the row as sent.
    pub digest: Vec<u8>,
    /// 自治体コード.
    pub municipality: String,
    /// 転入日.
    pub moved_in_on: Option<String>,
}

/// What matching a document needs to know about a candidate.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PersonFacts {
    /// Key.
    pub resident_id: ResidentId,
    /// The person code.
    pub person_code_sealed: Vec<u8>,
    /// 生年月日.
    pub birth_sealed: Vec<u8>,
    /// 性別.
    pub sex_sealed: Vec<u8>,
}

const FIND: &str = "SELECT resident_id, person_lookup, person_code_sealed, chain_sealed, name_sealed, kana_sealed,
    birth_sealed, sex_sealed, postal_code_sealed, address_sealed, mail_sealed, phone_sealed, municipality, moved_in_on,
    moved_out_on, died_on, is_protected, digest, demographics_lookup, received_at, changed_at, key_version
    FROM resident WHERE resident_id = $1";
const KNOWN: &str = "SELECT resident_id, person_lookup, digest, municipality, moved_in_on FROM resident WHERE person_lookup IN (";
const MUNICIPALITY_OF: &str = "SELECT municipality FROM resident WHERE resident_id = $1";
const FACTS: &str =
    "SELECT resident_id, person_code_sealed, birth_sealed, sex_sealed FROM resident WHERE resident_id IN (";
const INSERT: &str = "INSERT INTO resident (resident_id, person_lookup, person_code_sealed, chain_sealed, name_sealed,
    kana_sealed, birth_sealed, sex_sealed, postal_code_sealed, address_sealed, mail_sealed, phone_sealed, municipality,
    moved_in_on, moved_out_on, died_on, is_protected, digest, demographics_lookup, received_at, changed_at, key_version) ";
const UPDATE: &str =
    "UPDATE resident SET name_sealed = $2, kana_sealed = $3, birth_sealed = $4, sex_sealed = $5,
    postal_code_sealed = $6, address_sealed = $7, mail_sealed = $8, phone_sealed = $9, municipality = $10,
    moved_in_on = $11, moved_out_on = $12, died_on = $13, is_protected = $14, digest = $15, changed_at = $16, demographics_lookup = $17
    WHERE resident_id = $1";
const COUNT: &str = "SELECT COUNT(*) FROM resident";
const BY_DEMOGRAPHICS: &str = "SELECT resident_id FROM resident WHERE demographics_lookup = $1 LIMIT $2";
const ANY: &str = "SELECT resident_id FROM resident WHERE NOT EXISTS (SELECT 1 FROM parked_row p
    WHERE p.table_name = 'resident' AND p.row_id = resident_id) ORDER BY resident_id LIMIT 1";
const WITHOUT_DEMOGRAPHICS: &str = "SELECT resident_id FROM resident
    WHERE demographics_lookup IS NULL AND resident_id > $1 AND NOT EXISTS (SELECT 1 FROM parked_row p
    WHERE p.table_name = 'resident' AND p.row_id = resident_id) ORDER BY resident_id LIMIT $2";
const SET_DEMOGRAPHICS: &str = "UPDATE resident SET demographics_lookup = $3
    WHERE resident_id = $1 AND key_version = $2 AND demographics_lookup IS NULL";
const FORGET_GUARDIANS: &str = "DELETE FROM guardian_statement WHERE resident_id = $1";
const PUT_GUARDIAN: &str = "INSERT INTO guardian_statement (resident_id, guardian_code) VALUES ($1, $2)
    ON CONFLICT (resident_id, guardian_code) DO NOTHING";

impl Vault {
    /// One resident.
    pub async fn resident(&self, id: ResidentId) -> Result<Option<ResidentRecord>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(FIND).bind(id).fetch_optional(pool).await)?)
    }

    /// Any one of the residents that are not parked.
    pub async fn any_resident(&self) -> Result<Option<ResidentId>> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(ANY).fetch_optional(pool).await)?)
    }

    /// How many residents there are.
    pub async fn count_residents(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await)?)
    }

    /// Residents with a kana name and a birth date, at most `limit`.
    pub async fn residents_with_demographics(
        &self,
        lookup: &[u8; 32],
        limit: i64,
    ) -> Result<Vec<ResidentId>> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(BY_DEMOGRAPHICS)
            .bind(lookup.as_slice())
            .bind(limit)
            .fetch_all(pool)
            .await)?)
    }

    /// Residents who cannot be found by their demographics yet and are not parked, in order, after `after`.
    pub async fn residents_without_demographics(
        &self,
        after: ResidentId,
        limit: i64,
    ) -> Result<Vec<ResidentId>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_scalar(WITHOUT_DEMOGRAPHICS).bind(after).bind(limit).fetch_all(pool).await
        })?)
    }

    /// Makes a resident who was read under a key version findable by their demographics, unless somebody else did.
    pub async fn set_demographics(
        &self,
        tx: &mut Tx,
        resident: ResidentId,
        key_version: i64,
        lookup: &[u8; 32],
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(SET_DEMOGRAPHICS)
            .bind(resident)
            .bind(key_version)
            .bind(lookup.as_slice())
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Those of some people who are there already.
    pub async fn known_residents(&self, tx: &mut Tx, lookups: &[[u8; 32]]) -> Result<Vec<KnownResident>> {
        if lookups.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(KNOWN);
            let mut list = query.separated(", ");
            for lookup in lookups {
                list.push_bind(lookup.as_slice());
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }

    /// Where a resident lives now, as the last municipality says that states them.
    pub async fn municipality_of(&self, resident: ResidentId) -> Result<Option<String>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_scalar(MUNICIPALITY_OF).bind(resident).fetch_optional(pool).await
        })?)
    }

    /// Person code, birth date and sex of some residents, sealed.
    pub async fn person_facts(&self, tx: &mut Tx, residents: &[ResidentId]) -> Result<Vec<PersonFacts>> {
        if residents.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(FACTS);
            let mut list = query.separated(", ");
            for resident in residents {
                list.push_bind(*resident);
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }

    /// Adds residents.
    pub async fn insert_residents(&self, tx: &mut Tx, residents: &[ResidentRecord]) -> Result<()> {
        if residents.is_empty() {
            return Ok(());
        }
        in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(residents, |mut row, resident| {
                row.push_bind(resident.resident_id)
                    .push_bind(&resident.person_lookup)
                    .push_bind(&resident.person_code_sealed)
                    .push_bind(&resident.chain_sealed)
                    .push_bind(&resident.name_sealed)
                    .push_bind(&resident.kana_sealed)
                    .push_bind(&resident.birth_sealed)
                    .push_bind(&resident.sex_sealed)
                    .push_bind(&resident.postal_code_sealed)
                    .push_bind(&resident.address_sealed)
                    .push_bind(&resident.mail_sealed)
                    .push_bind(&resident.phone_sealed)
                    .push_bind(&resident.municipality)
                    .push_bind(&resident.moved_in_on)
                    .push_bind(&resident.moved_out_on)
                    .push_bind(&resident.died_on)
                    .push_bind(resident.is_protected)
                    .push_bind(&resident.digest)
                    .push_bind(&resident.demographics_lookup)
                    .push_bind(resident.received_at)
                    .push_bind(resident.changed_at)
                    .push_bind(resident.key_version);
            });
            query.build().execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// Rewrites what a municipality states about a resident; codes and chain stay.
    pub async fn update_resident(&self, tx: &mut Tx, resident: &ResidentRecord) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(UPDATE)
            .bind(resident.resident_id)
            .bind(&resident.name_sealed)
            .bind(&resident.kana_sealed)
            .bind(&resident.birth_sealed)
            .bind(&resident.sex_sealed)
            .bind(&resident.postal_code_sealed)
            .bind(&resident.address_sealed)
            .bind(&resident.mail_sealed)
            .bind(&resident.phone_sealed)
            .bind(&resident.municipality)
            .bind(&resident.moved_in_on)
            .bind(&resident.moved_out_on)
            .bind(&resident.died_on)
            .bind(resident.is_protected)
            .bind(&resident.digest)
            .bind(resident.changed_at)
            .bind(&resident.demographics_lookup)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Replaces the guardians that a municipality stated for a resident.
    pub async fn put_guardians(&self, tx: &mut Tx, resident: ResidentId, codes: &[Uuid]) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(FORGET_GUARDIANS).bind(resident).execute(conn).await.map(drop))?;
        for code in codes {
            in_tx!(tx, conn => sqlx::query(PUT_GUARDIAN).bind(resident).bind(*code).execute(conn).await.map(drop))?;
        }
        Ok(())
    }
}
