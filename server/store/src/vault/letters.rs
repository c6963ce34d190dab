//! Activation letters. The two halves of a code stand here as keyed hashes only.

use super::Vault;
use crate::{Result, Tx, db::on_db, db::on_db_write, tx::in_tx};
use techo_model::{CalendarDate, LetterId, ResidentId, UnixMillis};

/// Wrong tries after which a letter is dead.
pub const MAX_TRIES: i64 = 10;

/// A letter that is sent out.
#[derive(Clone, Debug)]
pub struct LetterRecord {
    /// Key.
    pub letter_id: LetterId,
    /// To whom.
    pub resident_id: ResidentId,
    /// HMAC of the half that finds the letter.
    pub selector_lookup: [u8; 32],
    /// HMAC of the half that proves it.
    pub secret_lookup: [u8; 32],
    /// When it was made.
    pub issued_at: UnixMillis,
    /// Until when its code works.
    pub expires_at: UnixMillis,
}

/// A letter at the moment of a try, which is counted already.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TriedLetter {
    /// Key.
    pub letter_id: LetterId,
    /// To whom it was sent.
    pub resident_id: ResidentId,
    /// HMAC of the half that proves it.
    pub secret_lookup: Vec<u8>,
}

/// A resident to whom a letter goes.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LetterAddressee {
    /// Key.
    pub resident_id: ResidentId,
    /// 氏名.
    pub name_sealed: Vec<u8>,
    /// 生年月日 as `YYYY-MM-DD`.
    pub birth_sealed: Vec<u8>,
    /// 郵便番号.
    pub postal_code_sealed: Option<Vec<u8>>,
    /// 住所.
    pub address_sealed: Option<Vec<u8>>,
    /// 支援措置.
    pub is_protected: bool,
    /// Whether there is an account already, to which a letter is the way back.
    pub has_account: bool,
}

const RETIRE: &str =
    "UPDATE activation_letter SET state = 'retired' WHERE resident_id = $1 AND state = 'open'";
const INSERT: &str =
    "INSERT INTO activation_letter (letter_id, resident_id, selector_lookup, secret_lookup, state, tries,
        issued_at, expires_at)
    VALUES ($1, $2, $3, $4, 'open', 0, $5, $6) ON CONFLICT (selector_lookup) DO NOTHING";
const TRY: &str = "UPDATE activation_letter SET tries = tries + 1
    WHERE selector_lookup = $1 AND state = 'open' AND tries < $2 AND expires_at > $3
    RETURNING letter_id, resident_id, secret_lookup";
const USE: &str = "UPDATE activation_letter SET state = 'used' WHERE letter_id = $1 AND state = 'open'";
const WITHOUT_ACCOUNT: &str =
    "SELECT r.resident_id, r.name_sealed, r.birth_sealed, r.postal_code_sealed, r.address_sealed, r.is_protected,
        FALSE AS has_account
    FROM resident r
    WHERE r.municipality = $1 AND r.resident_id > $2 AND r.died_on IS NULL
        AND (r.moved_out_on IS NULL OR r.moved_out_on > $4)
        AND NOT EXISTS (SELECT 1 FROM account a WHERE a.resident_id = r.resident_id)
    ORDER BY r.resident_id LIMIT $3";
const ASKED_FOR: &str =
    "SELECT r.resident_id, r.name_sealed, r.birth_sealed, r.postal_code_sealed, r.address_sealed, r.is_protected,
        EXISTS (SELECT 1 FROM account a WHERE a.resident_id = r.resident_id) AS has_account
    FROM resident r
    WHERE r.municipality = $1 AND r.person_lookup = $2 AND r.died_on IS NULL
        AND (r.moved_out_on IS NULL OR r.moved_out_on > $3)";

impl Vault {
    /// Retires the resident's former letter and keeps a new one. Answers whether it was kept: not when its selector
    /// is taken, and then another code must be drawn.
    pub async fn issue_letter(&self, tx: &mut Tx, letter: &LetterRecord) -> Result<bool> {
        let resident = letter.resident_id;
        in_tx!(tx, conn => sqlx::query(RETIRE).bind(resident).execute(conn).await.map(drop))?;
        let done = in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(letter.letter_id)
            .bind(resident)
            .bind(letter.selector_lookup.as_slice())
            .bind(letter.secret_lookup.as_slice())
            .bind(letter.issued_at)
            .bind(letter.expires_at)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Counts a try on the letter with this selector, and hands it out unless it is dead.
    ///
    /// On its own, outside any transaction: a try counts whatever becomes of the rest.
    pub async fn try_letter(&self, selector: &[u8; 32], now: UnixMillis) -> Result<Option<TriedLetter>> {
        Ok(on_db_write!(&self.db, pool => {
            let query = sqlx::query_as(TRY).bind(selector.as_slice()).bind(MAX_TRIES).bind(now);
            query.fetch_optional(pool).await
        })?)
    }

    /// Uses a letter up. Answers whether it still was open.
    pub async fn use_letter(&self, tx: &mut Tx, id: LetterId) -> Result<bool> {
        let done = in_tx!(tx, conn => {
            sqlx::query(USE).bind(id).execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(done > 0)
    }

    /// Living residents of a municipality without an account, by id, after the one given. Who is to move out after `today`
    /// still lives there.
    pub async fn residents_without_account(
        &self,
        municipality: &str,
        (after, limit): (ResidentId, i64),
        today: CalendarDate,
    ) -> Result<Vec<LetterAddressee>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(WITHOUT_ACCOUNT)
            .bind(municipality)
            .bind(after)
            .bind(limit)
            .bind(today.to_string())
            .fetch_all(pool)
            .await)?)
    }

    /// A living resident of a municipality by the look-up of the person code, with an account or without.
    pub async fn addressee(
        &self,
        municipality: &str,
        person: &[u8; 32],
        today: CalendarDate,
    ) -> Result<Option<LetterAddressee>> {
        Ok(on_db!(&self.db, pool => {
            let query =
                sqlx::query_as(ASKED_FOR).bind(municipality).bind(person.as_slice()).bind(today.to_string());
            query.fetch_optional(pool).await
        })?)
    }
}
