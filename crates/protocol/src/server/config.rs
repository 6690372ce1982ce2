//! What a server's session needs to know of its deployment.

use std::time::Duration;

use crate::control::KEY_FIELD_NX_SIGNAL;
use crate::handshake::INFO_NX_SIGNAL;
use crate::limits;

/// Settings of a [`ServerSession`](super::ServerSession). The defaults are those of IGNIS with
/// nx-signal's names.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// HKDF `info`; both ends must use the same.
    pub info: String,
    /// Name of the field of `authenticate` that carries the client's key.
    pub key_field: String,
    /// Whether a client without a key is refused.
    pub require_encryption: bool,
    /// How long after the upgrade `authenticate` may come.
    pub authenticate_within: Duration,
    /// How long the authenticator may work on a token.
    pub authentication_may_take: Duration,
    /// How long a client may say nothing.
    pub heartbeat_timeout: Duration,
    /// Received initialisation vectors to remember before the session asks for new keys.
    pub max_seen_ivs: usize,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            info: INFO_NX_SIGNAL.to_owned(),
            key_field: KEY_FIELD_NX_SIGNAL.to_owned(),
            require_encryption: true,
            authenticate_within: limits::AUTHENTICATE_WITHIN,
            authentication_may_take: limits::AUTHENTICATION_MAY_TAKE,
            heartbeat_timeout: limits::HEARTBEAT_TIMEOUT,
            max_seen_ivs: limits::MAX_SEEN_IVS,
        }
    }
}
