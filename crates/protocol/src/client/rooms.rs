//! Joins and leaves in an order that survives the server.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::room::RoomName;

/// Holds back the leave of a room that was joined a moment ago.
///
/// The server joins a room after an asynchronous check, which a leave right behind the join
/// overtakes; the client would then stay in a room that it has left.
#[derive(Debug)]
pub(super) struct Rooms {
    settle: Duration,
    joined: BTreeMap<RoomName, Instant>,
    leaving: BTreeMap<RoomName, Instant>,
}

impl Rooms {
    pub(super) fn new(settle: Duration) -> Self {
        Self { settle, joined: BTreeMap::new(), leaving: BTreeMap::new() }
    }

    /// Notes joins that are sent now; leaves of them that were held back are void.
    pub(super) fn join(&mut self, rooms: &[RoomName], now: Instant) {
        self.joined.retain(|_, joined| *joined + self.settle > now);
        for room in rooms {
            self.leaving.remove(room);
            self.joined.insert(room.clone(), now);
        }
    }

    /// Whether the leave may be sent now; otherwise it is held back.
    pub(super) fn leave(&mut self, room: &RoomName, now: Instant) -> bool {
        match self.joined.get(room).map(|joined| *joined + self.settle) {
            Some(settled) if settled > now => {
                self.leaving.insert(room.clone(), settled);
                false
            }
            _ => true,
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.leaving.values().min().copied()
    }

    /// Takes the leaves whose time has come.
    pub(super) fn take_settled(&mut self, now: Instant) -> Vec<RoomName> {
        self.leaving.extract_if(.., |_, settled| *settled <= now).map(|(room, _)| room).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;

    const SETTLE: Duration = Duration::from_millis(500);

    #[test]
    fn a_leave_waits_until_its_join_has_settled() {
        let (start, room) = (Instant::now(), RoomName::new("a").unwrap());
        let mut rooms = Rooms::new(SETTLE);
        rooms.join(slice::from_ref(&room), start);
        assert!(!rooms.leave(&room, start));
        assert_eq!(rooms.poll_timeout(), Some(start + SETTLE));
        assert!(rooms.take_settled(start).is_empty());
        assert!(rooms.leave(&room, start + SETTLE));
        assert_eq!(rooms.take_settled(start + SETTLE), [room]);
    }

    #[test]
    fn joining_again_voids_the_leave() {
        let (start, room) = (Instant::now(), RoomName::new("a").unwrap());
        let mut rooms = Rooms::new(SETTLE);
        rooms.join(slice::from_ref(&room), start);
        rooms.leave(&room, start);
        rooms.join(slice::from_ref(&room), start);
        assert_eq!(rooms.poll_timeout(), None);
    }
}
