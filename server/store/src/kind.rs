//! Which of the two databases one is, as it stands in itself, and whether it takes writes.

use crate::{
    CorruptCell, DatabaseName, Db, Result, RowKey, StoreError,
    db::{on_db, on_db_write},
    fault,
};
use techo_model::UnixMillis;

const KIND: &str = "SELECT kind FROM database_kind";
const WRITE: &str = "UPDATE database_kind SET written_at = $1";
/// A table of each that is older than the one that says which it is.
const ONLY_IN_VAULT: &str = "SELECT COUNT(*) FROM vault_setting";
const ONLY_IN_RECORDS: &str = "SELECT COUNT(*) FROM store_setting";

const UNFINISHED: &str = "SELECT COUNT(*) FROM restore_unfinished";

impl DatabaseName {
    /// The word that stands in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Records => "records",
        }
    }
}

impl std::fmt::Display for DatabaseName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Identity => "本人情報（identity）",
            Self::Records => "健康記録（records）",
        })
    }
}

impl Db {
    /// Which database this is; none when it is new.
    pub(crate) async fn kind(&self) -> Result<Option<DatabaseName>> {
        let kind = on_db!(self, pool => sqlx::query_scalar::<_, String>(KIND).fetch_optional(pool).await);
        if let Some(kind) = absent(kind)?.flatten() {
            let known = [DatabaseName::Identity, DatabaseName::Records]
                .into_iter()
                .find(|which| which.name() == kind);
            let unknown = || CorruptCell::new("database_kind", "kind", RowKey::Unnamed);
            return known.map(Some).ok_or_else(|| unknown().into());
        }
        for (which, text) in
            [(DatabaseName::Identity, ONLY_IN_VAULT), (DatabaseName::Records, ONLY_IN_RECORDS)]
        {
            let count = on_db!(self, pool => sqlx::query_scalar::<_, i64>(text).fetch_one(pool).await);
            if absent(count)?.is_some() {
                return Ok(Some(which));
            }
        }
        Ok(None)
    }

    /// Whether a backup was being put into this database and did not come to its end.
    pub(crate) async fn is_half_restored(&self) -> Result<bool> {
        let count = on_db!(self, pool => sqlx::query_scalar::<_, i64>(UNFINISHED).fetch_one(pool).await);
        Ok(absent(count)?.is_some())
    }

    /// Writes something for good, to know whether that is possible.
    pub async fn check_write(&self, now: UnixMillis) -> Result<()> {
        on_db_write!(self, pool => sqlx::query(WRITE).bind(now).execute(pool).await.map(drop))?;
        Ok(())
    }
}

/// None when there is no such table.
fn absent<T>(asked: Result<T, sqlx::Error>) -> Result<Option<T>, StoreError> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(error) if fault::is_of_statement(&error) && !fault::is_away(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
