//! Why a connection, or an attempt at one, ended.

use std::sync::Arc;

use aldis_protocol::CloseCode;
use aldis_protocol::client::EndReason;

use crate::dial::DialError;
use crate::token::TokenError;

/// Why a connection, or an attempt at one, ended. Safe to log: no token, no key, no payload.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CloseReason {
    /// The host called `disconnect`.
    #[error("disconnected by the host")]
    Disconnected,
    /// The host called `suspended`.
    #[error("suspended by the host")]
    Suspended,
    /// Every handle of the client was dropped.
    #[error("the client was closed")]
    Dropped,
    /// The connection could not be made.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// No token was to be had.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The server refused the token (close 4003), the provider's fresh one too if there is a
    /// provider.
    #[error("the server refused the token (4003): {message}")]
    AuthRejected {
        /// The server's words.
        message: String,
    },
    /// The server found no usable key of ours (close 4004), so the deployments do not match.
    #[error(
        "the server demands encryption and saw no usable key (4004): check the name of the key \
         field"
    )]
    KeyRefused,
    /// The server closed the connection.
    #[error("the server closed the connection: {code}{}", reason_suffix(.reason))]
    Closed {
        /// The close code.
        code: CloseCode,
        /// The server's words, often empty.
        reason: String,
    },
    /// The connection ended without a close frame (1006).
    #[error("the connection was lost (1006): {0}")]
    Lost(Arc<str>),
    /// The session itself had to end.
    #[error(transparent)]
    Session(#[from] EndReason),
    /// The host said that there is no network.
    #[error("there is no network")]
    NetworkLost,
    /// The host said that there is another network, while the server was still to answer on the
    /// former one.
    #[error("the network changed while the server was to answer")]
    NetworkChanged,
    /// Something inside Aldis panicked. Please report it.
    #[error("internal error: the connection's task panicked")]
    Internal,
    /// The allowed number of attempts failed in a row.
    #[error("gave up after {attempts} attempts; the last one: {last}")]
    RetriesExhausted {
        /// Attempts since the last authenticated session.
        attempts: u32,
        /// How the last one ended.
        last: Box<CloseReason>,
    },
}

fn reason_suffix(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(", \"{reason}\"") }
}

impl CloseReason {
    /// A stable name of the reason for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Suspended => "suspended",
            Self::Dropped => "dropped",
            Self::Dial(error) => error.code(),
            Self::Token(error) => error.code(),
            Self::AuthRejected { .. } => "auth_rejected",
            Self::KeyRefused => "key_refused",
            Self::Closed { .. } => "closed_by_server",
            Self::Lost(_) => "connection_lost",
            Self::Session(reason) => reason.code(),
            Self::NetworkLost => "network_lost",
            Self::NetworkChanged => "network_changed",
            Self::Internal => "internal",
            Self::RetriesExhausted { .. } => "retries_exhausted",
        }
    }

    /// The WebSocket close code that stands for it, if any; 1006 for a lost connection.
    pub fn close_code(&self) -> Option<CloseCode> {
        match self {
            Self::Closed { code, .. } => Some(*code),
            Self::AuthRejected { .. } => Some(CloseCode::AUTHENTICATION_FAILED),
            Self::KeyRefused => Some(CloseCode::ENCRYPTION_REQUIRED),
            Self::Lost(_) => Some(CloseCode::ABNORMAL),
            Self::RetriesExhausted { last, .. } => last.close_code(),
            _ => None,
        }
    }

    /// Whether another attempt could end better without the host doing anything.
    pub(crate) fn is_retryable(&self) -> bool {
        match self {
            Self::Disconnected
            | Self::Suspended
            | Self::Dropped
            | Self::AuthRejected { .. }
            | Self::KeyRefused
            | Self::Internal
            | Self::RetriesExhausted { .. }
            | Self::Token(TokenError::Missing | TokenError::TooLong { .. })
            // A deployment without encryption does not change by itself.
            | Self::Session(EndReason::EncryptionMissing) => false,
            Self::Dial(_)
            | Self::Token(_)
            | Self::Closed { .. }
            | Self::Lost(_)
            | Self::Session(_)
            | Self::NetworkLost
            | Self::NetworkChanged => true,
        }
    }

    /// What a person can do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Disconnected => "Call connect.",
            Self::Suspended => "Nothing: the client connects when the host resumes it.",
            Self::Dropped | Self::Internal => "Make a new client.",
            Self::Dial(error) => error.advice(),
            Self::Token(_) => "Check the token provider, or set another token, and connect.",
            Self::AuthRejected { .. } => "Set a token that the server accepts, then connect.",
            Self::KeyRefused => "Set the name of the key's field to the one that the server reads.",
            Self::Closed { code: CloseCode::AUTHENTICATION_TIMEOUT, .. } => {
                "The server saw no authentication in time: the network is very slow."
            }
            Self::Closed { code: CloseCode::HEARTBEAT_TIMEOUT, .. } => {
                "The server saw no heartbeat: the process slept, or heartbeats are too rare."
            }
            Self::Session(EndReason::EncryptionMissing) => {
                "Turn encryption on in the server, or allow plaintext if the network is trusted."
            }
            Self::Session(EndReason::ServerKeyMismatch) => {
                "Check the server key that is set: the server has another now, or somebody is in between."
            }
            Self::Session(EndReason::Undecryptable) => "Check that info is the same at both ends.",
            Self::Closed { .. } | Self::Lost(_) | Self::Session(_) | Self::NetworkChanged => {
                "Nothing: the client reconnects by itself."
            }
            Self::NetworkLost => "Nothing: the client connects when the network is back.",
            Self::RetriesExhausted { last, .. } => last.advice(),
        }
    }
}
