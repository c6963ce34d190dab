//! Doses that the place sent which gave them. Their municipality and programme are empty until the ledger of a municipality
//! takes them over ([`Records::adopt_dose`](super::import::vaccinations)).

use crate::{Records, Result, Tx, tx::in_tx};
use techo_model::{RecordCode, UnixMillis, VaccinationId, vaccination::SentDose};

/// A dose to be added or rewritten.
#[derive(Clone, Debug)]
pub struct NewSentDose {
    /// Whose.
    pub record_code: RecordCode,
    /// Key.
    pub vaccination_id: VaccinationId,
    /// What was sent.
    pub dose: SentDose,
    /// Official number of the sender, who gave it.
    pub sent_by: String,
    /// Now.
    pub at: UnixMillis,
    /// Key version of the record code.
    pub key_version: i64,
}

/// A dose that is there already.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of `vaccination`, described in docs/DATA.md")]
pub struct KnownSentDose {
    pub vaccination_id: VaccinationId,
    pub municipality: String,
    pub product_name: Option<String>,
    pub product_system: Option<String>,
    pub product_code: Option<String>,
    pub lot: Option<String>,
    pub amount_microlitres: Option<i64>,
    pub received_at: UnixMillis,
    pub changed_at: UnixMillis,
    pub cancelled_at: Option<UnixMillis>,
}

impl KnownSentDose {
    /// Whether a statement says the same as this row.
    pub fn says(&self, dose: &SentDose) -> bool {
        let code = dose.product_code.as_ref();
        self.product_name == dose.product_name
            && self.product_system.as_deref() == code.map(|code| code.system.as_str())
            && self.product_code.as_deref() == code.map(|code| code.code.as_str())
            && self.lot == dose.lot
            && self.amount_microlitres == dose.amount_microlitres
    }

    /// Whether a municipality keeps it in its ledger.
    pub fn is_in_a_ledger(&self) -> bool {
        !self.municipality.is_empty()
    }
}

// Changes nothing, but locks the row until the transaction ends.
const OWN: &str = "UPDATE vaccination SET dose_number = dose_number WHERE record_code = $1 AND given_on = $2 AND vaccine = $3
    AND dose_number = $4 AND municipality = '' AND sent_by = $5
    RETURNING vaccination_id, municipality, product_name, product_system, product_code, lot, amount_microlitres,
    received_at, changed_at, cancelled_at";
const IN_LEDGER: &str =
    "SELECT vaccination_id, municipality, product_name, product_system, product_code, lot,
    amount_microlitres, received_at, changed_at, cancelled_at FROM vaccination
    WHERE record_code = $1 AND given_on = $2 AND vaccine = $3 AND municipality <> '' AND cancelled_at IS NULL
    ORDER BY vaccination_id LIMIT 1";
const INSERT: &str =
    "INSERT INTO vaccination (record_code, vaccination_id, given_on, vaccine, dose_number, municipality,
    product_name, product_system, product_code, programme, lot, amount_microlitres, facility, sent_by, received_at,
    changed_at, key_version) VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, '', $9, $10, $11, $11, $12, $12, $13)
    ON CONFLICT DO NOTHING";
const REWRITE: &str = "UPDATE vaccination SET product_name = $3, product_system = $4, product_code = $5, lot = $6,
    amount_microlitres = $7, changed_at = $8, cancelled_at = NULL WHERE record_code = $1 AND vaccination_id = $2";

impl Records {
    /// The dose that a sender stated, or else the one that a ledger has of that day and series. The sender's own row stays
    /// locked until the transaction ends.
    pub async fn known_sent_dose(&self, tx: &mut Tx, new: &NewSentDose) -> Result<Option<KnownSentDose>> {
        let (day, vaccine) = (new.dose.given_on.to_string(), new.dose.vaccine.id());
        Ok(in_tx!(tx, conn => {
            let ledger: Option<KnownSentDose> = sqlx::query_as(IN_LEDGER)
                .bind(new.record_code)
                .bind(&day)
                .bind(vaccine)
                .fetch_optional(&mut *conn)
                .await?;
            let own: Option<KnownSentDose> = sqlx::query_as(OWN)
                .bind(new.record_code)
                .bind(&day)
                .bind(vaccine)
                .bind(new.dose.dose_number)
                .bind(&new.sent_by)
                .fetch_optional(conn)
                .await?;
            // What the sender took back and a ledger states all the same stays the ledger's.
            let is_given = |own: &KnownSentDose| own.cancelled_at.is_none() || ledger.is_none();
            Ok::<_, sqlx::Error>(own.filter(is_given).or(ledger))
        })?)
    }

    /// Adds a dose. Answers false when the sender has stated it before.
    pub async fn insert_sent_dose(&self, tx: &mut Tx, new: &NewSentDose) -> Result<bool> {
        let dose = &new.dose;
        let code = dose.product_code.as_ref();
        let done = in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(new.record_code)
            .bind(new.vaccination_id)
            .bind(dose.given_on.to_string())
            .bind(dose.vaccine.id())
            .bind(dose.dose_number)
            .bind(&dose.product_name)
            .bind(code.map(|code| code.system.as_str()))
            .bind(code.map(|code| code.code.as_str()))
            .bind(&dose.lot)
            .bind(dose.amount_microlitres)
            .bind(&new.sent_by)
            .bind(new.at)
            .bind(new.key_version)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Rewrites a dose, and brings it back when it was taken back.
    pub async fn rewrite_sent_dose(&self, tx: &mut Tx, new: &NewSentDose) -> Result<()> {
        let dose = &new.dose;
        let code = dose.product_code.as_ref();
        in_tx!(tx, conn => sqlx::query(REWRITE)
            .bind(new.record_code)
            .bind(new.vaccination_id)
            .bind(&dose.product_name)
            .bind(code.map(|code| code.system.as_str()))
            .bind(code.map(|code| code.code.as_str()))
            .bind(&dose.lot)
            .bind(dose.amount_microlitres)
            .bind(new.at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
