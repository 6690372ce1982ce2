//! The configuration across the face.

use std::time::Duration;

use aldis::{
    ConfigError, Header, OverflowPolicy, SignalClient, SignalConfig, TlsBackend, TlsConfig,
    TrustAnchors, default_config,
};

use crate::host::{Host, bare_config};

const URL: &str = "wss://example.org/ws";

fn native(config: SignalConfig) -> aldis_client::SignalConfig {
    aldis_client::SignalConfig::try_from(config).unwrap()
}

/// Everything of a configuration, for a comparison.
fn shown(c: &aldis_client::SignalConfig) -> Vec<String> {
    let token = c.token.as_ref().map(aldis_client::Token::expose);
    vec![
        format!("{} {token:?} {:?} {} {}", c.url, c.rooms, c.info, c.key_field),
        format!("{:?} {} {} {:?}", c.server_key, c.allow_plaintext, c.allow_insecure, c.headers),
        format!("{:?} {:?} {:?}", c.heartbeat_interval, c.pong_timeout, c.probe_timeout),
        format!("{:?} {:?} {:?}", c.dial_timeout, c.authentication_timeout, c.token_timeout),
        format!("{} {:?} {}", c.max_retries, c.base_interval, c.backoff_multiplier),
        format!("{:?} {} {}", c.max_interval, c.jitter, c.max_queued_events),
        format!("{} {:?} {}", c.max_queued_bytes, c.overflow, c.max_outbox_messages),
        format!("{} {} {}", c.max_outbox_bytes, c.max_pending_requests, c.max_frame_bytes),
        format!("{} {:?} {:?}", c.max_inbound_bytes, c.tls, c.proxy),
    ]
}

#[test]
fn the_defaults_are_those_of_the_client_written_out_or_not() {
    let expected = shown(&aldis_client::SignalConfig::new(URL));
    assert_eq!(shown(&native(default_config(URL.to_owned()))), expected);
    assert_eq!(shown(&native(bare_config(URL))), expected);
    Host::new(default_config(URL.to_owned()));
}

#[test]
fn every_setting_reaches_the_client() {
    let host = SignalConfig {
        url: URL.to_owned(),
        token: Some("t".to_owned()),
        rooms: vec!["r".to_owned()],
        info: Some("i".to_owned()),
        key_field: Some("k".to_owned()),
        server_key: Some("s".to_owned()),
        allow_plaintext: Some(true),
        allow_insecure: Some(true),
        headers: vec![Header { name: "n".to_owned(), value: "v".to_owned() }],
        heartbeat_interval_ms: Some(101),
        pong_timeout_ms: Some(102),
        probe_timeout_ms: Some(103),
        dial_timeout_ms: Some(104),
        authentication_timeout_ms: Some(105),
        token_timeout_ms: Some(106),
        max_retries: Some(107),
        base_interval_ms: Some(108),
        backoff_multiplier: Some(1.25),
        max_interval_ms: Some(109),
        jitter: Some(false),
        max_queued_events: Some(110),
        max_queued_bytes: Some(111),
        overflow: Some(OverflowPolicy::DropOldest),
        max_outbox_messages: Some(112),
        max_outbox_bytes: Some(113),
        max_pending_requests: Some(114),
        max_frame_bytes: Some(115),
        max_inbound_bytes: Some(116),
        tls: Some(TlsConfig {
            backend: Some(TlsBackend::Rustls),
            trust: Some(TrustAnchors::AndroidSystemAndUser),
            extra_roots: vec!["e".to_owned()],
            pins: vec!["p".to_owned()],
        }),
        proxy: Some("http://proxy:1".to_owned()),
    };
    let ms = Duration::from_millis;
    let mut expected = aldis_client::SignalConfig::new(URL).token("t").room("r");
    expected.info = "i".to_owned();
    expected.key_field = "k".to_owned();
    expected.server_key = Some("s".to_owned());
    (expected.allow_plaintext, expected.allow_insecure) = (true, true);
    expected.headers = vec![("n".to_owned(), "v".to_owned())];
    (expected.heartbeat_interval, expected.pong_timeout) = (ms(101), ms(102));
    (expected.probe_timeout, expected.dial_timeout) = (ms(103), ms(104));
    (expected.authentication_timeout, expected.token_timeout) = (ms(105), ms(106));
    (expected.max_retries, expected.base_interval) = (107, ms(108));
    (expected.backoff_multiplier, expected.max_interval) = (1.25, ms(109));
    (expected.jitter, expected.max_queued_events) = (false, 110);
    (expected.max_queued_bytes, expected.max_outbox_messages) = (111, 112);
    expected.overflow = aldis_client::OverflowPolicy::DropOldest;
    (expected.max_outbox_bytes, expected.max_pending_requests) = (113, 114);
    (expected.max_frame_bytes, expected.max_inbound_bytes) = (115, 116);
    expected.tls.backend = aldis_client::TlsBackend::Rustls;
    expected.tls.extra_roots = vec!["e".to_owned()];
    expected.tls.pins = vec!["p".to_owned()];
    expected.proxy = Some("http://proxy:1".to_owned());
    assert_eq!(shown(&native(host)), shown(&expected));
}

/// A number of the configuration, with the client's name of it.
type Number = (&'static str, fn(&mut SignalConfig) -> &mut Option<i64>);

const NUMBERS: &[Number] = &[
    ("heartbeat_interval", |c| &mut c.heartbeat_interval_ms),
    ("pong_timeout", |c| &mut c.pong_timeout_ms),
    ("probe_timeout", |c| &mut c.probe_timeout_ms),
    ("dial_timeout", |c| &mut c.dial_timeout_ms),
    ("authentication_timeout", |c| &mut c.authentication_timeout_ms),
    ("token_timeout", |c| &mut c.token_timeout_ms),
    ("max_retries", |c| &mut c.max_retries),
    ("base_interval", |c| &mut c.base_interval_ms),
    ("max_interval", |c| &mut c.max_interval_ms),
    ("max_queued_events", |c| &mut c.max_queued_events),
    ("max_queued_bytes", |c| &mut c.max_queued_bytes),
    ("max_outbox_messages", |c| &mut c.max_outbox_messages),
    ("max_outbox_bytes", |c| &mut c.max_outbox_bytes),
    ("max_pending_requests", |c| &mut c.max_pending_requests),
    ("max_frame_bytes", |c| &mut c.max_frame_bytes),
    ("max_inbound_bytes", |c| &mut c.max_inbound_bytes),
];

struct Deaf;

impl aldis::SignalListener for Deaf {
    fn on_events(&self, _: Vec<aldis::SignalEvent>) -> Result<aldis::Demand, aldis::ListenerError> {
        Ok(aldis::Demand::More)
    }
    fn on_state(&self, _: aldis::StateChange) -> Result<(), aldis::ListenerError> {
        Ok(())
    }
    fn on_error(&self, _: aldis::SignalError) -> Result<(), aldis::ListenerError> {
        Ok(())
    }
}

/// The field that is named, and the words.
fn refused(config: SignalConfig) -> (String, String) {
    let error = SignalClient::new(config, std::sync::Arc::new(Deaf), None).unwrap_err();
    let words = error.to_string();
    let ConfigError::Invalid { code, field, detail } = error else { panic!("{error:?}") };
    assert_eq!((code.as_str(), words), ("invalid_config", format!("{field}: {detail}")));
    (field, detail)
}

#[test]
fn a_negative_number_is_refused_by_the_name_of_its_field() {
    for (name, number) in NUMBERS {
        for value in [-1, i64::MIN] {
            let mut config = bare_config(URL);
            *number(&mut config) = Some(value);
            let (field, detail) = refused(config);
            assert_eq!(field, *name);
            assert!(detail.starts_with(&format!("{value}; 0 ")), "{detail}");
        }
    }
}

#[test]
fn a_number_that_is_too_large_is_refused_by_the_name_of_its_field() {
    // As many retries as one can wish for; these have no limit in bytes.
    let unlimited = ["max_queued_bytes", "max_outbox_bytes"];
    for (name, number) in NUMBERS.iter().filter(|(name, _)| !unlimited.contains(name)) {
        let mut config = bare_config(URL);
        *number(&mut config) = Some(i64::MAX);
        let (field, detail) = refused(config);
        assert_eq!(field, *name);
        assert!(!detail.contains("or more"), "too large is refused by: {detail}");
    }
}

#[test]
fn what_the_client_refuses_is_told_by_field_and_rule() {
    type Change = fn(&mut SignalConfig);
    let broken: &[(&str, &str, Change)] = &[
        ("url", "not a URL", |c| c.url = "example.org".to_owned()),
        ("url", "beyond loopback", |c| c.url = "ws://example.org/ws".to_owned()),
        ("token", "empty", |c| c.token = Some(String::new())),
        ("rooms", "[0]", |c| c.rooms = vec![String::new()]),
        ("headers", "is no name", |c| {
            c.headers = vec![Header { name: "no name".to_owned(), value: "secret".to_owned() }];
        }),
        ("backoff_multiplier", "NaN", |c| c.backoff_multiplier = Some(f64::NAN)),
        ("max_queued_events", "1 to 1000000", |c| c.max_queued_events = Some(0)),
        ("tls.pins", "", |c| {
            c.tls = Some(TlsConfig { pins: vec!["x".to_owned()], ..TlsConfig::default() });
        }),
        ("proxy", "", |c| c.proxy = Some("socks5://proxy".to_owned())),
    ];
    for (name, rule, change) in broken {
        let mut config = bare_config(URL);
        change(&mut config);
        let (field, detail) = refused(config);
        assert_eq!(field, *name);
        assert!(detail.contains(rule) && !detail.contains("secret"), "{field}: {detail}");
    }
}

#[test]
fn a_header_does_not_show_its_value() {
    let header = Header { name: "cookie".to_owned(), value: "secret".to_owned() };
    let shown = format!("{header:?}");
    assert!(shown.contains("cookie") && !shown.contains("secret"), "{shown}");
}

#[test]
fn without_a_java_virtual_machine_androids_store_cannot_be_read() {
    for trust in [TrustAnchors::AndroidSystem, TrustAnchors::AndroidSystemAndUser] {
        let tls = TlsConfig { trust: Some(trust), ..TlsConfig::default() };
        let config = SignalConfig { tls: Some(tls), ..bare_config("wss://localhost/ws") };
        let (field, detail) = refused(config);
        assert_eq!(field, "tls.trust");
        assert!(detail.contains("AndroidCAStore"), "{detail}");
    }
}
