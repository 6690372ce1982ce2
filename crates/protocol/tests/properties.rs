//! Whatever is said goes through unchanged, and whatever is damaged does not go through.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::time::Instant;

use aldis_protocol::cipher::{EncryptedFrame, SessionCipher};
use aldis_protocol::client::Event as ClientEvent;
use aldis_protocol::envelope::event;
use aldis_protocol::handshake::SessionKey;
use aldis_protocol::server::Event as ServerEvent;
use aldis_protocol::{ClientSession, Inbound, Message, Outgoing, ServerSession};
use proptest::prelude::*;
use serde_json::value::RawValue;

mod support;

use support::{client_text, connected_pair};

/// Any Unicode text, with the characters that JSON escapes often among it.
fn text() -> impl Strategy<Value = String> {
    let char = prop_oneof![
        any::<char>(),
        prop::sample::select("\"\\\0\n\u{7f}é👋".chars().collect::<Vec<_>>())
    ];
    prop::collection::vec(char, 0..20).prop_map(String::from_iter)
}

/// A JSON text in its shortest form, or with its non-ASCII characters escaped.
fn json_string() -> impl Strategy<Value = String> {
    prop_oneof![
        text().prop_map(|text| serde_json::to_string(&text).unwrap()),
        prop::collection::vec(any::<u16>(), 0..8).prop_map(|units| {
            // Lone surrogates are JSON too.
            let escapes = units.into_iter().map(|unit| format!("\\u{unit:04x}"));
            format!("\"{}\"", escapes.collect::<String>())
        }),
    ]
}

/// Any JSON text, written in any way: numbers beyond f64, repeated names, any white space.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["null", "true", "false", "-0", "1e400", "{}", "[]", "0.10"])
            .prop_map(str::to_owned),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?",
        json_string(),
    ];
    let space = || prop::sample::select(vec!["", " ", "\n\t", "\r\n"]);
    leaf.prop_recursive(6, 64, 6, move |inner| {
        let member = (json_string(), inner.clone(), space())
            .prop_map(|(name, value, space)| format!("{name}{space}:{space}{value}"));
        prop_oneof![
            (prop::collection::vec(inner, 0..6), space())
                .prop_map(|(items, space)| format!("[{space}{}{space}]", items.join(","))),
            (prop::collection::vec(member, 0..6), space()).prop_map(|(members, space)| format!(
                "{{{space}{}{space}}}",
                members.join(&format!(",{space}"))
            )),
        ]
    })
}

fn event_name() -> impl Strategy<Value = String> {
    text().prop_filter("a name that the protocol leaves free", |name| {
        !name.is_empty() && !event::is_reserved(name)
    })
}

fn outgoing(event: &str, data: &str, id: Option<&str>) -> Outgoing {
    let data = RawValue::from_string(data.to_owned()).unwrap();
    Outgoing::new(event, &data, id).unwrap()
}

fn at_client(client: &mut ClientSession, text: &str) -> Option<Message> {
    client.handle_frame(Inbound::Text(text), Instant::now());
    std::iter::from_fn(|| client.poll_event()).find_map(|event| match event {
        ClientEvent::Message(message) | ClientEvent::Reply { message, .. } => Some(message),
        _ => None,
    })
}

fn at_server(server: &mut ServerSession, text: &str) -> Option<Message> {
    server.handle_frame(Inbound::Text(text), Instant::now());
    std::iter::from_fn(|| server.poll_event()).find_map(|event| match event {
        ServerEvent::Message(message) => Some(message),
        _ => None,
    })
}

/// A frame for each end, from the other.
fn frame_for_each(client: &mut ClientSession, server: &mut ServerSession) -> [String; 2] {
    let message = outgoing("echo", r#"{"text":"xin chào 👋","n":1}"#, Some("7"));
    let down = server.seal(message.plaintext(), &mut Vec::new()).unwrap().unwrap();
    client.send(message).unwrap();
    [down, client_text(client)]
}

proptest! {
    #[test]
    fn any_message_goes_through_verbatim(
        event in event_name(),
        data in json(),
        id in prop::option::of(text()),
    ) {
        let (mut client, mut server) = connected_pair(Instant::now());
        let message = outgoing(&event, &data, id.as_deref());
        let down = server.seal(message.plaintext(), &mut Vec::new()).unwrap().unwrap();
        client.send(message).unwrap();
        let up = client_text(&mut client);
        for message in [at_client(&mut client, &down), at_server(&mut server, &up)] {
            let message = message.unwrap();
            prop_assert_eq!(message.event(), &event);
            prop_assert_eq!(message.data(), &data);
            prop_assert_eq!(message.id(), id.as_deref());
        }
        prop_assert_eq!((client.drops().total(), server.drops().total()), (0, 0));
    }

    /// JSON leaves it to the sender which characters it escapes.
    #[test]
    fn an_escaped_frame_means_the_same(size in 0usize..50, member in json()) {
        let (mut client, mut server) = connected_pair(Instant::now());
        let message = outgoing("e", &format!("\"{}\"", "x".repeat(size)), None);
        let sealed = server.seal(message.plaintext(), &mut Vec::new()).unwrap().unwrap();
        let escaped = sealed
            .replace('/', "\\/")
            .replace('+', "\\u002b")
            .replace('=', "\\u003d")
            .replace("}}", &format!(",\"later\":{member}}}}}"));
        prop_assert!(at_client(&mut client, &escaped).is_some());
        client.send(message).unwrap();
        let escaped = client_text(&mut client)
            .replace('/', "\\u002F")
            .replace("}}", ",\"text\":\"x\"}}");
        prop_assert!(at_server(&mut server, &escaped).is_some());
    }

    #[test]
    fn a_damaged_frame_is_not_delivered(
        cut in any::<prop::sample::Index>(),
        flip in any::<prop::sample::Index>(),
        bit in 0u8..7,
    ) {
        let (mut client, mut server) = connected_pair(Instant::now());
        let [down, up] = frame_for_each(&mut client, &mut server);
        for whole in [&down, &up] {
            let mut flipped = whole.clone().into_bytes();
            let at = flip.index(whole.len());
            flipped[at] ^= 1 << bit;
            let flipped = String::from_utf8(flipped).unwrap();
            let truncated = &whole[..cut.index(whole.len())];
            for text in [truncated, &flipped] {
                prop_assert_eq!(at_client(&mut client, text), None);
                prop_assert_eq!(at_server(&mut server, text), None);
            }
        }
        let ended = |open: bool, drops: u64| !open || drops > 0;
        prop_assert!(ended(client.is_open(), client.drops().total()));
        prop_assert!(ended(server.is_open(), server.drops().total()));
    }

    #[test]
    fn garbage_is_not_delivered(frames in prop::collection::vec(garbage(), 1..8)) {
        let now = Instant::now();
        let (mut client, mut server) = connected_pair(now);
        for frame in &frames {
            if let Ok(text) = std::str::from_utf8(frame) {
                prop_assert_eq!(at_client(&mut client, text), None);
                prop_assert_eq!(at_server(&mut server, text), None);
            }
            for inbound in [Inbound::Binary(frame), Inbound::Pong(frame)] {
                client.handle_frame(inbound, now);
                server.handle_frame(inbound, now);
            }
            let delivered = std::iter::from_fn(|| client.poll_event())
                .any(|event| matches!(event, ClientEvent::Message(_) | ClientEvent::Reply { .. }));
            prop_assert!(!delivered);
            let delivered = std::iter::from_fn(|| server.poll_event())
                .any(|event| matches!(event, ServerEvent::Message(_)));
            prop_assert!(!delivered);
        }
    }
}

/// Bytes, text, JSON, and things that look like frames.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let names = [
        event::AUTHENTICATE,
        event::CONNECTED,
        event::ENCRYPTED,
        event::ERROR,
        event::HEARTBEAT,
        "message",
    ];
    let base64 = "[A-Za-z0-9+/]{0,24}={0,2}";
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        text().prop_map(String::into_bytes),
        json().prop_map(String::into_bytes),
        (prop::sample::select(names.to_vec()), json())
            .prop_map(
                |(event, data)| format!("{{\"event\":\"{event}\",\"data\":{data}}}").into_bytes()
            ),
        (base64, base64).prop_map(|(iv, ct)| {
            format!("{{\"event\":\"encrypted\",\"data\":{{\"iv\":\"{iv}\",\"ct\":\"{ct}\"}}}}")
                .into_bytes()
        }),
    ]
}

/// A parser that calls itself for every bracket would end the process here.
#[test]
fn deep_nesting_is_no_danger() {
    let deep = format!("{}{}", "[".repeat(45_000), "]".repeat(45_000));
    let (mut client, mut server) = connected_pair(Instant::now());
    let message = outgoing("deep", &deep, None);
    let down = server.seal(message.plaintext(), &mut Vec::new()).unwrap().unwrap();
    client.send(message).unwrap();
    let up = client_text(&mut client);
    assert_eq!(at_client(&mut client, &down).unwrap().data(), deep);
    assert_eq!(at_server(&mut server, &up).unwrap().data(), deep);
    for event in ["join", "connected", "error", "message", "encrypted"] {
        let text = format!(r#"{{"event":"{event}","data":{{"rooms":{deep},"x":{deep}}}}}"#);
        assert_eq!(at_server(&mut server, &text), None);
        assert_eq!(at_client(&mut client, &text), None);
    }
}

/// Every place and every bit, without a session around the cipher.
#[test]
fn no_single_bit_may_change() {
    let key = SessionKey::from_bytes([7; 32]);
    let mut sender = SessionCipher::new(&key, [1; 8], 10);
    let text = sender.seal_in_place(br#"{"event":"e"}"#.to_vec()).unwrap();
    let mut receiver = SessionCipher::new(&key, [2; 8], 10);
    for at in 0..text.len() {
        for bit in 0..7 {
            let mut flipped = text.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            let flipped = String::from_utf8(flipped).unwrap();
            for damaged in [&flipped, &text[..at]] {
                if let Some(frame) = EncryptedFrame::parse(damaged) {
                    assert!(receiver.open(&frame).is_err(), "{damaged}");
                }
            }
        }
    }
    assert!(receiver.open(&EncryptedFrame::parse(&text).unwrap()).is_ok());
}
