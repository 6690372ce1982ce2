//! The rooms that the host wants to be in.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aldis_protocol::RoomName;

/// The wanted rooms, which are joined anew in every session.
#[derive(Debug, Default)]
pub(crate) struct WantedRooms(Mutex<BTreeSet<RoomName>>);

impl WantedRooms {
    pub(crate) fn new(rooms: impl IntoIterator<Item = RoomName>) -> Self {
        Self(Mutex::new(rooms.into_iter().collect()))
    }

    /// Held by the caller over the change and over queueing the frame for it, so that two
    /// threads that join and leave cannot leave set and server apart.
    pub(crate) fn lock(&self) -> MutexGuard<'_, BTreeSet<RoomName>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
