//! The client's configuration, and the rules that it has to meet.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aldis_protocol::RoomName;
use aldis_protocol::client::ClientConfig;
use aldis_protocol::handshake::PublicKey;
use http::{HeaderName, HeaderValue};
use url::Url;

use crate::backoff::Backoff;
use crate::delivery::QueueLimits;
use crate::dial::{
    Endpoint, InvalidPin, ProxyUrl, TlsBackend, TlsParts, TlsSettings, TrustAnchors,
};
use crate::error::ConfigError;
use crate::outbox::OutboxLimits;
use crate::token::Token;

/// Rooms that one client may be in.
pub(crate) const MAX_ROOMS: usize = 10_000;

/// Longest time to live of a message, and longest timeout of a request.
pub(crate) const MAX_WAIT: Duration = Duration::from_hours(24);

/// What happens when the host takes events more slowly than they come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OverflowPolicy {
    /// Stop reading the socket: TCP holds the server back, and nothing is lost on this side. A
    /// server that does not wait for slow clients may drop messages or close the connection.
    #[default]
    Backpressure,
    /// Drop the oldest messages, count them, and tell by
    /// [`SignalEvent::Lagged`](crate::SignalEvent::Lagged).
    DropOldest,
}

/// The configuration of a client. Every field has a default but the URL; all are checked by
/// [`SignalClient::new`](crate::SignalClient::new).
///
/// ```
/// use aldis_client::SignalConfig;
/// use std::time::Duration;
///
/// let mut config = SignalConfig::new("wss://example.org/ws");
/// config.rooms = vec!["orders".into()];
/// config.heartbeat_interval = Duration::from_secs(20);
/// ```
#[derive(Clone)]
pub struct SignalConfig {
    /// Where the server is: `wss://host[:port]/path?query`, without user name and fragment.
    /// `ws://` is accepted for loopback addresses only, unless
    /// [`allow_insecure`](Self::allow_insecure) is set.
    pub url: String,
    /// The token to start with, where it is known.
    pub token: Option<Token>,
    /// Rooms to join in every session. 10,000 at most.
    pub rooms: Vec<String>,
    /// HKDF `info`, which must be the same at both ends; 1 to 1,024 bytes. Default:
    /// `nx-signal-e2e`.
    pub info: String,
    /// Name of the field of `authenticate` that carries our public key; neither `type` nor
    /// `token`. Default: `clientPublicKey`.
    pub key_field: String,
    /// The server's public key in base64, where it is static and known. A server with another
    /// one is refused.
    pub server_key: Option<String>,
    /// Accept a server without encryption. Default: false.
    pub allow_plaintext: bool,
    /// Accept `ws://` to addresses beyond loopback: the token is then readable on the way.
    /// Default: false.
    pub allow_insecure: bool,
    /// HTTP headers of the upgrade, such as `Origin` or a gateway's key.
    pub headers: Vec<(String, String)>,
    /// How often to send a heartbeat, with a ping that proves the server alive; 10 ms to 24 h.
    /// Default: 30 s. The server closes after 90 s without one.
    pub heartbeat_interval: Duration,
    /// How long after a ping the connection counts as dead if nothing comes in; 10 ms to 10 min.
    /// Default: 10 s.
    pub pong_timeout: Duration,
    /// How long a probe after a network hint or a sleep may take; 10 ms to 10 min. Default: 3 s.
    pub probe_timeout: Duration,
    /// How long DNS, TCP, proxy, TLS and upgrade may take together; 10 ms to 10 min.
    /// Default: 10 s.
    pub dial_timeout: Duration,
    /// How long the server may take to answer `authenticate`; 10 ms to 10 min. Default: 16 s,
    /// one more than the server itself allows.
    pub authentication_timeout: Duration,
    /// How long the token provider may take; 10 ms to 10 min. Default: 30 s.
    pub token_timeout: Duration,
    /// Attempts in a row after the first before the client gives up; counted anew from every
    /// authenticated session. Default: 20.
    pub max_retries: u32,
    /// Delay before the first retry; 1 ms to 1 h. Default: 2 s.
    pub base_interval: Duration,
    /// Factor from one delay to the next; 1 to 100. Default: 1.5.
    pub backoff_multiplier: f64,
    /// Longest delay, also where `base_interval` is longer; 1 ms to 24 h. Default: 30 s.
    pub max_interval: Duration,
    /// Spread every delay at random between nothing and its full length, so that the clients of
    /// a server that restarts do not come back all at once. Default: true.
    pub jitter: bool,
    /// Messages that may wait for the host; 1 to 1,000,000. Default: 1,024.
    pub max_queued_events: usize,
    /// Bytes of messages that may wait for the host; at least 1. Default: 16 MiB. One message
    /// is taken however large it is.
    pub max_queued_bytes: usize,
    /// What happens when that is exceeded.
    pub overflow: OverflowPolicy,
    /// Messages that may wait to be sent; 1 to 1,000,000. Default: 1,024.
    pub max_outbox_messages: usize,
    /// Bytes of messages that may wait to be sent; at least 128 KiB. Default: 4 MiB.
    pub max_outbox_bytes: usize,
    /// Requests that may wait for their replies; 1 to 1,000,000. Default: 1,024.
    pub max_pending_requests: usize,
    /// Largest message to the server in bytes on the wire; 1 KiB to 16 MiB. Default: 131,072,
    /// which is the server's limit.
    pub max_frame_bytes: usize,
    /// Largest message from the server in bytes on the wire; 1 KiB to 1 GiB. Default: 16 MiB.
    /// A larger one costs the connection.
    pub max_inbound_bytes: usize,
    /// How TLS is done.
    pub tls: TlsConfig,
    /// An HTTP proxy that connects by CONNECT: `http://[user:password@]host:port`, or
    /// `https://…`.
    pub proxy: Option<String>,
}

/// Without what may be secret: the URL's query, the values of headers, the proxy's password.
impl fmt::Debug for SignalConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("SignalConfig")
            .field("url", &bare(&self.url))
            .field("token", &self.token)
            .field("rooms", &self.rooms)
            .field("headers", &headers)
            .field("tls", &self.tls)
            .field("proxy", &self.proxy.as_deref().map(bare))
            .finish_non_exhaustive()
    }
}

/// Scheme, host, port and path of a URL; what is none may be anything.
fn bare(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| "not a URL".to_owned(),
        |url| {
            let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default());
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{host}{port}{}", url.scheme(), url.path())
        },
    )
}

/// How TLS is done.
#[derive(Debug, Clone, Default)]
pub struct TlsConfig {
    /// Which implementation.
    pub backend: TlsBackend,
    /// Certificates to trust besides the [trust anchors](crate::Builder::trust_anchors), which are
    /// the system's by default: PEM, one or more each.
    pub extra_roots: Vec<String>,
    /// Public keys, one of which the server's certificate must have: `sha256/BASE64` of its
    /// `SubjectPublicKeyInfo`. Give a spare one too, for the day when the key changes.
    pub pins: Vec<String>,
}

impl SignalConfig {
    /// The default configuration for a server.
    pub fn new(url: impl Into<String>) -> Self {
        let session = ClientConfig::default();
        Self {
            url: url.into(),
            token: None,
            rooms: Vec::new(),
            info: session.info,
            key_field: session.key_field,
            server_key: None,
            allow_plaintext: session.allow_plaintext,
            allow_insecure: false,
            headers: Vec::new(),
            heartbeat_interval: session.heartbeat_interval,
            pong_timeout: session.pong_timeout,
            probe_timeout: Duration::from_secs(3),
            dial_timeout: Duration::from_secs(10),
            authentication_timeout: session.authentication_timeout,
            token_timeout: Duration::from_secs(30),
            max_retries: 20,
            base_interval: Duration::from_secs(2),
            backoff_multiplier: 1.5,
            max_interval: Duration::from_secs(30),
            jitter: true,
            max_queued_events: 1_024,
            max_queued_bytes: 16 << 20,
            overflow: OverflowPolicy::default(),
            max_outbox_messages: 1_024,
            max_outbox_bytes: 4 << 20,
            max_pending_requests: session.max_pending_requests,
            max_frame_bytes: session.max_frame_bytes,
            max_inbound_bytes: 16 << 20,
            tls: TlsConfig::default(),
            proxy: None,
        }
    }

    /// Sets the token to start with.
    #[must_use]
    pub fn token(mut self, token: impl Into<Token>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Adds a room to join in every session.
    #[must_use]
    pub fn room(mut self, room: impl Into<String>) -> Self {
        self.rooms.push(room.into());
        self
    }
}

/// The configuration after all rules were checked.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) endpoint: Endpoint,
    pub(crate) token: Option<Token>,
    pub(crate) rooms: Vec<RoomName>,
    pub(crate) session: Arc<ClientConfig>,
    pub(crate) probe_timeout: Duration,
    pub(crate) dial_timeout: Duration,
    pub(crate) token_timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) backoff: Backoff,
    pub(crate) queue: QueueLimits,
    pub(crate) outbox: OutboxLimits,
    pub(crate) max_inbound_bytes: usize,
    pub(crate) tls: Option<TlsSettings>,
    pub(crate) proxy: Option<ProxyUrl>,
}

const SHORT: [Duration; 2] = [Duration::from_millis(10), Duration::from_mins(10)];
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const MILLISECOND: Duration = Duration::from_millis(1);
const MILLION: usize = 1_000_000;

impl Settings {
    /// Checks every field, and loads the trust anchors where they are needed.
    pub(crate) fn check(config: SignalConfig, anchors: TrustAnchors) -> Result<Self, ConfigError> {
        let headers = check_headers(&config.headers)?;
        let endpoint = Endpoint::parse(&config.url, config.allow_insecure, headers)?;
        if config.token.as_ref().is_some_and(|token| token.expose().is_empty()) {
            return Err(ConfigError::new("token", "an empty token; leave it out, or give one"));
        }
        let rooms = check_rooms(&config.rooms)?;
        within("probe_timeout", config.probe_timeout, SHORT)?;
        within("dial_timeout", config.dial_timeout, SHORT)?;
        within("token_timeout", config.token_timeout, SHORT)?;
        within("base_interval", config.base_interval, [MILLISECOND, HOUR])?;
        within("max_interval", config.max_interval, [MILLISECOND, DAY])?;
        if !(1.0..=100.0).contains(&config.backoff_multiplier) {
            let rule = format!("{}; 1 to 100 are allowed", config.backoff_multiplier);
            return Err(ConfigError::new("backoff_multiplier", rule));
        }
        within("max_queued_events", config.max_queued_events, [1, MILLION])?;
        within("max_queued_bytes", config.max_queued_bytes, [1, usize::MAX])?;
        within("max_outbox_messages", config.max_outbox_messages, [1, MILLION])?;
        within("max_outbox_bytes", config.max_outbox_bytes, [128 << 10, usize::MAX])?;
        within("max_inbound_bytes", config.max_inbound_bytes, [1 << 10, 1 << 30])?;
        let proxy = config.proxy.as_deref().map(ProxyUrl::parse).transpose()?;
        let tls = check_tls(&config.tls)?;
        let needs_tls = endpoint.is_tls() || proxy.as_ref().is_some_and(|proxy| proxy.tls);
        let tls = needs_tls.then(|| TlsSettings::new(tls, anchors)).transpose()?;
        Ok(Self {
            session: Arc::new(check_session(&config)?),
            backoff: Backoff {
                base: config.base_interval,
                multiplier: config.backoff_multiplier,
                max: config.max_interval,
                jitter: config.jitter,
            },
            queue: QueueLimits {
                messages: config.max_queued_events,
                bytes: config.max_queued_bytes,
                policy: config.overflow,
            },
            outbox: OutboxLimits {
                entries: config.max_outbox_messages,
                bytes: config.max_outbox_bytes,
            },
            probe_timeout: config.probe_timeout,
            dial_timeout: config.dial_timeout,
            token_timeout: config.token_timeout,
            max_retries: config.max_retries,
            max_inbound_bytes: config.max_inbound_bytes,
            token: config.token,
            endpoint,
            rooms,
            tls,
            proxy,
        })
    }
}

fn within<T>(field: &'static str, value: T, [min, max]: [T; 2]) -> Result<(), ConfigError>
where
    T: PartialOrd + Copy + std::fmt::Debug,
{
    if value < min || value > max {
        let rule = format!("{value:?}; {min:?} to {max:?} are allowed");
        return Err(ConfigError::new(field, rule));
    }
    Ok(())
}

fn check_session(config: &SignalConfig) -> Result<ClientConfig, ConfigError> {
    if config.info.is_empty() || config.info.len() > 1_024 {
        let rule = format!("{} bytes; 1 to 1,024 are allowed", config.info.len());
        return Err(ConfigError::new("info", rule));
    }
    if matches!(config.key_field.as_str(), "" | "type" | "token") {
        let rule = "a name is needed that is neither empty nor `type` nor `token`";
        return Err(ConfigError::new("key_field", rule));
    }
    let server_key = config.server_key.as_deref().map(PublicKey::from_base64).transpose();
    let server_key =
        server_key.map_err(|error| ConfigError::new("server_key", error.to_string()))?;
    within("heartbeat_interval", config.heartbeat_interval, [SHORT[0], DAY])?;
    within("pong_timeout", config.pong_timeout, SHORT)?;
    within("authentication_timeout", config.authentication_timeout, SHORT)?;
    within("max_pending_requests", config.max_pending_requests, [1, MILLION])?;
    within("max_frame_bytes", config.max_frame_bytes, [1 << 10, 16 << 20])?;
    Ok(ClientConfig {
        info: config.info.clone(),
        key_field: config.key_field.clone(),
        server_key,
        allow_plaintext: config.allow_plaintext,
        authentication_timeout: config.authentication_timeout,
        heartbeat_interval: config.heartbeat_interval,
        pong_timeout: config.pong_timeout,
        max_frame_bytes: config.max_frame_bytes,
        max_pending_requests: config.max_pending_requests,
        ..ClientConfig::default()
    })
}

fn check_rooms(rooms: &[String]) -> Result<Vec<RoomName>, ConfigError> {
    if rooms.len() > MAX_ROOMS {
        let rule = format!("{} rooms; at most {MAX_ROOMS} are allowed", rooms.len());
        return Err(ConfigError::new("rooms", rule));
    }
    let check = |(index, name): (usize, &String)| {
        RoomName::new(name)
            .map_err(|error| ConfigError::new("rooms", format!("[{index}]: {error}")))
    };
    rooms.iter().enumerate().map(check).collect()
}

fn check_headers(
    headers: &[(String, String)],
) -> Result<Vec<(HeaderName, HeaderValue)>, ConfigError> {
    let check = |(name, value): &(String, String)| {
        // The value may be a secret; the name tells enough.
        let invalid = |what| ConfigError::new("headers", format!("`{name}` {what}"));
        let header = HeaderName::try_from(name).map_err(|_| invalid("is no name of a header"))?;
        let value = HeaderValue::try_from(value).map_err(|_| invalid("has an invalid value"))?;
        let ours = ["host", "connection", "upgrade"].contains(&header.as_str())
            || header.as_str().starts_with("sec-websocket-");
        if ours {
            return Err(invalid("belongs to the upgrade itself; choose another one"));
        }
        Ok((header, value))
    };
    headers.iter().map(check).collect()
}

fn check_tls(tls: &TlsConfig) -> Result<TlsParts, ConfigError> {
    let pins = tls.pins.iter().map(|pin| pin.parse()).collect::<Result<_, InvalidPin>>();
    let pins = pins.map_err(|error| ConfigError::new("tls.pins", error.to_string()))?;
    TlsParts::new(tls.backend, &tls.extra_roots, pins)
}
