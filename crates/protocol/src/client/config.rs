//! What a client's session needs to know of its deployment.

use std::time::Duration;

use crate::control::KEY_FIELD_NX_SIGNAL;
use crate::handshake::{INFO_NX_SIGNAL, PublicKey};
use crate::limits;

/// Settings of a [`ClientSession`](super::ClientSession). The defaults are those of nx-signal.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// HKDF `info`; both ends must use the same.
    pub info: String,
    /// Name of the field of `authenticate` that carries the client's key.
    pub key_field: String,
    /// The server's key, where it is static and known: another one ends the session.
    pub server_key: Option<PublicKey>,
    /// Whether a server without encryption is accepted. Refuse it unless the network is trusted.
    pub allow_plaintext: bool,
    /// How long to wait for `connected`.
    pub authentication_timeout: Duration,
    /// How often to send a heartbeat, and a ping with it.
    pub heartbeat_interval: Duration,
    /// How long after a ping the connection counts as dead when nothing at all comes in.
    pub pong_timeout: Duration,
    /// How long after a join a leave of the same room is held back: the server joins after an
    /// asynchronous check, which an immediate leave would overtake.
    pub join_settle: Duration,
    /// Largest message on the wire, in bytes, that the server accepts.
    pub max_frame_bytes: usize,
    /// Most requests that may wait for their replies.
    pub max_pending_requests: usize,
    /// Received initialisation vectors to remember before the session asks for new keys.
    pub max_seen_ivs: usize,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            info: INFO_NX_SIGNAL.to_owned(),
            key_field: KEY_FIELD_NX_SIGNAL.to_owned(),
            server_key: None,
            allow_plaintext: false,
            // A second more than the server may take, so that its own verdict arrives first.
            authentication_timeout: limits::AUTHENTICATION_MAY_TAKE + Duration::from_secs(1),
            heartbeat_interval: limits::HEARTBEAT_INTERVAL,
            pong_timeout: Duration::from_secs(10),
            join_settle: Duration::from_millis(500),
            max_frame_bytes: limits::MAX_CLIENT_FRAME_BYTES,
            max_pending_requests: 1024,
            max_seen_ivs: limits::MAX_SEEN_IVS,
        }
    }
}

impl ClientConfig {
    /// Longest plaintext that a message may have, in bytes.
    pub fn max_plaintext_bytes(&self) -> usize {
        limits::max_plaintext_bytes(self.max_frame_bytes)
    }
}
