//! The configuration as plain data. What is left out has [`aldis_client`]'s default.

use std::time::Duration;

use crate::error::ConfigError;
use crate::event::{count, millis};

/// What happens when the host takes events more slowly than they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum OverflowPolicy {
    /// Stop reading the socket: TCP holds the server back.
    Backpressure,
    /// Drop the oldest messages, count them, and tell.
    DropOldest,
}

/// Which implementation of TLS to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum TlsBackend {
    /// The system's own.
    Native,
    /// rustls, where it was built in.
    Rustls,
}

/// Whose certificates the server's may go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum TrustAnchors {
    /// What the TLS implementation finds by itself. Not on Android.
    Platform,
    /// Those that Android's system came with, and keeps up to date.
    AndroidSystem,
    /// Those, and what the user has added.
    AndroidSystemAndUser,
}

/// How TLS is done. See [`aldis_client::TlsConfig`].
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct TlsConfig {
    /// Which implementation.
    #[uniffi(default = None)]
    pub backend: Option<TlsBackend>,
    /// Whose certificates to trust. Default: [`TrustAnchors::AndroidSystem`] on Android, elsewhere
    /// [`TrustAnchors::Platform`].
    #[uniffi(default = None)]
    pub trust: Option<TrustAnchors>,
    /// Certificates to trust besides those: PEM, one or more each.
    #[uniffi(default = [])]
    pub extra_roots: Vec<String>,
    /// Public keys, one of which the server's certificate must have: `sha256/BASE64`.
    #[uniffi(default = [])]
    pub pins: Vec<String>,
}

/// An HTTP header. Its `Debug` shows no value.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Header").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The configuration of a client. Only the URL is needed; ranges and defaults are those of
/// [`aldis_client::SignalConfig`], where every field of the same name is described. Times are in
/// milliseconds.
#[derive(Clone, PartialEq, uniffi::Record)]
#[expect(missing_docs, reason = "the fields are those of aldis_client::SignalConfig")]
pub struct SignalConfig {
    pub url: String,
    #[uniffi(default = None)]
    pub token: Option<String>,
    #[uniffi(default = [])]
    pub rooms: Vec<String>,
    #[uniffi(default = None)]
    pub info: Option<String>,
    #[uniffi(default = None)]
    pub key_field: Option<String>,
    #[uniffi(default = None)]
    pub server_key: Option<String>,
    #[uniffi(default = None)]
    pub allow_plaintext: Option<bool>,
    #[uniffi(default = None)]
    pub allow_insecure: Option<bool>,
    #[uniffi(default = [])]
    pub headers: Vec<Header>,
    #[uniffi(default = None)]
    pub heartbeat_interval_ms: Option<i64>,
    #[uniffi(default = None)]
    pub pong_timeout_ms: Option<i64>,
    #[uniffi(default = None)]
    pub probe_timeout_ms: Option<i64>,
    #[uniffi(default = None)]
    pub dial_timeout_ms: Option<i64>,
    #[uniffi(default = None)]
    pub authentication_timeout_ms: Option<i64>,
    #[uniffi(default = None)]
    pub token_timeout_ms: Option<i64>,
    #[uniffi(default = None)]
    pub max_retries: Option<i64>,
    #[uniffi(default = None)]
    pub base_interval_ms: Option<i64>,
    #[uniffi(default = None)]
    pub backoff_multiplier: Option<f64>,
    #[uniffi(default = None)]
    pub max_interval_ms: Option<i64>,
    #[uniffi(default = None)]
    pub jitter: Option<bool>,
    #[uniffi(default = None)]
    pub max_queued_events: Option<i64>,
    #[uniffi(default = None)]
    pub max_queued_bytes: Option<i64>,
    #[uniffi(default = None)]
    pub overflow: Option<OverflowPolicy>,
    #[uniffi(default = None)]
    pub max_outbox_messages: Option<i64>,
    #[uniffi(default = None)]
    pub max_outbox_bytes: Option<i64>,
    #[uniffi(default = None)]
    pub max_pending_requests: Option<i64>,
    #[uniffi(default = None)]
    pub max_frame_bytes: Option<i64>,
    #[uniffi(default = None)]
    pub max_inbound_bytes: Option<i64>,
    #[uniffi(default = None)]
    pub tls: Option<TlsConfig>,
    #[uniffi(default = None)]
    pub proxy: Option<String>,
}

impl Default for TrustAnchors {
    fn default() -> Self {
        if cfg!(target_os = "android") { Self::AndroidSystem } else { Self::Platform }
    }
}

/// The configuration with every default written out.
#[uniffi::export]
pub fn default_config(url: String) -> SignalConfig {
    let config = aldis_client::SignalConfig::new(url);
    SignalConfig {
        token: None,
        rooms: config.rooms,
        info: Some(config.info),
        key_field: Some(config.key_field),
        server_key: config.server_key,
        allow_plaintext: Some(config.allow_plaintext),
        allow_insecure: Some(config.allow_insecure),
        headers: Vec::new(),
        heartbeat_interval_ms: Some(millis(config.heartbeat_interval)),
        pong_timeout_ms: Some(millis(config.pong_timeout)),
        probe_timeout_ms: Some(millis(config.probe_timeout)),
        dial_timeout_ms: Some(millis(config.dial_timeout)),
        authentication_timeout_ms: Some(millis(config.authentication_timeout)),
        token_timeout_ms: Some(millis(config.token_timeout)),
        max_retries: Some(i64::from(config.max_retries)),
        base_interval_ms: Some(millis(config.base_interval)),
        backoff_multiplier: Some(config.backoff_multiplier),
        max_interval_ms: Some(millis(config.max_interval)),
        jitter: Some(config.jitter),
        max_queued_events: Some(count(config.max_queued_events)),
        max_queued_bytes: Some(count(config.max_queued_bytes)),
        overflow: Some(match config.overflow {
            aldis_client::OverflowPolicy::Backpressure => OverflowPolicy::Backpressure,
            aldis_client::OverflowPolicy::DropOldest => OverflowPolicy::DropOldest,
        }),
        max_outbox_messages: Some(count(config.max_outbox_messages)),
        max_outbox_bytes: Some(count(config.max_outbox_bytes)),
        max_pending_requests: Some(count(config.max_pending_requests)),
        max_frame_bytes: Some(count(config.max_frame_bytes)),
        max_inbound_bytes: Some(count(config.max_inbound_bytes)),
        tls: Some(TlsConfig {
            backend: Some(match config.tls.backend {
                aldis_client::TlsBackend::Native => TlsBackend::Native,
                aldis_client::TlsBackend::Rustls => TlsBackend::Rustls,
            }),
            trust: Some(TrustAnchors::default()),
            extra_roots: config.tls.extra_roots,
            pins: config.tls.pins,
        }),
        proxy: config.proxy,
        url: config.url,
    }
}

/// Replaces a default where the host gave a value.
fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// The same for a number, which is refused where it is negative.
fn set_number<T: TryFrom<i64>>(
    field: &mut T,
    name: &str,
    value: Option<i64>,
) -> Result<(), ConfigError> {
    if let Some(value) = value {
        *field = T::try_from(value).map_err(|_| ConfigError::out_of_range(name, value))?;
    }
    Ok(())
}

/// The same for milliseconds. The name told is that of the client's field.
fn set_millis(field: &mut Duration, name: &str, value: Option<i64>) -> Result<(), ConfigError> {
    let mut millis = 0_u64;
    set_number(&mut millis, name, value)?;
    set(field, value.map(|_| Duration::from_millis(millis)));
    Ok(())
}

impl TryFrom<SignalConfig> for aldis_client::SignalConfig {
    type Error = ConfigError;

    fn try_from(host: SignalConfig) -> Result<Self, ConfigError> {
        let mut config = Self::new(host.url);
        config.token = host.token.map(Into::into);
        config.rooms = host.rooms;
        set(&mut config.info, host.info);
        set(&mut config.key_field, host.key_field);
        config.server_key = host.server_key;
        set(&mut config.allow_plaintext, host.allow_plaintext);
        set(&mut config.allow_insecure, host.allow_insecure);
        config.headers =
            host.headers.into_iter().map(|header| (header.name, header.value)).collect();
        let c = &mut config;
        set_millis(&mut c.heartbeat_interval, "heartbeat_interval", host.heartbeat_interval_ms)?;
        set_millis(&mut c.pong_timeout, "pong_timeout", host.pong_timeout_ms)?;
        set_millis(&mut c.probe_timeout, "probe_timeout", host.probe_timeout_ms)?;
        set_millis(&mut c.dial_timeout, "dial_timeout", host.dial_timeout_ms)?;
        let timeout = host.authentication_timeout_ms;
        set_millis(&mut c.authentication_timeout, "authentication_timeout", timeout)?;
        set_millis(&mut c.token_timeout, "token_timeout", host.token_timeout_ms)?;
        set_number(&mut c.max_retries, "max_retries", host.max_retries)?;
        set_millis(&mut c.base_interval, "base_interval", host.base_interval_ms)?;
        set(&mut c.backoff_multiplier, host.backoff_multiplier);
        set_millis(&mut c.max_interval, "max_interval", host.max_interval_ms)?;
        set(&mut c.jitter, host.jitter);
        set_number(&mut c.max_queued_events, "max_queued_events", host.max_queued_events)?;
        set_number(&mut c.max_queued_bytes, "max_queued_bytes", host.max_queued_bytes)?;
        let overflow = host.overflow.map(|policy| match policy {
            OverflowPolicy::Backpressure => aldis_client::OverflowPolicy::Backpressure,
            OverflowPolicy::DropOldest => aldis_client::OverflowPolicy::DropOldest,
        });
        set(&mut c.overflow, overflow);
        set_number(&mut c.max_outbox_messages, "max_outbox_messages", host.max_outbox_messages)?;
        set_number(&mut c.max_outbox_bytes, "max_outbox_bytes", host.max_outbox_bytes)?;
        set_number(&mut c.max_pending_requests, "max_pending_requests", host.max_pending_requests)?;
        set_number(&mut c.max_frame_bytes, "max_frame_bytes", host.max_frame_bytes)?;
        set_number(&mut c.max_inbound_bytes, "max_inbound_bytes", host.max_inbound_bytes)?;
        if let Some(tls) = host.tls {
            let backend = tls.backend.map(|backend| match backend {
                TlsBackend::Native => aldis_client::TlsBackend::Native,
                TlsBackend::Rustls => aldis_client::TlsBackend::Rustls,
            });
            set(&mut c.tls.backend, backend);
            c.tls.extra_roots = tls.extra_roots;
            c.tls.pins = tls.pins;
        }
        config.proxy = host.proxy;
        Ok(config)
    }
}
