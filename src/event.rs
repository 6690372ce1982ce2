//! What the host receives, as plain data.

use std::time::Duration;

/// Where the connection stands. See [`aldis_client::ConnectionState`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ConnectionState {
    /// Nothing is attempted.
    Disconnected,
    /// DNS, TCP, proxy, TLS and the WebSocket upgrade are under way.
    Connecting,
    /// The WebSocket is open.
    Connected,
    /// The server's answer to the token is awaited.
    Authenticating,
    /// Messages flow.
    Authenticated,
    /// The connection was lost; the next attempt waits for its time or for a network.
    Reconnecting,
}

impl From<aldis_client::ConnectionState> for ConnectionState {
    fn from(state: aldis_client::ConnectionState) -> Self {
        use aldis_client::ConnectionState as From;
        match state {
            From::Disconnected => Self::Disconnected,
            From::Connecting => Self::Connecting,
            From::Connected => Self::Connected,
            From::Authenticating => Self::Authenticating,
            From::Authenticated => Self::Authenticated,
            From::Reconnecting => Self::Reconnecting,
        }
    }
}

/// Why a connection, or an attempt at one, ended. Safe to log.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CloseReason {
    /// A stable name for programs, such as `auth_rejected`.
    pub code: String,
    /// What happened, for people.
    pub message: String,
    /// What can be done about it, for people.
    pub advice: String,
    /// The WebSocket close code that stands for it, if any; 1006 for a lost connection.
    pub close_code: Option<i32>,
}

impl From<&aldis_client::CloseReason> for CloseReason {
    fn from(reason: &aldis_client::CloseReason) -> Self {
        Self {
            code: reason.code().to_owned(),
            message: reason.to_string(),
            advice: reason.advice().to_owned(),
            close_code: reason.close_code().map(|code| i32::from(code.0)),
        }
    }
}

/// A change of the connection's state.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StateChange {
    /// The new state.
    pub state: ConnectionState,
    /// Why, where the change is the end of a connection or of an attempt.
    pub reason: Option<CloseReason>,
    /// While reconnecting: which attempt comes next. Otherwise 0.
    pub attempt: i32,
    /// While reconnecting: milliseconds until that attempt; none while there is no network.
    pub retry_in_ms: Option<i64>,
}

impl From<&aldis_client::StateChange> for StateChange {
    fn from(change: &aldis_client::StateChange) -> Self {
        Self {
            state: change.state.into(),
            reason: change.reason.as_ref().map(Into::into),
            attempt: i32::try_from(change.attempt).unwrap_or(i32::MAX),
            retry_in_ms: change.retry_in.map(millis),
        }
    }
}

/// Who the server says we are.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Session {
    /// Id of this connection, new after every reconnect.
    pub client_id: String,
    /// Id of the user that the token stands for.
    pub user_id: Option<String>,
    /// The server's clock, as it wrote it.
    pub server_time: Option<String>,
    /// Whether messages are encrypted.
    pub encrypted: bool,
}

impl From<aldis_client::Session> for Session {
    fn from(session: aldis_client::Session) -> Self {
        Self {
            client_id: session.client_id,
            user_id: session.user_id,
            server_time: session.server_time,
            encrypted: session.encrypted,
        }
    }
}

/// A decrypted message of the application. Its `Debug` shows no payload.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Message {
    /// Name of the event.
    pub event: String,
    /// The payload as JSON text, exactly as the peer wrote it; `null` where it sent none.
    pub data: String,
    /// The id that ties a reply to its request, where there is one.
    pub id: Option<String>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("event", &self.event)
            .field("bytes", &self.data.len())
            .field("id", &self.id)
            .finish()
    }
}

impl From<&aldis_client::Message> for Message {
    fn from(message: &aldis_client::Message) -> Self {
        Self {
            event: message.event().to_owned(),
            data: message.data().to_owned(),
            id: message.id().map(ToOwned::to_owned),
        }
    }
}

/// Something that happened. Events come in the order in which they happened.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SignalEvent {
    /// The connection's state changed.
    State {
        /// The change.
        change: StateChange,
    },
    /// A session was authenticated, the first or one after a reconnect.
    Connected {
        /// Who the server says we are.
        session: Session,
    },
    /// A decrypted message of the application.
    Message {
        /// The message.
        message: Message,
    },
    /// The overflow policy dropped this many of the oldest messages.
    Lagged {
        /// Dropped since the last report.
        missed: i64,
    },
}

/// Something to know about, which needs no action for the connection to go on. Safe to log.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SignalError {
    /// A stable name for programs, such as `dropped_replayed`.
    pub code: String,
    /// What happened, for people.
    pub message: String,
}

impl From<&aldis_client::SignalError> for SignalError {
    fn from(error: &aldis_client::SignalError) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}

/// Whole milliseconds, capped at what the host's integers hold.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A count, capped at what the host's integers hold.
pub(crate) fn count(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}
