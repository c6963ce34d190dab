//! tower-sessions on top of the vault's session table.
//!
//! The cookie's value is hashed before it is stored or looked up. Who is signed in ([`SignedIn`]) travels in the record
//! under [`SIGNED_IN`], but is written to columns when a session is created and read from there; saving ignores it.

use async_trait::async_trait;
use std::collections::HashMap;
use techo_domain::{
    Domain, Failure,
    session::{Door, NewSession, SessionKey, SignedIn},
};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// Where a record carries who is signed in.
pub const SIGNED_IN: &str = "signed-in";

/// The sessions of one door.
#[derive(Clone, Debug)]
pub struct VaultSessions {
    domain: Domain,
    door: Door,
}

impl VaultSessions {
    /// The sessions of one door.
    pub fn new(domain: Domain, door: Door) -> Self {
        Self { domain, door }
    }
}

/// The key under which a session is stored.
pub fn key_of(id: &Id) -> SessionKey {
    SessionKey::of_token(&id.to_string())
}

#[async_trait]
impl SessionStore for VaultSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let signed_in = record.data.get(SIGNED_IN).cloned().map(serde_json::from_value::<SignedIn>);
        let new = NewSession {
            key: key_of(&record.id),
            door: self.door,
            data: encode(record)?,
            signed_in: signed_in.transpose().map_err(|error| Error::Decode(error.to_string()))?,
        };
        self.domain.create_session(&new).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.domain.save_session(&key_of(&record.id), &encode(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.domain.load_session(&key_of(id), self.door).await.map_err(backend)?;
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
        self.domain.delete_session(&key_of(id)).await.map_err(backend)
    }
}

/// The data that may be lost, without who is signed in.
fn encode(record: &Record) -> Result<String> {
    let data: HashMap<_, _> = record.data.iter().filter(|(key, _)| *key != SIGNED_IN).collect();
    serde_json::to_string(&data).map_err(|error| Error::Encode(error.to_string()))
}

fn backend(failure: Failure) -> Error {
    Error::Backend(failure.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::CurrentSession;
    use std::sync::Arc;
    use techo_domain::{
        keys::{
            KeyRing,
            set::{KeySet, Master},
        },
        world::World,
    };
    use techo_model::UnixMillis;
    use techo_store::testing::{TestStores, each_engine};
    use tower_sessions::Session;

    fn sessions(databases: &TestStores) -> Arc<VaultSessions> {
        let keys = KeyRing::new([KeySet::derive(1, &Master::new([7; 32]))]).expect("one key");
        let world = World::test(UnixMillis(1_800_000_000_000), 1);
        let domain = Domain { stores: databases.stores.clone(), keys, world };
        Arc::new(VaultSessions::new(domain, Door::Portal))
    }

    #[tokio::test]
    async fn a_stranger_gets_a_session_with_its_key_and_keeps_it() {
        for databases in each_engine().await {
            let store = sessions(&databases);
            let current = CurrentSession::new(Session::new(None, Arc::clone(&store), None));
            assert_eq!(current.existing_key().await.unwrap(), None);
            let key = current.key().await.unwrap();
            assert_eq!(current.key().await.unwrap(), key);
            current.change(|data| data.flash = Some("signed-out".into())).await.unwrap();
            assert_eq!(current.key().await.unwrap(), key);
        }
    }

    #[tokio::test]
    async fn a_notice_is_taken_once() {
        for databases in each_engine().await {
            let store = sessions(&databases);
            let session = Session::new(None, Arc::clone(&store), None);
            let current = CurrentSession::new(session.clone());
            current.change(|data| data.flash = Some("signed-out".into())).await.unwrap();
            session.save().await.unwrap();
            let next = CurrentSession::new(Session::new(session.id(), store, None));
            assert_eq!(next.take_flash().await.unwrap().as_deref(), Some("signed-out"));
            assert_eq!(next.take_flash().await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_slow_request_saves_nothing_into_a_session_that_was_signed_out_meanwhile() {
        for databases in each_engine().await {
            let store = sessions(&databases);
            let first = Session::new(None, Arc::clone(&store), None);
            let key = CurrentSession::new(first.clone()).key().await.unwrap();
            let slow = Session::new(first.id(), Arc::clone(&store), None);
            slow.insert("portal", "slow").await.unwrap();
            store.domain.sign_out(&key).await.unwrap();
            CurrentSession::new(first.clone()).forget().await.unwrap();
            let id = slow.id().unwrap();
            slow.save().await.unwrap();
            assert_eq!(store.load(&id).await.unwrap(), None, "{}", databases.engine);
        }
    }

    #[tokio::test]
    async fn who_is_signed_in_cannot_be_changed_by_saving_data() {
        for databases in each_engine().await {
            let store = sessions(&databases);
            let session = Session::new(None, Arc::clone(&store), None);
            CurrentSession::new(session.clone()).key().await.unwrap();
            let forged = serde_json::json!({
                "session": uuid::Uuid::nil(), "account": uuid::Uuid::nil(), "passkey": null,
                "at": 1, "verified_at": 1, "card_verified_at": null, "agent": "",
            });
            session.insert(SIGNED_IN, forged).await.unwrap();
            session.save().await.unwrap();
            let loaded = store.load(&session.id().unwrap()).await.unwrap().unwrap();
            assert!(!loaded.data.contains_key(SIGNED_IN), "{}", databases.engine);
        }
    }
}
