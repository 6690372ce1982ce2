//! The states of the connection.

use std::fmt;
use std::time::Duration;

use crate::close::CloseReason;

/// Where the connection stands.
///
/// ```text
/// disconnected ─▶ connecting ─▶ connected ─▶ authenticating ─▶ authenticated
///      ▲              ▲  └───────────┴───────────────┴───────────────┤
///      │              └──────────── reconnecting ◀───────────────────┘
///      └── disconnect, refused for good, or out of retries
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectionState {
    /// Nothing is attempted: not started, disconnected by the host, or given up.
    Disconnected,
    /// DNS, TCP, proxy, TLS and the WebSocket upgrade are under way.
    Connecting,
    /// The WebSocket is open.
    Connected,
    /// The token and the public key are sent; the server's answer is awaited.
    Authenticating,
    /// Messages flow.
    Authenticated,
    /// The connection was lost; the next attempt waits for its time or for a network.
    Reconnecting,
}

impl ConnectionState {
    /// The name of the state in lower case, as every face of Aldis spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Authenticating => "authenticating",
            Self::Authenticated => "authenticated",
            Self::Reconnecting => "reconnecting",
        }
    }
}

impl fmt::Display for ConnectionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A change of the connection's state.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StateChange {
    /// The new state.
    pub state: ConnectionState,
    /// Why, where the change is the end of a connection or of an attempt.
    pub reason: Option<CloseReason>,
    /// While reconnecting: which attempt comes next, counted from the last time that a session
    /// was authenticated. Otherwise 0.
    pub attempt: u32,
    /// While reconnecting: how long until that attempt; `None` while there is no network.
    pub retry_in: Option<Duration>,
}

impl StateChange {
    pub(crate) fn to(state: ConnectionState) -> Self {
        Self { state, reason: None, attempt: 0, retry_in: None }
    }

    pub(crate) fn disconnected(reason: CloseReason) -> Self {
        Self { reason: Some(reason), ..Self::to(ConnectionState::Disconnected) }
    }

    pub(crate) fn reconnecting(
        reason: CloseReason,
        attempt: u32,
        retry_in: Option<Duration>,
    ) -> Self {
        let state = ConnectionState::Reconnecting;
        Self { state, reason: Some(reason), attempt, retry_in }
    }
}
