use std::io;

use aldis_protocol::cipher::{OpenError, SealError};
use aldis_protocol::envelope::MalformedMessage;
use aldis_protocol::handshake::HandshakeError;

/// Why a script could not go on: the client did something else than the script expects.
///
/// No message contains a token, a key or a payload.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// The client ended the connection while the script waited for something.
    #[error("the client ended the connection while the script waited for {0}")]
    Ended(&'static str),
    /// The stream failed.
    #[error("the stream failed: {0}")]
    Stream(#[from] io::Error),
    /// What the client sent first is no request for a WebSocket.
    #[error("the client's request is no WebSocket upgrade: {0}")]
    Request(&'static str),
    /// A frame that RFC 6455 forbids a client to send.
    #[error("the client broke the WebSocket protocol: {0}")]
    Protocol(&'static str),
    /// A proper frame or message, but another one than the script expects.
    #[error("the script expects {expected}, and the client sent {got}")]
    Unexpected {
        /// What the script waited for.
        expected: &'static str,
        /// What came, by kind and name only.
        got: String,
    },
    /// A text that is no message of the protocol.
    #[error("the client sent what is {0}")]
    Malformed(#[from] MalformedMessage),
    /// The client sent no key, or one that cannot be used.
    #[error("the client's key: {0}")]
    Handshake(#[from] HandshakeError),
    /// An encrypted frame could not be opened.
    #[error("the client's frame: {0}")]
    Open(#[from] OpenError),
    /// The script's message could not be sealed.
    #[error("the script's message: {0}")]
    Seal(#[from] SealError),
    /// The script's data is not JSON.
    #[error("the script's data cannot be written as JSON: {0}")]
    Data(#[source] serde_json::Error),
    /// The script seals or opens before it has accepted the client.
    #[error("there is no session key: the script has to accept the client first")]
    NotAccepted,
}

impl ScriptError {
    /// A stable name in `snake_case`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ended(_) => "ended",
            Self::Stream(_) => "stream",
            Self::Request(_) => "request",
            Self::Protocol(_) => "protocol",
            Self::Unexpected { .. } => "unexpected",
            Self::Malformed(_) => "malformed",
            Self::Handshake(_) => "handshake",
            Self::Open(_) => "open",
            Self::Seal(_) => "seal",
            Self::Data(_) => "data",
            Self::NotAccepted => "not_accepted",
        }
    }

    /// Whether the client is gone, in whichever way.
    #[must_use]
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Ended(_) | Self::Stream(_))
    }
}

/// A script that ended with an error.
#[derive(Debug, thiserror::Error)]
#[error("the script of connection {connection} failed: {source}")]
pub struct ScriptFailure {
    /// Index of the connection, from zero.
    pub connection: usize,
    /// What went wrong.
    pub source: ScriptError,
}

impl ScriptFailure {
    /// The [code](ScriptError::code) of the script's error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.source.code()
    }
}
