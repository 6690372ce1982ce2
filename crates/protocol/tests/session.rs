//! What a session does in the cases that decide over its end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use aldis_protocol::client::{ClientConfig, EndReason, Event as ClientEvent};
use aldis_protocol::handshake::{INFO_IGNIS, KeyPair};
use aldis_protocol::server::{Acceptance, Event as ServerEvent, ServerConfig};
use aldis_protocol::{
    ClientSession, CloseCode, Inbound, KEY_FIELD_IGNIS, Outgoing, ServerSession, Transmit,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

mod support;

use support::{client_text, connected_pair, server_text};

fn message() -> Outgoing {
    Outgoing::new("chat", "hello", None).unwrap()
}

/// Changes the first character of the ciphertext, so that all stays base64.
fn forged(text: &str) -> String {
    let (head, ct) = text.split_once(r#""ct":""#).unwrap();
    let first = if ct.starts_with('A') { 'B' } else { 'A' };
    format!(r#"{head}"ct":"{first}{}"#, &ct[1..])
}

fn ended(client: &mut ClientSession) -> EndReason {
    match client.poll_event() {
        Some(ClientEvent::Ended(reason)) => reason,
        other => panic!("the end was due, not {other:?}"),
    }
}

fn close_code(transmit: Option<Transmit>) -> CloseCode {
    match transmit {
        Some(Transmit::Close { code, .. }) => code,
        other => panic!("a close frame was due, not {other:?}"),
    }
}

#[test]
fn a_forged_frame_ends_the_session() {
    let now = Instant::now();
    let (mut client, mut server) = connected_pair(now);
    let down = server.seal(message().plaintext(), &mut Vec::new());
    client.handle_frame(Inbound::Text(&forged(&down.unwrap().unwrap())), now);
    assert_eq!(ended(&mut client), EndReason::Undecryptable);
    assert_eq!(close_code(client.poll_transmit()), CloseCode::POLICY_VIOLATION);

    let (mut client, mut server) = connected_pair(now);
    client.send(message()).unwrap();
    server.handle_frame(Inbound::Text(&forged(&client_text(&mut client))), now);
    assert!(matches!(server.poll_event(), Some(ServerEvent::Ended(CloseCode::POLICY_VIOLATION))));
    assert_eq!(close_code(server.poll_transmit()), CloseCode::POLICY_VIOLATION);
}

/// Plays the handshake between ends of the given settings, until the client has `connected`.
fn shake_hands(client: ClientConfig, server: ServerConfig, keys: &KeyPair) -> ClientSession {
    let now = Instant::now();
    let mut rng = StdRng::seed_from_u64(2);
    let mut client = ClientSession::new(Arc::new(client), "t", Vec::new(), &mut rng, now).unwrap();
    let mut server = ServerSession::new(Arc::new(server), now);
    server.handle_frame(Inbound::Text(&client_text(&mut client)), now);
    let acceptance = Acceptance {
        client_id: "client",
        user_id: None,
        time: "2026-01-01T00:00:00.000Z",
        keys,
        salt: [7; 32],
        iv_prefix: *b"a server",
    };
    assert!(server.accept(&acceptance, now));
    client.handle_frame(Inbound::Text(&server_text(&mut server)), now);
    client
}

#[test]
fn a_pinned_key_must_be_the_servers() {
    let keys = KeyPair::from_secret_bytes(&[7; 32]).unwrap();
    let other = KeyPair::from_secret_bytes(&[8; 32]).unwrap();
    let pin = |keys: &KeyPair| ClientConfig {
        server_key: Some(*keys.public_key()),
        ..ClientConfig::default()
    };
    assert!(shake_hands(pin(&keys), ServerConfig::default(), &keys).is_open());
    let mut client = shake_hands(pin(&other), ServerConfig::default(), &keys);
    assert_eq!(ended(&mut client), EndReason::ServerKeyMismatch);
}

#[test]
fn plaintext_needs_the_consent_of_both() {
    let keys = KeyPair::from_secret_bytes(&[7; 32]).unwrap();
    // A server that looks for the key in another field finds none.
    let server = || ServerConfig {
        key_field: KEY_FIELD_IGNIS.to_owned(),
        require_encryption: false,
        ..ServerConfig::default()
    };
    let mut client = shake_hands(ClientConfig::default(), server(), &keys);
    assert_eq!(ended(&mut client), EndReason::EncryptionMissing);

    let allowed = || ClientConfig { allow_plaintext: true, ..ClientConfig::default() };
    let mut client = shake_hands(allowed(), server(), &keys);
    assert!(matches!(
        client.poll_event(),
        Some(ClientEvent::Authenticated(welcome)) if !welcome.encrypted
    ));
    client.send(message()).unwrap();
    assert_eq!(client_text(&mut client), r#"{"event":"chat","data":"hello"}"#);

    let pinned = ClientConfig { server_key: Some(*keys.public_key()), ..allowed() };
    let mut client = shake_hands(pinned, server(), &keys);
    assert_eq!(ended(&mut client), EndReason::EncryptionMissing);
}

#[test]
fn names_of_fields_and_info_are_the_applications() {
    let keys = KeyPair::from_secret_bytes(&[7; 32]).unwrap();
    let client = ClientConfig {
        info: INFO_IGNIS.to_owned(),
        key_field: KEY_FIELD_IGNIS.to_owned(),
        ..ClientConfig::default()
    };
    let server = ServerConfig {
        info: INFO_IGNIS.to_owned(),
        key_field: KEY_FIELD_IGNIS.to_owned(),
        ..ServerConfig::default()
    };
    assert!(shake_hands(client, server, &keys).is_open());
}

#[test]
fn a_pause_in_reading_outlives_the_handshake() {
    let now = Instant::now();
    let mut rng = StdRng::seed_from_u64(3);
    let config = Arc::new(ClientConfig { allow_plaintext: true, ..ClientConfig::default() });
    let mut client = ClientSession::new(config, "t", Vec::new(), &mut rng, now).unwrap();
    client.set_reading(false, now);
    let connected = r#"{"event":"connected","data":{"id":"c"}}"#;
    client.handle_frame(Inbound::Text(connected), now);
    client.probe(Duration::from_secs(1), now);
    client.handle_timeout(now + Duration::from_secs(2));
    assert!(client.is_open(), "silence proves nothing while nobody reads");
}

#[test]
fn nothing_is_sent_behind_the_end() {
    let now = Instant::now();
    let (mut client, mut server) = connected_pair(now);
    server.close(CloseCode::GOING_AWAY, "bye");
    assert_eq!(close_code(server.poll_transmit()), CloseCode::GOING_AWAY);
    server.transmit_error("too late");
    server.reject("too late");
    assert!(server.seal(message().plaintext(), &mut Vec::new()).is_none());
    assert_eq!(server.poll_transmit(), None);

    client.close();
    assert_eq!(close_code(client.poll_transmit()), CloseCode::NORMAL);
    client.probe(Duration::from_secs(1), now);
    assert!(client.send(message()).is_err());
    assert_eq!((client.poll_transmit(), client.poll_timeout()), (None, None));
}

#[test]
fn a_request_that_is_repeated_has_one_end() {
    let now = Instant::now();
    let (mut client, _) = connected_pair(now);
    for seconds in [1, 2] {
        let message = Outgoing::new("ask", "?", Some("7")).unwrap();
        client.request(message, "7".into(), now + Duration::from_secs(seconds)).unwrap();
    }
    client.handle_timeout(now + Duration::from_secs(1));
    assert!(client.poll_event().is_none());
    client.handle_timeout(now + Duration::from_secs(2));
    assert!(matches!(
        client.poll_event(),
        Some(ClientEvent::RequestTimedOut { request }) if &*request == "7"
    ));
    assert!(client.poll_event().is_none());
}

#[test]
fn a_flood_of_errors_is_told_in_part_and_counted() {
    let now = Instant::now();
    let config = Arc::new(ClientConfig::default());
    let mut rng = StdRng::seed_from_u64(3);
    let mut client = ClientSession::new(config, "t", Vec::new(), &mut rng, now).unwrap();
    for _ in 0..100 {
        let error = r#"{"event":"error","data":{"message":"no"}}"#;
        client.handle_frame(Inbound::Text(error), now);
    }
    let events: Vec<_> = std::iter::from_fn(|| client.poll_event()).collect();
    let told = events.iter().filter(|event| matches!(event, ClientEvent::ServerError { .. }));
    assert_eq!(told.count(), 16);
    assert_eq!(client.drops().before_connected, 84);
}
