//! Who is connected. When there is no place left, whoever has been silent longest gives way: first of the same address, and
//! when a door is full, of the address that holds the most. So silent connections never keep anybody out.

use crate::caller::network;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// Stands for "is being worked for".
const WORKED_FOR: u64 = u64::MAX;

/// One connection as handlers see it: they say when a request has arrived whole.
#[derive(Clone, Debug)]
pub struct ConnectionPresence(Arc<Connection>);

#[derive(Debug)]
struct Connection {
    address: IpAddr,
    began: Instant,
    /// Milliseconds after `began` since when nothing is worked for, or [`WORKED_FOR`].
    silent_since: AtomicU64,
    give_up: Notify,
}

impl ConnectionPresence {
    /// A request has arrived whole: from now until the guard is dropped the connection does not have to give way.
    pub fn work(&self) -> RequestAtWork {
        self.0.silent_since.store(WORKED_FOR, Ordering::Relaxed);
        RequestAtWork(self.0.clone())
    }
}

/// Lasts as long as somebody's request is worked for.
#[derive(Debug)]
pub struct RequestAtWork(Arc<Connection>);

impl Drop for RequestAtWork {
    fn drop(&mut self) {
        let since = u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(WORKED_FOR - 1);
        self.0.silent_since.store(since, Ordering::Relaxed);
    }
}

impl Connection {
    /// How long it has been silent; none while it is worked for.
    fn silence(&self) -> Option<Duration> {
        let since = self.silent_since.load(Ordering::Relaxed);
        let silence = self.began.elapsed().saturating_sub(Duration::from_millis(since));
        (since != WORKED_FOR).then_some(silence)
    }
}

/// All connections of a door.
#[derive(Debug)]
pub(super) struct ConnectionRegistry {
    most: usize,
    most_of_address: Option<usize>,
    present: Mutex<Present>,
}

#[derive(Debug, Default)]
struct Present {
    by_address: HashMap<IpAddr, Vec<Arc<Connection>>>,
    count: usize,
}

/// A place at a door; dropping it frees the place.
pub(super) struct Seat {
    registry: Arc<ConnectionRegistry>,
    connection: Arc<Connection>,
}

impl Seat {
    pub(super) fn presence(&self) -> ConnectionPresence {
        ConnectionPresence(self.connection.clone())
    }

    /// Ready when somebody else needs the place more.
    pub(super) async fn given_up(&self) {
        self.connection.give_up.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.registry.lock().remove(&self.connection);
    }
}

impl ConnectionRegistry {
    pub(super) fn new(most: usize, most_of_address: Option<usize>) -> Self {
        Self { most, most_of_address, present: Mutex::default() }
    }

    /// A place for a connection, if need be that of a silent one. None when everybody is being worked for.
    pub(super) fn seat(registry: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let address = network(address.to_canonical());
        let mut present = registry.lock();
        let of_address = present.by_address.get(&address).map_or(0, Vec::len);
        if registry.most_of_address.is_some_and(|most| of_address >= most) {
            present.free_of(address)?;
        } else if present.count >= registry.most {
            present.free_any()?;
        }
        let connection = Arc::new(Connection {
            address,
            began: Instant::now(),
            silent_since: AtomicU64::new(0),
            give_up: Notify::new(),
        });
        present.by_address.entry(address).or_default().push(connection.clone());
        present.count += 1;
        drop(present);
        Some(Seat { registry: registry.clone(), connection })
    }

    fn lock(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Present {
    /// Makes the longest silent connection of an address give way.
    fn free_of(&mut self, address: IpAddr) -> Option<()> {
        let connections = self.by_address.get(&address)?;
        let silent = connections.iter().filter_map(|connection| Some((connection.silence()?, connection)));
        let (_, longest) = silent.max_by_key(|(silence, _)| *silence)?;
        let longest = longest.clone();
        longest.give_up.notify_one();
        self.remove(&longest);
        Some(())
    }

    /// The same of the address that has the most, or of the next that has a silent one.
    fn free_any(&mut self) -> Option<()> {
        let mut addresses: Vec<(usize, IpAddr)> =
            self.by_address.iter().map(|(address, connections)| (connections.len(), *address)).collect();
        addresses.sort_unstable_by(|one, other| other.cmp(one));
        addresses.into_iter().find_map(|(_, address)| self.free_of(address))
    }

    fn remove(&mut self, gone: &Arc<Connection>) {
        let Some(connections) = self.by_address.get_mut(&gone.address) else { return };
        let before = connections.len();
        connections.retain(|connection| !Arc::ptr_eq(connection, gone));
        self.count -= before - connections.len();
        if connections.is_empty() {
            self.by_address.remove(&gone.address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A_MOMENT: Duration = Duration::from_millis(50);

    fn address(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    async fn a_moment() {
        tokio::time::sleep(A_MOMENT).await;
    }

    #[tokio::test]
    async fn the_longest_silent_connection_of_a_crowded_address_gives_way_and_no_other() {
        let registry = Arc::new(ConnectionRegistry::new(10, Some(2)));
        let stranger = ConnectionRegistry::seat(&registry, address(1)).unwrap();
        let first = ConnectionRegistry::seat(&registry, address(2)).unwrap();
        a_moment().await;
        let second = ConnectionRegistry::seat(&registry, address(2)).unwrap();
        a_moment().await;
        let _third = ConnectionRegistry::seat(&registry, address(2)).unwrap();
        first.given_up().await;
        let bystanders = async { tokio::join!(stranger.given_up(), second.given_up()) };
        assert!(tokio::time::timeout(A_MOMENT, bystanders).await.is_err());
    }

    #[tokio::test]
    async fn a_household_has_the_places_of_one_address() {
        let registry = Arc::new(ConnectionRegistry::new(10, Some(1)));
        let first = ConnectionRegistry::seat(&registry, "2001:db8:1:2::3".parse().unwrap()).unwrap();
        let _second = ConnectionRegistry::seat(&registry, "2001:db8:1:2:ffff::9".parse().unwrap()).unwrap();
        first.given_up().await;
    }

    #[tokio::test]
    async fn a_full_door_takes_the_place_of_whoever_holds_the_most() {
        let registry = Arc::new(ConnectionRegistry::new(3, None));
        let modest = ConnectionRegistry::seat(&registry, address(1)).unwrap();
        a_moment().await;
        let greedy = ConnectionRegistry::seat(&registry, address(2)).unwrap();
        let _greedy = ConnectionRegistry::seat(&registry, address(2)).unwrap();
        a_moment().await;
        let _late = ConnectionRegistry::seat(&registry, address(3)).unwrap();
        greedy.given_up().await;
        assert!(tokio::time::timeout(A_MOMENT, modest.given_up()).await.is_err());
    }

    #[tokio::test]
    async fn whoever_is_being_worked_for_does_not_give_way_and_a_left_place_is_free_again() {
        let registry = Arc::new(ConnectionRegistry::new(1, None));
        let seat = ConnectionRegistry::seat(&registry, address(1)).unwrap();
        let working = seat.presence().work();
        a_moment().await;
        assert!(ConnectionRegistry::seat(&registry, address(2)).is_none());
        drop(working);
        drop(seat);
        assert!(ConnectionRegistry::seat(&registry, address(2)).is_some());
    }
}
