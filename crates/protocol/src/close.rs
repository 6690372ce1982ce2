//! WebSocket close codes that IGNIS servers use.

use std::fmt;

/// A WebSocket close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// The purpose of the connection is fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// The server shuts down: come back later, with jitter.
    pub const GOING_AWAY: Self = Self(1001);
    /// A frame broke the WebSocket protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// A close frame without a code came. Never on the wire.
    pub const NO_STATUS: Self = Self(1005);
    /// The connection ended without a close frame. Never on the wire.
    pub const ABNORMAL: Self = Self(1006);
    /// A text frame was not UTF-8.
    pub const INVALID_PAYLOAD: Self = Self(1007);
    /// A message broke the rules of the application, such as a frame that cannot be decrypted.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// A message was larger than the receiver accepts.
    pub const MESSAGE_TOO_BIG: Self = Self(1009);
    /// Something failed in the server.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// The server cannot keep up with this client now.
    pub const TRY_AGAIN_LATER: Self = Self(1013);
    /// No `authenticate` came in time.
    pub const AUTHENTICATION_TIMEOUT: Self = Self(4001);
    /// No message came from the client for too long.
    pub const HEARTBEAT_TIMEOUT: Self = Self(4002);
    /// The token was refused, or the server's authentication failed.
    pub const AUTHENTICATION_FAILED: Self = Self(4003);
    /// Encryption is required, and the client offered no usable key.
    pub const ENCRYPTION_REQUIRED: Self = Self(4004);

    /// What the code means, in a few words; empty for a code that the protocol does not know.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::NORMAL => "closed normally",
            Self::GOING_AWAY => "server going away",
            Self::PROTOCOL_ERROR => "protocol error",
            Self::NO_STATUS => "no code",
            Self::ABNORMAL => "connection lost",
            Self::INVALID_PAYLOAD => "invalid UTF-8",
            Self::POLICY_VIOLATION => "policy violation",
            Self::MESSAGE_TOO_BIG => "message too big",
            Self::INTERNAL_ERROR => "internal server error",
            Self::TRY_AGAIN_LATER => "try again later",
            Self::AUTHENTICATION_TIMEOUT => "authentication timeout",
            Self::HEARTBEAT_TIMEOUT => "heartbeat timeout",
            Self::AUTHENTICATION_FAILED => "authentication failed",
            Self::ENCRYPTION_REQUIRED => "encryption required",
            _ => "",
        }
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            "" => write!(f, "{}", self.0),
            meaning => write!(f, "{} ({meaning})", self.0),
        }
    }
}
