//! Checkups that were deleted on request of their sender, so that an older document does not bring them back.

use super::key::CheckupKey;
use crate::{Records, Result, Tx, records::of_people::of_people, tx::in_tx};
use techo_model::{RecordCode, UnixMillis};

/// Stands for every programme in deletions from before it was noted.
const EVERY_PROGRAMME: &str = "*";

/// A checkup that was deleted on request of its sender.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CheckupDeletion {
    /// Whose.
    pub record_code: RecordCode,
    /// 健診機関番号.
    pub facility: String,
    /// 健診実施日.
    pub examined_on: String,
    /// プログラム種別; `*` in those from before it was noted.
    pub programme: String,
    /// Date of the request.
    pub document_date: String,
}

impl CheckupDeletion {
    /// The deletion that a document with this key asks for.
    pub fn of(key: &CheckupKey, document_date: String) -> Self {
        let CheckupKey { record_code, facility, examined_on, programme, .. } = key.clone();
        Self { record_code, facility, examined_on, programme, document_date }
    }

    /// Whether it is about this checkup: 報告区分 of a deletion is always 19, so the programme tells.
    pub fn concerns(&self, key: &CheckupKey) -> bool {
        let is_own = self.programme == key.programme || self.programme == EVERY_PROGRAMME;
        is_own
            && (self.record_code, &self.facility, &self.examined_on)
                == (key.record_code, &key.facility, &key.examined_on)
    }

    /// Whether it keeps a document of this date out.
    pub fn forbids(&self, key: &CheckupKey, document_date: &str) -> bool {
        self.concerns(key) && document_date <= self.document_date.as_str()
    }
}

const DELETIONS: &str = "SELECT record_code, facility, examined_on, programme, document_date FROM checkup_deletion WHERE record_code IN (";
const REMEMBER_DELETION: &str = "INSERT INTO checkup_deletion (record_code, facility, examined_on, programme,
    document_date, sent_by, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (record_code, facility, examined_on, programme) DO UPDATE SET document_date = $5, sent_by = $6,
    deleted_at = $7 WHERE checkup_deletion.document_date < $5";

impl Records {
    /// All deletions of some people.
    pub async fn known_deletions(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<CheckupDeletion>> {
        Ok(of_people!(tx, DELETIONS, codes))
    }

    /// Remembers that a checkup was deleted, so that an older document does not bring it back.
    pub async fn remember_deletion(
        &self,
        tx: &mut Tx,
        deletion: &CheckupDeletion,
        sent_by: &str,
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(REMEMBER_DELETION)
            .bind(deletion.record_code)
            .bind(&deletion.facility)
            .bind(&deletion.examined_on)
            .bind(&deletion.programme)
            .bind(&deletion.document_date)
            .bind(sent_by)
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
