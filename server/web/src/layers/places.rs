//! Places by key: how many requests of one address or one organisation are worked on at once. Who finds none free waits for a
//! moment, so that somebody with many connections is slowed down and nobody else is.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Who waits for longer is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

/// For whom a request is worked on. The layer that finds out more than the address puts it onto the request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RequestAsker {
    /// Whoever is behind an address.
    Address(IpAddr),
    /// An organisation whose token was verified.
    Organisation(Arc<str>),
}

/// Places of everybody, by key.
#[derive(Clone, Debug)]
pub struct KeyedSlots<K: Eq + Hash + Clone> {
    most: usize,
    patience: Duration,
    by_key: Arc<Mutex<HashMap<K, Arc<Semaphore>>>>,
}

/// A place; dropping it frees it.
#[derive(Debug)]
pub struct KeyedSlot<K: Eq + Hash + Clone> {
    key: K,
    places: KeyedSlots<K>,
    permit: Option<OwnedSemaphorePermit>,
}

impl<K: Eq + Hash + Clone> KeyedSlots<K> {
    /// So many for each.
    pub fn new(most: usize) -> Self {
        Self { most, patience: PATIENCE, by_key: Arc::default() }
    }

    /// A place, when one is free.
    pub fn try_take(&self, key: &K) -> Option<KeyedSlot<K>> {
        let mut place = self.reserve(key);
        place.permit = self.semaphore(key).try_acquire_owned().ok();
        place.permit.is_some().then_some(place)
    }

    /// A place, as soon as one is free; none when that takes too long.
    pub async fn take(&self, key: &K) -> Option<KeyedSlot<K>> {
        let mut place = self.reserve(key);
        let free = self.semaphore(key).acquire_owned();
        place.permit = tokio::time::timeout(self.patience, free).await.ok()?.ok();
        place.permit.is_some().then_some(place)
    }

    /// What tidies up behind itself, with or without a permit.
    fn reserve(&self, key: &K) -> KeyedSlot<K> {
        KeyedSlot { key: key.clone(), places: self.clone(), permit: None }
    }

    fn semaphore(&self, key: &K) -> Arc<Semaphore> {
        let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        by_key.entry(key.clone()).or_insert_with(|| Arc::new(Semaphore::new(self.most))).clone()
    }
}

impl<K: Eq + Hash + Clone> Drop for KeyedSlot<K> {
    fn drop(&mut self) {
        self.permit.take();
        let mut by_key = self.places.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's own is the last one when nobody holds or awaits a place of this key.
        if by_key.get(&self.key).is_some_and(|semaphore| Arc::strong_count(semaphore) == 1) {
            by_key.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_finds_no_place_waits_for_one_of_his_own_and_not_for_ever() {
        let places = KeyedSlots { patience: Duration::from_millis(500), ..KeyedSlots::new(1) };
        let first = places.take(&"a").await.unwrap();
        assert!(places.try_take(&"a").is_none());
        assert!(places.take(&"b").await.is_some(), "nobody else's places are touched");
        assert!(places.take(&"a").await.is_none(), "after a while whoever waits is told so");
        let waiting = tokio::spawn({
            let places = places.clone();
            async move { places.take(&"a").await.is_some() }
        });
        tokio::task::yield_now().await;
        drop(first);
        assert!(waiting.await.unwrap());
        assert!(places.by_key.lock().unwrap().is_empty(), "nobody is remembered");
    }
}
