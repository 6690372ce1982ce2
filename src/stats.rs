//! What the client counts, as plain data.

use crate::event::{CloseReason, ConnectionState, count, millis};

/// Frames dropped on purpose, by reason. See [`aldis_client::DropReason`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct DropCounts {
    /// Before the session was open.
    pub before_connected: i64,
    /// Plaintext in an encrypted session.
    pub plaintext: i64,
    /// Our own, come back.
    pub reflected: i64,
    /// Received before.
    pub replayed: i64,
    /// Not of the protocol.
    pub malformed: i64,
    /// Binary.
    pub binary: i64,
}

/// A snapshot of what the client has counted since it was made. See [`aldis_client::Stats`].
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Stats {
    /// The state now.
    pub state: ConnectionState,
    /// How long the session has been authenticated, in milliseconds.
    pub connected_for_ms: Option<i64>,
    /// The last round trip that a ping of this session measured, in milliseconds.
    pub rtt_ms: Option<f64>,
    /// Attempts to connect.
    pub attempts: i64,
    /// Sessions that were authenticated.
    pub sessions: i64,
    /// Messages delivered to the queue of the host, replies included.
    pub messages_received: i64,
    /// Messages handed to the connection, requests included.
    pub messages_sent: i64,
    /// WebSocket messages received, of any kind.
    pub frames_received: i64,
    /// WebSocket messages handed to the connection, of any kind.
    pub frames_sent: i64,
    /// Their payload in bytes.
    pub bytes_received: i64,
    /// Their payload in bytes.
    pub bytes_sent: i64,
    /// Frames that were dropped on purpose.
    pub dropped: DropCounts,
    /// Messages that the overflow policy dropped, or that came when nobody listened any more.
    pub lagged: i64,
    /// Messages whose time to live ran out.
    pub expired: i64,
    /// Messages that were accepted and that a lost connection kept from being sent.
    pub unsent: i64,
    /// Events that wait for the host.
    pub queued_events: i64,
    /// Their messages in bytes.
    pub queued_bytes: i64,
    /// Messages that wait to be sent.
    pub outbox_messages: i64,
    /// Those in bytes.
    pub outbox_bytes: i64,
    /// Calls of the listener that failed.
    pub listener_failures: i64,
    /// Why the last connection, or the last attempt, ended.
    pub last_close: Option<CloseReason>,
}

impl Stats {
    pub(crate) fn new(stats: &aldis_client::Stats, listener_failures: u64) -> Self {
        let dropped = &stats.dropped;
        Self {
            state: stats.state.into(),
            connected_for_ms: stats.connected_for.map(millis),
            rtt_ms: stats.rtt.map(|rtt| rtt.as_secs_f64() * 1e3),
            attempts: count(stats.attempts),
            sessions: count(stats.sessions),
            messages_received: count(stats.messages_received),
            messages_sent: count(stats.messages_sent),
            frames_received: count(stats.frames_received),
            frames_sent: count(stats.frames_sent),
            bytes_received: count(stats.bytes_received),
            bytes_sent: count(stats.bytes_sent),
            dropped: DropCounts {
                before_connected: count(dropped.before_connected),
                plaintext: count(dropped.plaintext),
                reflected: count(dropped.reflected),
                replayed: count(dropped.replayed),
                malformed: count(dropped.malformed),
                binary: count(dropped.binary),
            },
            lagged: count(stats.lagged),
            expired: count(stats.expired),
            unsent: count(stats.unsent),
            queued_events: count(stats.queued_events),
            queued_bytes: count(stats.queued_bytes),
            outbox_messages: count(stats.outbox_messages),
            outbox_bytes: count(stats.outbox_bytes),
            listener_failures: count(listener_failures),
            last_close: stats.last_close.as_ref().map(Into::into),
        }
    }
}
