//! Doses, as imports see them.

use crate::{Records, Result, Tx, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{RecordCode, UnixMillis, VaccinationId, vaccination::DoseFacts};

/// A dose to be added or rewritten.
#[derive(Clone, Debug)]
pub struct NewDose {
    /// Whose.
    pub record_code: RecordCode,
    /// Key.
    pub vaccination_id: VaccinationId,
    /// What was stated.
    pub facts: DoseFacts,
    /// Organisation that sent it.
    pub sent_by: String,
    /// Now.
    pub at: UnixMillis,
    /// Key version of the record code.
    pub key_version: i64,
}

/// A dose that is there already.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of `vaccination`, described in docs/DATA.md")]
pub struct KnownDose {
    pub record_code: RecordCode,
    pub vaccination_id: VaccinationId,
    pub given_on: String,
    pub vaccine: String,
    pub dose_number: i64,
    pub municipality: String,
    pub product_name: Option<String>,
    pub product_system: Option<String>,
    pub product_code: Option<String>,
    pub programme: String,
    pub lot: Option<String>,
    pub amount_microlitres: Option<i64>,
    pub facility: Option<String>,
    pub sent_by: String,
    pub cancelled_at: Option<UnixMillis>,
}

impl KnownDose {
    /// Whether a statement says the same as this row.
    pub fn says(&self, facts: &DoseFacts) -> bool {
        let code = facts.product_code.as_ref();
        self.product_name == facts.product_name
            && self.product_system.as_deref() == code.map(|code| code.system.as_str())
            && self.product_code.as_deref() == code.map(|code| code.code.as_str())
            && self.programme == facts.programme.as_str()
            && self.lot == facts.lot
            && self.amount_microlitres == facts.amount_microlitres
            && self.facility.as_deref() == facts.facility.as_ref().map(|facility| facility.as_str())
    }

    /// Whether this is the same dose as the place sent it that gave it, before a municipality stated it.
    pub fn is_sent_copy_of(&self, code: RecordCode, facts: &DoseFacts) -> bool {
        self.record_code == code
            && self.municipality.is_empty()
            && self.cancelled_at.is_none()
            && self.vaccine == facts.vaccine.id()
            && self.given_on == facts.given_on.to_string()
            && facts.facility.as_ref().is_none_or(|facility| facility.as_str() == self.sent_by)
    }

    /// Whether this row is the dose that a statement is about.
    pub fn is_dose(&self, code: RecordCode, facts: &DoseFacts) -> bool {
        self.record_code == code
            && self.dose_number == facts.dose_number
            && self.vaccine == facts.vaccine.id()
            && self.municipality == facts.municipality.as_str()
            && self.given_on == facts.given_on.to_string()
    }
}

const KNOWN: &str =
    "SELECT record_code, vaccination_id, given_on, vaccine, dose_number, municipality, product_name,
    product_system, product_code, programme, lot, amount_microlitres, facility, sent_by, cancelled_at
    FROM vaccination WHERE record_code IN (";
const INSERT: &str = "INSERT INTO vaccination (record_code, vaccination_id, given_on, vaccine, dose_number, municipality,
    product_name, product_system, product_code, programme, lot, amount_microlitres, facility, sent_by, received_at,
    changed_at, key_version) ";
const UPDATE: &str =
    "UPDATE vaccination SET product_name = $3, product_system = $4, product_code = $5, programme = $6,
    lot = $7, amount_microlitres = $8, facility = $9, sent_by = $10, changed_at = $11, cancelled_at = NULL
    WHERE record_code = $1 AND vaccination_id = $2";
const ADOPT: &str = "UPDATE vaccination SET municipality = $3, dose_number = $4 WHERE record_code = $1 AND vaccination_id = $2";
const CANCEL: &str = "UPDATE vaccination SET cancelled_at = $3, changed_at = $3
    WHERE record_code = $1 AND vaccination_id = $2 AND cancelled_at IS NULL";

impl Records {
    /// All doses of some people, cancelled ones too.
    pub async fn known_doses(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<KnownDose>> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(KNOWN);
            let mut list = query.separated(", ");
            for code in codes {
                list.push_bind(*code);
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }

    /// Adds doses.
    pub async fn insert_doses(&self, tx: &mut Tx, doses: &[NewDose]) -> Result<()> {
        if doses.is_empty() {
            return Ok(());
        }
        in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(doses, |mut row, dose| {
                let facts = &dose.facts;
                let code = facts.product_code.as_ref();
                row.push_bind(dose.record_code)
                    .push_bind(dose.vaccination_id)
                    .push_bind(facts.given_on.to_string())
                    .push_bind(facts.vaccine.id())
                    .push_bind(facts.dose_number)
                    .push_bind(facts.municipality.as_str())
                    .push_bind(facts.product_name.as_deref())
                    .push_bind(code.map(|code| code.system.as_str()))
                    .push_bind(code.map(|code| code.code.as_str()))
                    .push_bind(facts.programme.as_str())
                    .push_bind(facts.lot.as_deref())
                    .push_bind(facts.amount_microlitres)
                    .push_bind(facts.facility.as_ref().map(|facility| facility.as_str()))
                    .push_bind(dose.sent_by.as_str())
                    .push_bind(dose.at)
                    .push_bind(dose.at)
                    .push_bind(dose.key_version);
            });
            query.build().execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// Rewrites a dose, and brings it back when it was cancelled.
    pub async fn update_dose(&self, tx: &mut Tx, dose: &NewDose) -> Result<()> {
        let facts = &dose.facts;
        let code = facts.product_code.as_ref();
        in_tx!(tx, conn => sqlx::query(UPDATE)
            .bind(dose.record_code)
            .bind(dose.vaccination_id)
            .bind(facts.product_name.as_deref())
            .bind(code.map(|code| code.system.as_str()))
            .bind(code.map(|code| code.code.as_str()))
            .bind(facts.programme.as_str())
            .bind(facts.lot.as_deref())
            .bind(facts.amount_microlitres)
            .bind(facts.facility.as_ref().map(|facility| facility.as_str()))
            .bind(dose.sent_by.as_str())
            .bind(dose.at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Takes a dose that its giver sent over into the ledger of a municipality, and rewrites it as that states it. The id
    /// stays, and with it what the owner put on the record.
    pub async fn adopt_dose(&self, tx: &mut Tx, dose: &NewDose) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(ADOPT)
            .bind(dose.record_code)
            .bind(dose.vaccination_id)
            .bind(dose.facts.municipality.as_str())
            .bind(dose.facts.dose_number)
            .execute(conn)
            .await
            .map(drop))?;
        self.update_dose(tx, dose).await
    }

    /// Cancels a dose; the row stays as a trace that pages do not show.
    pub async fn cancel_dose(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        id: VaccinationId,
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(CANCEL).bind(code).bind(id).bind(now).execute(conn).await.map(drop))?;
        Ok(())
    }
}
