//! Everything that is held about a person, as lines without values: for `/records`, and counted for `/home`.

use crate::{CorruptCell, Records, Result, Tx, db::on_db, tx::in_tx};
use techo_model::{CalendarDate, RecordCode, UnixMillis, record::RecordKind};
use uuid::Uuid;

/// One record as a line.
#[derive(Clone, Debug)]
pub struct PersonRecordRow {
    /// Kind.
    pub kind: RecordKind,
    /// Key within its kind.
    pub record_id: Uuid,
    /// 健診実施日, day of the collection, 接種日 or 資格取得日.
    pub happened_on: CalendarDate,
    /// Name of the facility or the insurer, or the id of the vaccine series.
    pub label: String,
    /// Organisation that sent it.
    pub sent_by: String,
    /// When it was taken in.
    pub received_at: UnixMillis,
    /// Since when it is frozen.
    pub frozen_at: Option<UnixMillis>,
}

/// What came from one sender at one moment.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RecordArrival {
    /// Kind.
    pub kind: RecordKind,
    /// Organisation that sent it.
    pub sent_by: String,
    /// When it was taken in or changed last.
    pub changed_at: UnixMillis,
    /// How many records are held.
    pub held: i64,
    /// How many of them are frozen.
    pub frozen: i64,
}

/// A record as it is read, before it is known of which table the day is.
#[derive(sqlx::FromRow)]
struct ReadRow {
    kind: RecordKind,
    record_id: Uuid,
    happened_on: String,
    label: String,
    sent_by: String,
    received_at: UnixMillis,
    frozen_at: Option<UnixMillis>,
}

impl ReadRow {
    fn checked(self) -> Result<PersonRecordRow> {
        let Self { kind, record_id, label, sent_by, received_at, frozen_at, .. } = self;
        let day = match kind {
            RecordKind::Checkup | RecordKind::Laboratory => "examined_on",
            RecordKind::Vaccination => "given_on",
            RecordKind::Coverage => "acquired_on",
        };
        let happened_on = CalendarDate::parse_iso(&self.happened_on);
        // Tables have the names of their kinds.
        let happened_on = happened_on.map_err(|_| CorruptCell::new(kind.as_str(), day, record_id))?;
        Ok(PersonRecordRow { kind, record_id, happened_on, label, sent_by, received_at, frozen_at })
    }
}

const OF_PERSON: &str = "SELECT 'checkup' AS kind, checkup_id AS record_id, examined_on AS happened_on,
    facility_name AS label, sent_by, received_at, frozen_at FROM checkup WHERE record_code = $1
    UNION ALL SELECT 'laboratory', laboratory_id, examined_on, sender_name, sent_by, received_at, frozen_at
    FROM laboratory WHERE record_code = $1 AND withdrawn_at IS NULL
    UNION ALL SELECT 'vaccination', vaccination_id, given_on, vaccine, sent_by, received_at, frozen_at
    FROM vaccination WHERE record_code = $1 AND cancelled_at IS NULL
    UNION ALL SELECT 'vaccination', v.vaccination_id, v.given_on, v.vaccine, s.sent_by, s.received_at, v.frozen_at
    FROM vaccination_source AS s
    JOIN vaccination AS v ON v.record_code = s.record_code AND v.vaccination_id = s.vaccination_id
    WHERE s.record_code = $1 AND s.cancelled_at IS NULL AND v.cancelled_at IS NULL
    UNION ALL SELECT 'coverage', coverage_id, acquired_on, insurer_name, sent_by, received_at, frozen_at
    FROM coverage WHERE record_code = $1";
const ARRIVALS: &str =
    "SELECT 'checkup' AS kind, sent_by, changed_at, COUNT(*) AS held, COUNT(frozen_at) AS frozen
    FROM checkup WHERE record_code = $1 GROUP BY sent_by, changed_at
    UNION ALL SELECT 'laboratory', sent_by, changed_at, COUNT(*), COUNT(frozen_at)
    FROM laboratory WHERE record_code = $1 AND withdrawn_at IS NULL GROUP BY sent_by, changed_at
    UNION ALL SELECT 'vaccination', sent_by, changed_at, COUNT(*), COUNT(frozen_at)
    FROM vaccination WHERE record_code = $1 AND cancelled_at IS NULL GROUP BY sent_by, changed_at
    UNION ALL SELECT 'coverage', sent_by, changed_at, COUNT(*), COUNT(frozen_at)
    FROM coverage WHERE record_code = $1 GROUP BY sent_by, changed_at";

const KEPT: &str = "SELECT (SELECT COUNT(*) FROM checkup WHERE record_code = $1)
    + (SELECT COUNT(*) FROM checkup_version WHERE record_code = $1)
    + (SELECT COUNT(*) FROM laboratory WHERE record_code = $1)
    + (SELECT COUNT(*) FROM laboratory_version WHERE record_code = $1)
    + (SELECT COUNT(*) FROM vaccination WHERE record_code = $1)
    + (SELECT COUNT(*) FROM vaccination_source WHERE record_code = $1)";

impl Records {
    /// How many records of a person are kept with what was written over them, coverage apart.
    pub async fn count_kept(&self, tx: &mut Tx, code: RecordCode) -> Result<i64> {
        Ok(in_tx!(tx, conn => sqlx::query_scalar(KEPT).bind(code).fetch_one(conn).await)?)
    }

    /// Every record of a person as a line, in no order.
    pub async fn held_records(&self, code: RecordCode) -> Result<Vec<PersonRecordRow>> {
        let rows: Vec<ReadRow> =
            on_db!(&self.db, pool => sqlx::query_as(OF_PERSON).bind(code).fetch_all(pool).await)?;
        rows.into_iter().map(ReadRow::checked).collect()
    }

    /// What is held about a person, counted by kind, sender and moment, in no order.
    pub async fn arrivals(&self, code: RecordCode) -> Result<Vec<RecordArrival>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(ARRIVALS).bind(code).fetch_all(pool).await)?)
    }
}
