//! Named groups of peers: the rooms, and the connections of each user.

use std::collections::HashMap;
use std::sync::Arc;

use aldis_protocol::RoomName;
use indexmap::IndexMap;

use super::Shards;
use crate::peer::Peer;

/// The peers of each name. A group without members does not exist.
#[derive(Debug, Default)]
pub(super) struct Groups(Shards<HashMap<Box<str>, Members>>);

/// By the peer's id, so that leaving a large group is quick. In the order in which they came, which is
/// about that of their connections in memory: a message to all of them finds more in the caches.
type Members = IndexMap<RoomName, Arc<Peer>>;

impl Groups {
    pub(super) fn insert(&self, name: &str, peer: &Arc<Peer>) {
        let mut groups = self.0.of(name).write();
        let (id, peer) = (peer.id.clone(), Arc::clone(peer));
        if let Some(members) = groups.get_mut(name) {
            members.insert(id, peer);
        } else {
            groups.insert(name.into(), Members::from([(id, peer)]));
        }
    }

    pub(super) fn remove(&self, name: &str, peer: &Peer) {
        let mut groups = self.0.of(name).write();
        if let Some(members) = groups.get_mut(name) {
            members.swap_remove(&peer.id);
            if members.is_empty() {
                groups.remove(name);
            }
        }
    }

    pub(super) fn for_each(&self, name: &str, visit: impl FnMut(&Arc<Peer>)) {
        if let Some(members) = self.0.of(name).read().get(name) {
            members.values().for_each(visit);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|shard| shard.read().len()).sum()
    }

    pub(super) fn sizes(&self) -> Vec<(String, usize)> {
        let mut sizes = Vec::new();
        for shard in self.0.iter() {
            let groups = shard.read();
            sizes.extend(groups.iter().map(|(name, m)| (name.to_string(), m.len())));
        }
        sizes
    }
}
