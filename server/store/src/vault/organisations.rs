//! Registered organisations, and the keys with which their systems prove who they are.

use super::Vault;
use crate::{
    Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use sqlx::QueryBuilder;
use std::collections::BTreeSet;
use techo_model::{
    UnixMillis,
    organisation::{Organisation, OrganisationKind, OrganisationState},
    text::search_form,
};

/// What an organisation proves itself with at the interface for systems.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SystemAccess {
    /// Whether its systems are let in.
    pub state: OrganisationState,
    /// JWK array of public keys, as JSON.
    pub keys: String,
    /// Where its card readers stand: `https://host[:port]`.
    pub origin: Option<String>,
}

/// What is read of an organisation.
#[derive(sqlx::FromRow)]
pub(super) struct OrganisationRow {
    pub(super) organisation_id: String,
    kind: OrganisationKind,
    name: String,
}

keyed! {
    SystemAccess in "organisation" by ["organisation_id"];
    OrganisationRow in "organisation" by ["organisation_id"];
}

const FIND: &str = "SELECT organisation_id, COALESCE(class, kind) AS kind, name FROM organisation WHERE organisation_id = $1";
const PUT: &str = "INSERT INTO organisation (organisation_id, kind, name, registered_at, class, search_name)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (organisation_id) DO UPDATE SET kind = $2, name = $3, class = $5, search_name = $6";
const ACCESS: &str =
    "SELECT organisation_id, state, keys, origin FROM organisation WHERE organisation_id = $1";
const STOPPED: &str =
    "SELECT organisation_id FROM organisation WHERE state <> 'active' AND organisation_id IN (";
// Changes nothing, but whoever changes keys or state waits until the transaction ends, and this one until they are changed.
const LOCK_ACCESS: &str = "UPDATE organisation SET state = state WHERE organisation_id = $1
    RETURNING organisation_id, state, keys, origin";
const SET_KEYS: &str = "UPDATE organisation SET keys = $2 WHERE organisation_id = $1";
const SET_ORIGIN: &str = "UPDATE organisation SET origin = $2 WHERE organisation_id = $1";
const SET_STATE: &str = "UPDATE organisation SET state = $2 WHERE organisation_id = $1";
const LOOK_AGAIN: &str = "UPDATE waiting_coverage SET tried_at = NULL WHERE sent_by = $1";
const DROP_TOKENS: &str = "DELETE FROM access_token WHERE organisation_id = $1";

impl Vault {
    /// The organisation with this number.
    pub async fn organisation(&self, id: &str) -> Result<Option<Organisation>> {
        let row = on_db!(&self.db, pool => sqlx::query_as(FIND).bind(id).fetch_optional(pool).await)?;
        Ok(cell::one(row)?.map(read))
    }

    /// Those of these organisations that their operator stopped.
    pub async fn stopped_organisations(&self, tx: &mut Tx, among: &BTreeSet<&str>) -> Result<Vec<String>> {
        if among.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(STOPPED);
            let mut list = query.separated(", ");
            for id in among {
                list.push_bind(*id);
            }
            query.push(")");
            query.build_query_scalar().fetch_all(conn).await
        })?)
    }

    /// Registers an organisation, or corrects its kind and name.
    pub async fn put_organisation(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        now: UnixMillis,
    ) -> Result<()> {
        let Organisation { id, kind, name } = organisation;
        let (first, later) = stored_class(*kind);
        in_tx!(tx, conn => sqlx::query(PUT)
            .bind(id)
            .bind(first)
            .bind(name)
            .bind(now)
            .bind(later)
            .bind(search_form(name))
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Keys, origin and state of an organisation.
    pub async fn system_access(&self, id: &str) -> Result<Option<SystemAccess>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(ACCESS).bind(id).fetch_optional(pool).await)?)
    }

    /// [`Vault::system_access`], which nobody changes until the transaction ends.
    pub async fn locked_system_access(&self, tx: &mut Tx, id: &str) -> Result<Option<SystemAccess>> {
        cell::one(in_tx!(tx, conn => sqlx::query_as(LOCK_ACCESS).bind(id).fetch_optional(conn).await)?)
    }

    /// Replaces the public keys of an organisation. Answers whether there is such an organisation.
    pub async fn set_organisation_keys(&self, tx: &mut Tx, id: &str, keys: &str) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(SET_KEYS).bind(id).bind(keys).execute(conn).await.map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Says where the card readers of an organisation stand.
    pub async fn set_organisation_origin(&self, tx: &mut Tx, id: &str, origin: &str) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(SET_ORIGIN).bind(id).bind(origin).execute(conn).await.map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Turns the state of an organisation. Tokens that it holds end with any change, and the sweep looks once more at the coverage
    /// that it sent and that waits.
    pub async fn set_organisation_state(
        &self,
        tx: &mut Tx,
        id: &str,
        state: OrganisationState,
    ) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(SET_STATE).bind(id).bind(state).execute(conn).await.map(|done| done.rows_affected()))?;
        self.drop_access_tokens(tx, id).await?;
        in_tx!(tx, conn => sqlx::query(LOOK_AGAIN).bind(id).execute(conn).await.map(drop))?;
        Ok(done > 0)
    }

    /// Ends every access token of an organisation.
    pub async fn drop_access_tokens(&self, tx: &mut Tx, id: &str) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(DROP_TOKENS).bind(id).execute(conn).await.map(drop))?;
        Ok(())
    }
}

/// The class as both columns have it: a class that came later stands in its own column, beside the nearest of the first ones.
fn stored_class(kind: OrganisationKind) -> (OrganisationKind, Option<OrganisationKind>) {
    match kind {
        OrganisationKind::Care => (OrganisationKind::Clinic, Some(kind)),
        first => (first, None),
    }
}

pub(super) fn read(row: OrganisationRow) -> Organisation {
    Organisation { id: row.organisation_id, kind: row.kind, name: row.name }
}
