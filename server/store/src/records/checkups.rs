//! Checkups, as pages read them. Results of a frozen checkup do not leave the database.

use crate::{
    Records, Result,
    cell::{self, keyed},
    db::on_db,
};
use techo_model::{CalendarDate, CheckupId, RecordCode, UnixMillis};

/// A checkup of one person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CheckupRow {
    /// Key.
    pub checkup_id: CheckupId,
    /// 健診機関番号.
    pub facility: String,
    /// Name of the facility.
    pub facility_name: String,
    /// 健診実施日.
    pub examined_on: CalendarDate,
    /// Date of the document.
    pub document_date: CalendarDate,
    /// 報告区分, e.g. `10`.
    pub report_class: String,
    /// プログラム種別, e.g. `010`; may be empty.
    pub programme: String,
    /// 3 or 4.
    pub phase: i64,
    /// 保険者番号 in the document.
    pub insurer: String,
    /// `Vec<ItemResult>` as JSON; none while frozen.
    pub results: Option<String>,
    /// When it was taken in.
    pub received_at: UnixMillis,
    /// When it last changed here.
    pub changed_at: UnixMillis,
    /// Since when it is frozen.
    pub frozen_at: Option<UnixMillis>,
}

/// A version that a correction replaced, without its values.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReplacedVersion {
    /// Date of the replaced document.
    pub document_date: CalendarDate,
    /// When it was replaced.
    pub replaced_at: UnixMillis,
}

keyed! {
    CheckupRow in "checkup" by ["checkup_id"];
    ReplacedVersion in "checkup_version" by ["checkup_id"];
}

const OF_PERSON: &str =
    "SELECT checkup_id, facility, facility_name, examined_on, document_date, report_class,
    programme, phase, insurer,
    CASE WHEN frozen_at IS NULL THEN results END AS results, received_at, changed_at, frozen_at
    FROM checkup WHERE record_code = $1 ORDER BY examined_on DESC, checkup_id DESC";
const FIND: &str = "SELECT checkup_id, facility, facility_name, examined_on, document_date, report_class,
    programme, phase, insurer,
    CASE WHEN frozen_at IS NULL THEN results END AS results, received_at, changed_at, frozen_at
    FROM checkup WHERE record_code = $1 AND checkup_id = $2";
const LATEST: &str = "SELECT checkup_id, facility, facility_name, examined_on, document_date, report_class,
    programme, phase, insurer,
    results, received_at, changed_at, frozen_at
    FROM checkup WHERE record_code = $1 AND frozen_at IS NULL ORDER BY examined_on DESC, checkup_id DESC LIMIT 1";
const REPLACED: &str = "SELECT checkup_id, document_date, replaced_at FROM checkup_version
    WHERE record_code = $1 AND checkup_id = $2 ORDER BY document_date DESC, replaced_at DESC";

impl Records {
    /// All checkups of a person, newest first.
    pub async fn checkups(&self, code: RecordCode) -> Result<Vec<CheckupRow>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(OF_PERSON).bind(code).fetch_all(pool).await)?)
    }

    /// One checkup of a person.
    pub async fn checkup(&self, code: RecordCode, id: CheckupId) -> Result<Option<CheckupRow>> {
        cell::one(
            on_db!(&self.db, pool => sqlx::query_as(FIND).bind(code).bind(id).fetch_optional(pool).await)?,
        )
    }

    /// The newest checkup of a person that is not frozen.
    pub async fn latest_checkup(&self, code: RecordCode) -> Result<Option<CheckupRow>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(LATEST).bind(code).fetch_optional(pool).await)?)
    }

    /// What corrections replaced in a checkup, newest document first.
    pub async fn replaced_versions(&self, code: RecordCode, id: CheckupId) -> Result<Vec<ReplacedVersion>> {
        cell::all(
            on_db!(&self.db, pool => sqlx::query_as(REPLACED).bind(code).bind(id).fetch_all(pool).await)?,
        )
    }
}
