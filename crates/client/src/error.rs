//! What the operations of a client can fail with.

use std::time::Duration;

use aldis_protocol::{Message, OutgoingError, RoomNameError};

use crate::close::CloseReason;
use crate::state::ConnectionState;

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct ConfigError {
    field: &'static str,
    rule: String,
}

impl ConfigError {
    pub(crate) fn new(field: &'static str, rule: impl Into<String>) -> Self {
        Self { field, rule: rule.into() }
    }

    /// The field of the configuration, dotted where it is nested (`tls.pins`).
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong and what is allowed.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        "invalid_config"
    }
}

/// Why `connect` did not end in a session. The client is disconnected then.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// It cannot work, or was tried often enough.
    #[error(transparent)]
    Failed(#[from] CloseReason),
    /// `disconnect` was called meanwhile.
    #[error("disconnect was called before the connection stood")]
    Cancelled,
}

impl ConnectError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Failed(reason) => reason.code(),
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why a message was not taken for sending.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// There is no session, and the message has no time to live in which it could wait.
    #[error("not connected (state: {state}); connect first, or send it with a time to live")]
    NotConnected {
        /// The state at the time.
        state: ConnectionState,
    },
    /// The message itself is at fault.
    #[error(transparent)]
    Message(#[from] OutgoingError),
    /// The network does not take messages as fast as they come.
    #[error(
        "the outbox is full: {messages} messages with {bytes} bytes wait; at most \
         {max_messages} messages and {max_bytes} bytes are allowed"
    )]
    OutboxFull {
        /// Messages that wait.
        messages: usize,
        /// Bytes that wait.
        bytes: usize,
        /// Messages that may wait.
        max_messages: usize,
        /// Bytes that may wait.
        max_bytes: usize,
    },
    /// The time to live is not positive, or longer than allowed.
    #[error("the time to live is {ttl:?}; 1 ms to {max:?} are allowed")]
    InvalidTtl {
        /// The refused time.
        ttl: Duration,
        /// The longest time that is allowed.
        max: Duration,
    },
}

impl SendError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotConnected { .. } => "not_connected",
            Self::Message(error) => error.code(),
            Self::OutboxFull { .. } => "outbox_full",
            Self::InvalidTtl { .. } => "invalid_ttl",
        }
    }
}

/// Why a request got no reply.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The request was not sent.
    #[error(transparent)]
    Send(#[from] SendError),
    /// No reply came in time.
    #[error("no reply came within {timeout:?}")]
    TimedOut {
        /// The time that was given.
        timeout: Duration,
    },
    /// The connection ended before the reply. Whether the server acted on the request is unknown.
    #[error("the connection ended before the reply came")]
    ConnectionLost,
    /// The server answered with the event `error`.
    #[error("the server refused the request: {}", refusal(.reply))]
    Refused {
        /// The whole answer.
        reply: Message,
    },
    /// Too many requests wait for replies.
    #[error("{limit} requests wait for their replies; no more are allowed")]
    TooManyRequests {
        /// Requests that may wait.
        limit: usize,
    },
    /// The timeout is not positive, or longer than allowed.
    #[error("the timeout is {timeout:?}; 1 ms to {max:?} are allowed")]
    InvalidTimeout {
        /// The refused time.
        timeout: Duration,
        /// The longest time that is allowed.
        max: Duration,
    },
}

impl RequestError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Send(error) => error.code(),
            Self::TimedOut { .. } => "request_timed_out",
            Self::ConnectionLost => "request_connection_lost",
            Self::Refused { .. } => "request_refused",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::InvalidTimeout { .. } => "invalid_timeout",
        }
    }
}

/// The words of an `error`, as IGNIS writes it; applications may write anything.
fn refusal(reply: &Message) -> String {
    #[derive(serde::Deserialize)]
    struct Refusal {
        message: String,
    }
    reply.decode().map(|Refusal { message }| message).unwrap_or_default()
}

/// Why rooms were not taken. None of the list is joined or left then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoomError {
    /// A name cannot be a room's.
    #[error("`{}`: {error}", shortened(.name))]
    InvalidName {
        /// The refused name.
        name: String,
        /// What is wrong with it.
        error: RoomNameError,
    },
    /// The client would be in too many rooms.
    #[error("{rooms} rooms; at most {limit} are allowed")]
    TooMany {
        /// Rooms that the client would be in.
        rooms: usize,
        /// Rooms that are allowed.
        limit: usize,
    },
    /// The network does not take messages as fast as they come.
    #[error("the outbox is full; try again when the connection has caught up")]
    OutboxFull,
}

fn shortened(name: &str) -> String {
    let mut short: String = name.chars().take(40).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    short
}

impl RoomError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidName { error, .. } => error.code(),
            Self::TooMany { .. } => "too_many_rooms",
            Self::OutboxFull => "outbox_full",
        }
    }
}

/// Why a token was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is empty; at least one character is needed")]
pub struct EmptyToken;

impl EmptyToken {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        "token_empty"
    }
}
