//! What the operations can fail with. Each variant carries `code`, the stable name that
//! [`aldis_client`] gives the error, and `detail`, its words.

use aldis_client::OutgoingError;

use crate::event::{CloseReason, ConnectionState, Message, count, millis};

/// Every operation on a client that was shut down.
const CLOSED: &str = "client_closed";

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum ConfigError {
    /// A setting cannot be used.
    #[error("{field}: {detail}")]
    Invalid {
        /// Stable name.
        code: String,
        /// The field in the spelling of Rust, dotted where it is nested (`tls.pins`).
        field: String,
        /// What is wrong and what is allowed.
        detail: String,
    },
    /// The system gives no more threads.
    #[error("{detail}")]
    NoThreads {
        /// Stable name.
        code: String,
        /// The system's words.
        detail: String,
    },
}

impl From<aldis_client::ConfigError> for ConfigError {
    fn from(error: aldis_client::ConfigError) -> Self {
        Self::Invalid {
            code: error.code().to_owned(),
            field: error.field().to_owned(),
            detail: error.rule().to_owned(),
        }
    }
}

impl ConfigError {
    pub(crate) fn no_threads(error: &std::io::Error) -> Self {
        let detail = format!("the threads of the client cannot be started: {error}");
        Self::NoThreads { code: "no_threads".to_owned(), detail }
    }

    /// A value that cannot even be told to the client, such as a negative time.
    pub(crate) fn out_of_range(field: &str, value: i64) -> Self {
        // All counts of the client hold this much on every machine.
        let detail = format!("{value}; 0 to {} are allowed", u32::MAX);
        Self::Invalid { code: "invalid_config".to_owned(), field: field.to_owned(), detail }
    }
}

/// Why `connect` did not end in a session.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum ConnectError {
    /// It cannot work, or was tried often enough.
    #[error("{}", reason.message)]
    Failed {
        /// Why.
        reason: CloseReason,
    },
    /// `disconnect` was called meanwhile.
    #[error("{detail}")]
    Cancelled {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The client was shut down.
    #[error("the client was closed")]
    Closed {
        /// Stable name.
        code: String,
    },
}

impl From<aldis_client::ConnectError> for ConnectError {
    fn from(error: aldis_client::ConnectError) -> Self {
        match &error {
            aldis_client::ConnectError::Failed(reason) => Self::Failed { reason: reason.into() },
            _ => Self::Cancelled { code: error.code().to_owned(), detail: error.to_string() },
        }
    }
}

/// Why a message was not taken for sending.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum SendError {
    /// There is no session, and the message has no time to live.
    #[error("{detail}")]
    NotConnected {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
        /// The state at the time.
        state: ConnectionState,
    },
    /// The network does not take messages as fast as they come.
    #[error("{detail}")]
    OutboxFull {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
        /// Messages that wait.
        messages: i64,
        /// Bytes that wait.
        bytes: i64,
    },
    /// The message would exceed the server's limit.
    #[error("{detail}")]
    TooLarge {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
        /// Bytes of the message as JSON, envelope included.
        size: i64,
        /// Bytes that are allowed.
        limit: i64,
    },
    /// The event's name is empty or belongs to the protocol.
    #[error("{detail}")]
    InvalidEvent {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The payload is not JSON.
    #[error("{detail}")]
    NotJson {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The time to live is not positive, or longer than allowed.
    #[error("{detail}")]
    InvalidTtl {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The client was shut down.
    #[error("the client was closed")]
    Closed {
        /// Stable name.
        code: String,
    },
}

impl From<aldis_client::SendError> for SendError {
    fn from(error: aldis_client::SendError) -> Self {
        use aldis_client::SendError as From;
        let (code, detail) = (error.code().to_owned(), error.to_string());
        match error {
            From::NotConnected { state } => {
                Self::NotConnected { code, detail, state: state.into() }
            }
            From::OutboxFull { messages, bytes, .. } => {
                Self::OutboxFull { code, detail, messages: count(messages), bytes: count(bytes) }
            }
            From::InvalidTtl { .. } => Self::InvalidTtl { code, detail },
            From::Message(OutgoingError::TooLarge { size, limit }) => {
                Self::TooLarge { code, detail, size: count(size), limit: count(limit) }
            }
            From::Message(OutgoingError::NotJson(_)) => Self::NotJson { code, detail },
            _ => Self::InvalidEvent { code, detail },
        }
    }
}

/// Why a request got no reply.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum RequestError {
    /// The request was not sent.
    #[error(transparent)]
    NotSent {
        /// Why.
        error: SendError,
    },
    /// No reply came in time.
    #[error("{detail}")]
    TimedOut {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
        /// The time that was given, in milliseconds.
        timeout_ms: i64,
    },
    /// The connection ended before the reply.
    #[error("{detail}")]
    ConnectionLost {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The server answered with the event `error`.
    #[error("{detail}")]
    Refused {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
        /// The whole answer.
        reply: Message,
    },
    /// Too many requests wait for replies.
    #[error("{detail}")]
    TooManyRequests {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The timeout is not positive, or longer than allowed.
    #[error("{detail}")]
    InvalidTimeout {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The client was shut down.
    #[error("the client was closed")]
    Closed {
        /// Stable name.
        code: String,
    },
}

impl From<aldis_client::RequestError> for RequestError {
    fn from(error: aldis_client::RequestError) -> Self {
        use aldis_client::RequestError as From;
        let (code, detail) = (error.code().to_owned(), error.to_string());
        match error {
            From::Send(error) => Self::NotSent { error: error.into() },
            From::TimedOut { timeout } => {
                Self::TimedOut { code, detail, timeout_ms: millis(timeout) }
            }
            From::Refused { reply } => Self::Refused { code, detail, reply: (&reply).into() },
            From::TooManyRequests { .. } => Self::TooManyRequests { code, detail },
            From::InvalidTimeout { .. } => Self::InvalidTimeout { code, detail },
            _ => Self::ConnectionLost { code, detail },
        }
    }
}

/// Why rooms were not taken. None of the list is joined or left then.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum RoomError {
    /// A name cannot be a room's.
    #[error("{detail}")]
    InvalidName {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
        /// The refused name.
        name: String,
    },
    /// The client would be in too many rooms.
    #[error("{detail}")]
    TooMany {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The network does not take messages as fast as they come.
    #[error("{detail}")]
    OutboxFull {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The client was shut down.
    #[error("the client was closed")]
    Closed {
        /// Stable name.
        code: String,
    },
}

impl From<aldis_client::RoomError> for RoomError {
    fn from(error: aldis_client::RoomError) -> Self {
        use aldis_client::RoomError as From;
        let (code, detail) = (error.code().to_owned(), error.to_string());
        match error {
            From::InvalidName { name, .. } => Self::InvalidName { code, detail, name },
            From::TooMany { .. } => Self::TooMany { code, detail },
            _ => Self::OutboxFull { code, detail },
        }
    }
}

/// Why a token was not taken.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum TokenError {
    /// It is empty.
    #[error("{detail}")]
    Empty {
        /// Stable name.
        code: String,
        /// The words.
        detail: String,
    },
    /// The client was shut down.
    #[error("the client was closed")]
    Closed {
        /// Stable name.
        code: String,
    },
}

impl From<aldis_client::EmptyToken> for TokenError {
    fn from(error: aldis_client::EmptyToken) -> Self {
        Self::Empty { code: error.code().to_owned(), detail: error.to_string() }
    }
}

/// The client was shut down. Every operation has its own variant for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closed;

macro_rules! from_closed {
    ($($error:ident),*) => {
        $(impl From<Closed> for $error {
            fn from(Closed: Closed) -> Self {
                Self::Closed { code: CLOSED.to_owned() }
            }
        })*
    };
}

from_closed!(ConnectError, SendError, RequestError, RoomError, TokenError);
