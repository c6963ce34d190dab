//! tower-sessions on top of the vault's session table.
//!
//! The cookie's value is hashed before it is stored or looked up. Who is signed in travels in the record
//! under [`SIGNED_IN`], but stands in columns that the identity crate alone writes, in the transaction of what somebody rises by;
//! creating and saving ignore it. A record that is created under [`NEXT`] takes the id that it wrote them under.

use async_trait::async_trait;
use std::collections::HashMap;
use techo_custody::{Custody, Failure};
use techo_identity::session::{self, NewSession, SessionKey};
use techo_model::account::SessionDoor;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// Where a record carries who is signed in.
pub const SIGNED_IN: &str = "signed-in";

/// How the text of a failure begins when the vault is away for now: tower-sessions carries nothing but text.
pub const AWAY: &str = "away: ";

/// Where a record carries the id that it is to be created under.
pub const NEXT: &str = "next";

/// The sessions of one door.
#[derive(Clone, Debug)]
pub struct VaultSessions {
    pub(super) custody: Custody,
    door: SessionDoor,
}

impl VaultSessions {
    /// The sessions of one door.
    pub fn new(custody: Custody, door: SessionDoor) -> Self {
        Self { custody, door }
    }
}

/// The key under which a session is stored.
pub fn key_of(id: &Id) -> SessionKey {
    SessionKey::of_token(&id.to_string())
}

#[async_trait]
impl SessionStore for VaultSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        if let Some(next) = record.data.remove(NEXT) {
            let id = next.as_str().and_then(|id| id.parse().ok());
            record.id = id.ok_or_else(|| Error::Decode("an id of a session".to_owned()))?;
        }
        let new = NewSession { key: key_of(&record.id), door: self.door, data: encode(record)? };
        session::create_session(&self.custody, &new).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        session::save_session(&self.custody, &key_of(&record.id), &encode(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = session::load_session(&self.custody, &key_of(id), self.door).await.map_err(backend)?;
        let Some(stored) = found else { return Ok(None) };
        let mut data: HashMap<String, serde_json::Value> =
            serde_json::from_str(&stored.data).map_err(|error| Error::Decode(error.to_string()))?;
        data.remove(SIGNED_IN);
        if let Some(signed_in) = stored.signed_in {
            let value = serde_json::to_value(signed_in).map_err(|error| Error::Encode(error.to_string()))?;
            data.insert(SIGNED_IN.to_owned(), value);
        }
        let expires = i128::from(stored.expires_at.0) * 1_000_000;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(expires)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        session::delete_session(&self.custody, &key_of(id)).await.map_err(backend)
    }
}

/// The data that may be lost, without who is signed in.
fn encode(record: &Record) -> Result<String> {
    let data: HashMap<_, _> = record.data.iter().filter(|(key, _)| *key != SIGNED_IN).collect();
    serde_json::to_string(&data).map_err(|error| Error::Encode(error.to_string()))
}

fn backend(failure: impl Into<Failure>) -> Error {
    let failure = failure.into();
    let is_away = matches!(&failure, Failure::Internal(cause) if cause.is_away());
    Error::Backend(format!("{}{failure}", if is_away { AWAY } else { "" }))
}
