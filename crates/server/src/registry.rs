//! Who is connected, as whom, and in which rooms.

mod groups;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use aldis_protocol::RoomName;
use parking_lot::RwLock;

use crate::peer::Peer;
use groups::Groups;

/// Parts that the tables are split into, so that clients that come and go rarely wait for each
/// other.
const SHARDS: usize = 16;

/// All clients that were let in.
///
/// Locks are taken in one order, first a peer's rooms, then a shard, and none is held across an
/// await.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    clients: Shards<HashMap<RoomName, Arc<Peer>>>,
    rooms: Groups,
    users: Groups,
}

/// What came of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joined {
    New,
    Already,
    /// It is in as many rooms as it may be.
    TooMany,
    /// It is gone.
    Gone,
}

impl Registry {
    pub(crate) fn insert(&self, peer: &Arc<Peer>) {
        self.clients.of(peer.id.as_str()).write().insert(peer.id.clone(), Arc::clone(peer));
        if let Some(user) = peer.user.id() {
            self.users.insert(user, peer);
        }
    }

    /// Takes the peer out of everything, for good.
    pub(crate) fn remove(&self, peer: &Arc<Peer>) {
        let rooms = peer.rooms.lock().take();
        for room in rooms.iter().flatten() {
            self.rooms.remove(room.as_str(), peer);
        }
        if let Some(user) = peer.user.id() {
            self.users.remove(user, peer);
        }
        self.clients.of(peer.id.as_str()).write().remove(peer.id.as_str());
    }

    pub(crate) fn join(&self, peer: &Arc<Peer>, room: &RoomName, limit: usize) -> Joined {
        let mut rooms = peer.rooms.lock();
        let Some(rooms) = rooms.as_mut() else {
            return Joined::Gone;
        };
        if rooms.contains(room) {
            return Joined::Already;
        }
        if rooms.len() >= limit {
            return Joined::TooMany;
        }
        rooms.insert(room.clone());
        self.rooms.insert(room.as_str(), peer);
        Joined::New
    }

    /// Returns whether the peer was in the room.
    pub(crate) fn leave(&self, peer: &Arc<Peer>, room: &RoomName) -> bool {
        let mut rooms = peer.rooms.lock();
        let left = rooms.as_mut().is_some_and(|rooms| rooms.remove(room));
        if left {
            self.rooms.remove(room.as_str(), peer);
        }
        left
    }

    pub(crate) fn client(&self, id: &str) -> Option<Arc<Peer>> {
        self.clients.of(id).read().get(id).cloned()
    }

    /// Calls `visit` for every client; it must not come back into the registry.
    pub(crate) fn for_everyone(&self, mut visit: impl FnMut(&Arc<Peer>)) {
        for shard in self.clients.iter() {
            shard.read().values().for_each(&mut visit);
        }
    }

    /// Calls `visit` for every member of a room; it must not come back into the registry.
    pub(crate) fn for_room(&self, room: &str, visit: impl FnMut(&Arc<Peer>)) {
        self.rooms.for_each(room, visit);
    }

    /// Calls `visit` for every connection of a user; it must not come back into the registry.
    pub(crate) fn for_user(&self, user: &str, visit: impl FnMut(&Arc<Peer>)) {
        self.users.for_each(user, visit);
    }

    /// Every room with its number of members.
    pub(crate) fn rooms(&self) -> Vec<(String, usize)> {
        self.rooms.sizes()
    }

    pub(crate) fn room_count(&self) -> usize {
        self.rooms.len()
    }

    pub(crate) fn client_count(&self) -> usize {
        self.clients.iter().map(|shard| shard.read().len()).sum()
    }
}

/// A table in parts, each behind a lock of its own.
#[derive(Debug)]
struct Shards<T> {
    hasher: RandomState,
    shards: [RwLock<T>; SHARDS],
}

impl<T> Shards<T> {
    fn of(&self, key: &str) -> &RwLock<T> {
        let hash = self.hasher.hash_one(key);
        &self.shards[usize::try_from(hash % SHARDS as u64).unwrap_or(0)]
    }

    fn iter(&self) -> impl Iterator<Item = &RwLock<T>> {
        self.shards.iter()
    }
}

impl<T: Default> Default for Shards<T> {
    fn default() -> Self {
        Self { hasher: RandomState::new(), shards: std::array::from_fn(|_| RwLock::default()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::User;
    use crate::config::QueueLimits;
    use crate::outbox::Outbox;

    fn name(name: &str) -> RoomName {
        RoomName::new(name).unwrap()
    }

    fn peer(registry: &Registry, id: &str) -> Arc<Peer> {
        let outbox = Outbox::new(QueueLimits::default());
        let peer = Arc::new(Peer::new(name(id), User::new("u"), outbox));
        registry.insert(&peer);
        peer
    }

    fn members(registry: &Registry, room: &str) -> usize {
        let mut count = 0;
        registry.for_room(room, |_| count += 1);
        count
    }

    #[test]
    fn nothing_is_left_of_a_client_that_is_gone() {
        let registry = Registry::default();
        let (a, b) = (peer(&registry, "a"), peer(&registry, "b"));
        assert_eq!(registry.join(&a, &name("r"), 9), Joined::New);
        assert_eq!(registry.join(&a, &name("r"), 9), Joined::Already);
        assert_eq!(registry.join(&b, &name("r"), 9), Joined::New);
        assert_eq!(members(&registry, "r"), 2);
        registry.remove(&a);
        assert_eq!(registry.join(&a, &name("r"), 9), Joined::Gone);
        assert_eq!(members(&registry, "r"), 1);
        registry.remove(&b);
        registry.remove(&b);
        assert!(registry.rooms().is_empty());
        assert_eq!(registry.client_count(), 0);
        registry.for_user("u", |_| panic!("nobody is left"));
        assert_eq!((Arc::strong_count(&a), Arc::strong_count(&b)), (1, 1));
    }

    #[test]
    fn rooms_of_a_client_are_bounded() {
        let registry = Registry::default();
        let a = peer(&registry, "a");
        assert_eq!(registry.join(&a, &name("1"), 1), Joined::New);
        assert_eq!(registry.join(&a, &name("2"), 1), Joined::TooMany);
        assert!(registry.leave(&a, &name("1")));
        assert!(!registry.leave(&a, &name("1")));
        assert_eq!(registry.join(&a, &name("2"), 1), Joined::New);
        assert_eq!(a.rooms(), [name("2")]);
    }
}
