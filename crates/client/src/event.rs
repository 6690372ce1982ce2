//! What the host receives.

use aldis_protocol::Message;
use aldis_protocol::drops::DropReason;

use crate::state::StateChange;

/// Something for the host. Events come in the order in which they happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SignalEvent {
    /// The connection's state changed. [`SignalClient::state`](crate::SignalClient::state)
    /// tells the latest one without the history.
    State(StateChange),
    /// A session was authenticated, the first or one after a reconnect.
    Connected(Session),
    /// A decrypted message of the application.
    Message(Message),
    /// The host was too slow, and the overflow policy dropped this many of the oldest events.
    Lagged {
        /// Events dropped since the last report.
        missed: u64,
    },
    /// Something to know about, which needs no action for the connection to go on.
    Error(SignalError),
}

/// Who the server says we are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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

/// Something to know about. Safe to log: no token, no key, no payload.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SignalError {
    /// The server reported an error in plaintext before the session was open.
    #[error("the server says: {0}")]
    Server(String),
    /// The first frame of a connection that was dropped for this reason; all are counted in
    /// [`Stats::dropped`](crate::Stats::dropped).
    #[error("{0}")]
    FrameDropped(DropReason),
    /// Messages with a time to live waited for a connection longer than that.
    #[error("the message `{event}` was not sent within its time to live")]
    MessageExpired {
        /// Name of the message's event.
        event: String,
    },
    /// Messages that `send` had accepted were still unsent when the connection ended.
    #[error("{count} messages were not sent before the connection ended")]
    MessagesUnsent {
        /// How many.
        count: u64,
    },
}

impl SignalError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Server(_) => "server_error",
            Self::FrameDropped(reason) => match reason {
                DropReason::BeforeConnected => "dropped_before_connected",
                DropReason::Plaintext => "dropped_plaintext",
                DropReason::Reflected => "dropped_reflected",
                DropReason::Replayed => "dropped_replayed",
                DropReason::Malformed => "dropped_malformed",
                _ => "dropped_binary",
            },
            Self::MessageExpired { .. } => "message_expired",
            Self::MessagesUnsent { .. } => "messages_unsent",
        }
    }
}
