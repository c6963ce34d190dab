//! The history of checkups from before it was kept by programme. Only `techo_intake::carry_over` comes here.

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
const CARRY_MARK: &str =
    "INSERT INTO record_mark (record_code, number, kind, record_id, mark, labels, marked_at)
    SELECT m.record_code, (SELECT MAX(number) + 1 FROM record_mark WHERE record_code = $1), m.kind, $3, m.mark,
    m.labels, m.marked_at FROM record_mark AS m WHERE m.record_code = $1 AND m.kind = 'checkup' AND m.record_id = $2
    ORDER BY m.number DESC LIMIT 1";
const CARRY_FREEZE: &str = "UPDATE checkup SET frozen_at =
    (SELECT c.frozen_at FROM checkup AS c WHERE c.record_code = $1 AND c.checkup_id = $2)
    WHERE record_code = $1 AND checkup_id = $3";

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

    /// Gives a checkup the last mark with its labels, and the freeze, of the one in whose history it stood.
    pub async fn carry_marks(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        (from, to): (CheckupId, CheckupId),
    ) -> Result<()> {
        for statement in [CARRY_MARK, CARRY_FREEZE] {
            in_tx!(tx, conn => {
                sqlx::query(statement).bind(code).bind(from).bind(to).execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }
}
