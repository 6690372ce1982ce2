//! The settings that both servers have.

use std::time::Duration;

use aldis_server::Config;
use serde::Serialize;

/// Settings of a server, in the words of `interop/ignis/settings.ts`. The defaults are those of
/// IGNIS with nx-signal's names.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// HKDF `info`.
    pub hkdf_info: &'static str,
    /// Field of `authenticate` that holds the client's public key.
    pub public_key_field: &'static str,
    /// Whether a client without a key is refused.
    pub require_encryption: bool,
    /// How long `authenticate` may take to come; what it starts may take three times as long.
    pub auth_timeout_ms: u64,
    /// How often IGNIS looks for clients that are silent; an Aldis server has a timer for each.
    pub heartbeat_interval_ms: u64,
    /// How long a client may be silent.
    pub heartbeat_timeout_ms: u64,
    /// How long the check of a join takes. Rooms that begin with `private-` are refused.
    pub room_check_ms: u64,
    /// How long a connection may be idle, pings included. IGNIS only.
    pub idle_timeout_seconds: u64,
    /// A Redis to share with another server, instead of a private one. IGNIS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redis_port: Option<u16>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hkdf_info: "nx-signal-e2e",
            public_key_field: "clientPublicKey",
            require_encryption: true,
            auth_timeout_ms: 5_000,
            heartbeat_interval_ms: 30_000,
            heartbeat_timeout_ms: 90_000,
            room_check_ms: 5,
            idle_timeout_seconds: 60,
            redis_port: None,
        }
    }
}

impl Settings {
    pub(crate) fn for_aldis(&self) -> Config {
        Config {
            info: self.hkdf_info.to_owned(),
            key_field: self.public_key_field.to_owned(),
            require_encryption: self.require_encryption,
            authenticate_within: Duration::from_millis(self.auth_timeout_ms),
            authentication_may_take: Duration::from_millis(3 * self.auth_timeout_ms),
            heartbeat_timeout: Duration::from_millis(self.heartbeat_timeout_ms),
            ..Config::default()
        }
    }
}
