//! What goes through a session, in the terms of WebSocket.

use crate::close::CloseCode;

/// A WebSocket message that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inbound<'a> {
    /// A text message.
    Text(&'a str),
    /// A binary message.
    Binary(&'a [u8]),
    /// A ping. Answering is the transport's duty; the session takes it as a sign of life.
    Ping,
    /// The answer to a ping of ours, with its payload.
    Pong(&'a [u8]),
}

/// Something for the transport to send, in order.
#[derive(Clone, PartialEq, Eq)]
pub enum Transmit {
    /// A text message. It may contain a token: never log it.
    Text(String),
    /// A ping with this payload.
    Ping([u8; 8]),
    /// A close frame; the connection ends behind it.
    Close {
        /// The code to send.
        code: CloseCode,
        /// A short reason for humans, at most 123 bytes.
        reason: &'static str,
    },
}

impl std::fmt::Debug for Transmit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Ping(_) => f.write_str("Ping"),
            Self::Close { code, reason } => write!(f, "Close({code}, {reason:?})"),
        }
    }
}
