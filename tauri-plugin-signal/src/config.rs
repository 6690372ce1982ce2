//! The configuration, in code and in `tauri.conf.json`.

use std::collections::BTreeMap;
use std::time::Duration;

use aldis_client::SignalConfig;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::background::{Background, BackgroundPolicy};
use crate::error::{Error, Result};
use crate::event_log::Limits;
use crate::models::millis;

/// The configuration of the plugin. Only the server's URL is needed; ranges are those of
/// [`SignalConfig`]. In JSON the names are in camel case.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignalPluginConfig {
    /// Where the server is: `wss://host[:port]/path`.
    pub server_url: String,
    /// HKDF `info`, which must be the same at both ends. Default: `nx-signal-e2e`.
    pub ecdh_info: String,
    /// Name of the field that carries our public key. Default: `clientPublicKey`.
    pub key_field: String,
    /// The server's public key in base64, where it is static and known.
    pub server_key: Option<String>,
    /// Rooms to join in every session.
    pub auto_join_rooms: Vec<String>,
    /// HTTP headers of the WebSocket upgrade.
    pub headers: BTreeMap<String, String>,
    /// Accept `ws://` to addresses beyond loopback.
    pub allow_insecure: bool,
    /// Accept a server without encryption.
    pub allow_plaintext: bool,
    /// Attempts in a row before the client gives up. Default: 20.
    pub max_retries: u32,
    /// Delay before the first retry. Default: 2,000.
    pub base_interval_ms: u64,
    /// Factor from one delay to the next. Default: 1.5.
    pub backoff_multiplier: f64,
    /// Longest delay. Default: 30,000.
    pub max_interval_ms: u64,
    /// Spread every delay at random between nothing and its full length. Default: true.
    pub jitter: bool,
    /// How often to send a heartbeat. Default: 30,000.
    pub heartbeat_interval_ms: u64,
    /// How long after a ping the connection counts as dead if nothing comes in. Default: 10,000.
    pub pong_timeout_ms: u64,
    /// How long DNS, TCP, proxy, TLS and upgrade may take together. Default: 10,000.
    pub dial_timeout_ms: u64,
    /// How long the server may take to answer `authenticate`. Default: 16,000.
    pub authentication_timeout_ms: u64,
    /// Messages that may wait to be sent. Default: 1,024.
    pub max_outbox_messages: usize,
    /// Bytes of messages that may wait to be sent. Default: 4 MiB.
    pub max_outbox_bytes: usize,
    /// Requests that may wait for their replies. Default: 1,024.
    pub max_pending_requests: usize,
    /// Largest message to the server in bytes on the wire. Default: 131,072.
    pub max_frame_bytes: usize,
    /// Largest message from the server in bytes on the wire. Default: 16 MiB.
    pub max_inbound_bytes: usize,
    /// How TLS is done.
    pub tls: TlsConfig,
    /// An HTTP proxy that connects by CONNECT.
    pub proxy: Option<String>,
    /// For how long the connection lives on a phone while nobody looks at the app: `foreground`,
    /// `keepWhileAllowed` or `appManaged`. Default: `foreground`.
    pub background: BackgroundPolicy,
    /// For how long it outlives the foreground under the policy of that name; up to 24 hours. Default:
    /// 45,000.
    pub background_grace_ms: u64,
    /// Labels of the windows that receive events, by streams only. Default: all windows, by streams
    /// and by `signal:*` events.
    pub windows: Option<Vec<String>>,
    /// Events kept for a page that reloads. Default: 1,024; at least 1.
    pub replay_events: usize,
    /// Their payloads in bytes. Default: 4 MiB. The latest event is kept however large it is.
    pub replay_bytes: usize,
}

/// How TLS is done. See [`aldis_client::TlsConfig`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TlsConfig {
    /// Certificates to trust besides the system's: PEM.
    pub extra_roots: Vec<String>,
    /// Public keys, one of which the server's certificate must have: `sha256/BASE64`.
    pub pins: Vec<String>,
}

impl Default for SignalPluginConfig {
    fn default() -> Self {
        let client = SignalConfig::new("");
        Self {
            server_url: client.url,
            ecdh_info: client.info,
            key_field: client.key_field,
            server_key: client.server_key,
            auto_join_rooms: client.rooms,
            headers: BTreeMap::new(),
            allow_insecure: client.allow_insecure,
            allow_plaintext: client.allow_plaintext,
            max_retries: client.max_retries,
            base_interval_ms: millis(client.base_interval),
            backoff_multiplier: client.backoff_multiplier,
            max_interval_ms: millis(client.max_interval),
            jitter: client.jitter,
            heartbeat_interval_ms: millis(client.heartbeat_interval),
            pong_timeout_ms: millis(client.pong_timeout),
            dial_timeout_ms: millis(client.dial_timeout),
            authentication_timeout_ms: millis(client.authentication_timeout),
            max_outbox_messages: client.max_outbox_messages,
            max_outbox_bytes: client.max_outbox_bytes,
            max_pending_requests: client.max_pending_requests,
            max_frame_bytes: client.max_frame_bytes,
            max_inbound_bytes: client.max_inbound_bytes,
            tls: TlsConfig::default(),
            proxy: client.proxy,
            background: BackgroundPolicy::default(),
            background_grace_ms: 45_000,
            windows: None,
            replay_events: 1_024,
            replay_bytes: 4 << 20,
        }
    }
}

impl SignalPluginConfig {
    /// Reads what stands under `plugins.signal`; `null` where nothing does.
    pub(crate) fn from_json(json: &Value) -> Result<Self> {
        if json.is_null() {
            return Ok(Self::default());
        }
        serde_path_to_error::deserialize(json).map_err(|error| Error::Config {
            field: error.path().to_string(),
            rule: error.into_inner().to_string(),
        })
    }

    /// The client's part of it, unchecked: the client checks.
    pub(crate) fn to_client(&self) -> SignalConfig {
        let mut client = SignalConfig::new(&self.server_url);
        client.info.clone_from(&self.ecdh_info);
        client.key_field.clone_from(&self.key_field);
        client.server_key.clone_from(&self.server_key);
        client.rooms.clone_from(&self.auto_join_rooms);
        client.headers = self.headers.clone().into_iter().collect();
        client.allow_insecure = self.allow_insecure;
        client.allow_plaintext = self.allow_plaintext;
        client.max_retries = self.max_retries;
        client.base_interval = Duration::from_millis(self.base_interval_ms);
        client.backoff_multiplier = self.backoff_multiplier;
        client.max_interval = Duration::from_millis(self.max_interval_ms);
        client.jitter = self.jitter;
        client.heartbeat_interval = Duration::from_millis(self.heartbeat_interval_ms);
        client.pong_timeout = Duration::from_millis(self.pong_timeout_ms);
        client.dial_timeout = Duration::from_millis(self.dial_timeout_ms);
        client.authentication_timeout = Duration::from_millis(self.authentication_timeout_ms);
        client.max_outbox_messages = self.max_outbox_messages;
        client.max_outbox_bytes = self.max_outbox_bytes;
        client.max_pending_requests = self.max_pending_requests;
        client.max_frame_bytes = self.max_frame_bytes;
        client.max_inbound_bytes = self.max_inbound_bytes;
        client.tls.extra_roots.clone_from(&self.tls.extra_roots);
        client.tls.pins.clone_from(&self.tls.pins);
        client.proxy.clone_from(&self.proxy);
        client
    }

    pub(crate) fn background(&self) -> Result<Background> {
        Background::new(self.background, Duration::from_millis(self.background_grace_ms))
    }

    pub(crate) fn replay_limits(&self) -> Result<Limits> {
        if self.replay_events == 0 {
            let (field, rule) = ("replayEvents".to_owned(), "0; 1 or more are allowed".to_owned());
            return Err(Error::Config { field, rule });
        }
        Ok(Limits { events: self.replay_events, bytes: self.replay_bytes })
    }
}

/// The name that a field of the client's configuration has here.
pub(crate) fn name_of(field: &'static str) -> &'static str {
    match field {
        "url" => "serverUrl",
        "info" => "ecdhInfo",
        "key_field" => "keyField",
        "server_key" => "serverKey",
        "rooms" => "autoJoinRooms",
        "base_interval" => "baseIntervalMs",
        "backoff_multiplier" => "backoffMultiplier",
        "max_interval" => "maxIntervalMs",
        "heartbeat_interval" => "heartbeatIntervalMs",
        "pong_timeout" => "pongTimeoutMs",
        "dial_timeout" => "dialTimeoutMs",
        "authentication_timeout" => "authenticationTimeoutMs",
        "max_outbox_messages" => "maxOutboxMessages",
        "max_outbox_bytes" => "maxOutboxBytes",
        "max_pending_requests" => "maxPendingRequests",
        "max_frame_bytes" => "maxFrameBytes",
        "max_inbound_bytes" => "maxInboundBytes",
        "tls.extra_roots" => "tls.extraRoots",
        same => same,
    }
}
