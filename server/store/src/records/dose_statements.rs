//! Doses and who states them. `vaccination` has the statement that holds, `vaccination_source` those of the other senders
//! about the same dose: a dose is known by person, day, series and number, whoever states it.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    records::of_people::of_people,
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{
    RecordCode, UnixMillis, VaccinationId,
    vaccination::{ProductCodeSystem, StatedProgramme},
};

/// What one sender states about a dose.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of `vaccination_source`, described in docs/DATA.md")]
pub struct DoseStatement {
    pub record_code: RecordCode,
    pub vaccination_id: VaccinationId,
    pub sent_by: String,
    pub municipality: String,
    pub dose_number: i64,
    pub product_name: Option<String>,
    pub product_system: Option<ProductCodeSystem>,
    pub product_code: Option<String>,
    pub programme: StatedProgramme,
    pub lot: Option<String>,
    pub amount_microlitres: Option<i64>,
    pub facility: Option<String>,
    pub received_at: UnixMillis,
    pub changed_at: UnixMillis,
    pub cancelled_at: Option<UnixMillis>,
}

impl DoseStatement {
    /// Whether two statements of one sender say the same.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.cancelled_at.is_some() == other.cancelled_at.is_some()
            && *self
                == Self {
                    vaccination_id: self.vaccination_id,
                    received_at: self.received_at,
                    changed_at: self.changed_at,
                    cancelled_at: self.cancelled_at,
                    ..other.clone()
                }
    }

    /// Whether it stands in the ledger of a municipality; otherwise the place that gave the dose sent it.
    pub fn is_of_a_ledger(&self) -> bool {
        !self.municipality.is_empty()
    }
}

/// A dose that is there already, with the statement that holds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KnownDose {
    /// 接種日.
    pub given_on: String,
    /// Id of the series.
    pub vaccine: String,
    /// What holds.
    #[sqlx(flatten)]
    pub holding: DoseStatement,
}

keyed! {
    DoseStatement in "vaccination_source" by ["vaccination_id"];
    KnownDose in "vaccination" by ["vaccination_id"];
}

const KNOWN: &str = "SELECT given_on, vaccine, record_code, vaccination_id, sent_by, municipality, dose_number, product_name,
    product_system, product_code, programme, lot, amount_microlitres, facility, received_at, changed_at, cancelled_at
    FROM vaccination WHERE record_code IN (";
const OTHERS: &str =
    "SELECT record_code, vaccination_id, sent_by, municipality, dose_number, product_name, product_system,
    product_code, programme, lot, amount_microlitres, facility, received_at, changed_at, cancelled_at
    FROM vaccination_source WHERE record_code IN (";
// Changes nothing, but locks the rows until the transaction ends.
const LOCKED: &str =
    "UPDATE vaccination SET dose_number = dose_number WHERE record_code = $1 AND given_on = $2 AND vaccine = $3
    RETURNING given_on, vaccine, record_code, vaccination_id, sent_by, municipality, dose_number, product_name,
    product_system, product_code, programme, lot, amount_microlitres, facility, received_at, changed_at, cancelled_at";
const INSERT: &str = "INSERT INTO vaccination (record_code, vaccination_id, given_on, vaccine, dose_number, municipality,
    product_name, product_system, product_code, programme, lot, amount_microlitres, facility, sent_by, received_at,
    changed_at, cancelled_at, key_version) ";
const ONCE: &str = " ON CONFLICT DO NOTHING";
const HOLD: &str = "UPDATE vaccination SET sent_by = $3, municipality = $4, dose_number = $5, product_name = $6,
    product_system = $7, product_code = $8, programme = $9, lot = $10, amount_microlitres = $11, facility = $12,
    received_at = $13, changed_at = $14, cancelled_at = $15 WHERE record_code = $1 AND vaccination_id = $2";
const PUT: &str =
    "INSERT INTO vaccination_source (record_code, vaccination_id, sent_by, municipality, dose_number, product_name,
    product_system, product_code, programme, lot, amount_microlitres, facility, received_at, changed_at, cancelled_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (record_code, vaccination_id, sent_by) DO UPDATE SET municipality = $4, dose_number = $5,
    product_name = $6, product_system = $7, product_code = $8, programme = $9, lot = $10, amount_microlitres = $11,
    facility = $12, received_at = $13, changed_at = $14, cancelled_at = $15";
const DROP: &str =
    "DELETE FROM vaccination_source WHERE record_code = $1 AND vaccination_id = $2 AND sent_by = $3";
const STATED_TOO: &str = "SELECT s.record_code, s.vaccination_id, s.sent_by, s.municipality, s.dose_number, s.product_name,
    s.product_system, s.product_code, s.programme, s.lot, s.amount_microlitres, s.facility, s.received_at, s.changed_at,
    s.cancelled_at FROM vaccination_source AS s
    JOIN vaccination AS v ON v.record_code = s.record_code AND v.vaccination_id = s.vaccination_id
    WHERE s.record_code = $1 AND s.cancelled_at IS NULL AND v.cancelled_at IS NULL ORDER BY s.vaccination_id, s.sent_by";
const SHARED: &str = "SELECT DISTINCT record_code FROM vaccination_source WHERE record_code > $1
    ORDER BY record_code LIMIT $2";

/// Runs a statement whose parameters are the columns of a [`DoseStatement`], in order.
macro_rules! with_statement {
    ($tx:expr, $statement:expr, $dose:expr) => {
        in_tx!($tx, conn => sqlx::query($statement)
            .bind($dose.record_code)
            .bind($dose.vaccination_id)
            .bind(&$dose.sent_by)
            .bind(&$dose.municipality)
            .bind($dose.dose_number)
            .bind(&$dose.product_name)
            .bind($dose.product_system)
            .bind(&$dose.product_code)
            .bind($dose.programme)
            .bind(&$dose.lot)
            .bind($dose.amount_microlitres)
            .bind(&$dose.facility)
            .bind($dose.received_at)
            .bind($dose.changed_at)
            .bind($dose.cancelled_at)
            .execute(conn)
            .await
            .map(drop))?
    };
}

impl Records {
    /// All doses of some people, cancelled ones too.
    pub async fn known_doses(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<KnownDose>> {
        cell::all(of_people!(tx, KNOWN, codes))
    }

    /// What else is stated about the doses of some people.
    pub async fn other_statements(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<DoseStatement>> {
        cell::all(of_people!(tx, OTHERS, codes))
    }

    /// All doses of a person of one day and series; they stay locked until the transaction ends.
    pub async fn locked_doses(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        given_on: &str,
        vaccine: &str,
    ) -> Result<Vec<KnownDose>> {
        cell::all(in_tx!(tx, conn => {
            sqlx::query_as(LOCKED).bind(code).bind(given_on).bind(vaccine).fetch_all(conn).await
        })?)
    }

    /// Adds doses.
    pub async fn insert_doses(&self, tx: &mut Tx, doses: &[KnownDose], key_version: i64) -> Result<()> {
        self.add_doses(tx, doses, (key_version, "")).await.map(drop)
    }

    /// Adds one; false when there is one of this person, day, series and number already.
    pub async fn insert_dose(&self, tx: &mut Tx, dose: &KnownDose, key_version: i64) -> Result<bool> {
        Ok(self.add_doses(tx, std::slice::from_ref(dose), (key_version, ONCE)).await? == 1)
    }

    async fn add_doses(
        &self,
        tx: &mut Tx,
        doses: &[KnownDose],
        (key_version, end): (i64, &str),
    ) -> Result<u64> {
        if doses.is_empty() {
            return Ok(0);
        }
        let added = in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(doses, |mut row, dose| {
                let stated = &dose.holding;
                row.push_bind(stated.record_code)
                    .push_bind(stated.vaccination_id)
                    .push_bind(&dose.given_on)
                    .push_bind(&dose.vaccine)
                    .push_bind(stated.dose_number)
                    .push_bind(&stated.municipality)
                    .push_bind(&stated.product_name)
                    .push_bind(stated.product_system)
                    .push_bind(&stated.product_code)
                    .push_bind(stated.programme)
                    .push_bind(&stated.lot)
                    .push_bind(stated.amount_microlitres)
                    .push_bind(&stated.facility)
                    .push_bind(&stated.sent_by)
                    .push_bind(stated.received_at)
                    .push_bind(stated.changed_at)
                    .push_bind(stated.cancelled_at)
                    .push_bind(key_version);
            });
            query.push(end);
            query.build().execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(added)
    }

    /// Lets a statement hold for its dose. The id stays, and with it what the owner put on the record.
    pub async fn hold_statement(&self, tx: &mut Tx, statement: &DoseStatement) -> Result<()> {
        with_statement!(tx, HOLD, statement);
        Ok(())
    }

    /// Keeps a statement beside the one that holds.
    pub async fn put_statement(&self, tx: &mut Tx, statement: &DoseStatement) -> Result<()> {
        with_statement!(tx, PUT, statement);
        Ok(())
    }

    /// Keeps it beside no longer, because it holds.
    pub async fn drop_statement(&self, tx: &mut Tx, statement: &DoseStatement) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(DROP)
            .bind(statement.record_code)
            .bind(statement.vaccination_id)
            .bind(&statement.sent_by)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// What others than the senders whose statements hold state about the doses of a person that are shown.
    pub async fn stated_too(&self, code: RecordCode) -> Result<Vec<DoseStatement>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(STATED_TOO).bind(code).fetch_all(pool).await)?)
    }

    /// Some of the people with a dose that several senders state, in order, after `after`.
    pub async fn people_with_shared_doses(&self, after: RecordCode, limit: i64) -> Result<Vec<RecordCode>> {
        Ok(
            on_db!(&self.db, pool => sqlx::query_scalar(SHARED).bind(after).bind(limit).fetch_all(pool).await)?,
        )
    }
}
