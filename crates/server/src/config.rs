//! Settings of a server, and the rules that they must keep.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aldis_protocol::handshake::{INFO_NX_SIGNAL, KeyPair};
use aldis_protocol::{KEY_FIELD_NX_SIGNAL, RoomName, limits, server};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::http;

/// Fewest characters that an [`ApiKey`] may have.
pub const MIN_API_KEY_CHARS: usize = 16;

/// Longest message to a client: its JSON text, in bytes, before encryption.
pub const MAX_OUTGOING_BYTES: usize = 8 << 20;

/// Settings of a [`Server`](crate::Server). The defaults are those of IGNIS with nx-signal's
/// names.
#[derive(Debug, Clone)]
pub struct Config {
    /// Path of the WebSocket upgrade; starts with `/`. Default `/ws`.
    pub path: String,
    /// HKDF `info`; both ends must use the same. Default `nx-signal-e2e`.
    pub info: String,
    /// Field of `authenticate` that carries the client's key. Default `clientPublicKey`.
    pub key_field: String,
    /// Whether a client without a key is refused with close 4004. Default true.
    pub require_encryption: bool,
    /// One key pair for the life of the server, so that clients can pin it. Default: a fresh
    /// pair for every connection.
    pub static_key: Option<Arc<KeyPair>>,
    /// Rooms that every client is in from the start, besides the one named by its own id.
    /// Default `ws-default` and `ws-notification`.
    pub default_rooms: Vec<RoomName>,
    /// Most rooms that one client may be in, the default ones among them; joins beyond are
    /// refused. Default 1,024.
    pub max_rooms_per_client: usize,
    /// How long after the upgrade `authenticate` may come (close 4001). Default 5 s.
    pub authenticate_within: Duration,
    /// How long the authenticator may take (close 4001). Default 15 s.
    pub authentication_may_take: Duration,
    /// How long a client may say nothing (close 4002). Default 90 s.
    pub heartbeat_timeout: Duration,
    /// Longest message from a client, in bytes on the wire (close 1009). Default 131,072.
    pub max_message_bytes: usize,
    /// Bound of what waits for one client. Default 1,024 messages and 4 MiB.
    pub queue: QueueLimits,
    /// What happens to a client whose queue is full when something is published to it.
    pub slow_consumer: SlowConsumer,
    /// How long a client may take nothing off its socket while something waits for it, before
    /// it counts as a slow consumer (close 1013). Default 30 s.
    pub write_timeout: Duration,
    /// How long the work on messages that were received may go on after a shutdown. Default 10 s.
    pub shutdown_grace: Duration,
    /// Key that guards the publish API. Without one, only loopback may use it.
    pub api_key: Option<ApiKey>,
}

impl Default for Config {
    fn default() -> Self {
        let rooms = ["ws-default", "ws-notification"];
        Self {
            path: "/ws".to_owned(),
            info: INFO_NX_SIGNAL.to_owned(),
            key_field: KEY_FIELD_NX_SIGNAL.to_owned(),
            require_encryption: true,
            static_key: None,
            default_rooms: rooms.iter().filter_map(|r| RoomName::new(r).ok()).collect(),
            max_rooms_per_client: 1024,
            authenticate_within: limits::AUTHENTICATE_WITHIN,
            authentication_may_take: limits::AUTHENTICATION_MAY_TAKE,
            heartbeat_timeout: limits::HEARTBEAT_TIMEOUT,
            max_message_bytes: limits::MAX_CLIENT_FRAME_BYTES,
            queue: QueueLimits::default(),
            slow_consumer: SlowConsumer::default(),
            write_timeout: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(10),
            api_key: None,
        }
    }
}

impl Config {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let positive = "must be above zero";
        let own_rooms = self.default_rooms.len() + 1;
        let rules = [
            (
                is_path(&self.path),
                "path",
                "must start with `/`, have none of `?#{}*`, and differ from the paths of the API",
            ),
            (
                !matches!(&*self.key_field, "" | "type" | "token"),
                "key_field",
                "must be a name other than `type` and `token`",
            ),
            (!self.authenticate_within.is_zero(), "authenticate_within", positive),
            (!self.authentication_may_take.is_zero(), "authentication_may_take", positive),
            (!self.heartbeat_timeout.is_zero(), "heartbeat_timeout", positive),
            (!self.write_timeout.is_zero(), "write_timeout", positive),
            (self.max_message_bytes >= 1024, "max_message_bytes", "must be at least 1,024"),
            (self.queue.messages > 0, "queue.messages", positive),
            (self.queue.bytes > 0, "queue.bytes", positive),
            (
                self.max_rooms_per_client >= own_rooms,
                "max_rooms_per_client",
                "must have room for the default rooms and the client's own",
            ),
            (
                self.api_key.as_ref().is_none_or(ApiKey::is_strong),
                "api_key",
                "must be at least 16 visible ASCII characters",
            ),
        ];
        match rules.into_iter().find(|(kept, ..)| !kept) {
            Some((_, field, rule)) => Err(ConfigError::Invalid { field, rule }),
            None => Ok(()),
        }
    }

    pub(crate) fn session(&self) -> server::ServerConfig {
        server::ServerConfig {
            info: self.info.clone(),
            key_field: self.key_field.clone(),
            require_encryption: self.require_encryption,
            authenticate_within: self.authenticate_within,
            authentication_may_take: self.authentication_may_take,
            heartbeat_timeout: self.heartbeat_timeout,
            max_seen_ivs: limits::MAX_SEEN_IVS,
        }
    }
}

fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.contains(['?', '#', '{', '}', '*'])
        && !http::API_PATHS.contains(&path)
}

/// How much may wait for one client to take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLimits {
    /// Most messages.
    pub messages: usize,
    /// Most bytes of plaintext. A single message that is longer still goes into an empty queue.
    pub bytes: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { messages: 1024, bytes: 4 << 20 }
    }
}

/// What to do with a client that does not keep up with what is published to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SlowConsumer {
    /// Close its connection with 1013: it knows that it has missed something, and comes back.
    #[default]
    Disconnect,
    /// Drop the message for this client and count it.
    Drop,
}

/// The secret that callers of the publish API present. Never shown, and wiped on drop.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// Takes a key of [`MIN_API_KEY_CHARS`] or more visible ASCII characters; building the server
    /// checks that.
    pub fn new(key: impl Into<String>) -> Self {
        Self(Zeroizing::new(key.into()))
    }

    fn is_strong(&self) -> bool {
        self.0.len() >= MIN_API_KEY_CHARS && self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// Compares in a time that does not depend on where the two differ.
    pub(crate) fn matches(&self, presented: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(presented).into()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// Why a server cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A setting breaks its rule.
    #[error("the setting `{field}` {rule}")]
    Invalid {
        /// Name of the setting in [`Config`].
        field: &'static str,
        /// What the setting must be.
        rule: &'static str,
    },
    /// Nobody would check the tokens.
    #[error("an authenticator is needed")]
    NoAuthenticator,
}

impl ConfigError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "config_invalid",
            Self::NoAuthenticator => "authenticator_missing",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_of(config: &Config) -> &'static str {
        match config.validate() {
            Err(ConfigError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_defaults_are_valid() {
        let config = Config::default();
        assert_eq!(config.validate(), Ok(()));
        assert_eq!(config.default_rooms.len(), 2);
    }

    #[test]
    fn a_broken_rule_is_named() {
        let with = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            field_of(&config)
        };
        for path in ["", "ws", "/a?b", "/{id}", "/healthz", "/api/publish"] {
            let config = Config { path: path.to_owned(), ..Config::default() };
            assert_eq!(field_of(&config), "path");
        }
        assert_eq!(with(|c| c.key_field = "token".to_owned()), "key_field");
        assert_eq!(with(|c| c.queue.messages = 0), "queue.messages");
        assert_eq!(with(|c| c.max_rooms_per_client = 2), "max_rooms_per_client");
        assert_eq!(with(|c| c.api_key = Some(ApiKey::new("short"))), "api_key");
        assert_eq!(with(|c| c.heartbeat_timeout = Duration::ZERO), "heartbeat_timeout");
    }

    #[test]
    fn keys_are_not_shown() {
        let key = ApiKey::new("0123456789abcdef");
        assert!(key.matches(b"0123456789abcdef") && !key.matches(b"0123456789abcdeg"));
        assert!(!key.matches(b""));
        let config = Config { api_key: Some(key), ..Config::default() };
        assert!(!format!("{config:?}").contains("0123"));
    }
}
