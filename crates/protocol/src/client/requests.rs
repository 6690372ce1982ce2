//! Requests that wait for their replies.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

/// The `id` of a request, which its reply repeats.
pub type RequestId = Arc<str>;

/// Pending requests by id, and by the time at which they are given up.
///
/// Replies come in any order and some not at all, so nothing is assumed but the id.
#[derive(Debug, Default)]
pub(super) struct Requests {
    deadlines: HashMap<RequestId, Instant>,
    queue: BTreeSet<(Instant, RequestId)>,
}

impl Requests {
    pub(super) fn len(&self) -> usize {
        self.deadlines.len()
    }

    pub(super) fn insert(&mut self, id: RequestId, deadline: Instant) {
        if let Some(former) = self.deadlines.insert(Arc::clone(&id), deadline) {
            self.queue.remove(&(former, Arc::clone(&id)));
        }
        self.queue.insert((deadline, id));
    }

    /// Takes the request that a message with this id answers.
    pub(super) fn take(&mut self, id: &str) -> Option<RequestId> {
        let (id, deadline) = self.deadlines.remove_entry(id)?;
        self.queue.remove(&(deadline, Arc::clone(&id)));
        Some(id)
    }

    /// Takes one request whose time is over.
    pub(super) fn take_expired(&mut self, now: Instant) -> Option<RequestId> {
        let (deadline, id) = self.queue.first()?;
        if *deadline > now {
            return None;
        }
        let id = Arc::clone(id);
        self.take(&id)
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.queue.first().map(|(deadline, _)| *deadline)
    }
}
