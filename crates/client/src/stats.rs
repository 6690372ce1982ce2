//! What the client counts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aldis_protocol::drops::DropCounts;

use crate::close::CloseReason;
use crate::state::ConnectionState;

/// A snapshot of what the client has counted since it was made.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stats {
    /// The state now.
    pub state: ConnectionState,
    /// How long the session has been authenticated.
    pub connected_for: Option<Duration>,
    /// The last round trip that a ping of this session measured.
    pub rtt: Option<Duration>,
    /// Attempts to connect.
    pub attempts: u64,
    /// Sessions that were authenticated; the reconnects are one fewer.
    pub sessions: u64,
    /// Messages delivered to the queue of the host, replies included.
    pub messages_received: u64,
    /// Messages handed to the connection, requests included.
    pub messages_sent: u64,
    /// WebSocket messages received, of any kind.
    pub frames_received: u64,
    /// WebSocket messages handed to the connection, of any kind.
    pub frames_sent: u64,
    /// Their payload in bytes.
    pub bytes_received: u64,
    /// Their payload in bytes.
    pub bytes_sent: u64,
    /// Frames that were dropped on purpose, by reason.
    pub dropped: DropCounts,
    /// Events that the overflow policy dropped, or that came when nobody listened any more.
    pub lagged: u64,
    /// Messages whose time to live ran out.
    pub expired: u64,
    /// Messages that `send` had accepted and a lost connection kept from being sent.
    pub unsent: u64,
    /// Events that wait for the host.
    pub queued_events: usize,
    /// Their messages in bytes.
    pub queued_bytes: usize,
    /// Messages that wait to be sent.
    pub outbox_messages: usize,
    /// Those in bytes.
    pub outbox_bytes: usize,
    /// Why the last connection, or the last attempt, ended.
    pub last_close: Option<CloseReason>,
}

/// The counters behind [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) attempts: Counter,
    pub(crate) sessions: Counter,
    pub(crate) messages_received: Counter,
    pub(crate) messages_sent: Counter,
    pub(crate) frames_received: Counter,
    pub(crate) frames_sent: Counter,
    pub(crate) bytes_received: Counter,
    pub(crate) bytes_sent: Counter,
    pub(crate) expired: Counter,
    pub(crate) unsent: Counter,
    details: Mutex<Details>,
}

/// What is not a number to add to.
#[derive(Debug, Default, Clone)]
pub(crate) struct Details {
    pub(crate) dropped: DropCounts,
    pub(crate) rtt: Option<Duration>,
    pub(crate) last_close: Option<CloseReason>,
}

impl Counters {
    pub(crate) fn details(&self) -> MutexGuard<'_, Details> {
        self.details.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number that only grows. It orders nothing, so it costs nothing.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
