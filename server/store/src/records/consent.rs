//! 同意設定: versions and the draft. Versions are added and read; only the draft is replaced.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{
    ChainId, RecordCode, UnixMillis,
    consent::ConsentOrigin,
    paging::{Page, PageRequest},
};

/// One version of what a person chose.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ConsentVersionRow {
    /// From 1, without gaps.
    pub version: i64,
    /// `ConsentState` as JSON.
    pub state: String,
    /// How it came.
    pub origin: ConsentOrigin,
    /// The version that was gone back to.
    pub based_on: Option<i64>,
    /// Language of the words that were shown.
    pub language: String,
    /// The words that were shown, one sentence a line.
    pub shown: String,
    /// When.
    pub changed_at: UnixMillis,
}

/// What is being considered.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ConsentDraftRow {
    /// `ConsentState` as JSON.
    pub state: String,
    /// How it came.
    pub origin: ConsentOrigin,
    /// The version that is gone back to.
    pub based_on: Option<i64>,
    /// The version that was in force when the draft was made; 0 for none.
    pub base: i64,
    /// When.
    pub drafted_at: UnixMillis,
}

keyed! {
    ConsentVersionRow in "consent_version" by ["version"];
    ConsentDraftRow in "consent_draft" by [];
}

const LATEST: &str =
    "SELECT version, state, origin, based_on, language, shown, changed_at FROM consent_version
    WHERE record_code = $1 ORDER BY version DESC LIMIT 1";
// One row a person that stays whatever versions come: whoever comes second waits for it, and then reads what the first left.
const TAKE_TURN: &str = "INSERT INTO consent_turn (chain_id) VALUES ($1)
    ON CONFLICT (chain_id) DO UPDATE SET chain_id = excluded.chain_id";
const ANY: &str = "SELECT COUNT(*) FROM consent_version WHERE record_code = $1 AND version = 1";
const PAGE: &str = "SELECT version, state, origin, based_on, language, shown, changed_at FROM consent_version
    WHERE record_code = $1 AND version < $2 ORDER BY version DESC LIMIT $3";
const ONE: &str = "SELECT version, state, origin, based_on, language, shown, changed_at FROM consent_version
    WHERE record_code = $1 AND version = $2";
const INSERT: &str =
    "INSERT INTO consent_version (record_code, version, state, origin, based_on, language, shown, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const DRAFT: &str =
    "SELECT state, origin, based_on, base, drafted_at FROM consent_draft WHERE record_code = $1";
const PUT_DRAFT: &str = "INSERT INTO consent_draft (record_code, state, origin, based_on, base, drafted_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (record_code) DO UPDATE SET state = excluded.state, origin = excluded.origin,
    based_on = excluded.based_on, base = excluded.base, drafted_at = excluded.drafted_at";
const DROP_DRAFT: &str =
    "DELETE FROM consent_draft WHERE record_code = $1 AND state = $2 AND base = $3 AND drafted_at = $4";
impl Records {
    /// What holds now; none until the person chose something.
    pub async fn consent(&self, code: RecordCode) -> Result<Option<ConsentVersionRow>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(LATEST).bind(code).fetch_optional(pool).await)?)
    }

    /// What holds, and goes on holding until the transaction ends; none until the person chose something. Whoever makes
    /// something that depends on a choice reads it by this, in the transaction that makes it; whoever changes the choices
    /// does so, too.
    pub async fn locked_consent(
        &self,
        tx: &mut Tx,
        (chain, code): (ChainId, RecordCode),
    ) -> Result<Option<ConsentVersionRow>> {
        in_tx!(tx, conn => sqlx::query(TAKE_TURN).bind(chain).execute(conn).await.map(drop))?;
        cell::one(in_tx!(tx, conn => sqlx::query_as(LATEST).bind(code).fetch_optional(conn).await)?)
    }

    /// Whether the person ever chose anything.
    pub async fn has_consent(&self, code: RecordCode) -> Result<bool> {
        let first: i64 = on_db!(&self.db, pool => sqlx::query_scalar(ANY).bind(code).fetch_one(pool).await)?;
        Ok(first > 0)
    }

    /// A page of the versions, newest first; the place of one is its number.
    pub async fn consent_versions(
        &self,
        code: RecordCode,
        request: PageRequest<i64>,
    ) -> Result<Page<ConsentVersionRow, i64>> {
        let rows = on_db!(&self.db, pool => sqlx::query_as(PAGE)
            .bind(code)
            .bind(request.after_or(i64::MAX))
            .bind(request.fetched_rows())
            .fetch_all(pool)
            .await)?;
        Ok(Page::of(cell::all(rows)?, &request, |row: &ConsentVersionRow| row.version))
    }

    /// The version with this number.
    pub async fn consent_version(&self, code: RecordCode, number: i64) -> Result<Option<ConsentVersionRow>> {
        let row = on_db!(&self.db, pool => {
            sqlx::query_as(ONE).bind(code).bind(number).fetch_optional(pool).await
        })?;
        cell::one(row)
    }

    /// Adds a version. [`StoreError::Conflict`](crate::StoreError::Conflict) when another one took its number meanwhile.
    pub async fn insert_consent(&self, tx: &mut Tx, code: RecordCode, row: &ConsentVersionRow) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(code)
            .bind(row.version)
            .bind(&row.state)
            .bind(row.origin)
            .bind(row.based_on)
            .bind(&row.language)
            .bind(&row.shown)
            .bind(row.changed_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// What is being considered.
    pub async fn consent_draft(&self, code: RecordCode) -> Result<Option<ConsentDraftRow>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(DRAFT).bind(code).fetch_optional(pool).await)?)
    }

    /// Puts a draft in place of the former one.
    pub async fn put_consent_draft(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        row: &ConsentDraftRow,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT_DRAFT)
            .bind(code)
            .bind(&row.state)
            .bind(row.origin)
            .bind(row.based_on)
            .bind(row.base)
            .bind(row.drafted_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Forgets this draft; another one, which was put in its place meanwhile, stays.
    pub async fn drop_consent_draft(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        row: &ConsentDraftRow,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(DROP_DRAFT)
            .bind(code)
            .bind(&row.state)
            .bind(row.base)
            .bind(row.drafted_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
