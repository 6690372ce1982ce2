//! Configurations that are refused, with the field and the rule.

use std::time::Duration;

use aldis_client::{SignalClient, SignalConfig, TlsBackend};

type Change = fn(&mut SignalConfig);

const ZERO: Duration = Duration::ZERO;
const WEEK: Duration = Duration::from_hours(7 * 24);

fn pem(body: &str) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

/// The field, part of the rule that must be told, and what breaks it.
const BROKEN: &[(&str, &str, Change)] = &[
    ("url", "not a URL", |c| c.url = "example.org".into()),
    ("url", "scheme `https`", |c| c.url = "https://example.org/ws".into()),
    ("url", "empty host", |c| c.url = "wss://".into()),
    ("url", "beyond loopback", |c| c.url = "ws://example.org/ws".into()),
    ("url", "beyond loopback", |c| c.url = "ws://192.168.0.1/ws".into()),
    ("url", "user name or password", |c| c.url = "wss://me:secret@example.org/".into()),
    ("url", "fragment", |c| c.url = "wss://example.org/#top".into()),
    ("url", "port 0", |c| c.url = "wss://example.org:0/".into()),
    ("token", "empty", |c| c.token = Some("".into())),
    ("rooms", "[1]: ", |c| c.rooms = vec!["fine".into(), String::new()]),
    ("rooms", "ws:", |c| c.rooms = vec!["ws:reserved".into()]),
    ("rooms", "10000 are allowed", |c| c.rooms = (0..10_001).map(|n| n.to_string()).collect()),
    ("info", "1 to 1,024", |c| c.info = String::new()),
    ("info", "1025 bytes", |c| c.info = "x".repeat(1_025)),
    ("key_field", "neither empty", |c| c.key_field = String::new()),
    ("key_field", "`token`", |c| c.key_field = "token".into()),
    ("server_key", "", |c| c.server_key = Some("AAAA".into())),
    ("headers", "is no name", |c| c.headers = vec![("no name".into(), "x".into())]),
    ("headers", "invalid value", |c| c.headers = vec![("x".into(), "a\r\nb: c".into())]),
    ("headers", "belongs to the upgrade", |c| c.headers = vec![("Host".into(), "x".into())]),
    ("headers", "belongs to the upgrade", |c| {
        c.headers = vec![("Sec-WebSocket-Key".into(), "x".into())];
    }),
    ("heartbeat_interval", "10ms", |c| c.heartbeat_interval = ZERO),
    ("heartbeat_interval", "are allowed", |c| c.heartbeat_interval = WEEK),
    ("pong_timeout", "10ms to 600s", |c| c.pong_timeout = ZERO),
    ("probe_timeout", "10ms to 600s", |c| c.probe_timeout = WEEK),
    ("dial_timeout", "10ms to 600s", |c| c.dial_timeout = ZERO),
    ("authentication_timeout", "10ms to 600s", |c| c.authentication_timeout = WEEK),
    ("token_timeout", "10ms to 600s", |c| c.token_timeout = ZERO),
    ("base_interval", "1ms to 3600s", |c| c.base_interval = ZERO),
    ("max_interval", "1ms to 86400s", |c| c.max_interval = WEEK),
    ("backoff_multiplier", "0.5; 1 to 100", |c| c.backoff_multiplier = 0.5),
    ("backoff_multiplier", "NaN", |c| c.backoff_multiplier = f64::NAN),
    ("backoff_multiplier", "inf", |c| c.backoff_multiplier = f64::INFINITY),
    ("max_queued_events", "0; 1 to 1000000", |c| c.max_queued_events = 0),
    ("max_queued_bytes", "0; 1 to", |c| c.max_queued_bytes = 0),
    ("max_outbox_messages", "0; 1 to 1000000", |c| c.max_outbox_messages = 0),
    ("max_outbox_bytes", "131072", |c| c.max_outbox_bytes = 1_000),
    ("max_pending_requests", "0; 1 to 1000000", |c| c.max_pending_requests = 0),
    ("max_frame_bytes", "1024 to 16777216", |c| c.max_frame_bytes = 100),
    ("max_inbound_bytes", "1024 to 1073741824", |c| c.max_inbound_bytes = 2 << 30),
    ("tls.extra_roots", "[0]: no certificate", |c| c.tls.extra_roots = vec!["not PEM".into()]),
    ("tls.extra_roots", "[0]: not PEM", |c| c.tls.extra_roots = vec![pem("!")]),
    ("tls.extra_roots", "", |c| c.tls.extra_roots = vec![pem("AAAA")]),
    ("tls.pins", "`sha256/AAAA` is not a pin", |c| c.tls.pins = vec!["sha256/AAAA".into()]),
    ("proxy", "not a URL", |c| c.proxy = Some("proxy".into())),
    ("proxy", "scheme `socks5`", |c| c.proxy = Some("socks5://proxy:1080".into())),
];

/// The backends that are compiled in.
pub(crate) fn backends() -> Vec<TlsBackend> {
    let mut backends = Vec::new();
    if cfg!(feature = "native-tls") {
        backends.push(TlsBackend::Native);
    }
    if cfg!(feature = "rustls") {
        backends.push(TlsBackend::Rustls);
    }
    backends
}

#[test]
fn of_two_backends_the_systems_is_the_default_but_on_apples_systems() {
    let favourite =
        if cfg!(target_vendor = "apple") { TlsBackend::Rustls } else { TlsBackend::Native };
    let default = SignalConfig::new("wss://example.org/ws").tls.backend;
    let backends = backends();
    assert!(backends.contains(&default));
    assert!(default == favourite || !backends.contains(&favourite), "{default:?}");
}

#[tokio::test]
async fn what_cannot_work_is_refused_with_field_and_rule() {
    for backend in backends() {
        for (field, rule, change) in BROKEN {
            let mut config = SignalConfig::new("wss://example.org/ws").token("secret");
            config.tls.backend = backend;
            change(&mut config);
            let error = SignalClient::new(config).expect_err(field);
            assert_eq!((error.field(), error.code()), (*field, "invalid_config"), "{error}");
            assert!(error.rule().contains(rule), "{error}, not {rule}");
            assert_eq!(error.to_string(), format!("{field}: {}", error.rule()));
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_backend_that_is_not_compiled_in_is_refused() {
    for backend in [TlsBackend::Native, TlsBackend::Rustls] {
        let mut config = SignalConfig::new("wss://example.org/ws");
        config.tls.backend = backend;
        let made = SignalClient::new(config);
        assert_eq!(made.is_ok(), backends().contains(&backend));
        if let Err(error) = made {
            assert_eq!(error.field(), "tls.backend");
        }
    }
}

#[tokio::test]
async fn the_bounds_themselves_are_allowed() {
    let mut config = SignalConfig::new("ws://10.0.0.1/ws?key=1").token("t").room("x");
    config.allow_insecure = true;
    config.heartbeat_interval = Duration::from_millis(10);
    config.base_interval = Duration::from_millis(1);
    config.max_interval = Duration::from_millis(1);
    config.backoff_multiplier = 1.0;
    config.max_retries = u32::MAX;
    config.max_queued_events = 1;
    config.max_queued_bytes = 1;
    config.max_outbox_messages = 1;
    config.max_frame_bytes = 1_024;
    config.max_inbound_bytes = 1_024;
    config.headers = vec![("Origin".into(), "https://example.org".into())];
    config.proxy = Some("https://user:p%40ss@[::1]:3128".into());
    SignalClient::new(config).unwrap();
}
