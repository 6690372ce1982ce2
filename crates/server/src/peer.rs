//! One client, as the rest of the server sees it.

use std::collections::HashSet;
use std::sync::Arc;
use std::task::Wake;

use aldis_protocol::RoomName;
use parking_lot::Mutex;

use crate::auth::User;
use crate::outbox::Outbox;

/// What the connection, the registry and the handles share about one client.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) id: RoomName,
    pub(crate) user: User,
    pub(crate) outbox: Outbox,
    /// The rooms it is in; `None` once it has left the registry, so that nobody can put it into a
    /// room that it would never leave.
    pub(crate) rooms: Mutex<Option<HashSet<RoomName>>>,
}

impl Peer {
    /// `id` is a room name, because there is a room of that name.
    pub(crate) fn new(id: RoomName, user: User, outbox: Outbox) -> Self {
        Self { id, user, outbox, rooms: Mutex::new(Some(HashSet::new())) }
    }

    /// The rooms that it is in, sorted.
    pub(crate) fn rooms(&self) -> Vec<RoomName> {
        let mut rooms: Vec<_> = self.rooms.lock().iter().flatten().cloned().collect();
        rooms.sort_unstable();
        rooms
    }
}

/// The bell of a connection's task, beside the waker that is for what is queued.
impl Wake for Peer {
    fn wake(self: Arc<Self>) {
        self.outbox.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.outbox.ring();
    }
}
