//! Former versions with their values, for whoever has to tell what one reader saw of a record over time. Those of frozen
//! and withdrawn records do not leave the database.

use crate::{
    Records, Result,
    cell::{self, keyed},
    db::on_db,
};
use techo_model::{CalendarDate, CheckupId, LaboratoryId, RecordCode, UnixMillis, laboratory::ReportStatus};

/// A version of a laboratory report that a newer one replaced.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FormerLaboratory {
    /// Which report.
    pub laboratory_id: LaboratoryId,
    /// How far it was.
    pub status: ReportStatus,
    /// What the sender called it.
    pub title: Option<String>,
    /// Name of the sender at that time; unknown for versions from before it was kept.
    pub sender_name: Option<String>,
    /// Day of the collection.
    pub examined_on: CalendarDate,
    /// Instant of the collection.
    pub examined_at: Option<UnixMillis>,
    /// The same as the sender wrote it.
    pub examined_stated: Option<String>,
    /// When the report was given out.
    pub issued_at: Option<UnixMillis>,
    /// The same as the sender wrote it.
    pub issued_stated: Option<String>,
    /// `Vec<LaboratoryResult>` as JSON.
    pub results: String,
    /// `BTreeSet<Label>` as JSON.
    pub labels: String,
    /// Since when it held.
    pub received_at: UnixMillis,
}

/// A version of a checkup that a newer one replaced.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FormerCheckup {
    /// Which checkup.
    pub checkup_id: CheckupId,
    /// Date of the document.
    pub document_date: CalendarDate,
    /// `Vec<ItemResult>` as JSON.
    pub results: String,
    /// Name of the place at that time; unknown for versions from before it was kept.
    pub facility_name: Option<String>,
    /// Since when it held.
    pub held_since: UnixMillis,
}

keyed! {
    FormerLaboratory in "laboratory_version" by ["laboratory_id"];
    FormerCheckup in "checkup_version" by ["checkup_id"];
}

const LABORATORY: &str =
    "SELECT former.laboratory_id, former.status, former.title, former.sender_name, former.examined_on, former.examined_at,
    former.examined_stated, former.issued_at, former.issued_stated, former.results, former.labels, former.received_at
    FROM laboratory_version AS former JOIN laboratory AS held
    ON held.record_code = former.record_code AND held.laboratory_id = former.laboratory_id
    WHERE former.record_code = $1 AND held.frozen_at IS NULL AND held.withdrawn_at IS NULL
    ORDER BY former.laboratory_id, former.version";
// A document that came when a newer one was held was never what anybody saw.
const CHECKUPS: &str =
    "SELECT former.checkup_id, former.document_date, former.results, former.facility_name, former.held_since
    FROM checkup_version AS former JOIN checkup AS held
    ON held.record_code = former.record_code AND held.checkup_id = former.checkup_id
    WHERE former.record_code = $1 AND held.frozen_at IS NULL AND former.held_since IS NOT NULL
    ORDER BY former.checkup_id, former.held_since";

impl Records {
    /// Former versions of all laboratory reports of a person, the oldest of each first.
    pub async fn former_laboratory(&self, code: RecordCode) -> Result<Vec<FormerLaboratory>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(LABORATORY).bind(code).fetch_all(pool).await)?)
    }

    /// Former versions of all checkups of a person, the oldest of each first.
    pub async fn former_checkups(&self, code: RecordCode) -> Result<Vec<FormerCheckup>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(CHECKUPS).bind(code).fetch_all(pool).await)?)
    }
}
