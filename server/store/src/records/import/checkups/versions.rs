//! Documents that a newer one replaced, and those that came after it.

use super::NewCheckup;
use crate::{Records, Result, Tx, records::of_people::of_people, tx::in_tx};
use techo_model::{CheckupId, RecordCode};

/// A version that was replaced, by digest.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownVersion {
    /// Of which checkup.
    pub checkup_id: CheckupId,
    /// Digest of its content.
    pub digest: Vec<u8>,
}

const VERSIONS: &str = "SELECT checkup_id, digest FROM checkup_version WHERE record_code IN (";
const KEEP_OLDER: &str = "INSERT INTO checkup_version
    (record_code, checkup_id, document_date, results, digest, sent_by, received_at, replaced_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (record_code, checkup_id, digest, document_date) DO NOTHING";
const DELETE_VERSIONS_UNTIL: &str =
    "DELETE FROM checkup_version WHERE record_code = $1 AND checkup_id = $2 AND document_date <= $3";

impl Records {
    /// All replaced versions of some people.
    pub async fn known_versions(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<KnownVersion>> {
        Ok(of_people!(tx, VERSIONS, codes))
    }

    /// Keeps a document that arrived after a newer one as history only.
    pub async fn keep_older_version(&self, tx: &mut Tx, old: &NewCheckup) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(KEEP_OLDER)
            .bind(old.record_code)
            .bind(old.checkup_id)
            .bind(&old.document_date)
            .bind(&old.results)
            .bind(&old.digest)
            .bind(&old.sent_by)
            .bind(old.received_at)
            .bind(old.at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Deletes the history of a checkup up to a date of documents.
    pub async fn delete_versions_until(
        &self,
        tx: &mut Tx,
        (code, id): (RecordCode, CheckupId),
        document_date: &str,
    ) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(DELETE_VERSIONS_UNTIL).bind(code).bind(id).bind(document_date).execute(conn).await.map(drop)
        })?;
        Ok(())
    }
}
