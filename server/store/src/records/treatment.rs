//! Codes under which organisations know a person, and treatment windows.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{
    RecordCode, UnixMillis,
    treatment::{CodeDomain, WindowOpening},
};
use uuid::Uuid;

/// A row of `organisation_code`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OrganisationCodeRow {
    /// Whose.
    pub record_code: RecordCode,
    /// Official number of the organisation.
    pub organisation: String,
    /// 1 and up.
    pub generation: i64,
    /// What it is about.
    pub domain: CodeDomain,
    /// The code.
    pub code: Uuid,
    /// When it was made.
    pub made_at: UnixMillis,
    /// First instant at which it is worth nothing; none when only the person ends it.
    pub ends_at: Option<UnixMillis>,
    /// When it was retired.
    pub retired_at: Option<UnixMillis>,
}

impl OrganisationCodeRow {
    /// Whether the code still leads to its person.
    pub fn is_live(&self, now: UnixMillis) -> bool {
        self.retired_at.is_none() && self.ends_at.is_none_or(|end| end > now)
    }
}

/// A row of `treatment_window`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TreatmentWindowRow {
    /// Whose.
    pub record_code: RecordCode,
    /// Official number of the organisation.
    pub organisation: String,
    /// How the person showed that they are there.
    pub opened_by: WindowOpening,
    /// Since when.
    pub opened_at: UnixMillis,
    /// First instant at which it is shut.
    pub ends_at: UnixMillis,
}

keyed! {
    OrganisationCodeRow in "organisation_code" by ["organisation", "generation"];
    TreatmentWindowRow in "treatment_window" by ["organisation"];
}

const BY_CODE: &str =
    "SELECT record_code, organisation, generation, domain, code, made_at, ends_at, retired_at
    FROM organisation_code WHERE code = $1";
const OF_PERSON: &str =
    "SELECT record_code, organisation, generation, domain, code, made_at, ends_at, retired_at
    FROM organisation_code WHERE record_code = $1 AND organisation = $2 ORDER BY generation DESC LIMIT 1";
const INSERT: &str =
    "INSERT INTO organisation_code (record_code, organisation, generation, domain, code, made_at, ends_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
const SET_END: &str = "UPDATE organisation_code SET ends_at = $4 WHERE record_code = $1 AND organisation = $2 AND generation = $3";
const RETIRE_ONE: &str = "UPDATE organisation_code SET retired_at = $4
    WHERE record_code = $1 AND organisation = $2 AND generation = $3 AND retired_at IS NULL";
const RETIRE: &str = "UPDATE organisation_code SET retired_at = $3
    WHERE record_code = $1 AND domain = $2 AND retired_at IS NULL";
const OPEN_WINDOW: &str =
    "INSERT INTO treatment_window (record_code, organisation, opened_by, opened_at, ends_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (record_code, organisation) DO UPDATE SET opened_by = $3, opened_at = $4, ends_at = $5
    WHERE treatment_window.ends_at < $5";
const WINDOW: &str = "SELECT record_code, organisation, opened_by, opened_at, ends_at FROM treatment_window
    WHERE record_code = $1 AND organisation = $2";
const SHUT: &str = "UPDATE treatment_window SET ends_at = $2 WHERE record_code = $1 AND ends_at > $2";

impl Records {
    /// The code, whoever's it is and whatever became of it.
    pub async fn organisation_code(&self, code: Uuid) -> Result<Option<OrganisationCodeRow>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(BY_CODE).bind(code).fetch_optional(pool).await)?)
    }

    /// The same in a transaction, for what depends on it.
    pub async fn organisation_code_in(&self, tx: &mut Tx, code: Uuid) -> Result<Option<OrganisationCodeRow>> {
        cell::one(in_tx!(tx, conn => sqlx::query_as(BY_CODE).bind(code).fetch_optional(conn).await)?)
    }

    /// The newest code of a person for an organisation.
    pub async fn newest_code(
        &self,
        tx: &mut Tx,
        record: RecordCode,
        organisation: &str,
    ) -> Result<Option<OrganisationCodeRow>> {
        cell::one(
            in_tx!(tx, conn => sqlx::query_as(OF_PERSON).bind(record).bind(organisation).fetch_optional(conn).await)?,
        )
    }

    /// Keeps a new code. Answers false when somebody else was first.
    pub async fn insert_code(&self, tx: &mut Tx, row: &OrganisationCodeRow) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(row.record_code)
            .bind(&row.organisation)
            .bind(row.generation)
            .bind(row.domain)
            .bind(row.code)
            .bind(row.made_at)
            .bind(row.ends_at)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Says until when a code holds.
    pub async fn set_code_end(
        &self,
        tx: &mut Tx,
        row: &OrganisationCodeRow,
        ends_at: Option<UnixMillis>,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(SET_END)
            .bind(row.record_code)
            .bind(&row.organisation)
            .bind(row.generation)
            .bind(ends_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Retires one code.
    pub async fn retire_code(&self, tx: &mut Tx, row: &OrganisationCodeRow, now: UnixMillis) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(RETIRE_ONE)
            .bind(row.record_code)
            .bind(&row.organisation)
            .bind(row.generation)
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Retires every code of a person in a domain. Answers how many.
    pub async fn retire_codes(
        &self,
        tx: &mut Tx,
        record: RecordCode,
        domain: CodeDomain,
        now: UnixMillis,
    ) -> Result<u64> {
        Ok(in_tx!(tx, conn => sqlx::query(RETIRE)
            .bind(record)
            .bind(domain)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?)
    }

    /// Opens a window, or makes it longer; never shorter.
    pub async fn open_window(&self, tx: &mut Tx, row: &TreatmentWindowRow) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(OPEN_WINDOW)
            .bind(row.record_code)
            .bind(&row.organisation)
            .bind(row.opened_by)
            .bind(row.opened_at)
            .bind(row.ends_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The window of a person with an organisation, open or shut.
    pub async fn treatment_window(
        &self,
        record: RecordCode,
        organisation: &str,
    ) -> Result<Option<TreatmentWindowRow>> {
        cell::one(on_db!(&self.db, pool => {
            sqlx::query_as(WINDOW).bind(record).bind(organisation).fetch_optional(pool).await
        })?)
    }

    /// The same in a transaction, for what depends on it.
    pub async fn treatment_window_in(
        &self,
        tx: &mut Tx,
        record: RecordCode,
        organisation: &str,
    ) -> Result<Option<TreatmentWindowRow>> {
        cell::one(in_tx!(tx, conn => {
            sqlx::query_as(WINDOW).bind(record).bind(organisation).fetch_optional(conn).await
        })?)
    }

    /// Shuts every window of a person now.
    pub async fn shut_windows(&self, tx: &mut Tx, record: RecordCode, now: UnixMillis) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(SHUT).bind(record).bind(now).execute(conn).await.map(drop))?;
        Ok(())
    }
}
