//! Registered organisations.

use super::Vault;
use crate::{Result, StoreError, Tx, db::on_db, tx::in_tx};
use techo_model::{
    UnixMillis,
    organisation::{Organisation, OrganisationKind},
};

const FIND: &str = "SELECT organisation_id, kind, name FROM organisation WHERE organisation_id = $1";
const ALL: &str = "SELECT organisation_id, kind, name FROM organisation ORDER BY organisation_id";
const PUT: &str =
    "INSERT INTO organisation (organisation_id, kind, name, registered_at) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (organisation_id) DO UPDATE SET kind = $2, name = $3";

type Row = (String, String, String);

impl Vault {
    /// The organisation with this number.
    pub async fn organisation(&self, id: &str) -> Result<Option<Organisation>> {
        let row: Option<Row> =
            on_db!(&self.db, pool => sqlx::query_as(FIND).bind(id).fetch_optional(pool).await)?;
        row.map(read).transpose()
    }

    /// All organisations by number.
    pub async fn organisations(&self) -> Result<Vec<Organisation>> {
        let rows: Vec<Row> = on_db!(&self.db, pool => sqlx::query_as(ALL).fetch_all(pool).await)?;
        rows.into_iter().map(read).collect()
    }

    /// Registers an organisation, or corrects its kind and name.
    pub async fn put_organisation(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        now: UnixMillis,
    ) -> Result<()> {
        let Organisation { id, kind, name } = organisation;
        in_tx!(tx, conn => sqlx::query(PUT).bind(id).bind(kind.as_str()).bind(name).bind(now).execute(conn).await.map(drop))?;
        Ok(())
    }
}

fn read((id, kind, name): Row) -> Result<Organisation> {
    let kind = OrganisationKind::from_name(&kind).ok_or(StoreError::Corrupt("organisation.kind"))?;
    Ok(Organisation { id, kind, name })
}
