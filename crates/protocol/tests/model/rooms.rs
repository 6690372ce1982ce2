//! What the server must have been told about rooms.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Compares what the client was asked to do with what it sends.
#[derive(Debug)]
pub(crate) struct RoomLedger {
    settle: Duration,
    rooms: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    wanted: bool,
    told: bool,
    joined_at: Instant,
}

impl RoomLedger {
    pub(crate) fn new(settle: Duration) -> Self {
        Self { settle, rooms: BTreeMap::new() }
    }

    /// The client was asked to join.
    pub(crate) fn want_join(&mut self, room: &str, now: Instant) {
        let told = self.rooms.get(room).is_some_and(|entry| entry.told);
        let entry = Entry { wanted: true, told, joined_at: now };
        self.rooms.insert(room.to_owned(), entry);
    }

    /// The client was asked to leave.
    pub(crate) fn want_leave(&mut self, room: &str) {
        if let Some(entry) = self.rooms.get_mut(room) {
            entry.wanted = false;
        }
    }

    /// The client sent a join.
    pub(crate) fn told_join(&mut self, room: &str) {
        let entry = self.rooms.get_mut(room).unwrap();
        assert!(entry.wanted, "joined {room}, which it was asked to leave");
        entry.told = true;
    }

    /// The client sent a leave.
    pub(crate) fn told_leave(&mut self, room: &str, now: Instant) {
        if let Some(entry) = self.rooms.get_mut(room) {
            assert!(!entry.wanted, "left {room}, where it should be");
            assert!(
                now >= entry.joined_at + self.settle,
                "the leave of {room} may overtake its join"
            );
            entry.told = false;
        }
    }

    /// All that is due at `now` has been sent.
    pub(crate) fn check(&self, now: Instant) {
        for (room, entry) in &self.rooms {
            let settled = now >= entry.joined_at + self.settle;
            assert!(
                entry.wanted == entry.told || (!entry.wanted && !settled),
                "the server was not told about {room}"
            );
        }
    }
}
