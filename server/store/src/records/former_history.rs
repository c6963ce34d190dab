//! The history of checkups from before it was kept by programme. Only `domain::import::carry_over` comes here.

use crate::{Records, Result, Tx, db::on_db, tx::in_tx};
use techo_model::{CheckupId, RecordCode, UnixMillis};

/// A replaced document, with what is known of the checkup in whose history it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of `checkup` and `checkup_version`, described in docs/DATA.md")]
pub struct FormerVersion {
    pub facility: String,
    pub facility_name: String,
    pub examined_on: String,
    pub report_class: String,
    pub programme: String,
    pub insurer: String,
    pub document_date: String,
    pub results: String,
    pub digest: Vec<u8>,
    pub sent_by: String,
    pub received_at: UnixMillis,
}

const WITH_HISTORY: &str = "SELECT DISTINCT record_code, checkup_id FROM checkup_version
    WHERE record_code > $1 OR (record_code = $1 AND checkup_id > $2) ORDER BY record_code, checkup_id LIMIT $3";
const VERSIONS: &str =
    "SELECT c.facility, c.facility_name, c.examined_on, c.report_class, c.programme, c.insurer, v.document_date,
    v.results, v.digest, v.sent_by, v.received_at FROM checkup_version AS v
    JOIN checkup AS c ON c.record_code = v.record_code AND c.checkup_id = v.checkup_id
    WHERE v.record_code = $1 AND v.checkup_id = $2 ORDER BY v.document_date DESC, v.received_at DESC";
const DROP: &str = "DELETE FROM checkup_version WHERE record_code = $1 AND checkup_id = $2 AND digest = $3";

impl Records {
    /// Some of the checkups that have a history, in order, after the one with this key.
    pub async fn checkups_with_history(
        &self,
        after: (RecordCode, CheckupId),
        limit: i64,
    ) -> Result<Vec<(RecordCode, CheckupId)>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_as(WITH_HISTORY).bind(after.0).bind(after.1).bind(limit).fetch_all(pool).await
        })?)
    }

    /// The history of a checkup, newest document first.
    pub async fn former_versions(
        &self,
        tx: &mut Tx,
        (code, id): (RecordCode, CheckupId),
    ) -> Result<Vec<FormerVersion>> {
        Ok(in_tx!(tx, conn => sqlx::query_as(VERSIONS).bind(code).bind(id).fetch_all(conn).await)?)
    }

    /// Takes a document out of the history of a checkup, because it stands elsewhere now.
    pub async fn drop_version(
        &self,
        tx: &mut Tx,
        (code, id): (RecordCode, CheckupId),
        digest: &[u8],
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(DROP).bind(code).bind(id).bind(digest).execute(conn).await.map(drop))?;
        Ok(())
    }
}
