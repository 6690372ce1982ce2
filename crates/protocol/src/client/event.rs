//! What a client's session tells its driver.

use crate::client::RequestId;
use crate::drops::DropReason;
use crate::envelope::Message;

/// Something that happened in the session.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The server accepted the token: messages may flow.
    Authenticated(Welcome),
    /// A message of the application.
    Message(Message),
    /// The reply to a request.
    Reply {
        /// The request.
        request: RequestId,
        /// Its reply.
        message: Message,
    },
    /// No reply came in time. One that comes later is an ordinary message.
    RequestTimedOut {
        /// The request.
        request: RequestId,
    },
    /// The server reported an error before the session was open; a close usually follows. Only
    /// the first sixteen are told.
    ServerError {
        /// The server's words.
        message: String,
    },
    /// The first frame of this connection that was dropped for this reason. Later ones are
    /// only counted, in [`DropCounts`](crate::drops::DropCounts).
    Dropped(DropReason),
    /// The session cannot go on. What is left to transmit should be sent, then the connection
    /// closed. Requests that wait get no event of their own: none of them is answered any more.
    Ended(EndReason),
}

/// Who the server says we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// Id of this connection, new every time.
    pub client_id: String,
    /// Id of the user that the token stands for.
    pub user_id: Option<String>,
    /// The server's clock, in ISO 8601 where the server is IGNIS.
    pub time: Option<String>,
    /// Whether messages are encrypted.
    pub encrypted: bool,
}

/// Why a session cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndReason {
    /// `connected` did not come in time.
    #[error("the server did not answer the authentication in time")]
    AuthenticationTimeout,
    /// Nothing came in after a ping.
    #[error("the connection went dead: nothing came in after a ping")]
    PongTimeout,
    /// A frame could not be decrypted.
    #[error("a frame cannot be decrypted")]
    Undecryptable,
    /// The keys have served their time: reconnect at once.
    #[error("the session needs new keys")]
    RekeyNeeded,
    /// The server offers no encryption, which the configuration asks for.
    #[error("the server offers no encryption, and the configuration does not allow plaintext")]
    EncryptionMissing,
    /// The server's part of the handshake cannot be used.
    #[error("the server's handshake is invalid: a P-256 point and a salt of 32 bytes are needed")]
    InvalidHandshake,
    /// The server's key is not the one that the configuration pins.
    #[error("the server's key is not the pinned one")]
    ServerKeyMismatch,
}

impl EndReason {
    /// A stable name of the reason for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AuthenticationTimeout => "authentication_timeout",
            Self::PongTimeout => "pong_timeout",
            Self::Undecryptable => "undecryptable",
            Self::RekeyNeeded => "rekey_needed",
            Self::EncryptionMissing => "encryption_missing",
            Self::InvalidHandshake => "invalid_handshake",
            Self::ServerKeyMismatch => "server_key_mismatch",
        }
    }
}
